package policy

import (
	"fmt"
	"strings"
	"time"
)

// parseOptions reads the options of a line: NAME or NAME="VALUE", by commas.
func (s *signer) parseOptions(field string) error {
	seen := make(map[string]string)
	for field != "" {
		name, value, rest, err := nextOption(field)
		if err != nil {
			return err
		}
		if _, twice := seen[name]; twice {
			return fmt.Errorf("%s is given twice", name)
		}
		seen[name] = value
		if err := s.option(name, value); err != nil {
			return err
		}
		field = rest
	}
	return checkOrder(seen["valid-after"], seen["valid-before"])
}

// checkOrder compares two times that can be read, as they are written.
func checkOrder(after, before string) error {
	if after == "" || before == "" {
		return nil
	}
	from, err1 := parseSignerTime("valid-after", after, time.UTC)
	until, err2 := parseSignerTime("valid-before", before, time.UTC)
	if err1 == nil && err2 == nil && !from.Before(until) {
		return fmt.Errorf("valid-after is not before valid-before")
	}
	return nil
}

// nextOption takes one option off the list. Names are written in any case.
func nextOption(field string) (name, value, rest string, err error) {
	end := strings.IndexAny(field, ",=\"")
	if end < 0 {
		return strings.ToLower(field), "", "", nil
	}
	name = strings.ToLower(field[:end])
	if field[end] == '=' {
		after, ok := strings.CutPrefix(field[end+1:], `"`)
		quoted, behind, closed := strings.Cut(after, `"`)
		if !ok || !closed {
			return "", "", "", fmt.Errorf("%s: write %s=\"…\"", name, name)
		}
		value, field, end = quoted, behind, 0
		if value == "" {
			return "", "", "", fmt.Errorf("%s is empty", name)
		}
	}
	rest = field[end:]
	if rest == "" {
		return name, value, "", nil
	}
	rest, ok := strings.CutPrefix(rest, ",")
	if !ok || rest == "" {
		return "", "", "", fmt.Errorf("the options are not understood behind %q", name)
	}
	return name, value, rest, nil
}

func (s *signer) option(name, value string) (err error) {
	switch {
	case name == "cert-authority":
		return fmt.Errorf("certificate authorities are not taken: name each key by itself, so that the file says who may approve")
	case name != "namespaces" && name != "valid-after" && name != "valid-before":
		return fmt.Errorf("the option %q is not known", name)
	case value == "":
		return fmt.Errorf("write %s=\"…\"", name)
	}
	switch name {
	case "namespaces":
		s.namespaces, err = parsePatterns(name, value)
	case "valid-after":
		// A time without Z is one of the reader's zone: what is valid here must be
		// valid wherever it is checked.
		s.validAfter, err = parseSignerTime(name, value, westernmost)
	case "valid-before":
		s.validBefore, err = parseSignerTime(name, value, easternmost)
	}
	return err
}

// The zones furthest behind and ahead of UTC.
var (
	westernmost = time.FixedZone("", -12*3600)
	easternmost = time.FixedZone("", 14*3600)
)

// parseSignerTime reads YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z for UTC.
func parseSignerTime(name, text string, zone *time.Location) (time.Time, error) {
	digits, utc := strings.CutSuffix(text, "Z")
	if utc {
		zone = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(layout) != len(digits) {
			continue
		}
		if t, err := time.ParseInLocation(layout, digits, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: %q is no time; write 20261128 or 20261128180000Z", name, text)
}

// matchPatterns is OpenSSH's match_pattern_list: one pattern has to match, and
// no pattern behind '!' may.
func matchPatterns(patterns []string, text string) bool {
	found := false
	for _, p := range patterns {
		if out, ok := strings.CutPrefix(p, "!"); ok {
			if matchPattern(out, text) {
				return false
			}
		} else if matchPattern(p, text) {
			found = true
		}
	}
	return found
}

// matchPattern matches '*' with any text and '?' with one byte.
func matchPattern(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
