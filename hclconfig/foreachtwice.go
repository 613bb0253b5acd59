package hclconfig

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner/payout"
)

// Bounds of what a message says about a list with equal elements.
const (
	maxShownElements = 20 // a longer list is not written out, not even in part
	maxEqualTold     = 3  // groups of equal elements
)

// twiceCure says which elements of a list are equal, and how all of them are
// written where that is a mistake, and where it is meant. It shows every
// element or none: whoever pastes a part of a list drops the others.
func (p *payoutReader) twiceCure(expr hcl.Expression, v cty.Value, source string, texts []string) string {
	shown := p.mayShow(texts)
	_, literal := expr.(*hclsyntax.TupleConsExpr)
	places := equalPlaces(texts, shown)
	out := places + " If that is a mistake, write each once:"
	switch {
	case literal && shown:
		out += forEachLine("toset([" + strings.Join(quotedOnce(texts), ", ") + "])")
	case literal || strings.HasPrefix(source, "["):
		out = places + " If that is a mistake, take out the later ones, and write toset(…) around the list."
	case textsAlone(v):
		out += forEachLine("toset(" + source + ")")
	default:
		out += forEachLine("toset([for x in " + source + " : tostring(x)])")
	}
	const meant = " If each is a payment of its own, write an object in which every element has another name"
	if !shown {
		return out + separated(out, meant) + "."
	}
	return out + separated(out, meant) + ":\n    for_each = {\n" + namedApart(texts) + "    }"
}

// separated begins a new line behind lines to write.
func separated(before, text string) string {
	if strings.Contains(before, "\n") {
		return "\n" + strings.TrimPrefix(text, " ")
	}
	return text
}

// mayShow says whether all of the elements may stand in a message, and be keys.
func (p *payoutReader) mayShow(texts []string) bool {
	return !p.secretEach && len(texts) <= maxShownElements && !slices.ContainsFunc(texts, func(s string) bool {
		return payout.CheckKey(s) != nil || scrub(s) != s || strings.ContainsAny(s, "$%")
	})
}

// equalPlaces names the elements that are equal by their places, and says what
// they are where that may be shown.
func equalPlaces(texts []string, shown bool) string {
	places, order := map[string][]string{}, []string(nil)
	for i, text := range texts {
		if places[text] = append(places[text], strconv.Itoa(i+1)); len(places[text]) == 2 {
			order = append(order, text)
		}
	}
	var groups []string
	for _, text := range order[:min(len(order), maxEqualTold)] {
		group := enumerated(places[text]) + " are equal"
		if shown {
			group += " (" + strconv.Quote(text) + ")"
		}
		groups = append(groups, group)
	}
	more := ""
	if n := len(order) - maxEqualTold; n > 0 {
		more = fmt.Sprintf(", and so it goes with %d more", n)
	}
	return " Elements " + strings.Join(groups, ", elements ") + more + ": they would be one name for several payments."
}

// quotedOnce are the texts, each once, as a file writes them.
func quotedOnce(texts []string) []string {
	var out []string
	for _, text := range texts {
		if q := strconv.Quote(text); !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	return out
}

// namedApart is a line for every text, in the order of the list; one that is
// there again has a number behind its name.
func namedApart(texts []string) string {
	taken := map[string]bool{}
	for _, text := range texts {
		taken[text] = true
	}
	seen := map[string]bool{}
	var set []setting
	for _, text := range texts {
		name := text
		for n := 2; seen[text] && taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", text, n)
		}
		seen[text], taken[name] = true, true
		set = append(set, setting{strconv.Quote(name), strconv.Quote(text)})
	}
	return aligned("      ", set)
}
