package main

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// printJSON writes one value as one line.
func (p *program) printJSON(value any) {
	encoded, err := json.Marshal(value, json.Deterministic(true), jsontext.EscapeForHTML(false))
	if err != nil {
		// Our own values always encode; saying so beats printing half a line.
		panic(fmt.Sprintf("encode output: %v", err))
	}
	fmt.Fprintf(p.stdout, "%s\n", encoded)
}
