package main

import (
	"strings"
	"unicode"

	"github.com/agext/levenshtein"

	"payrun/planner/payout"
)

// patternHint says what may be meant by the pattern of an option that matches
// nothing.
func patternHint(option, pattern string, known []payout.Address) string {
	if unquoted := withoutQuotes(pattern, known); unquoted != "" {
		return "the shell has taken the quotation marks away; put the address into single ones: -" + option + "='" + unquoted + "'"
	}
	if near := nearPattern(pattern, known); near != "" {
		return "did you mean -" + option + "='" + near + "'?"
	}
	return "write a batch, or an address such as 'salaries[\"2026-11\"].staff[\"1001\"]', where * stands for anything and ? for one character"
}

// withoutQuotes is the address that a shell has left the quotation marks out
// of, or "".
func withoutQuotes(pattern string, known []payout.Address) string {
	if strings.Contains(pattern, `"`) {
		return ""
	}
	for _, a := range known {
		if text := a.String(); strings.ReplaceAll(text, `"`, "") == pattern {
			return text
		}
	}
	return ""
}

// nearPattern is the pattern with each unknown word replaced by the nearest one
// of the addresses, or "" where that matches nothing either.
func nearPattern(pattern string, known []payout.Address) string {
	words := map[string]bool{}
	for _, a := range known {
		for _, word := range []string{a.Batch, a.Period, a.Name, a.Key} {
			words[word] = true
		}
	}
	var near strings.Builder
	rest := pattern
	for rest != "" {
		n := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) })
		if n < 0 {
			n = len(rest)
		}
		near.WriteString(nearWord(rest[:n], words))
		rest = rest[n:]
		n = strings.IndexFunc(rest, inWord)
		if n < 0 {
			n = len(rest)
		}
		near.WriteString(rest[:n])
		rest = rest[n:]
	}
	for _, a := range known {
		if matchesAny([]string{near.String()}, a) {
			return near.String()
		}
	}
	return ""
}

// inWord says whether a character may stand in a name or a period.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-'
}

// nearWord is the word itself where it is known, else the nearest known one that
// a slip can be, the first by letters of equally near ones. A near number is no
// better guess than any other.
func nearWord(word string, known map[string]bool) string {
	if known[word] || strings.Trim(word, "0123456789") == "" {
		return word
	}
	best, least := word, min(len(word), max(2, len(word)/2))+1
	for k := range known {
		d := levenshtein.Distance(word, k, nil)
		if d < least && d < len(word) || d == least && best != word && k < best {
			best, least = k, d
		}
	}
	return best
}
