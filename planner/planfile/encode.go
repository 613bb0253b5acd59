package planfile

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// member is one member of the file, already in RFC 8785 form: a value, or the
// lines of an array.
type member struct {
	name  string
	value []byte
	lines [][]byte
	array bool
}

// The members in the order of the file: what people look for comes first.
// byteOrder is RFC 8785's order of the same.
var byteOrder = []string{"batches", "changes", "counts", "created_at", "expires_at", "format_version",
	"inputs", "limits", "merchants", "overrides", "payrun_version", "state", "totals", "variables"}

func (f *File) members() []member {
	return []member{
		{name: "format_version", value: line(FormatVersion)},
		{name: "payrun_version", value: line(f.Version)},
		{name: "created_at", value: line(moment(f.CreatedAt))},
		{name: "expires_at", value: line(moment(f.ExpiresAt))},
		{name: "state", value: line(f.State)},
		{name: "totals", array: true, lines: lines(f.Totals)},
		{name: "counts", value: line(f.Counts)},
		{name: "merchants", array: true, lines: lines(f.Merchants)},
		{name: "batches", array: true, lines: lines(f.Batches)},
		{name: "limits", array: true, lines: lines(f.Findings)},
		{name: "overrides", array: true, lines: lines(f.Overrides)},
		{name: "inputs", array: true, lines: lines(f.Inputs)},
		{name: "variables", array: true, lines: lines(f.Variables)},
		{name: "changes", array: true, lines: lines(f.Changes)},
	}
}

// line is the RFC 8785 form of a value whose members stand in byte order.
// Names of files come from the operating system and may be no UTF-8: their
// broken bytes become U+FFFD, so that every plan has a digest.
func line(v any) []byte {
	b, err := json.Marshal(v, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	sure(err)
	return b
}

// sure is for what cannot fail: JSON that was made or read before.
func sure(err error) {
	if err != nil {
		panic("planfile: " + err.Error())
	}
}

func lines[T any](list []T) [][]byte {
	out := make([][]byte, len(list))
	for i := range list {
		out[i] = line(&list[i])
	}
	return out
}

// Digest names the plan: "sha256:" and SHA-256 in hex of the RFC 8785 bytes of
// the object without "digest". It is what people approve.
func (f *File) Digest() string {
	if f.newer != "" {
		return f.newer
	}
	return digestOf(f.members())
}

func digestOf(members []member) string {
	byName := make(map[string]*member, len(members))
	for i := range members {
		byName[members[i].name] = &members[i]
	}
	h := sha256.New()
	for i, name := range byteOrder {
		open := `{"`
		if i > 0 {
			open = `,"`
		}
		io.WriteString(h, open+name+`":`)
		byName[name].canonical(h)
	}
	io.WriteString(h, "}")
	return digestText(h)
}

func digestText(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

func (m *member) canonical(w io.Writer) {
	if !m.array {
		w.Write(m.value)
		return
	}
	for i, l := range m.lines {
		open := "["
		if i > 0 {
			open = ","
		}
		io.WriteString(w, open)
		w.Write(l)
	}
	if len(m.lines) == 0 {
		io.WriteString(w, "[")
	}
	io.WriteString(w, "]")
}

// Encode writes the file: the digest near its head, one change a line, a newline
// at the end. A file that Decode would refuse is a *FormatError.
func (f *File) Encode() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	members := f.members()
	return encode(members, digestOf(members)), nil
}

func encode(members []member, digest string) []byte {
	size := 256
	for i := range members {
		for _, l := range members[i].lines {
			size += len(l) + 8
		}
		size += len(members[i].value) + 64
	}
	out := append(make([]byte, 0, size), "{\n"...)
	for i := range members {
		out = members[i].append(out)
		if i == 0 {
			out = append(out, `  "digest": "`+digest+"\",\n"...)
		}
	}
	out = append(out[:len(out)-len(",\n")], "\n}\n"...)
	return out
}

func (m *member) append(out []byte) []byte {
	out = append(out, `  "`+m.name+`": `...)
	if !m.array {
		return append(append(out, m.value...), ",\n"...)
	}
	if len(m.lines) == 0 {
		return append(out, "[],\n"...)
	}
	out = append(out, '[')
	for i, l := range m.lines {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, "\n    "...), l...)
	}
	return append(out, "\n  ],\n"...)
}
