package statefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// readState reads the state at path. A missing one is a nil document.
func readState(fsys FS, path string) (*document, identity, error) {
	before, err := inspect(fsys, path)
	if err != nil || !before.exists {
		return nil, before, err
	}
	f, err := fsys.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, before, fmt.Errorf("read state: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, before, fmt.Errorf("read state: %w", err)
	}
	doc, err := decode(f)
	if err == nil && doc.intact() {
		return doc, identify(info), nil
	}
	// Only now the whole file is needed: to say where it is wrong, or to
	// digest what a later version wrote into it.
	data, readErr := readAll(fsys, path)
	if readErr != nil {
		return nil, before, fmt.Errorf("read state: %w", readErr)
	}
	if err != nil {
		return nil, before, explain(path, data, err)
	}
	return doc, identify(info), checkRawDigest(path, data, doc.digest)
}

func readAll(fsys FS, path string) ([]byte, error) {
	f, err := fsys.Open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// explain turns what decode says into what a person can act on.
func explain(path string, data []byte, err error) error {
	if line := conflictMarker(data); line > 0 {
		return &ConflictMarkersError{Path: path, Line: line}
	}
	// What cannot be read says nothing about what is written there.
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return fmt.Errorf("read state: %w", unread)
	}
	var version *VersionError
	if errors.As(err, &version) {
		return &VersionError{Path: path, Version: version.Version}
	}
	var wrong *decodeError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("read state %s: %w", path, err)
	}
	offset := min(int(max(wrong.offset, 0)), len(data))
	line := 1 + bytes.Count(data[:offset], []byte{'\n'})
	return &FormatError{Path: path, Line: line, Address: wrong.address, Reason: reason(data, wrong.err)}
}

// reason says in words of ours why a file is no state.
func reason(data []byte, err error) string {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "the file is empty"
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return "the file begins with a byte-order mark (EF BB BF), which an editor has added"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the file ends in the middle, it was cut short"
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return "this is no JSON: " + strings.TrimPrefix(syntactic.Error(), "jsontext: ")
	}
	return err.Error()
}

// conflictMarker returns the number of the first line that a merge left, or 0.
func conflictMarker(data []byte) int {
	line := 0
	for rest := data; len(rest) > 0; {
		line++
		var text []byte
		text, rest, _ = bytes.Cut(rest, []byte{'\n'})
		for _, marker := range []string{"<<<<<<< ", "||||||| ", ">>>>>>> "} {
			if bytes.HasPrefix(text, []byte(marker)) {
				return line
			}
		}
		if string(bytes.TrimRight(text, "\r")) == "=======" {
			return line
		}
	}
	return 0
}

// checkRawDigest digests the bytes of the file themselves, members that this
// version does not know included.
func checkRawDigest(path string, data []byte, recorded string) error {
	computed, err := rawDigest(data)
	if err != nil {
		return fmt.Errorf("digest state %s: %w", path, err)
	}
	if computed != recorded {
		return &HandEditedError{Path: path, Recorded: recorded, Computed: computed}
	}
	return nil
}

// rawDigest is "sha256:" and the SHA-256 of the RFC 8785 bytes of an object
// without its member digest.
func rawDigest(data []byte) (string, error) {
	object, err := dropDigest(data)
	if err != nil {
		return "", err
	}
	if err := object.Canonicalize(); err != nil {
		return "", err
	}
	sum := sha256.Sum256(object)
	return digestPrefix + hex.EncodeToString(sum[:]), nil
}

// dropDigest copies an object member by member, all but the digest.
func dropDigest(data []byte) (jsontext.Value, error) {
	var out bytes.Buffer
	from, to := jsontext.NewDecoder(bytes.NewReader(data)), jsontext.NewEncoder(&out)
	for {
		if from.StackDepth() == 1 && from.PeekKind() == '"' {
			name, err := from.ReadToken()
			if err != nil {
				return nil, err
			}
			text := name.String()
			value, err := from.ReadValue()
			if err != nil {
				return nil, err
			}
			if text == digestName {
				continue
			}
			if err := to.WriteToken(jsontext.String(text)); err != nil {
				return nil, err
			}
			if err := to.WriteValue(value); err != nil {
				return nil, err
			}
			continue
		}
		token, err := from.ReadToken()
		if err == io.EOF {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		if err := to.WriteToken(token); err != nil {
			return nil, err
		}
	}
}
