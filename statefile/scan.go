package statefile

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner walks over one JSON value that jsontext has found well-formed: right
// syntax, UTF-8, no repeated names. It only finds its way and allocates
// nothing, which is most of the speed of a load.
type scanner struct {
	data []byte
	at   int
	buf  []byte // of an unescaped string
}

// next skips white space and returns the byte there, 0 at the end.
func (s *scanner) next() byte {
	for ; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; c {
		case ' ', '\t', '\n', '\r', ',', ':':
		default:
			return c
		}
	}
	return 0
}

// object calls member for every member, with the scanner at its value.
func (s *scanner) object(member func(name []byte) error) error {
	if s.next() != '{' {
		return errors.New("an object has to stand here")
	}
	for s.at++; s.next() != '}'; {
		name, err := s.text()
		if err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
	s.at++
	return nil
}

// array calls element for every element, with the scanner at it.
func (s *scanner) array(element func() error) error {
	if s.next() != '[' {
		return errors.New("an array has to stand here")
	}
	for s.at++; s.next() != ']'; {
		if err := element(); err != nil {
			return err
		}
	}
	s.at++
	return nil
}

// text reads a string. The bytes are good until the next call.
func (s *scanner) text() ([]byte, error) {
	if s.next() != '"' {
		return nil, errors.New("a string has to stand here")
	}
	start := s.at
	end, escaped := stringEnd(s.data, start+1)
	s.at = end
	if !escaped {
		return s.data[start+1 : end-1], nil
	}
	var err error
	s.buf, err = jsontext.AppendUnquote(s.buf[:0], s.data[start:end])
	return s.buf, err
}

// stringEnd finds what follows a string whose content begins at i.
func stringEnd(data []byte, i int) (end int, escaped bool) {
	if n := bytes.IndexByte(data[i:], '"'); bytes.IndexByte(data[i:i+n], '\\') < 0 {
		return i + n + 1, false
	}
	for ; data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i + 1, true
}

func (s *scanner) integer(to *int64) error {
	s.next()
	start := s.at
	for s.at < len(s.data) && (s.data[s.at] == '-' || s.data[s.at] >= '0' && s.data[s.at] <= '9') {
		s.at++
	}
	n, err := strconv.ParseInt(string(s.data[start:s.at]), 10, 64)
	if err != nil || s.at < len(s.data) && bytes.IndexByte([]byte(".eE"), s.data[s.at]) >= 0 {
		return errors.New("a whole number has to stand here")
	}
	*to = n
	return nil
}

func (s *scanner) moment(to *time.Time) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	// RFC 3339 has no comma, and the package time takes one.
	if err := to.UnmarshalText(text); err != nil || bytes.IndexByte(text, ',') >= 0 {
		return fmt.Errorf("%q is no RFC 3339 time", text)
	}
	return nil
}

// skip passes over a value that this version does not know.
func (s *scanner) skip() error {
	depth := 0
	for {
		switch s.next() {
		case '"':
			s.at, _ = stringEnd(s.data, s.at+1)
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			depth--
			s.at++
		default:
			for s.at < len(s.data) && bytes.IndexByte([]byte(",]} \t\r\n"), s.data[s.at]) < 0 {
				s.at++
			}
		}
		if depth == 0 {
			return nil
		}
	}
}
