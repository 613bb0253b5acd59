package freedompay

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// message is one call on its way: what to say, where, and what guards its first byte.
type message struct {
	path     string // "/g2g/reg2reg"
	fields   []Field
	before   func() error
	pool     *pool
	keep     time.Duration
	endpoint endpoint
	bytes    []byte // the whole HTTP request, head and body
}

// Pieces of a multipart body (RFC 7578). The boundary stands between "--" and a line break.
const (
	partHead  = "\r\nContent-Disposition: form-data; name=\""
	partBreak = "\"\r\n\r\n"
)

// build drops empty fields, adds salt and signature, and lays the request out as bytes.
//
// Head and body are one slice so that one write offers them: there is no moment with a head sent and a body not.
func (m *message) build(prefix, key string) {
	m.fields = slices.DeleteFunc(m.fields, func(f Field) bool { return f.Value == "" })
	salt, boundary := freshSalt(m.fields)
	m.fields = append(m.fields, Field{Name: "pg_salt", Value: salt})
	m.fields = append(m.fields, Field{Name: signatureField, Value: Sign(ScriptName(m.path), m.fields, key)})
	length := bodyLength(m.fields, boundary)
	b := make([]byte, 0, length+512)
	b = append(b, "POST "...)
	b = append(b, prefix...)
	b = append(b, m.path...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, m.endpoint.host...)
	b = append(b, "\r\nUser-Agent: payrun\r\nAccept: application/xml\r\nContent-Type: multipart/form-data; boundary="...)
	b = append(b, boundary...)
	b = append(b, "\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(length), 10)
	b = append(b, "\r\n\r\n"...)
	m.bytes = appendBody(b, m.fields, boundary)
}

// appendBody writes the fields as multipart parts, in their order.
func appendBody(b []byte, fields []Field, boundary string) []byte {
	for _, field := range fields {
		b = append(b, "--"...)
		b = append(b, boundary...)
		b = append(b, partHead...)
		b = append(b, field.Name...)
		b = append(b, partBreak...)
		b = append(b, field.Value...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "--"...)
	b = append(b, boundary...)
	return append(b, "--\r\n"...)
}

// bodyLength is the length appendBody adds, needed before it runs because the head comes first.
func bodyLength(fields []Field, boundary string) int {
	length := len("--") + len(boundary) + len("--\r\n")
	for _, field := range fields {
		length += len("--") + len(boundary) + len(partHead) + len(field.Name) + len(partBreak) + len(field.Value) + len("\r\n")
	}
	return length
}

// freshSalt returns a salt, and a boundary with the same random part that occurs in no value; neither is a secret. Values
// hold no line break, so even a boundary that did occur could not end a part; the check costs little and needs no such
// argument. Salt and signature, which follow, hold no "-".
func freshSalt(fields []Field) (salt, boundary string) {
	for {
		salt = NewSalt()
		boundary = "payrun-" + salt
		if !slices.ContainsFunc(fields, func(f Field) bool { return strings.Contains(f.Value, boundary) }) {
			return salt, boundary
		}
	}
}
