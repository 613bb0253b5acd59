package hclconfig

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// guard looks at the bytes of a configuration file before any parser does, and
// says whether a parser may see them.
func (c *collector) guard(name string, text []byte) bool {
	before := len(c.all)
	if c.guardEncoding(name, text) {
		c.guardCharacters(name, text)
		c.guardLines(name, text)
		told := 0
		for from, to := range cardNumbers(string(text)) {
			if told++; told > maxCardsTold {
				break
			}
			c.fail(msgCardNumber, rangeAt(name, text, from, to), "…"+string(text[to-4:to]))
		}
	}
	return len(c.all) == before
}

func (c *collector) guardEncoding(name string, text []byte) bool {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		c.fail(msgBOM, rangeAt(name, text, 0, 0), name)
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		c.fail(msgUTF16, rangeAt(name, text, 0, 0), name)
	case !utf8.Valid(text):
		at := invalidUTF8(text)
		c.fail(msgNotUTF8, rangeAt(name, text, at, at), text[at])
	default:
		return true
	}
	return false
}

// invalidUTF8 is the offset of the first byte that is no UTF-8.
func invalidUTF8(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// guardCharacters refuses what no editor shows: it could make a reader see
// another file than the program does. One report a file is enough.
func (c *collector) guardCharacters(name string, text []byte) {
	for i, r := range string(text) {
		switch {
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f:
			c.fail(msgControl, rangeAt(name, text, i, i), r)
			return
		case r == '\r' && !bytes.HasPrefix(text[i+1:], []byte("\n")):
			// The parser goes on in the same line, a comment for one, where people
			// see the next.
			c.fail(msgLoneReturn, rangeAt(name, text, i, i))
			return
		case r >= utf8.RuneSelf && isBidi(r):
			c.fail(msgBidi, rangeAt(name, text, i, i), r)
			return
		case r >= utf8.RuneSelf && isUnseen(r):
			c.fail(msgUnseen, rangeAt(name, text, i, i), r)
			return
		}
	}
}

// isBidi says whether a character changes the direction of text around it.
func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// isUnseen says whether a character has no width and no meaning of its own, so
// that two names can look alike. Joiners have one in some scripts, and are left
// to the checks of values.
func isUnseen(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// guardLines reports the marks of a merge. One report a file is enough.
func (c *collector) guardLines(name string, text []byte) {
	if !mayConflict(text) {
		return
	}
	if marks := conflictMarks(text, false); len(marks) > 0 {
		at := marks[0].at
		c.fail(msgConflictMark, rangeAt(name, text, at, at+7), conflictCure(marks))
	}
}

// rangeAt is the range of text[from:to].
func rangeAt(name string, text []byte, from, to int) hcl.Range {
	return hcl.Range{Filename: name, Start: posAt(text, from), End: posAt(text, to)}
}

// posAt counts lines from 1 and columns in characters from 1.
func posAt(text []byte, offset int) hcl.Pos {
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	return hcl.Pos{
		Line:   bytes.Count(text[:offset], []byte("\n")) + 1,
		Column: utf8.RuneCount(text[start:offset]) + 1,
		Byte:   offset,
	}
}
