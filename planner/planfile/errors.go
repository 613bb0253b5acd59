package planfile

import "fmt"

// FormatError says that a file is no plan file as this program writes it.
type FormatError struct {
	Reason string
	Err    error // what the JSON decoder says; may be nil
}

func (e *FormatError) Error() string {
	text := "read plan: " + e.Reason
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the decoder's error.
func (e *FormatError) Unwrap() error { return e.Err }

// VersionError says that a plan file has a form that this program does not
// know.
type VersionError struct {
	Version string // format_version as it stands
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("read plan: format version %q is not known, this program reads %s", e.Version, FormatVersion)
}

// DigestError says that a plan file was changed after it was written.
type DigestError struct {
	Stated string // what the file says
	Actual string // what its content hashes to
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("read plan: the content hashes to %s, the file says %s: it was changed", e.Actual, e.Stated)
}
