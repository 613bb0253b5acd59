package planfile

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// member is one member of the file in RFC 8785 form: a value, or the elements
// of an array. Elements are made when they are written: those of a large plan
// would take more memory than the plan.
type member struct {
	name  string
	value []byte
	array bool
	count int                       // elements
	write func(w io.Writer, at int) // writes one of them
}

// list is a member that is an array.
func list[T any](name string, elements []T) member {
	return member{name: name, array: true, count: len(elements), write: func(w io.Writer, at int) { writeLine(w, &elements[at]) }}
}

// The members in the order of the file: what people look for comes first.
// byteOrder is RFC 8785's order of the same.
var byteOrder = []string{"batches", "changes", "counts", "created_at", "expires_at", "format_version",
	"inputs", "limits", "merchants", "options", "overrides", "payrun_version", "state", "totals", "variables"}

func (f *File) members() []member {
	return f.membersWith(len(f.Changes), func(at int) Change { return f.Changes[at] })
}

// membersWith are the members with so many changes, each made when it is
// written.
func (f *File) membersWith(changes int, change func(at int) Change) []member {
	return []member{
		{name: "format_version", value: line(FormatVersion)},
		{name: "payrun_version", value: line(f.Version)},
		{name: "created_at", value: line(moment(f.CreatedAt))},
		{name: "expires_at", value: line(moment(f.ExpiresAt))},
		{name: "state", value: line(f.State)},
		list("totals", f.Totals),
		{name: "counts", value: line(f.Counts)},
		list("merchants", f.Merchants),
		list("batches", f.Batches),
		list("limits", f.Findings),
		{name: "options", value: line(f.Options)},
		list("overrides", f.Overrides),
		list("inputs", f.Inputs),
		list("variables", f.Variables),
		{name: "changes", array: true, count: changes, write: func(w io.Writer, at int) {
			c := change(at)
			writeLine(w, &c)
		}},
	}
}

// line is the RFC 8785 form of a value whose members stand in byte order.
// Names of files come from the operating system and may be no UTF-8: their
// broken bytes become U+FFFD, so that every plan has a digest.
func line(v any) []byte {
	var b bytes.Buffer
	writeLine(&b, v)
	return b.Bytes()
}

func writeLine(w io.Writer, v any) {
	sure(json.MarshalWrite(w, v, jsontext.AllowInvalidUTF8(true), json.Deterministic(true)))
}

// sure is for what cannot fail: JSON that was made or read before.
func sure(err error) {
	if err != nil {
		panic("planfile: " + err.Error())
	}
}

// Digest names the plan: "sha256:" and SHA-256 in hex of the RFC 8785 bytes of
// the object without "digest". It is what people approve.
func (f *File) Digest() string {
	if known := cmp.Or(f.newer, f.outline); known != "" {
		return known
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
	for i := range m.count {
		open := "["
		if i > 0 {
			open = ","
		}
		io.WriteString(w, open)
		m.write(w, i)
	}
	if m.count == 0 {
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
	out := []byte("{\n")
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
	if m.count == 0 {
		return append(out, "[],\n"...)
	}
	out = append(out, '[')
	b := bytes.NewBuffer(out)
	for i := range m.count {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		m.write(b, i)
	}
	return append(b.Bytes(), "\n  ],\n"...)
}
