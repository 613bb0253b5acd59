package hclconfig

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
)

// A parsed block costs some 20 kB until it is evaluated. A large file is
// therefore cut into pieces, which are parsed side by side, and payout blocks
// are parsed only when their batch is evaluated, and dropped.
const (
	cutBytes   = 64 << 10 // smaller files are parsed whole
	pieceBytes = 16 << 10 // a piece takes entries until it has so many bytes
)

// piece is a part of a file. It holds whole entries of one body, from the
// beginning of a line to the end of one.
type piece struct {
	text  []byte
	start hcl.Pos
}

// filePart is a run of top-level entries, or one batch block.
type filePart struct {
	piece           // the entries, or the head of the batch up to its "{"
	batch   bool    // the rest is of batches alone
	inner   []piece // what the batch holds beside payout blocks
	payouts []piece // payout blocks, in the order of the file
	count   int     // payout blocks
	end     piece   // the line of the closing brace
}

// cutter finds entries: attributes and blocks of a body. It need not be right
// about everything that HCL knows: whoever uses its pieces parses each by
// itself, and pieces that are whole bodies make the same body when they are
// put together. What it does not understand ends the cutting.
type cutter struct {
	scanner
	pos  hcl.Pos // of an offset found before
	size int     // that a piece should have
}

// cutFile cuts a file. Not ok means that the file has to be parsed whole.
func cutFile(text []byte, size int) (parts []filePart, ok bool) {
	c := &cutter{scanner: scanner{text: text}, pos: hcl.InitialPos, size: size}
	start := 0
	flush := func(to int) {
		if to > start {
			parts = append(parts, filePart{piece: c.piece(start, to)})
		}
		start = to
	}
	for c.blank(); c.at < len(c.text); c.blank() {
		from := c.lineStart()
		kind, open := c.head()
		if kind == "batch" && open {
			flush(from)
			parts = append(parts, c.batch(from))
			start = c.at
			continue
		}
		c.rest(open)
		if c.at-start >= c.size {
			flush(c.at)
		}
	}
	flush(len(text))
	return parts, !c.bad
}

// batch cuts a batch block; its opening brace was read.
func (c *cutter) batch(from int) filePart {
	p := filePart{batch: true, piece: c.piece(from, c.at)}
	c.lineEnd()
	start, other := c.at, false // start of a piece, which has other than payouts
	flush := func(to int) {
		one := c.piece(start, to)
		switch start = to; {
		case len(bytes.TrimSpace(one.text)) == 0:
		case other:
			p.inner = append(p.inner, one)
		default:
			p.payouts = append(p.payouts, one)
		}
	}
	for c.blank(); c.at < len(c.text) && c.text[c.at] != '}'; c.blank() {
		from := c.lineStart()
		kind, open := c.head()
		isPayout := kind == "payout" && open
		if isPayout == other || from-start >= c.size {
			flush(from)
		}
		if other = !isPayout; isPayout {
			p.count++
		}
		c.rest(open)
	}
	flush(c.lineStart())
	if from = c.at; from >= len(c.text) {
		c.giveUp()
	}
	c.at++
	c.lineEnd()
	p.end = c.piece(from, min(c.at, len(c.text)))
	return p
}

// lineStart is where the line of the entry at hand begins. An entry that has
// something before it in its line ends the cutting.
func (c *cutter) lineStart() int {
	start := bytes.LastIndexByte(c.text[:min(c.at, len(c.text))], '\n') + 1
	for _, b := range c.text[start:min(c.at, len(c.text))] {
		if b != ' ' && b != '\t' {
			c.giveUp()
		}
	}
	return start
}

// piece is a part of the text. Pieces are asked for in the order of the text,
// and begin with a line but for closing braces, whose column is not used.
func (c *cutter) piece(from, to int) piece {
	if c.bad || from > to {
		return piece{}
	}
	c.pos.Line += bytes.Count(c.text[c.pos.Byte:from], []byte("\n"))
	c.pos.Byte = from
	return piece{text: c.text[from:to], start: c.pos}
}
