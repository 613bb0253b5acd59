package view

import "io"

// Terminal is where a command shows its output.
type Terminal struct {
	Out         io.Writer // results, and every line of JSON
	Err         io.Writer // progress and problems
	Color       bool      // ANSI colours may be used
	Interactive bool      // Err is a terminal: draw the progress bar
	Width       int       // columns of Err; 0 = not known
	Verbose     bool      // a line for each payout, too
	Version     string    // of the program, for the first line of JSON
}

// paint colours text, or leaves it alone where it is false.
type paint bool

func (p paint) with(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string   { return p.with("1", s) }
func (p paint) red(s string) string    { return p.with("31", s) }
func (p paint) green(s string) string  { return p.with("32", s) }
func (p paint) yellow(s string) string { return p.with("33", s) }
func (p paint) cyan(s string) string   { return p.with("36", s) }
func (p paint) grey(s string) string   { return p.with("90", s) }

// symbol colours a sign by its meaning.
func (p paint) symbol(s string) string {
	switch s {
	case "+", "✓":
		return p.green(s)
	case "r", "!":
		return p.yellow(s)
	case "?", "*":
		return p.cyan(s)
	case "x", "✗":
		return p.red(s)
	case "-", "~":
		return p.grey(s)
	}
	return s
}
