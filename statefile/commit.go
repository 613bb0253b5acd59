package statefile

import (
	"errors"
	"runtime"
)

// maxGroup bounds the entries of one write.
const maxGroup = 1024

// linkBytes is more than the place of a line takes.
const linkBytes = 160

// write is the writing goroutine: what waits together is written together and
// shares one fdatasync.
func (r *Recorder) write() {
	defer close(r.done)
	for {
		// Those that the last group woke come back at once: let them.
		runtime.Gosched()
		group := r.next()
		if group == nil {
			return
		}
		if group[0].act != nil {
			group[0].done <- group[0].act()
			continue
		}
		r.commit(group)
	}
}

// next waits for requests and takes those that can share a group: entries that
// touch the same payout or order id are judged one after the other.
func (r *Recorder) next() []*request {
	r.queue.Lock()
	defer r.queue.Unlock()
	for len(r.waiting) == 0 {
		if r.closing {
			return nil
		}
		r.filled.Wait()
	}
	clear(r.touched)
	n := 0
	for n < len(r.waiting) && n < maxGroup && fits(r.waiting[n], r.touched, n) {
		n++
		if r.waiting[n-1].act != nil {
			break
		}
	}
	group := r.waiting[:n:n]
	r.waiting = r.waiting[n:]
	return group
}

// fits says whether q can be number n of a group, and marks what it touches.
func fits(q *request, touched map[string]bool, n int) bool {
	if q.act != nil {
		return n == 0
	}
	for _, key := range q.keys {
		if touched[key] {
			return false
		}
	}
	for _, key := range q.keys {
		touched[key] = true
	}
	return true
}

// commit makes a group durable, applies it, and tells everyone.
func (r *Recorder) commit(group []*request) {
	if err := r.brokenNow(); err != nil {
		refuse(group, err)
		return
	}
	group = r.allowed(group)
	if err := r.prepare(&group); err != nil {
		refuse(group, r.fail(err))
		return
	}
	if len(group) == 0 {
		return
	}
	if err := r.file.append(contents(group)); err != nil {
		refuse(group, r.fail(err))
		return
	}
	r.applyAll(group)
}

func (r *Recorder) brokenNow() error {
	r.queue.Lock()
	defer r.queue.Unlock()
	return r.broken
}

// allowed refuses what the ledger forbids. Only this goroutine changes the
// ledger, so it may read it without the mutex.
func (r *Recorder) allowed(group []*request) []*request {
	var out []*request
	for _, q := range group {
		if err := q.check(r.ledger); err != nil {
			q.done <- err
			continue
		}
		out = append(out, q)
	}
	return out
}

// prepare checks the lock, the journal and the space for a group that sends. What fails
// there refuses the sends and lets the results through.
func (r *Recorder) prepare(group *[]*request) error {
	sends := false
	need := int64(spareBytes)
	for _, q := range *group {
		sends = sends || q.sends
		need += int64(len(q.content) + linkBytes)
	}
	var err error
	if sends {
		err = r.lock.Check()
	}
	// Also where nothing is sent: what this group writes would hide a change.
	if changed := r.file.check(r.store.fs()); sends && err == nil {
		err = changed
	}
	if err == nil {
		err = r.file.ensure(need)
	}
	if err == nil || errors.Is(err, ErrJournalBroken) {
		return err
	}
	var rest []*request
	for _, q := range *group {
		if q.sends {
			q.done <- err
			continue
		}
		rest = append(rest, q)
	}
	*group = rest
	return nil
}

func contents(group []*request) [][]byte {
	out := make([][]byte, len(group))
	for i, q := range group {
		out[i] = q.content
	}
	return out
}

func refuse(group []*request, err error) {
	for _, q := range group {
		q.done <- err
	}
}

// applyAll changes the ledger in the order of the journal.
func (r *Recorder) applyAll(group []*request) {
	r.mu.Lock()
	results := make([]error, len(group))
	var sent [][]byte
	for i, q := range group {
		before := r.ledger.Len()
		results[i] = q.apply(r.ledger)
		if q.sent != nil && r.store.Memory != "" {
			sent = append(sent, q.sent)
		}
		if q.address != nil && r.ledger.Len() > before {
			r.fresh = append(r.fresh, r.ledger.Record(*q.address))
		}
	}
	r.dirty = true
	r.mu.Unlock()
	r.spill(sent)
	for i, q := range group {
		q.done <- results[i]
	}
}
