package sandbox

import (
	"bytes"
	"fmt"
	"os"

	"github.com/go-json-experiment/json"
)

// ReadLedger reads the lines of a ledger without its lock, while a gateway
// writes it or after. A torn last line is left out. Other damage is a
// *DamageError; a missing file is an error that os.ErrNotExist matches.
func ReadLedger(path string) ([]Line, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	lines, _, err := splitLedger(path, text)
	return lines, err
}

// splitLedger decodes every line that ends in a newline, and returns how many
// bytes those are.
func splitLedger(path string, text []byte) (lines []Line, whole int, err error) {
	for number := 1; ; number++ {
		raw, rest, ended := bytes.Cut(text[whole:], []byte("\n"))
		if !ended {
			return lines, whole, nil
		}
		line, err := decodeLine(raw, int64(number))
		if err != nil {
			return nil, 0, &DamageError{Path: path, Line: number, Err: err}
		}
		lines = append(lines, line)
		whole = len(text) - len(rest)
	}
}

func decodeLine(raw []byte, seq int64) (Line, error) {
	var line Line
	if err := json.Unmarshal(raw, &line, json.RejectUnknownMembers(true)); err != nil {
		return Line{}, fmt.Errorf("decode: %w", err)
	}
	if line.Seq != seq {
		return Line{}, fmt.Errorf("read seq %d: want %d", line.Seq, seq)
	}
	return line, nil
}
