package view

import (
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// WriteJSON writes one document of this package, indented, with a line end.
func WriteJSON(w io.Writer, document any) error {
	b, err := json.Marshal(document, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// member is one name and value of an object.
type member struct {
	name  string
	value any
}

// object is a JSON object that keeps the order of its members.
type object []member

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := jsontext.AppendQuote(b, m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		b = append(append(name, ':'), value...)
	}
	return append(b, '}'), nil
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
