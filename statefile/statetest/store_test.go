package statetest_test

import (
	"path/filepath"
	"testing"

	"payrun/statefile"
	"payrun/statefile/statetest"
)

func TestLocal(t *testing.T) {
	statetest.TestStore(t, func(t *testing.T) statetest.Place {
		path := filepath.Join(t.TempDir(), "payouts.state.json")
		return func() statefile.Store { return &statefile.Local{Path: path, Version: "0.1.0"} }
	})
}
