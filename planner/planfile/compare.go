package planfile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Difference is one thing that differs between two plans.
type Difference struct {
	What string // "file", "variable", "merchant", "override", "batch", "total", "change", "limit", "state", "plan", "version" or "option"
	Key  string // its path, name, or address; a batch is NAME PERIOD, a limit KIND NAME
	Text string // one line for people
}

// Compare says in words what differs between a saved plan and the one that the
// same command would make now, one line a difference: program version, times,
// files, variables, merchants, state, overrides, limits, batches, totals,
// counts, and the changes by address. Plans with one digest differ in nothing.
func Compare(old, rebuilt *File) []Difference {
	out := sources(old, rebuilt)
	out = append(out, pairs("merchant", old.Merchants, rebuilt.Merchants, merchantName)...)
	out = append(out, fields("plan", "", moments(old), moments(rebuilt))...)
	out = append(out, fields("state", "", old.State, rebuilt.State)...)
	out = append(out, fields("option", "", old.Options, rebuilt.Options)...)
	out = append(out, pairs("override", old.Overrides, rebuilt.Overrides, func(o *Override) string { return o.Name })...)
	out = append(out, pairs("limit", old.Findings, rebuilt.Findings, (*Finding).Title)...)
	out = append(out, pairs("batch", old.Batches, rebuilt.Batches, func(b *Batch) string { return b.Name + " " + b.Period })...)
	out = append(out, pairs("total", old.Totals, rebuilt.Totals, func(t *Total) string { return t.Currency })...)
	out = append(out, fields("count", "", old.Counts, rebuilt.Counts)...)
	return append(out, pairs("change", old.Changes, rebuilt.Changes, func(c *Change) string { return c.Address })...)
}

// CompareSources is the part of Compare that a plan which is already under way
// must still fulfil: program version, files, variables and merchants, without
// what is left to send for them.
func CompareSources(old, rebuilt *File) []Difference {
	return append(sources(old, rebuilt), pairs("merchant", accounts(old), accounts(rebuilt), merchantName)...)
}

func merchantName(m *Merchant) string { return m.Name }

func sources(old, rebuilt *File) []Difference {
	var out []Difference
	if old.Version != rebuilt.Version {
		out = append(out, Difference{"version", "", fmt.Sprintf("payrun version was %s, now %s", old.Version, rebuilt.Version)})
	}
	out = append(out, pairs("file", old.Inputs, rebuilt.Inputs, func(in *Input) string { return in.Path })...)
	return append(out, pairs("variable", old.Variables, rebuilt.Variables, func(v *Variable) string { return v.Name })...)
}

// accounts are the merchants without the sums, which follow from the changes.
func accounts(f *File) []Merchant {
	out := slices.Clone(f.Merchants)
	for i := range out {
		out[i].Sends = Tally{}
	}
	return out
}

// Title is the kind and name of a judgment; one without a name is told apart by
// its text.
func (f *Finding) Title() string {
	if f.Name == "" {
		return f.Text
	}
	return f.Kind + " " + f.Name
}

// moments are the times of a plan.
func moments(f *File) map[string]string {
	return map[string]string{"created_at": moment(f.CreatedAt), "expires_at": moment(f.ExpiresAt)}
}

// pairs compares two lists by key. Keys may repeat: equal ones are paired in
// order.
func pairs[T any](what string, old, rebuilt []T, key func(*T) string) []Difference {
	now := make(map[string][]*T)
	for i := range rebuilt {
		k := key(&rebuilt[i])
		now[k] = append(now[k], &rebuilt[i])
	}
	var out []Difference
	for i := range old {
		k := key(&old[i])
		if len(now[k]) == 0 {
			out = append(out, Difference{what, k, subject(what, k) + " is gone"})
			continue
		}
		out = append(out, fields(what, k, &old[i], now[k][0])...)
		now[k] = now[k][1:]
	}
	for i := range rebuilt {
		if k := key(&rebuilt[i]); slices.Contains(now[k], &rebuilt[i]) {
			out = append(out, Difference{what, k, subject(what, k) + " is new"})
		}
	}
	return out
}

// subject names what a line is about. Judgments and payouts name themselves.
func subject(what, key string) string {
	switch {
	case key == "":
		return what
	case what == "limit" || what == "change":
		return key
	}
	return what + " " + key
}

// fields compares two values member by member, as they stand in the file, so
// that no member can be forgotten here.
func fields(what, key string, old, rebuilt any) []Difference {
	was, now := line(old), line(rebuilt)
	if string(was) == string(now) {
		return nil
	}
	before, after := split(was), split(now)
	names := maps.Clone(before)
	maps.Copy(names, after)
	var out []Difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if w, n := string(before[name]), string(after[name]); w != n {
			out = append(out, Difference{what, key, fmt.Sprintf("%s: %s was %s, now %s", subject(what, key), name, orNothing(w), orNothing(n))})
		}
	}
	return out
}

func split(object []byte) map[string]jsontext.Value {
	var out map[string]jsontext.Value
	sure(json.Unmarshal(object, &out))
	return out
}

func orNothing(value string) string {
	if value == "" {
		return "nothing"
	}
	return value
}
