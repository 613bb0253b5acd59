package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// completeWord is the first argument by which a shell's script asks. It is no
// command: people never type it.
const completeWord = "__complete"

// candidate is a word that fits, and what it is about.
type candidate struct{ word, about string }

// complete prints what fits at the cursor, one candidate a line, its meaning
// behind a tab. The last word is the one at the cursor.
func (p *program) complete(words []string) {
	for _, c := range p.candidates(joinEquals(words)) {
		fmt.Fprintf(p.stdout, "%s\t%s\n", c.word, c.about)
	}
}

// joinEquals puts options together again that bash took apart at "=".
func joinEquals(words []string) []string {
	var out []string
	for i, w := range words {
		glued := w == "=" || i > 0 && words[i-1] == "="
		if n := len(out); glued && n > 0 && strings.HasPrefix(out[n-1], "-") {
			out[n-1] += w
			continue
		}
		out = append(out, w)
	}
	return out
}

func (p *program) candidates(words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	current, before := words[len(words)-1], words[:len(words)-1]
	at := p.follow(before)
	switch {
	case strings.HasPrefix(current, "-"):
		return at.options(p, current)
	case at.waiting != "":
		return fitting(p.values(at.waiting), current)
	case at.command == nil || at.command.run == nil:
		return fitting(names(at.below), current)
	}
	return fitting(p.arguments(at.path), current)
}

// place is where in the table of commands a command line has come to.
type place struct {
	path    string // "state list"
	command *command
	below   []command
	waiting string // the option whose value comes next
}

// follow walks along the words before the cursor.
func (p *program) follow(words []string) place {
	at := place{below: commands()}
	for _, w := range words {
		name, value, given := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch {
		case at.waiting == "chdir" && at.command == nil:
			p.dir, at.waiting = w, ""
		case at.waiting != "":
			at.waiting = ""
		case strings.HasPrefix(w, "-") && name == "chdir" && given:
			p.dir = value
		case strings.HasPrefix(w, "-") && !given && at.takesValue(name):
			at.waiting = name
		case strings.HasPrefix(w, "-"):
		default:
			at.enter(w)
		}
	}
	return at
}

func (at *place) enter(word string) {
	for i := range at.below {
		if at.below[i].name == word {
			at.command = &at.below[i]
			at.path = strings.TrimSpace(at.path + " " + word)
			at.below = at.command.sub
			return
		}
	}
}

// flags are the options that fit here.
func (at *place) flags() []cli.Flag {
	switch {
	case at.command == nil:
		return []cli.Flag{text("chdir", "DIR", "run as if started in DIR")}
	case at.command.run == nil:
		return nil
	}
	return append(slices.Clone(at.command.flags), commonFlags()...)
}

func (at *place) takesValue(name string) bool {
	for _, f := range at.flags() {
		if _, isSwitch := f.(*cli.BoolFlag); !isSwitch && slices.Contains(f.Names(), name) {
			return true
		}
	}
	return false
}

// options completes an option's name, or its value after "=". Options keep the
// number of dashes that was typed.
func (at *place) options(p *program, current string) []candidate {
	dashes := "-"
	if strings.HasPrefix(current, "--") {
		dashes = "--"
	}
	name, value, valued := strings.Cut(strings.TrimLeft(current, "-"), "=")
	if valued {
		found := fitting(p.values(name), value)
		for i := range found {
			found[i].word = dashes + name + "=" + found[i].word
		}
		return found
	}
	var out []candidate
	for _, f := range append(at.flags(), flag("help", "show help")) {
		word := dashes + f.Names()[0]
		if at.takesValue(f.Names()[0]) {
			word += "="
		}
		about := ""
		if documented, ok := f.(cli.DocGenerationFlag); ok {
			about = strings.ReplaceAll(documented.GetUsage(), "`", "")
		}
		out = append(out, candidate{word, about})
	}
	return fitting(out, current)
}
