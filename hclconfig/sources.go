package hclconfig

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Sources are the texts that diagnostics point into, so that a snippet can be
// drawn. What they give out is masked: card tokens, card numbers, IBANs, keys
// and sensitive values are overwritten byte for byte, so that every position
// stays right and no snippet can leak.
type Sources struct {
	texts   map[string][]byte
	secrets map[string][]hcl.Range
	words   map[string]bool // names whose value is a secret
}

func newSources() *Sources {
	return &Sources{
		texts:   map[string][]byte{},
		secrets: map[string][]hcl.Range{},
		words:   map[string]bool{"card_token": true},
	}
}

// File returns the masked text of a file that a diagnostic names, as UTF-8
// whatever the file's own encoding was.
func (s *Sources) File(name string) ([]byte, bool) {
	raw, ok := s.texts[name]
	if !ok {
		return nil, false
	}
	text := bytes.Clone(raw)
	for _, r := range s.secrets[name] {
		maskBytes(text, r.Start.Byte, r.End.Byte)
	}
	for name := range s.words {
		maskAssigned(text, name)
	}
	maskPatterns(text)
	return text, true
}

// Files returns the masked texts of the given diagnostics in the shape that
// hcl.NewDiagnosticTextWriter takes.
func (s *Sources) Files(diags hcl.Diagnostics) map[string]*hcl.File {
	files := map[string]*hcl.File{}
	for _, d := range diags {
		if d.Subject == nil || files[d.Subject.Filename] != nil {
			continue
		}
		if text, ok := s.File(d.Subject.Filename); ok {
			files[d.Subject.Filename] = &hcl.File{Bytes: text}
		}
	}
	return files
}

func (s *Sources) add(name string, text []byte) { s.texts[name] = text }

// hides says whether a range of a file is in a secret one.
func (s *Sources) hides(r hcl.Range) bool {
	return slices.ContainsFunc(s.secrets[r.Filename], func(secret hcl.Range) bool {
		return secret.Start.Byte <= r.Start.Byte && r.End.Byte <= secret.End.Byte
	})
}

// hide makes a range of a file secret.
func (s *Sources) hide(r hcl.Range) {
	s.secrets[r.Filename] = append(s.secrets[r.Filename], r)
}
