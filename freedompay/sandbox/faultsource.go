package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// FaultsError says that a faults file cannot be used. While it cannot, every
// call is answered HTTP 500: guessing would make a test pass that tests nothing.
type FaultsError struct {
	Path string // as configured
	Err  error  // names the entry, counted from 1, where there is one
}

// Error names the file and the entry.
func (e *FaultsError) Error() string { return fmt.Sprintf("read faults %s: %v", e.Path, e.Err) }

// Unwrap gives the cause.
func (e *FaultsError) Unwrap() error { return e.Err }

// faultSource holds the rules in force: the injected ones and those of a file.
type faultSource struct {
	path string

	mu       sync.Mutex
	injected []rule
	text     []byte // what was last decoded; nil before the first time
	file     []rule
	err      error // of text
}

// current returns the rules in force now, the injected ones first.
func (s *faultSource) current() ([]rule, error) {
	var text []byte
	if s.path != "" {
		var err error
		if text, err = os.ReadFile(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, s.fail(err)
		}
		if err != nil {
			text = []byte("[]")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.path != "" && (s.text == nil || !bytes.Equal(text, s.text)) {
		s.decode(text)
	}
	if len(s.injected) == 0 {
		return s.file, s.err
	}
	return slices.Concat(s.injected, s.file), s.err
}

// decode takes a new text over; a broken one leaves no rules of an older in force.
func (s *faultSource) decode(text []byte) {
	s.text, s.file, s.err = bytes.Clone(text), nil, nil
	faults, err := decodeFaults(text)
	if err == nil {
		s.file, err = compile(faults)
	}
	if err != nil {
		s.err = &FaultsError{Path: s.path, Err: err}
	}
}

// fail keeps a read error for FaultsErr until the file can be read again.
func (s *faultSource) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text, s.file, s.err = nil, nil, &FaultsError{Path: s.path, Err: err}
	return s.err
}

func (s *faultSource) inject(faults []Fault, replace bool) error {
	rules, err := compile(faults)
	if err != nil {
		return fmt.Errorf("inject faults: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if replace {
		s.injected = nil
	}
	s.injected = append(s.injected, rules...)
	return nil
}
