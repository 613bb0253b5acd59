package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// TestNoRoomHasACure: a full or read-only disk and a missing right name what
// payrun has to write.
func TestNoRoomHasACure(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, syscall.EROFS, fs.ErrPermission} {
		var e *exitWith
		err := stateError(fmt.Errorf("create journal: %w", cause), "payouts.state.json")
		if !errors.As(err, &e) || e.code != exitError || !strings.Contains(strings.Join(e.hints, "\n"), "make room") {
			t.Errorf("%v: %+v", cause, err)
		}
	}
}
