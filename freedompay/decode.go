package freedompay

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of one document. The documented answers are one level deep with less than 20 fields.
const (
	maxDepth  = 32
	maxFields = 128
)

// xmlSpace is what XML counts as white space.
const xmlSpace = " \t\r\n"

// declarationShape is the XML declaration; encoding/xml takes it more loosely.
var declarationShape = regexp.MustCompile(`^version=("1\.0"|'1\.0')(\s+encoding=("(?i:utf-8)"|'(?i:utf-8)'))?(\s+standalone=("(yes|no)"|'(yes|no)'))?\s*$`)

// decodeDocument reads one answer into its fields, in the order of appearance.
//
// encoding/xml alone takes repeated elements, foreign namespaces, comments inside values and whatever follows the root,
// and hands out what it read before a cut; all of that is refused here, and fields come back only when the whole
// document was consumed. Values are exact after entity decoding, but that line breaks are "\n" as XML demands.
// The errors tell a byte offset and never quote the document, which may hold a card token.
func decodeDocument(body []byte) ([]Field, error) {
	switch {
	case len(body) > maxBodyBytes:
		return nil, errBodyTooLarge
	case !utf8.Valid(body):
		return nil, errors.New("decode answer: not valid utf-8")
	case bytes.HasPrefix(body, []byte("\ufeff")):
		return nil, errors.New("decode answer: starts with a byte order mark")
	}
	d := &decoder{xml: xml.NewDecoder(bytes.NewReader(body))}
	for {
		start := d.xml.InputOffset()
		token, err := d.xml.Token()
		if err == io.EOF && d.done {
			return d.root.Children, nil
		}
		if err == nil {
			err = d.take(token, start)
		} else {
			err = errors.New("malformed xml or no root") // encoding/xml quotes the document
		}
		if err != nil {
			return nil, fmt.Errorf("decode answer: %w near byte %d", err, d.xml.InputOffset())
		}
	}
}

// decoder is the state of one document being read.
type decoder struct {
	xml    *xml.Decoder
	root   Field
	open   []element // from the root to the innermost
	fields int
	done   bool // the root has ended
}

// element is an element that has not ended. Its text grows as bytes: a value may come in very many pieces.
type element struct {
	field *Field
	text  []byte
}

// take handles one token that started at byte start.
func (d *decoder) take(token xml.Token, start int64) error {
	switch t := token.(type) {
	case xml.StartElement:
		return d.begin(t)
	case xml.EndElement:
		return d.end()
	case xml.CharData:
		return d.text(t)
	case xml.ProcInst:
		if t.Target == "xml" && start == 0 && declarationShape.Match(t.Inst) {
			return nil
		}
		return errors.New("refuse processing instruction or declaration")
	case xml.Comment:
		return errors.New("refuse comment")
	}
	return errors.New("refuse directive")
}

// begin opens an element.
func (d *decoder) begin(t xml.StartElement) error {
	switch {
	case d.done:
		return errors.New("refuse second root")
	case t.Name.Space != "" || len(t.Attr) > 0 || !isName(t.Name.Local):
		return errors.New("refuse namespace, attribute or odd name")
	case len(d.open) == maxDepth:
		return fmt.Errorf("refuse more than %d levels", maxDepth)
	case len(d.open) == 0:
		if t.Name.Local != "response" && t.Name.Local != "root" {
			return errors.New("refuse root that is neither response nor root")
		}
		d.open = append(d.open, element{field: &d.root})
		return nil
	}
	return d.nest(t.Name.Local)
}

// nest opens a field inside the innermost open element.
func (d *decoder) nest(name string) error {
	parent := d.open[len(d.open)-1].field
	if slices.ContainsFunc(parent.Children, func(f Field) bool { return f.Name == name }) {
		return errors.New("refuse repeated field")
	}
	if d.fields++; d.fields > maxFields {
		return fmt.Errorf("refuse more than %d fields", maxFields)
	}
	// Only the last child of each open element grows, so the pointer stays good until that child has ended.
	parent.Children = append(parent.Children, Field{Name: name})
	d.open = append(d.open, element{field: &parent.Children[len(parent.Children)-1]})
	return nil
}

// end closes the innermost element. A parent has no value of its own, so its text must be white space.
func (d *decoder) end() error {
	inner := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	d.done = len(d.open) == 0
	if !d.done && len(inner.field.Children) == 0 {
		inner.field.Value = string(inner.text)
		return nil
	}
	if len(bytes.Trim(inner.text, xmlSpace)) > 0 {
		return errors.New("refuse text beside fields")
	}
	return nil
}

// text adds to the innermost element; outside the root only white space may stand.
func (d *decoder) text(t xml.CharData) error {
	if len(d.open) == 0 {
		if len(bytes.Trim(t, xmlSpace)) > 0 {
			return errors.New("refuse text outside the root")
		}
		return nil
	}
	inner := &d.open[len(d.open)-1]
	inner.text = append(inner.text, t...)
	return nil
}

// isName reports whether s is a plain ASCII name; encoding/xml takes many more.
func isName(s string) bool {
	for i, r := range s {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z' || r == '_'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789.-", r)) {
			return false
		}
	}
	return s != ""
}
