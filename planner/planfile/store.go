package planfile

import (
	"fmt"
	"io"
	"os"

	"github.com/google/renameio/v2"
)

// MaxFileBytes bounds a plan file: a million changes take less than half.
const MaxFileBytes = 1 << 30

// Write saves the plan with mode 0600, whole or not at all. An existing file is
// replaced, whatever its mode was.
func (f *File) Write(path string) error {
	data, err := f.Encode()
	if err != nil {
		return err
	}
	pending, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o600))
	if err != nil {
		return fmt.Errorf("write plan %s: %w", path, err)
	}
	defer pending.Cleanup() // after CloseAtomicallyReplace it does nothing
	if _, err = pending.Write(data); err == nil {
		err = pending.CloseAtomicallyReplace()
	}
	if err != nil {
		return fmt.Errorf("write plan %s: %w", path, err)
	}
	return nil
}

// Read loads and decodes a plan file; see Decode for what it refuses.
func Read(path string) (*File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	defer in.Close()
	// A size that is known spares the reading; a pipe has none.
	if info, err := in.Stat(); err == nil && info.Size() > MaxFileBytes {
		return nil, &FormatError{Reason: fmt.Sprintf("%s has more than %d bytes", path, MaxFileBytes)}
	}
	data, err := io.ReadAll(io.LimitReader(in, MaxFileBytes))
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return Decode(data)
}
