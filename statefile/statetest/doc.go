// Package statetest holds the conformance suite that every store of a state
// passes: one on a local disk today, others behind the same interface.
//
// # What it owns
//
// The behaviour that the rest of the program relies on, as tests: what Load,
// Save and Lock promise whatever lies beneath them.
//
// # What it never does
//
// It knows no file format and looks into no store: all it sees is what
// statefile.Store shows.
//
// # Example
//
//	func TestLocal(t *testing.T) {
//		statetest.TestStore(t, func(t *testing.T) func() statefile.Store {
//			path := filepath.Join(t.TempDir(), "payouts.state.json")
//			return func() statefile.Store { return &statefile.Local{Path: path} }
//		})
//	}
//
// # Invariants
//
// Every test begins with an empty place; none depends on time or on another.
package statetest
