// Package view draws everything payrun shows: plans, diagnostics, what happens
// in a run, summaries and the state, for people and as JSON.
//
// It owns words, columns, colours and the shapes of machine output. It reads no
// file, no state, no network and no clock: it takes plain values, and times are
// passed in. Only a progress display has a ticker of its own.
//
//	view.PlanText(os.Stdout, &view.Plan{Plan: plan, Findings: findings, Labels: true}, true)
//
//	a := view.NewApply(terminal, len(plan.Sending()), plan.Totals(), false, time.Now)
//	run.Emit = a.Show
//	report := run.Apply(admit, calls)
//	a.Close(report.Stop != nil)
//	a.Summary(summary)
//
// The shapes of machine output are described in schema/*.schema.json, JSON
// Schema of draft 2020-12. They take members that they do not name, as readers
// should; golden documents are held to them without that freedom.
//
// # Invariants
//
//   - No whole card token is written: destinations come masked, and a label or
//     description that repeats the token of its payout is masked here.
//   - Control, escape and bidirectional characters of any text reach the output
//     in a visible form only.
//   - Columns are aligned by display width, so that any script lines up.
//   - The same values give the same bytes.
//   - Show never waits for a terminal; nothing that was shown is dropped.
//   - No text of a file or a gateway can break out of a markdown table, or be
//     read as a formula by a spreadsheet.
package view
