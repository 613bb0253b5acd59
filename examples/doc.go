// Package examples holds the runnable configurations of this folder, so that
// "payrun init -from=NAME" can copy them without a checkout.
//
// Each example is a folder: a page for people (README.md) and what payrun reads
// there, nothing that payrun writes. Everything runs on the built-in sandbox. The package never reads the
// disk and never writes.
//
//	for _, name := range examples.Names() {
//		files, _ := examples.Files(name)
//		fmt.Println(name, len(files))
//	}
//
// Invariants:
//
//   - No state, journal, lock, ledger or report is ever part of an example.
//   - Every other file of an example's folder is; a test compares.
//   - The program's tests do what each page says, and see what it shows.
package examples
