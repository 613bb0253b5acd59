package statefile_test

import (
	"bytes"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"payrun/planner/payout"
	"payrun/statefile"
	"payrun/statefile/statetest"
)

// restart starts again from an image, and checks that nothing acknowledged is
// lost, that nothing is there which was never asked for, and that it goes on.
// The crash images of the restart itself are tried where the depth is 1.
func (b *bench) restart(before *statetest.Disk, image *statetest.Image, depth int) {
	dir := before.Dir()
	b.note(image, depth)
	r := &restarted{bench: b, image: image, actor: newActor(b.t, image.Disk(dir), dir, 24*depth)}
	r.path = b.path + "/" + image.Name
	r.check(before.Marks())
	if b.t.Failed() {
		b.t.Logf("image %s: point %d, %s%s", r.path, image.Point, image.Kind, image.How)
		b.t.Log("rerun: go test ./statefile", b.rerun, r.path)
		return
	}
	if depth == 1 && (image.Number%b.again == 0 || len(b.only) == 2) {
		r.crashAgain()
	}
}

func (b *bench) note(image *statetest.Image, depth int) {
	b.count.mu.Lock()
	defer b.count.mu.Unlock()
	b.count.kinds[image.Kind]++
	if depth > 1 {
		b.count.second++
	}
}

// crashAgain tries the crash images of the restart.
func (r *restarted) crashAgain() {
	tear := 37
	if *crashAll && r.image.Number%64 != 0 {
		tear = -1
	}
	inner := *r.bench
	inner.path = r.path
	inner.each(r.disk, 2, tear, r.second)
}

// restarted is a run that begins with what a crash left.
type restarted struct {
	*bench
	*actor
	image  *statetest.Image
	path   string
	loaded map[string]string
	opened map[string]string
	snap   *statefile.Snapshot
	ledger *payout.Ledger // as loaded
}

// check restarts, looks, goes on, ends, and looks again.
func (r *restarted) check(marks []any) {
	ctx, t := context.Background(), r.bench.t
	t.Helper()
	first, err := r.store.Load(ctx)
	if err != nil {
		t.Errorf("load: %v", err)
		return
	}
	r.snap, r.ledger, r.loaded = first, first.Ledger.Clone(), partsOf(t, first.Ledger)
	if first.Recovered.Torn() {
		r.count.mu.Lock()
		r.count.torn++
		r.count.doubt += len(first.Recovered.OrderIDs)
		r.count.mu.Unlock()
	}
	r.checkTold(marks)
	if !r.start() {
		t.Errorf("restart: %v", r.errs)
		return
	}
	r.rec.View(func(l *payout.Ledger) {
		r.opened = partsOf(t, l)
		r.checkOpened(l)
		r.checkOrders(l)
	})
	r.checkAside()
	r.goOn()
}

// checkTold compares what is loaded with what the run before was told. Each
// part is as it was when all was settled last, or as it was the next time; and
// the latter where it was told so.
func (r *restarted) checkTold(marks []any) {
	t := r.bench.t
	t.Helper()
	var old, next *said
	told, doubtful := make(map[string]bool), make(map[string]bool)
	for i, m := range marks {
		s := m.(said)
		for _, part := range s.doubtful {
			doubtful[part] = true
		}
		switch {
		case i < r.image.Marks && s.parts != nil && !s.perhaps:
			old = &s
			clear(told)
		case i < r.image.Marks && !s.perhaps:
			told[s.part] = true
		case next == nil && s.parts != nil:
			next = &s
		}
	}
	if old == nil {
		old = &said{}
	}
	if next == nil {
		next = old
	}
	for part := range union(old.parts, next.parts, r.loaded) {
		if doubtful[part] {
			continue
		}
		was, is, now := old.parts[part], next.parts[part], r.loaded[part]
		if now != is && (now != was || told[part]) {
			t.Errorf("%s: loaded as %q; it was %q, then %q, told durable %v", part, now, was, is, told[part])
		}
	}
	for name, data := range old.aside {
		if got := r.image.File(name); string(got) != data {
			t.Errorf("the torn lines kept in %s are %q, they were %q", name, got, data)
		}
	}
	if old.unproven && next.unproven && len(r.snap.Unproven) == 0 {
		t.Error("the state counts as proven, and was not")
	}
	if r.snap.Recovered.Torn() && len(r.snap.Unproven) == 0 {
		t.Error("the journal lost its tail, and the state counts as proven")
	}
}

func union(all ...map[string]string) map[string]bool {
	out := make(map[string]bool)
	for _, m := range all {
		for k := range m {
			out[k] = true
		}
	}
	return out
}

