package statetest

import (
	"fmt"
	"slices"
)

// nameChoice is what may have become of the names of a folder.
type nameChoice struct {
	names map[string]int
	kind  Kind
	how   string
}

// choice is what may have become of the bytes of a file.
type choice struct {
	content content
	kind    Kind
	how     string
}

// maxSubsets bounds how many unsynced operations are kept and lost in every
// combination: 2^4 of them. Of more, all prefixes, each one missing, each one
// alone, and every second one.
const maxSubsets = 4

// subsets says which of n operations are there; the first is none, the last
// all.
func subsets(n int) [][]bool {
	var out [][]bool
	add := func(there func(i int) bool) {
		one := make([]bool, n)
		for i := range one {
			one[i] = there(i)
		}
		out = append(out, one)
	}
	if n <= maxSubsets {
		for bits := range 1 << n {
			add(func(i int) bool { return bits>>i&1 != 0 })
		}
		return out
	}
	for length := range n {
		add(func(i int) bool { return i < length })
	}
	for k := range n {
		add(func(i int) bool { return i == k })
		add(func(i int) bool { return i != k })
	}
	add(func(i int) bool { return i%2 == 0 })
	add(func(i int) bool { return i%2 == 1 })
	add(func(int) bool { return true })
	return out
}

// open are the operations of a list that may be there or not.
func open(all []pending) []int {
	var out []int
	for i := range all {
		if !all[i].settled {
			out = append(out, i)
		}
	}
	return out
}

// apart says which of all are lost.
func apart(all []pending, there []bool) []bool {
	lost := make([]bool, len(all))
	for k, i := range open(all) {
		lost[i] = !there[k]
	}
	return lost
}

// shape names a choice of operations.
func shape(there []bool) (Kind, string) {
	kept, last := 0, -1
	for i, is := range there {
		if is {
			kept, last = kept+1, i
		}
	}
	switch {
	case kept == len(there):
		return Kept, ""
	case kept == 0:
		return Lost, fmt.Sprintf("%d unsynced lost", len(there))
	case kept == last+1:
		return Lost, fmt.Sprintf("first %d of %d unsynced kept", kept, len(there))
	}
	return Reordered, fmt.Sprintf("of the unsynced these are kept: %v", there)
}

func nameChoices(m *model) []nameChoice {
	var out []nameChoice
	for _, there := range subsets(len(open(m.renames))) {
		names := make(map[string]int)
		for name, n := range m.names {
			names[name] = n
		}
		lost := apart(m.renames, there)
		for i := range m.renames {
			if !lost[i] {
				m.renames[i].relink(names)
			}
		}
		kind, how := shape(there)
		if kind != Kept {
			kind, how = Renamed, "names: "+how
		}
		out = append(out, nameChoice{names, kind, how})
	}
	return out
}

// coarse are the contents with whole writes kept or lost.
func (f *fileModel) coarse() []choice {
	var out []choice
	all := subsets(len(open(f.writes)))
	for i, there := range all {
		kind, how := shape(there)
		out = append(out, choice{f.with(apart(f.writes, there)), kind, how})
		if i == 0 && len(all) > 1 {
			out = append(out, f.zeroed())
		}
	}
	if n := len(f.writes); n > 0 && !f.writes[n-1].settled && len(f.writes[n-1].data) > 1 {
		whole := out[len(out)-1]
		out = append(out[:len(out)-1], f.tear(len(f.writes[n-1].data)/2, nil), whole)
	}
	return out
}

// with is the content where some writes are lost.
func (f *fileModel) with(lost []bool) content {
	c := f.durable
	for i := range f.writes {
		if !lost[i] {
			c = c.after(f.writes[i].op)
		}
	}
	return c
}

// zeroed has the lengths of all writes and none of their bytes, where those
// are not durable.
func (f *fileModel) zeroed() choice {
	c := f.durable
	for i := range f.writes {
		o := f.writes[i].op
		if !f.writes[i].settled && o.kind == opWrite {
			c.size = max(c.size, o.at+o.size)
			continue
		}
		c = c.after(o)
	}
	return choice{c, Zeroed, "length kept, bytes lost"}
}

// tear is the content with the last write ending after n of its bytes, and
// those before it that are not durable lost or kept.
func (f *fileModel) tear(n int, lost []bool) choice {
	if lost == nil {
		lost = make([]bool, len(f.writes))
	}
	last := len(f.writes) - 1
	o := f.writes[last].op
	before := append([]bool(nil), lost...)
	before[last] = true
	o.data, o.size = o.data[:n], int64(n)
	return choice{f.with(before).after(o), Torn, fmt.Sprintf("last write torn at byte %d%s", n, beforeIt(lost))}
}

// beforeIt says that writes before a torn one are lost.
func beforeIt(lost []bool) string {
	if slices.Contains(lost, true) {
		return ", those before it lost"
	}
	return ""
}

// fine are the contents with the last write torn at each length, and with each
// of its sectors missing and alone.
func (f *fileModel) fine(tear int) []choice {
	last := len(f.writes) - 1
	if last < 0 || f.writes[last].settled || len(f.writes[last].data) == 0 {
		return nil
	}
	var out []choice
	length := len(f.writes[last].data)
	for _, lost := range [][]bool{make([]bool, last+1), apart(f.writes, make([]bool, len(open(f.writes))))} {
		for n := 1; tear >= 0 && n < length; n += max(tear, 1) {
			out = append(out, f.tear(n, lost))
		}
		out = append(out, f.holes(lost)...)
		if len(open(f.writes)) == 1 {
			break // nothing before it can be lost
		}
	}
	return out
}

// sectorBytes are written as one by every disk.
const sectorBytes = 512

// holes are the contents with each sector of the last write missing, and each
// alone.
func (f *fileModel) holes(lost []bool) []choice {
	last, what := len(f.writes)-1, beforeIt(lost)
	o := f.writes[last].op
	lost = append([]bool(nil), lost...)
	lost[last] = true
	before := f.with(lost)
	first, end := o.at/sectorBytes, (o.at+int64(len(o.data))+sectorBytes-1)/sectorBytes
	if end-first < 2 {
		return nil
	}
	var out []choice
	for s := first; s < end; s++ {
		from, to := max(s*sectorBytes, o.at)-o.at, min((s+1)*sectorBytes, o.at+int64(len(o.data)))-o.at
		alone := before.after(o.part(from, to))
		missing := before.after(o.part(0, from)).after(o.part(to, o.size))
		out = append(out,
			choice{alone, Holed, fmt.Sprintf("only sector %d of the last write kept%s", s, what)},
			choice{missing, Holed, fmt.Sprintf("sector %d of the last write lost%s", s, what)})
	}
	return out
}

// part is the bytes of a write from one to another of its offsets.
func (o op) part(from, to int64) op {
	data := o.data[min(from, int64(len(o.data))):min(to, int64(len(o.data)))]
	return op{kind: opWrite, inode: o.inode, at: o.at + from, data: data, size: to - from}
}
