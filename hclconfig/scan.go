package hclconfig

import "bytes"

// scanner walks over HCL without reading it: it knows where strings, comments,
// brackets and heredocs end. On whatever it does not know it gives up.
type scanner struct {
	text  []byte
	at    int
	depth int
	bad   bool
}

// maxScanDepth bounds the recursion over brackets.
const maxScanDepth = 64

// giveUp ends the scan: everything that follows finds the end of the text.
func (s *scanner) giveUp() { s.bad, s.at = true, len(s.text) }

// has says whether a text begins here.
func (s *scanner) has(text string) bool {
	return len(s.text)-s.at >= len(text) && string(s.text[s.at:s.at+len(text)]) == text
}

// spaces skips spaces and tabs.
func (s *scanner) spaces() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t') {
		s.at++
	}
}

// blank skips white space, line ends and comments.
func (s *scanner) blank() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n':
			s.at++
		case '\r':
			if !s.has("\r\n") {
				s.giveUp()
			}
			s.at = min(s.at+1, len(s.text))
		case '#', '/':
			if !s.comment() {
				s.giveUp()
			}
		default:
			return
		}
	}
}

// comment skips a comment, if one begins here. The line end that ends it is
// left.
func (s *scanner) comment() bool {
	var end int
	switch {
	case s.has("/*"):
		if end = bytes.Index(s.text[s.at+2:], []byte("*/")); end < 0 {
			s.giveUp()
			return true
		}
		end += len("/*" + "*/")
	case s.has("#"), s.has("//"):
		if end = bytes.IndexByte(s.text[s.at:], '\n'); end < 0 {
			end = len(s.text) - s.at
		}
	default:
		return false
	}
	s.at += end
	return true
}

// lineEnd skips the rest of a line, which holds nothing but a comment, and its
// end.
func (s *scanner) lineEnd() {
	s.spaces()
	if s.has("#") || s.has("//") {
		s.comment()
	}
	switch {
	case s.has("\r\n"):
		s.at += 2
	case s.has("\n"):
		s.at++
	case s.at < len(s.text):
		s.giveUp()
	}
}

// word reads a name of ASCII letters, digits, `_` and `-`.
func (s *scanner) word() string {
	from := s.at
	for s.at < len(s.text) && (isLetter(s.text[s.at]) || s.at > from && (isDigit(s.text[s.at]) || s.text[s.at] == '-')) {
		s.at++
	}
	return string(s.text[from:s.at])
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }

// head reads the beginning of an entry: the name of an attribute and `=`, or
// the type of a block, its labels and the opening brace.
func (s *scanner) head() (kind string, open bool) {
	kind = s.word()
	if kind == "" {
		s.giveUp()
	}
	for s.spaces(); s.has(`"`); s.spaces() {
		s.quoted()
	}
	switch open = s.has("{"); {
	case !open && !s.has("="):
		s.giveUp()
	case !s.bad:
		s.at++
	}
	return kind, open
}

// rest skips what follows a head, to the end of the line.
func (s *scanner) rest(open bool) {
	if open {
		s.group('}')
	}
	for !open && s.at < len(s.text) && !s.has("\n") && !s.has("\r\n") {
		s.step()
	}
	s.lineEnd()
}

// step skips one thing: a string, a comment, a bracket with all that is in it,
// a heredoc, or a byte.
func (s *scanner) step() {
	switch s.text[s.at] {
	case '"':
		s.quoted()
	case '{':
		s.inner('}')
	case '[':
		s.inner(']')
	case '(':
		s.inner(')')
	case '}', ']', ')':
		s.giveUp()
	case '#', '/':
		if !s.comment() {
			s.at++
		}
	case '<':
		if s.at++; s.has("<") {
			s.heredoc()
		}
	default:
		s.at++
	}
}

func (s *scanner) inner(closer byte) {
	s.at++
	s.group(closer)
}

// group skips everything up to a closing bracket, and the bracket.
func (s *scanner) group(closer byte) {
	if s.depth++; s.depth > maxScanDepth {
		s.giveUp()
	}
	for s.at < len(s.text) && s.text[s.at] != closer {
		s.step()
	}
	s.depth--
	if s.at >= len(s.text) {
		s.giveUp()
		return
	}
	s.at++
}

// quoted skips a string with its templates.
func (s *scanner) quoted() {
	for s.at++; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			s.at++
			return
		case '\\':
			s.at = min(s.at+2, len(s.text))
		case '\n':
			s.giveUp()
		case '$', '%':
			s.template()
		default:
			s.at++
		}
	}
	s.giveUp()
}

// template skips `${…}` and `%{…}`, or the character alone. Two of them in a
// row escape the brace, or do not: that is left to HCL.
func (s *scanner) template() {
	mark := s.text[s.at]
	switch s.at++; {
	case s.at < len(s.text) && s.text[s.at] == mark:
		s.giveUp()
	case s.has("{"):
		s.inner('}')
	}
}

// heredoc skips `<<NAME` to the line that is the name alone; the second `<` is
// at hand.
func (s *scanner) heredoc() {
	if s.at++; s.has("-") {
		s.at++
	}
	name := s.word()
	if s.has("\r") {
		s.at++
	}
	if name == "" || !s.has("\n") {
		s.giveUp()
		return
	}
	for s.at++; s.at < len(s.text); s.at++ {
		line, _, _ := bytes.Cut(s.text[s.at:], []byte("\n"))
		if string(bytes.TrimSpace(line)) == name {
			s.at += len(bytes.TrimRight(line, "\r"))
			return
		}
		s.heredocLine()
	}
	s.giveUp()
}

// heredocLine skips to the end of a line; a template in it may hold more lines.
func (s *scanner) heredocLine() {
	for s.at < len(s.text) && s.text[s.at] != '\n' {
		if s.text[s.at] == '$' || s.text[s.at] == '%' {
			s.template()
		} else {
			s.at++
		}
	}
}
