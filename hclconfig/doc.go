// Package hclconfig turns the files of a directory into a configuration:
// merchants, batches and payouts with everything evaluated.
//
// It owns the language: which blocks and attributes there are, what they may
// hold, and what people read when something is wrong. It reads the directory,
// the row files and the variable files that it is told to read, and nothing
// else: no state, no network, no clock, no environment but the one that it is
// handed. It never prints, never panics on what a file says, and never drops,
// trims or guesses: what it does not understand is a diagnostic with a place,
// a reason and a cure.
//
//	cfg, sources, diags := hclconfig.Load(hclconfig.Options{Dir: ".", Env: os.Environ()})
//	if diags.HasErrors() {
//		w := hcl.NewDiagnosticTextWriter(os.Stderr, sources.Files(diags), 78, false)
//		return w.WriteDiagnostics(diags)
//	}
//	for _, b := range cfg.Batches {
//		fmt.Println(b.Name, b.Period, len(b.Payouts))
//	}
//
// [LoadTests] reads test files, and [Tests.Judge] holds what a run came to to
// what its block expects; carrying runs out is left to the program.
//
// # Invariants
//
//   - The same files and variables give the same Config on every machine,
//     whatever the order of blocks and files.
//   - A Config exists only where no diagnostic is an error.
//   - All problems are reported at once, sorted by file and position; the same
//     problem in many rows is one diagnostic with a count.
//   - No diagnostic, source text or shown value holds a whole card token, a
//     card number, an IBAN, a secret key or a sensitive value.
//   - No amount passes through floating point.
//   - Evaluation is bounded by counted steps (MaxSteps), and files by sizes, so
//     that hostile input ends in a diagnostic, at the same place everywhere.
//   - A row file that is encrypted is opened in memory; nothing of it is written.
//   - Bytes are guarded before a parser sees them: size, encoding, control
//     characters, depth.
//   - A large file is read in pieces, and a payout block of plain texts and
//     numbers without the parser. That changes neither a Config nor a message:
//     a piece that the parser does not take makes it parse the whole file.
package hclconfig
