package hclconfig

import (
	"maps"
	"slices"

	"github.com/agext/levenshtein"
)

// suggest is " Did you mean NAME?" for the known name that is nearest to a
// misspelt one, or "" when none is near.
func suggest(given string, known []string) string {
	best := closest(given, known)
	if best == "" {
		return ""
	}
	return ` Did you mean "` + best + `"?`
}

// closest is the known name that is nearest to a misspelt one, or "".
func closest(given string, known []string) string {
	best, least := "", min(max(2, len(given)/3)+1, len(given))
	for _, name := range known {
		if d := levenshtein.Distance(given, name, nil); d < least {
			best, least = name, d
		}
	}
	return best
}

// sortedKeys is never nil: an empty list of names means that no name is known.
func sortedKeys[V any](m map[string]V) []string {
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	return keys
}
