package hclconfig

import (
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
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
	sheet     string
	sha256    string
	notCards  []string
	encrypted bool
}

// Bounds of header_row and ignore_last.
const maxHeaderRow, maxIgnoreLast = 1000, 1000

// openTable reads a rows block, its file, and the headings.
func (p *payoutReader) openTable(b *hcl.Block) (*table, bool) {
	before := len(p.all)
	r := p.read(b, rowsSchema)
	p.rowsBlock, p.rowsAttrs = b, r.attrs
	o := r.rowsOptions()
	if len(p.all) > before || o.path == "" {
		return nil, false
	}
	raw, err := p.readInside(o.path, InputRows, MaxRowsFileBytes)
	name := path.Clean(o.path)
	if err != nil {
		p.fail(msgRowsFile, r.at("path"), err, p.nearFile(o.path, err))
		return nil, false
	}
	p.recordRows(name, o, r)
	t := &table{name: name, options: o, index: map[string]int{}, exempt: map[int]bool{}}
	if !p.openRecords(t, raw, r) || !p.readHeader(t) {
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
	o.path, _ = r.nonEmpty("path")
	o.format, o.encrypted = r.rowsFormat(o.path)
	o.delimiter = r.delimiter(o.format)
	o.encoding = r.oneOf("encoding")
	o.point = r.oneOf("decimal_separator")
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
	o.sheet, _ = r.nonEmpty("sheet")
	r.fitting(o.format)
	return o
}

// rowFormats are the formats by the ending of the file's name.
var rowFormats = []string{"csv", "tsv", "jsonl", "xlsx"}

// notFor lists the attributes that mean nothing for a format.
var notFor = map[string][]string{
	"csv":   {"sheet"},
	"tsv":   {"sheet"},
	"jsonl": {"sheet", "delimiter", "header_row"},
	"xlsx":  {"delimiter", "encoding"},
}

func (r *reader) fitting(format string) {
	for _, name := range notFor[format] {
		if attr, ok := r.attrs[name]; ok {
			r.fail(msgRowsOption, attr.NameRange, name, format)
		}
	}
}

// rowsFormat is the format by the file's extension, or as written. Behind any
// of them .age says that the file is encrypted.
func (r *reader) rowsFormat(file string) (format string, encrypted bool) {
	plain, encrypted := strings.CutSuffix(file, ageEnding)
	format, ok := r.text("format")
	if !ok {
		format = strings.ToLower(strings.TrimPrefix(path.Ext(plain), "."))
	}
	switch {
	case slices.Contains(rowFormats, format) || file == "":
	case format == "":
		r.fail(msgRowsNoFormat, r.at("path"), file)
	case format == "xls" || format == "xlsm" || format == "xlsb" || format == "ods" || format == "numbers":
		r.fail(msgRowsOtherSheet, r.at("path"), format)
	default:
		r.fail(msgRowsFormat, r.at("path"), format, suggest(format, rowFormats))
	}
	return format, encrypted
}

// openRecords makes records of the bytes of a file.
func (p *payoutReader) openRecords(t *table, raw []byte, r *reader) bool {
	if t.options.encrypted {
		var ok bool
		if raw, ok = p.decrypt(t.name, raw, r); !ok {
			return false
		}
	} else if looksEncrypted(raw) {
		p.fail(msgAgeNamed, r.at("path"), t.name)
		return false
	}
	below, ok := 0, true
	switch t.options.format {
	case "xlsx":
		if ok = p.openSheet(t, raw, r); ok {
			below = countSheet(t.text, t.options.headerRow)
		}
	case "jsonl":
		if ok = p.decode(t, raw) && p.checkBytes(t); ok {
			t.records = &jsonlRecords{text: t.text}
			below = countLines(t.text, MaxRows)
		}
	default:
		if ok = p.decode(t, raw) && p.checkBytes(t); ok {
			t.records = newCSVRecords(t.text, t.options.delimiter)
			below, ok = p.countCSV(t)
		}
	}
	return ok && p.bounded(t, below)
}

// bounded takes the number of rows below the headings.
func (p *payoutReader) bounded(t *table, below int) bool {
	t.total = below - t.options.ignore
	switch {
	case below > MaxRows:
		p.fail(msgRowsTooMany, t.rangeOf(0, 0), t.name, MaxRows)
	case t.total > 0:
		return true
	case t.options.format == "jsonl":
		p.fail(msgRowsEmptyLines, t.rangeOf(0, 0), t.name, below, t.options.ignore)
	case bytes.Count(t.text, []byte("\r")) > bytes.Count(t.text, []byte("\r\n")):
		p.fail(msgRowsReturns, t.rangeOf(0, 0), t.name)
	default:
		p.fail(msgRowsEmpty, t.rangeOf(0, 0), t.name, t.options.headerRow, below, t.options.ignore)
	}
	return false
}

// readHeader reads the headings.
func (p *payoutReader) readHeader(t *table) bool {
	lines, isLines := t.records.(*jsonlRecords)
	if isLines {
		names, err := lines.readHeader()
		if err != nil {
			p.brokenHeader(t, err)
			return false
		}
		t.cells = names
	} else if !p.findHeader(t) {
		return false
	}
	if !p.takeHeader(t) {
		return false
	}
	switch records := t.records.(type) {
	case *jsonlRecords:
		records.header, records.index = t.header, t.index
	case *sheetRecords:
		records.width = len(t.header)
	}
	return true
}

// brokenHeader reports a first line that has no names.
func (p *payoutReader) brokenHeader(t *table, err error) {
	var wrong *brokenRow
	if errors.As(err, &wrong) {
		p.fail(wrong.message, t.rangeOf(wrong.from, wrong.from), append([]any{t.name}, wrong.args...)...)
	}
}

// findHeader reads up to the row with the headings. Rows are counted as
// editors and spreadsheets do, blank ones as well.
func (p *payoutReader) findHeader(t *table) bool {
	for {
		r, err := t.records.next()
		switch {
		case err == io.EOF:
			return false // cannot be: there are rows below
		case err != nil:
			p.fail(msgRowSyntax, t.here(), t.name, rowSyntax(err)) // cannot be: the rows were counted
			return false
		}
		t.record = r
		switch {
		case r.line == t.options.headerRow:
			return true
		case r.line > t.options.headerRow:
			p.fail(msgHeaderRow, t.cell(0), t.name, t.options.headerRow, r.line, p.inRows(headerRow(r.line)))
			return false
		}
	}
}

// takeHeader takes the cells of the row at hand as headings.
func (p *payoutReader) takeHeader(t *table) bool {
	if len(t.cells) > MaxColumns {
		p.fail(msgTooLarge, t.rangeOf(0, 0), t.name, "it has too many columns")
		return false
	}
	if d := runTogether(t.cells, t.options.delimiter); d != "" && t.options.delimits() {
		p.fail(msgRunTogether, t.cell(0), t.name, string(t.options.delimiter), d, p.inRows(setting{"delimiter", strconv.Quote(d)}))
		return false
	}
	ok := true
	for column, heading := range t.cells {
		heading = normal(strings.Clone(heading))
		t.header = append(t.header, heading)
		if masked, found := cardNumber(heading); found {
			p.fail(msgHeadingCard, t.headingPlace(column), column+1, masked)
			ok = false
		}
		if heading == "" {
			continue // nothing can refer to it
		}
		if first, taken := t.index[heading]; taken {
			p.fail(msgHeadingTwice, t.headingPlace(column), t.name, heading, first+1, column+1)
			ok = false
		}
		t.index[heading] = column
	}
	return ok
}

func (t *table) headingPlace(column int) hcl.Range {
	if t.options.format == "jsonl" {
		return t.rangeOf(0, 0)
	}
	return t.cell(column)
}

// delimits says whether cells are told apart by a delimiter.
func (o rowsOptions) delimits() bool { return o.format == "csv" || o.format == "tsv" }
