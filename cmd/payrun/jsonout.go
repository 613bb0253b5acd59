package main

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// printJSON writes one value as one line.
func (p *program) printJSON(value any) { fmt.Fprintf(p.stdout, "%s\n", encoded(value)) }

// machine writes one line of machine output, wherever it is asked for.
func (p *program) machine(value any) {
	if p.json {
		p.printJSON(value)
	}
	if p.into != nil {
		fmt.Fprintf(p.into, "%s\n", encoded(value))
	}
}

func encoded(value any) []byte {
	text, err := json.Marshal(value, json.Deterministic(true), jsontext.EscapeForHTML(false))
	if err != nil {
		// Our own values always encode; saying so beats printing half a line.
		panic(fmt.Sprintf("encode output: %v", err))
	}
	return text
}
