package view

import "time"

// RunEnd is what the command of -on-end is told of a run.
type RunEnd struct {
	Version  string    // of the program
	Run      string    // id of the run; empty where nothing was to be sent
	Digest   string    // of the plan that was carried out
	State    string    // path of the state
	ExitCode int       // of the program
	Finished time.Time // when the run was over
	Summary  *Summary
}

// RunEndFormatVersion is the version of the document of RunEndJSON. A minor
// version adds members; unknown ones are to be ignored.
const RunEndFormatVersion = "1.0"

// RunEndJSON is {format_version, payrun_version, type: "run_summary", run, plan,
// state, exit_code, finished_at} and the members of the line run_summary of a
// run. Money is a string.
func RunEndJSON(e *RunEnd) any {
	return append(object{
		{"format_version", RunEndFormatVersion}, {"payrun_version", SafeText(e.Version)}, {"type", "run_summary"}, {"run", SafeText(e.Run)},
		{"plan", SafeText(e.Digest)}, {"state", SafeText(e.State)}, {"exit_code", e.ExitCode}, {"finished_at", instant(e.Finished)},
	}, e.Summary.object()...)
}
