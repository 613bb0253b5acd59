package freedompay

// plainDeclarations are the XML declarations that the gateway's samples start with; scanDocument knows no other.
var plainDeclarations = [...]string{`<?xml version="1.0" encoding="utf-8"?>`, `<?xml version="1.0" encoding="UTF-8"?>`}

// scanDocument reads a plain answer in one pass: a declaration or none, a root, one level of fields, all of it printable
// ASCII, no attribute, entity, comment, CDATA or empty-element tag.
//
// It is decodeDocument for the answers that come all the time, at a small part of the cost. It never refuses: what it
// does not know to be plain, malformed or not, is left to decodeDocument, so that only one place decides what is wrong.
// What it takes it reads as decodeDocument does. All strings of fields share one copy of body.
func scanDocument(body []byte) (fields []Field, plain bool) {
	if len(body) > maxBodyBytes {
		return nil, false
	}
	s := scanner{rest: string(body)}
	root := s.root()
	for s.space(); !s.closes(root); s.space() {
		field, ok := s.field()
		if !ok || len(fields) == maxFields || holdsName(fields, field.Name) {
			return nil, false
		}
		if fields == nil {
			fields = make([]Field, 0, 16) // the documented answers fit
		}
		fields = append(fields, field)
	}
	if s.space(); s.rest != "" {
		return nil, false
	}
	return fields, true
}

// scanner is what is left of a document.
type scanner struct{ rest string }

// root moves past declaration and start tag and returns the root's name. Where there is none it stays before what is no
// field either.
func (s *scanner) root() string {
	for _, declaration := range plainDeclarations {
		if s.skip(declaration) {
			break
		}
	}
	s.space()
	for _, name := range [...]string{"response", "root"} {
		if s.skip("<" + name + ">") {
			return name
		}
	}
	s.rest = ""
	return ""
}

// skip moves past text if it comes next.
func (s *scanner) skip(text string) bool {
	if len(s.rest) < len(text) || s.rest[:len(text)] != text {
		return false
	}
	s.rest = s.rest[len(text):]
	return true
}

// space moves past white space.
func (s *scanner) space() {
	i := 0
	for i < len(s.rest) && (s.rest[i] == ' ' || s.rest[i] == '\t' || s.rest[i] == '\r' || s.rest[i] == '\n') {
		i++
	}
	s.rest = s.rest[i:]
}

// closes moves past the end tag of name if it comes next.
func (s *scanner) closes(name string) bool {
	end := len("</") + len(name)
	if name == "" || len(s.rest) <= end || s.rest[:2] != "</" || s.rest[2:end] != name || s.rest[end] != '>' {
		return false
	}
	s.rest = s.rest[end+1:]
	return true
}

// field reads "<name>value</name>".
func (s *scanner) field() (Field, bool) {
	if !s.skip("<") {
		return Field{}, false
	}
	name := s.name()
	if name == "" || !s.skip(">") {
		return Field{}, false
	}
	return Field{Name: name, Value: s.text()}, s.closes(name)
}

// name moves past a name of letters, digits and underscores, and returns it.
func (s *scanner) name() string {
	i := 0
	for i < len(s.rest) {
		b := s.rest[i]
		if letter := 'a' <= b|0x20 && b|0x20 <= 'z' || b == '_'; !letter && (i == 0 || b < '0' || b > '9') {
			break
		}
		i++
	}
	name := s.rest[:i]
	s.rest = s.rest[i:]
	return name
}

// text moves past characters that stand for themselves in any XML, and returns them. A "\r" does not: it reads as "\n".
func (s *scanner) text() string {
	i := 0
	for i < len(s.rest) {
		b := s.rest[i]
		if (b < ' ' || b > '~') && b != '\t' && b != '\n' || b == '<' || b == '>' || b == '&' {
			break
		}
		i++
	}
	text := s.rest[:i]
	s.rest = s.rest[i:]
	return text
}

// holdsName reports whether one of fields has name.
func holdsName(fields []Field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}
