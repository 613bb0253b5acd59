package hclconfig

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// utf8BOM is the encoding of a file that begins with a byte-order mark.
const utf8BOM = "utf-8-bom"

// decode makes UTF-8 of a row file, in the encoding that is declared and in no
// other.
func (p *payoutReader) decode(t *table, raw []byte) bool {
	utf16Mark := bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff"))
	var text []byte
	switch {
	case len(raw) == 0:
		p.fail(msgRowsNothing, t.rangeOf(0, 0), t.name)
		return false
	case t.options.encoding == "utf-16le":
		text = decoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), bytes.TrimPrefix(raw, []byte("\xff\xfe")))
	case utf16Mark:
		p.fail(msgRowsUTF16, t.rangeOf(0, 0), t.name, p.utf16Cure(raw))
		return false
	case t.options.encoding == utf8BOM:
		// Excel's "CSV UTF-8" always writes the mark; a file without it is fine.
		text = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		p.fail(msgRowsBOM, t.rangeOf(0, 0), t.name, p.inRows(setting{"encoding", strconv.Quote(utf8BOM)}))
		return false
	case t.options.encoding == "windows-1251":
		text = decoded(charmap.Windows1251, raw)
	default:
		text = raw
	}
	t.text = text
	if at := badCharacter(text); at >= 0 {
		if t.options.encoding == "utf-8" || t.options.encoding == utf8BOM {
			p.fail(msgRowsNotUTF8, t.rangeOf(at, at), t.name, text[at], p.inRows(setting{"encoding", `"windows-1251"`}))
		} else {
			p.fail(msgRowsEncoding, t.rangeOf(at, at), t.name, t.options.encoding)
		}
		return false
	}
	return true
}

// utf16Cure is the setting for the kind of UTF-16 that can be read, or none.
func (p *payoutReader) utf16Cure(raw []byte) string {
	if !bytes.HasPrefix(raw, []byte("\xff\xfe")) {
		return ""
	}
	return " Or keep it." + p.inRows(setting{"encoding", `"utf-16le"`})
}

// decoded never fails: what cannot be decoded becomes U+FFFD, which is found
// afterwards with its place.
func decoded(e encoding.Encoding, raw []byte) []byte {
	text, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		return []byte("\xff")
	}
	return text
}

// badCharacter is the offset of the first character that is no text, or -1.
func badCharacter(text []byte) int {
	if !utf8.Valid(text) {
		return invalidUTF8(text)
	}
	return bytes.Index(text, []byte("\ufffd"))
}

// checkBytes refuses NUL and other control characters.
func (p *payoutReader) checkBytes(t *table) bool {
	for i, b := range t.text {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == 0x7f {
			p.fail(msgRowsControl, t.rangeOf(i, i), t.name, b)
			return false
		}
	}
	return p.checkMerge(t)
}

// checkMerge reports the marks of a merge: no row is written so.
func (p *payoutReader) checkMerge(t *table) bool {
	if !mayConflict(t.text) {
		return true
	}
	marks := conflictMarks(t.text, true)
	if len(marks) == 0 {
		return true
	}
	p.fail(msgConflictMark, t.rangeOf(marks[0].at, marks[0].at+7), conflictCure(marks))
	return false
}
