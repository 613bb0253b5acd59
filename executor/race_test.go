//go:build race

package executor_test

// raced says that the race detector watches, which makes all of it slower.
const raced = true
