package main

import (
	"fmt"

	"payrun/planner"
	"payrun/planner/planfile"
)

// maxDifferences bounds what a refusal lists.
const maxDifferences = 20

// stale refuses a plan file that is not what the files and the state say now,
// and lists what changed, what stands in a file with its line.
func (a *application) stale(made *planning, differ []planfile.Difference) error {
	var hints []string
	variables := false
	for i, d := range differ {
		variables = variables || d.What == "variable"
		if i < maxDifferences {
			hints = append(hints, d.Text+made.where(d))
		}
	}
	if more := len(differ) - maxDifferences; more > 0 {
		hints = append(hints, fmt.Sprintf("… and %d more", more))
	}
	if variables {
		hints = append(hints, "variables are not taken from the plan: give apply the same -var and -var-file")
	}
	hints = append(hints, "nothing was sent; put back what changed, or plan again")
	return fail(exitRefused, fmt.Errorf("apply the plan %s: the files, variables or state are not those that it was made from", a.savedAs), hints...)
}

// where is the place in the files that a difference comes from: " (main.hcl:12)",
// or nothing.
func (made *planning) where(d planfile.Difference) string {
	switch d.What {
	case "change":
		for i := range made.plan.Changes {
			if c := &made.plan.Changes[i]; c.Declared != nil && c.Address.String() == d.Key {
				return inFile(c.Declared.Position)
			}
		}
	case "limit":
		for i, f := range made.findings {
			if made.file != nil && made.file.Findings[i].Title() == d.Key {
				return inFile(f.Position)
			}
		}
	case "batch":
		for i := range made.plan.Batches {
			if b := made.plan.Batches[i].Batch; b.Name+" "+b.Period == d.Key {
				return inFile(b.Position)
			}
		}
	case "merchant":
		for _, m := range made.plan.Merchants {
			if m.Name == d.Key {
				return inFile(m.Position)
			}
		}
	case "variable":
		for _, v := range made.cfg.Variables {
			if v.Name == d.Key {
				return " (from " + v.Source + ")"
			}
		}
	}
	return ""
}

func inFile(at planner.Position) string {
	if at.File == "" {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", at.File, at.Line)
}
