package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"payrun/statefile"
)

// stateError gives a state's error its exit code and its cure. No cure is ever
// to remove a state: what it knows is what keeps payments from being repeated.
func stateError(err error, path string) error {
	var locked *statefile.LockedError
	var misplaced *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &locked):
		return fail(exitLocked, err, "wait with -lock-timeout=5m, or see \"payrun lock\"")
	}
	if hints := stateCure(err, path); len(hints) > 0 {
		return fail(exitRefused, err, hints...)
	}
	if errors.As(err, &misplaced) && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) {
		return fail(exitError, fmt.Errorf("use the state %s: %s: %w", path, misplaced.Path, misplaced.Err),
			"the folder of the state must exist; it is named in the payrun block: state \"local\" { path = … }")
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission) {
		return fail(exitError, err, "payrun has to write beside the state, a journal of a few hundred KiB: make room, or give it the right to",
			"nothing was sent by this step; \"payrun show\" says what is recorded")
	}
	return fail(exitError, err)
}

// stateCure is what people do about a state that cannot be used as it is.
func stateCure(err error, path string) []string {
	var (
		edited    *statefile.HandEditedError
		conflict  *statefile.ConflictMarkersError
		damaged   *statefile.DamageError
		misfit    *statefile.MisfitError
		format    *statefile.FormatError
		versioned *statefile.VersionError
		place     *statefile.PlaceError
		stale     *statefile.StaleError
	)
	verify := "then \"payrun state verify\" says whether it fits"
	last := "where there is neither: move it and its journal files aside, keep them, and apply: every payout is looked up before anything is sent (outside the sandbox with -state-is=lost)"
	push := "or, once its content is right: payrun state push FILE -reason=\"…\""
	switch {
	case errors.As(err, &edited):
		return []string{"see what was changed: git diff -- " + path, "put the file back from git or a backup; " + verify, push}
	case errors.As(err, &format):
		return []string{"put the whole file back from git (git log -- " + path + " lists its versions) or a backup; " + verify, push, last}
	case errors.As(err, &conflict):
		return []string{
			"take one side whole, the later one, whose \"serial\" near its top is the larger number: git checkout --ours -- " + path + " (or --theirs), with its journal files",
			"then let all that the other side may have paid be looked up: payrun state push " + path + " -reason=\"one side of a merge\"; and then: payrun apply",
		}
	case errors.As(err, &damaged), errors.As(err, &misfit):
		return []string{"nothing was sent; put back the state and the journal that belong together, from git or a backup; " + verify, push, last}
	case errors.As(err, &stale):
		return []string{"nothing more is sent; another program wrote the state: run the command again"}
	case errors.As(err, &versioned):
		return []string{"use the payrun that wrote it, or a later one; nothing was changed"}
	case errors.As(err, &place):
		return []string{"a state and the files beside it are regular files on a local disk; move aside what stands there, or name another place in the payrun block: state \"local\" { path = … }"}
	}
	return nil
}
