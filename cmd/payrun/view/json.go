package view

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// WriteJSON writes one document of this package, indented, with a line end. A
// large one is never whole in memory.
func WriteJSON(w io.Writer, document any) error {
	if err := json.MarshalWrite(w, document, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := w.Write([]byte{'\n'})
	return err
}

// WriteLine writes one document of this package on one line, with a line end.
func WriteLine(w io.Writer, document any) error {
	if err := json.MarshalWrite(w, document, json.Deterministic(true)); err != nil {
		return err
	}
	_, err := w.Write([]byte{'\n'})
	return err
}

// member is one name and value of an object.
type member struct {
	name  string
	value any
}

// object is a JSON object that keeps the order of its members.
type object []member

// MarshalJSONTo writes the members in order.
func (o object) MarshalJSONTo(enc *jsontext.Encoder) error {
	err := enc.WriteToken(jsontext.BeginObject)
	for _, m := range o {
		if err == nil {
			err = enc.WriteToken(jsontext.String(m.name))
		}
		if err == nil {
			err = json.MarshalEncode(enc, m.value, json.Deterministic(true))
		}
	}
	if err != nil {
		return err
	}
	return enc.WriteToken(jsontext.EndObject)
}

// MarshalJSON is MarshalJSONTo for encoding/json.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := o.MarshalJSONTo(jsontext.NewEncoder(&b))
	return b.Bytes(), err
}

// has says whether the object holds a name.
func (o object) has(name string) bool {
	for _, m := range o {
		if m.name == name {
			return true
		}
	}
	return false
}
