package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/rogpeppe/go-internal/testscript"
)

// policyVerb runs a jq program over a JSON file, as `jq -r -f PROGRAM FILE`
// does, and holds what it prints to what is wanted, line by line:
// policy PROGRAM FILE [LINE…].
func policyVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: policy PROGRAM FILE [LINE…]")
	}
	got, err := runPolicy(ts.ReadFile(args[0]), ts.ReadFile(args[1]))
	ts.Check(err)
	if want := strings.Join(args[2:], "\n"); strings.Join(got, "\n") != want {
		ts.Fatalf("%s says\n%s\nand not\n%s", args[0], strings.Join(got, "\n"), want)
	}
}

func runPolicy(program, document string) ([]string, error) {
	query, err := gojq.Parse(program)
	if err != nil {
		return nil, fmt.Errorf("parse the policy: %w", err)
	}
	var input any
	if err := json.Unmarshal([]byte(document), &input); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	var out []string
	for results := query.Run(input); ; {
		value, ok := results.Next()
		if !ok {
			return out, nil
		}
		if err, ok := value.(error); ok {
			return nil, fmt.Errorf("run the policy: %w", err)
		}
		if text, ok := value.(string); ok {
			out = append(out, text)
			continue
		}
		text, err := gojq.Marshal(value)
		if err != nil {
			return nil, err
		}
		out = append(out, string(text))
	}
}
