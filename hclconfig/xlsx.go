package hclconfig

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// A spreadsheet is read here and not by a library of spreadsheets: those offer
// values as a stream, or formulas, types and formats with the whole sheet in
// memory, and a payroll needs all of them at once for a million rows. The parts
// are those of ECMA-376, Part 1, 18.

// Bounds of a spreadsheet, beside MaxRows and MaxColumns.
const (
	MaxSheetFileBytes = 128 << 20 // the file
	maxSheetParts     = 10_000    // files in it
	maxSmallPart      = 16 << 20  // unpacked: any part but the sheet and its texts
	maxSheetPart      = 512 << 20 // unpacked: the sheet
	maxSheetText      = 256 << 20 // all cells together, as text
	maxUnpacking      = 100       // how much larger than packed a part above maxSmallPart may be
	maxTagBytes       = 1 << 20   // from one bracket to the next
	sheetNameBytes    = 128
)

// workbook is a spreadsheet that was opened.
type workbook struct {
	parts   map[string]*zip.File // by name, without a leading slash
	sheets  []sheetPart
	strings []string     // shared by cells
	formats []formatKind // of cells, by style
}

type sheetPart struct {
	name, path string
	hidden     bool
}

// openWorkbook reads everything but the sheets.
func openWorkbook(raw []byte) (*workbook, error) {
	w, err := unpack(raw)
	if err != nil {
		return nil, err
	}
	root, err := w.relations("")
	if err != nil {
		return nil, err
	}
	main := root.byType("/officeDocument")
	related, err := w.relations(main)
	if err == nil {
		err = w.readSheets(main, related)
	}
	if err == nil {
		w.formats, err = w.readFormats(related.byType("/styles"))
	}
	if err == nil {
		w.strings, err = w.readStrings(related.byType("/sharedStrings"))
	}
	return w, err
}

func unpack(raw []byte) (*workbook, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		return nil, errors.New("it is protected by a password, or of the old format .xls; save it as .xlsx without a password")
	case !bytes.HasPrefix(raw, []byte("PK")):
		return nil, errors.New("it is not the format .xlsx, whatever its name says; save it as .xlsx again")
	case bytes.Count(raw, []byte("PK\x01\x02")) > maxSheetParts:
		return nil, errors.New("it has too many parts")
	}
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, errors.New("it is damaged or incomplete; save or copy it again")
	}
	w := &workbook{parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if w.parts[name] != nil {
			return nil, fmt.Errorf("it has the part %q twice", name)
		}
		w.parts[name] = f
	}
	return w, nil
}

// open opens a part of at most limit bytes. What unpacks to far more than its
// packed size is no sheet.
func (w *workbook) open(name string, limit uint64) (io.ReadCloser, error) {
	f := w.parts[strings.ToLower(name)]
	switch {
	case f == nil:
		return nil, fmt.Errorf("its part %q is missing; save it as .xlsx again", name)
	case f.UncompressedSize64 > limit:
		return nil, fmt.Errorf("its part %q has more than %d MiB", name, limit>>20)
	case f.UncompressedSize64 > maxSmallPart && f.UncompressedSize64/maxUnpacking > f.CompressedSize64:
		return nil, fmt.Errorf("its part %q unpacks to more than %d times its size", name, maxUnpacking)
	}
	return f.Open()
}

// decode reads a small part into out.
func (w *workbook) decode(name string, out any) error {
	in, err := w.open(name, maxSmallPart)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := newXML(in).Decode(out); err != nil {
		return partError(name, err)
	}
	return nil
}

// newXML reads XML without entities of its own.
func newXML(in io.Reader) *xml.Decoder { return xml.NewDecoder(&tagReader{in: in}) }

// tagReader ends a text in which no tag ends for too long: the decoder keeps a
// tag or a text in memory.
type tagReader struct {
	in    io.Reader
	since int
}

const longTag = sheetProblem("a tag or a text in it is too long")

func (t *tagReader) Read(b []byte) (int, error) {
	n, err := t.in.Read(b)
	last := bytes.LastIndexByte(b[:n], '>')
	if last < 0 {
		t.since += n
	} else {
		t.since = n - last
	}
	if t.since > maxTagBytes {
		return 0, longTag
	}
	return n, err
}

// partError says in words of ours what is wrong with a part. The decoder's own
// would repeat parts of it.
func partError(name string, err error) error {
	var problem sheetProblem
	if errors.As(err, &problem) {
		return fmt.Errorf("its part %q cannot be used: %w", name, problem)
	}
	return fmt.Errorf("its part %q is damaged; save it as .xlsx again", name)
}

// relations are the parts that a part refers to.
type relations struct {
	All []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
		Mode   string `xml:"TargetMode,attr"`
	} `xml:"Relationship"`
	base string
}

// relations reads what a part refers to; "" is the file itself.
func (w *workbook) relations(part string) (*relations, error) {
	out := &relations{base: path.Dir(part)}
	name := strings.TrimPrefix(path.Join(path.Dir(part), "_rels", path.Base(part)+".rels"), "/")
	if part == "" {
		out.base, name = ".", "_rels/.rels"
	}
	return out, w.decode(name, out)
}

// byType is the part of a type, which is a URI that ends so in both editions
// of the standard; or "".
func (r *relations) byType(ending string) string {
	for _, one := range r.All {
		if strings.HasSuffix(one.Type, ending) && one.Mode != "External" {
			return r.target(one.Target)
		}
	}
	return ""
}

func (r *relations) byID(id string) string {
	for _, one := range r.All {
		if one.ID == id && strings.HasSuffix(one.Type, "/worksheet") && one.Mode != "External" {
			return r.target(one.Target)
		}
	}
	return ""
}

func (r *relations) target(target string) string {
	if absolute, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(absolute)
	}
	return path.Join(r.base, target)
}

// readSheets lists the sheets in the order of their tabs.
func (w *workbook) readSheets(part string, related *relations) error {
	var book struct {
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Other []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(part, &book); err != nil {
		return err
	}
	for _, s := range book.Sheets {
		i := slices.IndexFunc(s.Other, func(a xml.Attr) bool { return a.Name.Local == "id" })
		if i < 0 || len(s.Name) > sheetNameBytes {
			continue
		}
		// A sheet of charts has no cells, and no path here.
		if file := related.byID(s.Other[i].Value); file != "" {
			w.sheets = append(w.sheets, sheetPart{name: s.Name, path: file, hidden: s.State != "" && s.State != "visible"})
		}
	}
	if len(w.sheets) == 0 {
		return errors.New("it has no sheet with cells")
	}
	return nil
}

// readStrings reads the texts that cells share.
func (w *workbook) readStrings(part string) ([]string, error) {
	if part == "" {
		return nil, nil
	}
	in, err := w.open(part, maxSheetText)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var out []string
	x := &sheetXML{decoder: newXML(in)}
	for {
		switch kind, err := x.next(); {
		case err != nil:
			return nil, partError(part, err)
		case kind == xmlEnd:
			return out, nil
		case kind == xmlOpen && x.name == "si":
			x.text.Reset()
		case kind == xmlText && x.inText():
			x.text.Write(x.data)
		case kind == xmlClose && x.name == "si":
			out = append(out, x.text.String())
		}
	}
}
