// Package statetest holds the conformance suite that every store of a state
// passes, one on a local disk today, others behind the same interface; and a
// disk in memory that can lose power.
//
// # What it owns
//
// The behaviour that the rest of the program relies on, as tests: what Load,
// Save and Lock promise whatever lies beneath them.
//
// # What it never does
//
// It knows no file format and looks into no store: all it sees is what
// statefile.Store shows. Disk knows files and bytes, and not what they mean.
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
// A run on a Disk leaves a trace, and Disk.Images yields what a loss of power
// at each point of it may leave:
//
//	disk := statetest.NewDisk(t.TempDir())
//	// … a run with statefile.Local{FS: disk}, and disk.Mark(…) for what it was told
//	for image := range disk.Images(statetest.Depth{}) {
//		left := image.Disk(t.TempDir()) // restart from it
//	}
//
// What no sync asked for is there or not, each write and each change of a name
// on its own: up to maxSubsets of one file in every combination, of more the
// prefixes, each one missing, each one alone and every second one. The write
// before the loss is also torn at each byte and misses each of its sectors.
// Changes of names are lost or kept whole: a rename is one step. What a failed
// sync was to write may be lost for good, whatever is synced later.
//
// # Invariants
//
// Every test begins with an empty place; none depends on time or on another.
package statetest
