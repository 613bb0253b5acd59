package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
)

func explainCommand() command {
	return command{
		name: "explain", args: "[CODE|STATUS|SIGN|exit-N]", max: 1,
		summary: "says what a gateway code, a status, a sign of plan or an exit code means, and what to do",
		about: "  payrun explain 10017      a code of the gateway\n" +
			"  payrun explain in_doubt   a status of a payout\n" +
			"  payrun explain '?'        a sign in front of a line of plan\n" +
			"  payrun explain exit-4     an exit code of payrun\n" +
			"  payrun explain            everything that can be explained",
		run: (*program).explain,
	}
}

// explanations are all that can be explained, by kind.
func explanations() []view.Explanation {
	return slices.Concat(statusExplanations(), flagExplanations(), wordExplanations(), signExplanations(), exitExplanations(), codeExplanations())
}

func (p *program) explain(c *cli.Command) error {
	all := explanations()
	if word := c.Args().First(); word != "" {
		found := explained(all, word)
		if len(found) == 0 {
			return unexplained(all, word)
		}
		return p.showExplanations(found, view.Explain)
	}
	return p.showExplanations(all, view.ExplanationList)
}

// explained finds what a word can mean. A number is a code of the gateway and
// an exit code; exit-N is the exit code alone.
func explained(all []view.Explanation, word string) []view.Explanation {
	wanted := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(word))
	if word == "-" {
		wanted = word
	}
	exitOnly, isExit := strings.CutPrefix(wanted, "exit_")
	var found []view.Explanation
	for _, e := range all {
		switch {
		case isExit && e.Kind == kindExitCode && e.Name == exitOnly:
			found = append(found, e)
		case !isExit && e.Name == wanted:
			found = append(found, e)
		}
	}
	return found
}

// unexplained helps with a word that means nothing.
func unexplained(all []view.Explanation, word string) error {
	if _, err := strconv.Atoi(word); err == nil {
		return unknownCode(word)
	}
	hint := "\"payrun explain\" lists everything that can be explained"
	if near := nearest(strings.ToLower(word), explainable(all)); near != "" {
		hint = "did you mean \"payrun explain " + near + "\"?"
	}
	return fail(exitError, fmt.Errorf("explain %s: payrun has no such word", word), hint)
}

// explainable are the words that explain takes, numbers of the gateway left
// out: a near number is no better guess than any other.
func explainable(all []view.Explanation) []string {
	var words []string
	for _, e := range all {
		switch e.Kind {
		case kindStatus, kindFlag, kindWord, kindStop:
			words = append(words, e.Name)
		case kindExitCode:
			words = append(words, "exit-"+e.Name)
		}
	}
	return words
}

func (p *program) showExplanations(all []view.Explanation, draw func(w io.Writer, all []view.Explanation, columns int)) error {
	if p.json {
		return view.WriteJSON(p.stdout, view.ExplanationsJSON(all))
	}
	draw(p.stdout, all, p.terminal().Width)
	return nil
}
