package statefile

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"payrun/planner/payout"
)

// Recorder is one locked run: it makes every step durable before it counts.
// All methods may be called at once from many goroutines.
type Recorder struct {
	store *Local
	lock  *Lock

	mu       sync.RWMutex // guards the ledger and what a checkpoint writes
	sent     [][]byte     // what the memory does not hold yet
	ledger   *payout.Ledger
	saved    Snapshot // of the state on disk; its Ledger is not used
	unproven []string
	dirty    bool // something is not in the state on disk

	queue       sync.Mutex
	filled      *sync.Cond
	waiting     []*request
	closing     bool
	broken      error // sticky
	done        chan struct{}
	checkpoints sync.Mutex
	memory      sync.Mutex // one writer of the memory at a time

	// Of the writing goroutine:
	file    *appender
	records []*payout.Record // by address, those of the last checkpoint
	fresh   []*payout.Record // made since then; both nil = not known
	touched map[string]bool  // by the group being put together

	old       []segmentFile // to delete once a state covers them
	forgetful error         // why the memory could not be written; nil = it was
	forgotten []Remembered  // what the memory knew when the run was opened, and the state did not
	unread    error         // why that is not known
}

// request is one entry, or one action between groups, on its way to the
// writing goroutine.
type request struct {
	content []byte
	address *payout.Address // nil for a note
	keys    []string        // what no other entry of the same group may touch
	sends   bool            // a Begin: the lock is checked first
	sent    []byte          // for the memory, or nil
	check   func(*payout.Ledger) error
	apply   func(*payout.Ledger) error
	act     func() error
	done    chan error
}

func newRecorder(s *Local, lock *Lock, snap *Snapshot) (*Recorder, error) {
	number := 1
	if n := len(snap.disk.segments); n > 0 {
		number = snap.disk.segments[n-1].number + 1
	}
	file, err := createSegment(s.fs(), s.Path, number, snap.header())
	if err != nil {
		return nil, err
	}
	r := &Recorder{
		store: s, lock: lock, ledger: snap.Ledger, saved: *snap, unproven: distinct(snap.Unproven),
		file: file, old: snap.disk.segments, done: make(chan struct{}),
		touched: make(map[string]bool),
	}
	r.saved.Ledger = nil
	r.forgotten, r.unread = s.Forgotten(snap)
	r.dirty = snap.Exists && !slices.Equal(r.unproven, snap.saved)
	r.filled = sync.NewCond(&r.queue)
	return r, nil
}

// Begin records that a payout is about to be sent. When it returns nil the
// intent is durable and the lock was held when it was written; on any error
// nothing may be sent. ErrLockLost, ErrJournalChanged, ErrJournalBroken,
// ErrClosed and a full disk are errors; a transition that the ledger forbids
// panics, because only a mistake of this program asks for one.
func (r *Recorder) Begin(in *payout.Intent) error {
	return r.record(&request{
		address: &in.Address,
		keys:    []string{in.Address.String(), orderKey(in.Merchant, in.OrderID)},
		sends:   true,
		check:   func(l *payout.Ledger) error { return l.CheckBegin(in) },
		apply:   func(l *payout.Ledger) error { return l.Begin(in) },
	}, beginEntry(in))
}

// End records what became known of an attempt. A forbidden transition panics.
// On an error the outcome may or may not be on disk; the next run finds out.
func (r *Recorder) End(o *payout.Outcome) error {
	keys := []string{o.Address.String()}
	if o.Adopt != nil {
		keys = append(keys, orderKey(o.Adopt.Merchant, o.OrderID))
	}
	sent, err := remembered(o)
	if err != nil {
		return err
	}
	return r.record(&request{
		address: &o.Address,
		keys:    keys,
		sent:    sent,
		check:   func(l *payout.Ledger) error { return l.CheckSettle(o) },
		apply:   func(l *payout.Ledger) error { return l.Settle(o) },
	}, endEntry(o))
}

// Note records a change that is no step in the life of an attempt. One that the
// ledger does not allow is an error, and nothing is recorded.
func (r *Recorder) Note(n *payout.Note) error {
	var keys []string
	if n.Move != nil {
		keys = append(keys, n.Move.From.String(), n.Move.To.String())
	}
	if n.Forget != nil {
		keys = append(keys, n.Forget.Address.String())
	}
	return r.record(&request{
		keys:  keys,
		check: func(l *payout.Ledger) error { return l.CheckNote(n) },
		apply: func(l *payout.Ledger) error {
			l.Note(n)
			if n.Move != nil || n.Forget != nil {
				// The records in order are no longer those of the ledger.
				r.records, r.fresh = nil, nil
			}
			return nil
		},
	}, noteEntry(n))
}

// orderKey ignores case, as the ledger does.
func orderKey(merchant, orderID string) string {
	return merchant + "\x00" + strings.ToLower(orderID)
}

func (r *Recorder) record(q *request, e *body) error {
	content, err := encodeBody(e)
	if err != nil {
		return err
	}
	q.content = content
	if q.sends {
		q.sent = content
	}
	err = r.submit(q)
	var forbidden *payout.TransitionError
	if errors.As(err, &forbidden) {
		panic(forbidden)
	}
	return err
}

// submit hands a request to the writing goroutine and waits for its result.
func (r *Recorder) submit(q *request) error {
	q.done = make(chan error, 1)
	r.queue.Lock()
	if r.broken != nil || r.closing {
		defer r.queue.Unlock()
		if r.broken != nil {
			return r.broken
		}
		return ErrClosed
	}
	r.waiting = append(r.waiting, q)
	r.filled.Signal()
	r.queue.Unlock()
	return <-q.done
}

// View shows the ledger. f must not change it, nor keep anything of it.
func (r *Recorder) View(f func(*payout.Ledger)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	f(r.ledger)
}

// Unproven are the reasons why the state is not proven; none = proven.
func (r *Recorder) Unproven() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.unproven)
}

// MarkProven says that this run looked up everything it is about to send. It
// is durable with the next checkpoint; a crash before leaves the state not
// proven.
func (r *Recorder) MarkProven() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.unproven) > 0 || !r.saved.Exists {
		r.dirty = true
	}
	r.unproven = nil
}

// Saved is the serial and the digest of the state on disk; 0 and "" before the
// first checkpoint of a new state.
func (r *Recorder) Saved() (serial int64, digest string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.saved.Serial, r.saved.Digest
}

// Reserve makes room for the records of n payouts, so that a full disk is met
// before money moves. The space is written, not only promised.
func (r *Recorder) Reserve(n int) error {
	bytes := min(int64(n)*payoutBytes, maxReserve) + spareBytes
	return r.submit(&request{act: func() error { return r.reserve(bytes) }})
}

func (r *Recorder) reserve(bytes int64) error {
	if err := r.brokenNow(); err != nil {
		return err
	}
	if err := r.file.ensure(bytes); err != nil {
		return r.fail(err)
	}
	if err := r.file.file.Sync(); err != nil {
		return r.fail(brokenBy(err))
	}
	return nil
}

// fail remembers an error that breaks the journal, and returns it.
func (r *Recorder) fail(err error) error {
	if errors.Is(err, ErrJournalBroken) {
		r.queue.Lock()
		defer r.queue.Unlock()
		if r.broken == nil {
			r.broken = err
		}
	}
	return err
}
