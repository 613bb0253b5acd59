// Command mutate breaks payrun on purpose, in ways that would cost money, and
// shows that a test notices each of them.
//
//	go run ./.ci/mutate                 all mutations, two at once
//	go run ./.ci/mutate -run=fsync      those whose name matches
//	go run ./.ci/mutate -list           names and reasons
//	go run ./.ci/mutate -check          that each still fits the source; runs nothing
//
// A mutation names the text that it replaces, which must stand exactly once in
// its file, and the tests that have to notice. It is applied to a copy of the
// tree in a temporary directory. Before any of them the same tests run on the
// copy as it is: tests that fail anyway would notice everything.
//
// The results: killed (by which test), ALIVE (no test failed), timeout (counts
// as killed only where the break is meant to hang), "does not compile" and
// stale (the text or a test is no longer there). The program ends with 1 if
// anything is not killed, and with 2 if it was called wrongly.
//
// The folder begins with a dot, so that ./... is the product alone: name it to
// build, vet or test it.
package main
