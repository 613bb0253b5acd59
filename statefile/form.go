package statefile

import (
	"slices"
	"time"

	"payrun/planner/payout"
)

// member is one member of a JSON object: its name and how its value is
// written. A writer that appends nothing leaves the member out.
type member[T any] struct {
	name  string
	write func(f *form, b []byte, v *T) []byte
	lead  string // `"name":`, made by ordered
}

// form is one order of members. The state file has the order that people read;
// the digest is over the sorted order of RFC 8785. Both are made from the same
// table, so they cannot differ in content.
type form struct {
	document []member[document]
	merchant []member[payout.Merchant]
	proof    []member[payout.Proof]
	run      []member[payout.Run]
	override []member[payout.Override]
	grave    []member[payout.Tombstone]
	record   []member[payout.Record]
	attempt  []member[payout.Attempt]
	seen     []member[payout.Seen]
	event    []member[payout.Event]
	total    []member[payout.Total]
	sorted   bool
}

var (
	fileForm      = newForm(false)
	canonicalForm = newForm(true)
)

func newForm(sorted bool) *form {
	return &form{
		document: ordered(documentMembers(), sorted),
		merchant: ordered(merchantMembers(), sorted),
		proof:    ordered(proofMembers(), sorted),
		run:      ordered(runMembers(), sorted),
		override: ordered(overrideMembers(), sorted),
		grave:    ordered(tombstoneMembers(), sorted),
		record:   ordered(recordMembers(), sorted),
		attempt:  ordered(attemptMembers(), sorted),
		seen:     ordered(seenMembers(), sorted),
		event:    ordered(eventMembers(), sorted),
		total:    ordered(totalMembers(), sorted),
		sorted:   sorted,
	}
}

func ordered[T any](members []member[T], sorted bool) []member[T] {
	for i := range members {
		members[i].lead = `"` + members[i].name + `":`
	}
	if sorted {
		slices.SortFunc(members, func(a, b member[T]) int { return compareUTF16(a.name, b.name) })
	}
	return members
}

// text, integer and moment make members of plain values.

func text[T any](name string, get func(*T) string) member[T] {
	return member[T]{name: name, write: func(_ *form, b []byte, v *T) []byte { return appendText(b, get(v)) }}
}

func integer[T any](name string, get func(*T) int64) member[T] {
	return member[T]{name: name, write: func(_ *form, b []byte, v *T) []byte { return appendInt(b, get(v)) }}
}

func moment[T any](name string, get func(*T) time.Time) member[T] {
	return member[T]{name: name, write: func(_ *form, b []byte, v *T) []byte { return appendTime(b, get(v)) }}
}

// appendObject writes one object in the order of its members.
func appendObject[T any](f *form, b []byte, members []member[T], v *T) []byte {
	b = append(b, '{')
	first := true
	for i := range members {
		mark := len(b)
		if !first {
			b = append(b, ',')
		}
		b = append(b, members[i].lead...)
		start := len(b)
		if b = members[i].write(f, b, v); len(b) == start {
			b = b[:mark]
			continue
		}
		first = false
	}
	return append(b, '}')
}

// appendObjects writes an array of objects; an empty one appends nothing.
func appendObjects[T any](f *form, b []byte, members []member[T], list []T) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendObject(f, b, members, &list[i])
	}
	return append(b, ']')
}