// checkOpened: what Open changes is what a crash means, and nothing else.
func (r *restarted) checkOpened(l *payout.Ledger) {
	t := r.bench.t
	t.Helper()
	for part := range union(r.loaded, r.opened) {
		if r.loaded[part] == r.opened[part] {
			continue
		}
		address, isPayout := strings.CutPrefix(part, "payout ")
		if !isPayout {
			// A begin line read in the tail moves the time of the last call.
			if part != "merchants" || len(r.snap.Recovered.OrderIDs) == 0 {
				t.Errorf("open changed %s from %q to %q", part, r.loaded[part], r.opened[part])
			}
			continue
		}
		a, err := payout.ParseAddress(address)
		if err != nil {
			t.Errorf("parse %q: %v", address, err)
			continue
		}
		was, is := r.ledger.Record(a), l.Record(a)
		legal := is.Status() == payout.InDoubt &&
			(was.Status() == payout.Sending || slices.Contains(r.snap.Recovered.OrderIDs, is.Newest().OrderID))
		if !legal {
			t.Errorf("open changed %s from %q to %q", part, r.loaded[part], r.opened[part])
		}
	}
	for rec := range l.Records() {
		if rec.Status() == payout.Sending {
			t.Errorf("%s is still sending", rec.Address)
		}
	}
	if r.snap.Recovered.Torn() && len(r.rec.Unproven()) == 0 {
		t.Error("the journal lost its tail, and the run counts as proven")
	}
}

var orderIDs = regexp.MustCompile(`"order_id":"([^"]*)"`)

// checkOrders: every order id that can be read in a journal is in the ledger,
// in a grave, or told to a person.
func (r *restarted) checkOrders(l *payout.Ledger) {
	known := make(map[string]bool)
	for rec := range l.Records() {
		for i := range rec.Attempts {
			known[rec.Attempts[i].OrderID] = true
		}
	}
	for i := range l.Tombstones {
		for _, id := range l.Tombstones[i].OrderIDs {
			known[id] = true
		}
	}
	for _, id := range r.snap.Recovered.Unread {
		known[id] = true
	}
	for _, name := range r.image.Names() {
		if !strings.Contains(name, ".journal.") || strings.Contains(name, ".torn-") {
			continue
		}
		for _, m := range orderIDs.FindAllSubmatch(r.image.File(name), -1) {
			if !known[string(m[1])] {
				r.bench.t.Errorf("order id %s can be read in %s and is forgotten", m[1], name)
			}
		}
	}
}

// checkAside: the torn bytes are kept.
func (r *restarted) checkAside() {
	if !r.snap.Recovered.Torn() {
		return
	}
	var segments [][]byte
	for _, name := range r.image.Names() {
		if strings.Contains(name, ".journal.") && !strings.Contains(name, ".torn-") {
			segments = append(segments, r.image.File(name))
		}
	}
	for _, name := range r.disk.Names() {
		kept := r.disk.File(name)
		if strings.Contains(name, ".torn-") && len(kept) == r.snap.Recovered.Bytes && ends(kept, segments) {
			return
		}
	}
	r.bench.t.Error("the torn bytes were not kept aside")
}

// ends says whether kept is made of the ends of the segments, in their order.
func ends(kept []byte, segments [][]byte) bool {
	if len(segments) == 0 {
		return len(kept) == 0
	}
	for n := range len(kept) + 1 {
		if bytes.HasSuffix(segments[0], kept[:n]) && ends(kept[n:], segments[1:]) {
			return true
		}
	}
	return false
}

// goOn sends one more payout and ends the run. What is on disk then is what
// the run had.
func (r *restarted) goOn() {
	t := r.bench.t
	t.Helper()
	r.now()
	in := statefile.NewIntent(r.fresh(), r.at)
	r.one(r.begin(in))
	r.one(r.end(*r.find(in.Address), payout.Accepted, payout.CauseCall, payout.SourceAnswer))
	var want map[string]string
	r.rec.View(func(l *payout.Ledger) { want = partsOf(t, l) })
	r.failed(r.rec.Close())
	r.release()
	if len(r.errs) > 0 {
		t.Errorf("after the restart: %v", r.errs)
		return
	}
	snap, err := r.store.Load(context.Background())
	if err != nil {
		t.Errorf("load after the restart: %v", err)
		return
	}
	if got := partsOf(t, snap.Ledger); !maps.Equal(got, want) {
		t.Errorf("the state holds %v, the run had %v", got, want)
	}
	if snap.Recovered.Torn() || len(snap.Recovered.Interrupted) > 0 {
		t.Errorf("an ended run left %+v", snap.Recovered)
	}
	if report, err := r.store.Verify(); err != nil || len(report.Problems) > 0 {
		t.Errorf("verify: %v, %v", report.Problems, err)
	}
}

func (a *actor) find(address payout.Address) *payout.Record {
	var out *payout.Record
	a.rec.View(func(l *payout.Ledger) { out = l.Clone().Record(address) })
	return out
}
