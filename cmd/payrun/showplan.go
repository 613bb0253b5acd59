package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/planner/planfile"
)

// checkFormat reads -format.
func (p *program) checkFormat(c *cli.Command) error {
	format := c.String("format")
	switch format {
	case "", "text", "markdown", "csv":
	default:
		return usage("-format=%s is unknown; known are text, markdown, csv", format)
	}
	if p.json && format != "" {
		return usage("-json and -format=%s exclude each other; write one of them", format)
	}
	return nil
}

// isPlan says whether a file is a plan and no state: by its name, or by what it
// holds.
func (p *program) isPlan(name string) bool {
	if filepath.Ext(name) == ".plan" {
		return true
	}
	text, err := os.ReadFile(p.path(name))
	if err != nil {
		return false
	}
	var document struct {
		Changes jsontext.Value `json:"changes"`
	}
	return json.Unmarshal(text, &document) == nil && document.Changes != nil
}

// showPlan prints a plan file. It needs neither the configuration nor the state.
func (p *program) showPlan(c *cli.Command, name string) error {
	f, err := planfile.Read(p.path(name))
	if err != nil {
		return planError(err, name)
	}
	switch format := c.String("format"); {
	case p.json:
		return view.WriteJSON(p.stdout, view.SavedPlanJSON(f))
	case format == "markdown":
		return view.SavedPlanMarkdown(p.stdout, f, time.Now())
	case format == "csv":
		return view.SavedPlanCSV(p.stdout, f)
	}
	view.SavedPlanText(p.stdout, f, time.Now(), p.colors(p.stdout))
	return nil
}
