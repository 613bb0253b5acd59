package hclconfig

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonlRecords reads one JSON object a line. Its headings are the names of the
// first object, and every other object has the same ones, in any order.
type jsonlRecords struct {
	text   []byte
	at     int // of the next line
	number int // of the line at hand
	from   int // of the line at hand
	to     int

	header []string
	index  map[string]int
	cells  []string
	places [][2]int
	buffer bytes.Buffer
	object *jsontext.Decoder
}

// nextLine goes to the next line that is not blank.
func (j *jsonlRecords) nextLine() bool {
	for j.at < len(j.text) {
		line, _, _ := bytes.Cut(j.text[j.at:], []byte("\n"))
		j.from, j.to = j.at, j.at+len(line)
		j.at = j.to + 1
		j.number++
		if len(bytes.TrimSpace(line)) > 0 {
			return true
		}
	}
	return false
}

// countLines counts the lines that are not blank, and no more than it must.
func countLines(text []byte, most int) int {
	j, n := jsonlRecords{text: text}, 0
	for n <= most && j.nextLine() {
		n++
	}
	return n
}

// readHeader takes the names of the first object as headings, and goes back to
// it.
func (j *jsonlRecords) readHeader() ([]string, error) {
	if !j.nextLine() {
		return nil, io.EOF
	}
	var names []string
	err := j.members(func(name string, _ jsontext.Value, _ int) error {
		if names = append(names, name); len(names) > MaxColumns {
			return j.broken("columns", 0, "it has more than %d names", MaxColumns)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	j.at, j.number = 0, 0
	return names, nil
}

func (j *jsonlRecords) next() (record, error) {
	if !j.nextLine() {
		return record{}, io.EOF
	}
	if j.cells == nil {
		j.cells, j.places = make([]string, len(j.header)), make([][2]int, len(j.header))
	}
	clear(j.cells)
	clear(j.places)
	given, out := 0, record{line: j.number}
	err := j.members(func(name string, value jsontext.Value, from int) error {
		column, ok := j.index[normal(name)]
		if !ok {
			return j.broken("more "+name, from, "it has %q, which the first line has not", name)
		}
		text, fault := jsonCell(value)
		if fault.code != "" {
			out.faults = append(out.faults, cellFault{column: column, message: fault, args: []any{name}})
		}
		given++
		j.cells[column], j.places[column] = text, [2]int{from, from + len(value)}
		return nil
	})
	if err == nil && given < len(j.header) {
		err = j.absent()
	}
	out.cells = j.cells
	return out, err
}

// absent names the first heading that the object has not.
func (j *jsonlRecords) absent() error {
	for column, name := range j.header {
		if j.places[column][1] == 0 {
			return j.broken("less "+name, j.from, "it has no %q, which the first line has; write null for a blank one", name)
		}
	}
	return nil
}

func (j *jsonlRecords) place(column int) (from, to int) {
	if column < 0 {
		return j.from, j.to
	}
	return j.places[column][0], j.places[column][1]
}

// members calls take for every member of the object of the line at hand, with
// the offset of its value in the text.
func (j *jsonlRecords) members(take func(name string, value jsontext.Value, from int) error) error {
	line := bytes.TrimRight(j.text[j.from:j.to], "\r")
	j.buffer.Reset()
	j.buffer.Write(line)
	if j.object == nil {
		j.object = jsontext.NewDecoder(&j.buffer)
	} else {
		j.object.Reset(&j.buffer)
	}
	if kind := j.object.PeekKind(); kind != '{' && kind != 0 {
		return j.notObject(line)
	}
	if _, err := j.object.ReadToken(); err != nil {
		return j.syntax(err)
	}
	for j.object.PeekKind() != '}' {
		token, err := j.object.ReadToken()
		if err != nil {
			return j.syntax(err)
		}
		name := token.String()
		value, err := j.object.ReadValue()
		if err != nil {
			return j.syntax(err)
		}
		if err := take(name, value, j.from+int(j.object.InputOffset())-len(value)); err != nil {
			return err
		}
	}
	return j.ended()
}

// ended reads the closing brace, behind which nothing stands.
func (j *jsonlRecords) ended() error {
	if _, err := j.object.ReadToken(); err != nil {
		return j.syntax(err)
	}
	if _, err := j.object.ReadToken(); err != io.EOF {
		return j.broken("behind", j.from+int(j.object.InputOffset()), "something stands behind its object; write each object in a line of its own")
	}
	return nil
}

func (j *jsonlRecords) notObject(line []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(line), []byte("[")) {
		return j.broken("array", j.from, "it begins an array; write each object in a line of its own, without brackets and commas around it (jq -c '.[]' does it)")
	}
	return j.broken("object", j.from, `it is no object such as {"id": "1001", "net_pay": "250000.00"}`)
}

// syntax says in words of ours what is wrong with a line. The library's own
// would repeat parts of it.
func (j *jsonlRecords) syntax(err error) error {
	reason := "it is no JSON; write it anew with a program that makes JSON"
	var wrong *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		reason = "it has the same name twice"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		reason = "it ends before its object does; an object stands in one line"
	}
	at := j.from
	if errors.As(err, &wrong) {
		at = min(j.from+int(wrong.ByteOffset), j.to)
	}
	return j.broken(reason, at, "%s", reason)
}

func (j *jsonlRecords) broken(kind string, at int, format string, args ...any) *brokenRow {
	return &brokenRow{message: msgRowJSON, kind: kind, line: j.number, from: at, to: j.to, args: []any{fmt.Sprintf(format, args...)}}
}

// jsonCell is a value as a cell: a text as it is, the digits of a number as
// they are written, nothing for null.
func jsonCell(value jsontext.Value) (string, message) {
	switch value.Kind() {
	case 'n':
		return "", message{}
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		if err != nil || strings.ContainsFunc(string(text), isControl) {
			return "", msgCellControl
		}
		return normal(string(text)), message{}
	case '{', '[':
		return string(value), msgCellNested
	}
	return string(value), message{}
}

// isControl says whether a character is one that checkBytes refuses.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
}
