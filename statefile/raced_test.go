//go:build race

package statefile_test

// raced says that the race detector watches, which takes most of the speed.
const raced = true
