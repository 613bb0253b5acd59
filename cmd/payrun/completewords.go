package main

import (
	"slices"
	"strings"

	"payrun/examples"
	"payrun/hclconfig"
)

// values are the words that an option takes, where they are a few.
func (p *program) values(option string) []candidate {
	switch option {
	case "status":
		return explainedWords(kindStatus, "declared")
	case "format":
		return plainWords("text", "markdown", "csv")
	case "as":
		return plainWords("paid", "failed", "returned", "resend")
	case "state-is":
		return plainWords("first", "lost")
	case "from":
		return plainWords(examples.Names()...)
	case "target", "exclude", "address", "batch":
		return p.batchNames()
	case "run":
		return p.testRuns()
	}
	return nil
}

// arguments are the words that a command takes.
func (p *program) arguments(path string) []candidate {
	switch path {
	case "completion":
		return plainWords(shells()...)
	case "explain":
		return append(explainedWords(kindStatus, ""), explainedWords(kindFlag, "")...)
	}
	return nil
}

// batchNames are the batches of the directory; none while its files cannot be
// read.
func (p *program) batchNames() []candidate {
	cfg, _, diags := hclconfig.Load(hclconfig.Options{Dir: p.dir, Env: p.env, Version: version})
	if diags.HasErrors() {
		return nil
	}
	var out []candidate
	for i := range cfg.Batches {
		b := &cfg.Batches[i]
		out = append(out, candidate{b.Name, counted(len(b.Payouts), "payout") + " of " + b.Period})
	}
	return out
}

func explainedWords(kind, without string) []candidate {
	var out []candidate
	for _, e := range explanations() {
		if e.Kind == kind && e.Name != without {
			out = append(out, candidate{e.Name, e.Means})
		}
	}
	return out
}

func plainWords(words ...string) []candidate {
	var out []candidate
	for _, w := range words {
		out = append(out, candidate{word: w})
	}
	return out
}

func names(below []command) []candidate {
	var out []candidate
	for _, c := range below {
		out = append(out, candidate{c.name, c.summary})
	}
	return out
}

func fitting(all []candidate, prefix string) []candidate {
	return slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(c.word, prefix) })
}
