package main

import (
	"errors"
	"fmt"
)

// The exit codes (documented in the README; fixed).
const (
	exitDone     = 0
	exitError    = 1 // and nothing was sent
	exitChanges  = 2 // plan -detailed-exitcode
	exitFormat   = 3 // fmt -check
	exitWaiting  = 4 // only waiting is left
	exitPerson   = 5 // a person must look
	exitRefused  = 6 // a guard, nothing sent
	exitLocked   = 7
	exitDeclined = 8
	exitFailed   = 9 // some payouts failed or were rejected
	exitSIGINT   = 130
	exitSIGTERM  = 143
)

// exitWith ends the program with a code. Hints are lines that tell people what
// to do next; they are added in this package alone.
type exitWith struct {
	code  int
	err   error // nil = everything was said already
	hints []string
}

func (e *exitWith) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitWith) Unwrap() error { return e.err }

// exit ends with a code, everything being said.
func exit(code int) error {
	if code == exitDone {
		return nil
	}
	return &exitWith{code: code}
}

// fail ends with a code and an error.
func fail(code int, err error, hints ...string) error {
	return &exitWith{code: code, err: err, hints: hints}
}

// usage is an error of the command line.
func usage(format string, args ...any) error {
	return fail(exitError, fmt.Errorf(format, args...))
}

// codeOf is the exit code of an error.
func codeOf(err error) int {
	var e *exitWith
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	}
	return exitError
}
