package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// balanceLimit is the one limit that is judged later than the plan: apply asks
// for the balance just before the first send.
const balanceLimit = "balance"

func longEnough(reason string) bool {
	return utf8.RuneCountInString(strings.TrimSpace(reason)) >= MinReason
}

// overrides reports each override that lifts nothing, and each without a
// reason. The limit that it should have lifted stays broken by itself.
func (j *judge) overrides() {
	names := j.overrideNames()
	for _, o := range j.in.Overrides {
		f := Finding{Kind: KindOverride, Name: o.Name}
		known, judged := j.rules[o.Name]
		switch {
		case !longEnough(o.Reason):
			f.Blocks = true
			f.Text = fmt.Sprintf("override %s: the reason has fewer than %d characters", o.Name, MinReason)
			f.Cure = `say why, for the record: -reason="…"`
		case judged && known.hard:
			f.Text = fmt.Sprintf("override %s lifts nothing: the limit is hard", o.Name)
			f.Cure = "change the files"
		case judged && known.broken:
			continue
		case judged:
			f.Text = fmt.Sprintf("override %s lifts nothing: the limit holds", o.Name)
			f.Cure = "leave it out"
		case slices.Contains(names, o.Name):
			f.OK, f.Text = true, fmt.Sprintf("override %s: judged before the first send", o.Name)
		default:
			// A slip: what it should have lifted may hold today, and the state
			// would record a permission for nothing.
			f.Blocks = true
			f.Text = fmt.Sprintf("override %s lifts nothing: no limit has this name", o.Name)
			f.Cure = didYouMean(o.Name, names)
		}
		j.add(f)
	}
}

// overrideNames are the names that an override may use here, the broken limits
// first.
func (j *judge) overrideNames() []string {
	var broken, rest []string
	for name, r := range j.rules {
		if r.broken {
			broken = append(broken, name)
		} else {
			rest = append(rest, name)
		}
	}
	for _, m := range j.in.Plan.Merchants {
		rest = append(rest, "merchant."+m.Name+"."+balanceLimit)
	}
	slices.Sort(broken)
	slices.Sort(rest)
	return append(broken, rest...)
}

// didYouMean suggests the nearest name, the first of equally near ones, where
// one is near enough to be a slip.
func didYouMean(name string, names []string) string {
	best, nearest := "", len(name)/3+2
	for _, candidate := range names {
		if d := levenshtein.Distance(name, candidate, nil); d < nearest {
			best, nearest = candidate, d
		}
	}
	if best == "" {
		return "leave it out; a broken limit shows its name"
	}
	return fmt.Sprintf("did you mean %s?", best)
}
