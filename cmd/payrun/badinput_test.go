package main

import (
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/rogpeppe/go-internal/testscript"
)

// codeVerb runs a command that must end with an exit code, and holds what it
// prints to the rules of every message: code N COMMAND [ARGUMENT…]
//
//   - at most one line that begins with "Error: "; exactly one with the codes 6
//     and 7, and with 1 where nothing else was printed
//   - with -json nothing but whole JSON values on standard output
//   - no words of the language that the program is written in
//   - no whole card token and no card number
func codeVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND [ARGUMENT…]")
	}
	want := number(ts, args[0])
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %v: %v", args[1:], err)
	}
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	checkWords(ts, stdout+stderr)
	if slices.ContainsFunc(args, func(arg string) bool { return arg == "-json" }) {
		checkJSON(ts, stdout)
		return
	}
	errorLines := strings.Count("\n"+stderr, "\nError: ")
	if errorLines > 1 || errorLines == 0 && (want == exitRefused || want == exitLocked || want == exitError && stdout == "") {
		ts.Fatalf("%d errors are told, want one", errorLines)
	}
}

// foreign are words that say something to the authors of the program alone.
var foreign = regexp.MustCompile(`panic|goroutine|strconv|jsontext|%!|0x[0-9a-f]{6}|<nil>|\bcty\b`)

// secrets are what no output holds: the tokens and numbers of the scripts.
var secrets = regexp.MustCompile(`ef741cfc-f85e|0b9f2f6a-58c1|4242[ -]?4242[ -]?4242[ -]?4242`)

func checkWords(ts *testscript.TestScript, printed string) {
	if found := foreign.FindString(printed); found != "" {
		ts.Fatalf("people cannot read %q", found)
	}
	if found := secrets.FindString(printed); found != "" {
		ts.Fatalf("%q is printed", found)
	}
}

func checkJSON(ts *testscript.TestScript, stdout string) {
	if strings.TrimSpace(stdout) == "" {
		ts.Fatalf("machine output is empty")
	}
	in := jsontext.NewDecoder(strings.NewReader(stdout))
	for {
		value, err := in.ReadValue()
		if err != nil {
			break
		}
		if value.Kind() != '{' {
			ts.Fatalf("machine output holds %s", value)
		}
	}
	if rest := strings.TrimSpace(stdout[in.InputOffset():]); rest != "" {
		ts.Fatalf("this is no JSON: %s", rest)
	}
}

// saysVerb looks for a pattern in what the last command printed, whatever the
// width it was wrapped at: says REGEXP
func saysVerb(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: says REGEXP")
	}
	wanted, err := regexp.Compile(args[0])
	ts.Check(err)
	printed := strings.Join(strings.Fields(ts.ReadFile("stdout")+" "+ts.ReadFile("stderr")), " ")
	if wanted.MatchString(printed) == neg {
		ts.Fatalf("said is: %s", printed)
	}
}
