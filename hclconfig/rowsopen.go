package hclconfig

import (
	"bytes"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// rowsOptions is a rows block.
type rowsOptions struct {
	path      string
	format    string
	delimiter rune
	point     string // decimal_separator
	group     string // group_separator; "" = none
	encoding  string
	headerRow int
	ignore    int
	sha256    string
	notCards  []string
}

// Bounds of header_row and ignore_last.
const maxHeaderRow, maxIgnoreLast = 1000, 1000

// openTable reads a rows block, its file, and the headings.
func (p *payoutReader) openTable(b *hcl.Block) (*table, bool) {
	before := len(p.all)
	r := p.read(b, rowsSchema)
	o := r.rowsOptions()
	if len(p.all) > before || o.path == "" {
		return nil, false
	}
	raw, err := p.readInside(o.path, InputRows, MaxRowsFileBytes)
	name := path.Clean(o.path)
	if err != nil {
		p.fail(msgFileUnreadable, r.at("path"), err)
		return nil, false
	}
	p.recordRows(name, o, r)
	t := &table{name: name, options: o, index: map[string]int{}, exempt: map[int]bool{}}
	if !p.decode(t, raw) || !p.checkBytes(t) || !p.countRows(t) || !p.readHeader(t) {
		p.publish(t)
		return nil, false
	}
	for _, heading := range o.notCards {
		column, ok := t.index[heading]
		if !ok {
			p.fail(msgColumnUnknown, r.at("not_cards"), name, heading, suggest(heading, t.header), headings(t.header))
			return nil, false
		}
		t.exempt[column] = true
	}
	return t, true
}

// publish hands the shown rows to the sources.
func (p *payoutReader) publish(t *table) {
	p.sources.add(t.name, t.snippet())
}

// recordRows completes the input that readInside recorded, and compares its
// digest with the one that is asked for.
func (p *payoutReader) recordRows(name string, o rowsOptions, r *reader) {
	for i := range p.cfg.Inputs {
		in := &p.cfg.Inputs[i]
		if in.Path != name || in.Kind != InputRows {
			continue
		}
		for _, column := range o.notCards {
			if !slices.Contains(in.NotCards, column) {
				in.NotCards = append(in.NotCards, column)
			}
		}
		if o.sha256 != "" && !strings.EqualFold(o.sha256, in.SHA256) {
			p.fail(msgRowsDigest, r.at("sha256"), name, in.SHA256)
		}
	}
}

func (r *reader) rowsOptions() rowsOptions {
	o := rowsOptions{point: ".", headerRow: 1}
	r.need("path", "it names the file, relative to the configuration's directory")
	o.path, _ = r.nonEmpty("path")
	o.format = r.rowsFormat(o.path)
	o.delimiter = r.delimiter(o.format)
	o.encoding = r.oneOf("encoding", "utf-8", utf8BOM, "windows-1251", "utf-16le")
	o.point = r.oneOf("decimal_separator", ".", ",")
	o.group, _ = r.nonEmpty("group_separator")
	if o.group != "" && (utf8.RuneCountInString(o.group) != 1 || o.group == o.point || strings.ContainsAny(o.group, "0123456789+-")) {
		r.fail(msgGroupSeparator, r.at("group_separator"))
	}
	if n, ok := r.integer("header_row", 1, maxHeaderRow); ok {
		o.headerRow = int(n)
	}
	if n, ok := r.integer("ignore_last", 0, maxIgnoreLast); ok {
		o.ignore = int(n)
	}
	o.sha256, _ = r.nonEmpty("sha256")
	o.notCards = r.texts("not_cards")
	if r.has("sheet") {
		r.fail(msgRowsSheet, r.at("sheet"))
	}
	return o
}

// rowsFormat is the format by the file's extension, or as written.
func (r *reader) rowsFormat(file string) string {
	format, ok := r.text("format")
	if !ok {
		format = strings.TrimPrefix(path.Ext(file), ".")
	}
	switch format {
	case "csv", "tsv":
	case "jsonl", "xlsx", "age":
		r.fail(msgRowsLater, r.at("path"), format)
	default:
		switch {
		case file != "" && format == "":
			r.fail(msgRowsNoFormat, r.at("path"), file)
		case file != "":
			r.fail(msgRowsFormat, r.at("path"), format, suggest(format, []string{"csv", "tsv"}))
		}
	}
	return format
}

func (r *reader) delimiter(format string) rune {
	fallback := ','
	if format == "tsv" {
		fallback = '\t'
	}
	text, ok := r.text("delimiter")
	if !ok {
		return fallback
	}
	d, size := utf8.DecodeRuneInString(text)
	if size == 0 || size != len(text) || strings.ContainsRune("\"\r\n\ufeff", d) || d == utf8.RuneError || d == 0 {
		r.fail(msgDelimiter, r.at("delimiter"))
		return fallback
	}
	return d
}

// countRows counts the data rows, so that the last ones can be told from the
// others, and so that memory is asked for once.
func (p *payoutReader) countRows(t *table) bool {
	reader, records := t.newReader(), 0
	for {
		_, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.start = t.lineOffset(err)
			p.fail(msgRowSyntax, t.here(), t.name, rowSyntax(err))
			return false
		}
		if records++; records > MaxRows {
			p.fail(msgRowsTooMany, t.rangeOf(0, 0), t.name, MaxRows)
			return false
		}
	}
	t.total = records - t.options.headerRow - t.options.ignore
	if t.total <= 0 {
		p.fail(msgRowsEmpty, t.rangeOf(0, 0), t.name, records, t.options.headerRow, t.options.ignore)
		return false
	}
	t.reader = t.newReader()
	return true
}

// lineOffset is where the record that could not be read begins.
func (t *table) lineOffset(err error) int {
	line := math.MaxInt
	if parse := parseError(err); parse != nil {
		line = parse.StartLine
	}
	at := 0
	for n := 1; n < line; n++ {
		next := bytes.IndexByte(t.text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return at
}

// readHeader reads up to the row with the headings.
func (p *payoutReader) readHeader(t *table) bool {
	for range t.options.headerRow {
		t.start = int(t.reader.InputOffset())
		cells, err := t.reader.Read()
		if err != nil {
			p.fail(msgRowSyntax, t.here(), t.name, rowSyntax(err)) // cannot be: the rows were counted
			return false
		}
		t.cells = cells
	}
	if len(t.cells) > MaxColumns {
		p.fail(msgTooLarge, t.cell(0), t.name, "it has too many columns")
		return false
	}
	if d := runTogether(t.cells, t.options.delimiter); d != "" {
		p.fail(msgRunTogether, t.cell(0), t.name, string(t.options.delimiter), d)
		return false
	}
	ok := true
	for column, heading := range t.cells {
		heading = normal(strings.Clone(heading))
		if first, taken := t.index[heading]; taken {
			p.fail(msgHeadingTwice, t.cell(column), t.name, heading, first+1, column+1)
			ok = false
			continue
		}
		t.index[heading] = column
		t.header = append(t.header, heading)
	}
	return ok
}

// runTogether names the delimiter that a file seems to have instead of the
// expected one: its headings are one cell.
func runTogether(cells []string, expected rune) string {
	if len(cells) != 1 {
		return ""
	}
	for _, d := range []string{";", "\t", "|", ","} {
		if d != string(expected) && strings.Contains(cells[0], d) {
			return d
		}
	}
	return ""
}
