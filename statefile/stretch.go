package statefile

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"payrun/planner/payout"
)

// stretchBytes is how much of a file is one piece of work: some hundred
// payouts.
const stretchBytes = 128 << 10

// stretch is some payouts that follow each other in a state file, read by a
// goroutine of their own.
type stretch struct {
	data    []byte  // their JSON
	ends    []int   // of each in data
	offsets []int64 // in the file, behind each

	reader    recordReader
	records   []*payout.Record // up to the first that is wrong
	addresses []string         // as they are written, of all that were read
	canonical []byte           // RFC 8785 form of the records, each with a comma before it
	err       error            // what is wrong with the one behind records
	panicked  error
	done      chan struct{}
}

// payoutArray reads the payouts. This goroutine finds out where each ends and
// that it is JSON, others read what it says, and what they found is taken in
// the order of the file: the first thing that is wrong is what is reported.
func (d *decoder) payoutArray() error {
	if err := d.opening(); err != nil {
		return err
	}
	d.digest.begin(&d.doc)
	var reading []*stretch // oldest first
	defer func() {
		for _, s := range reading {
			<-s.done
		}
	}()
	for more := true; more; {
		var s *stretch
		var err error
		if s, more, err = d.cut(); len(s.ends) > 0 {
			s.start()
			reading = append(reading, s)
		}
		for len(reading) > 0 && (!more || len(reading) > runtime.GOMAXPROCS(0)) {
			oldest := reading[0]
			reading = reading[1:]
			if err := d.take(oldest); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	_, err := d.tokens.ReadToken()
	return err
}

// cut copies the next payouts. There are no more of them at the end of the
// array, and with an error, which is about what follows those that were copied.
func (d *decoder) cut() (s *stretch, more bool, err error) {
	s = d.unused()
	for len(s.data) < stretchBytes {
		if d.tokens.PeekKind() == ']' {
			return s, false, nil
		}
		value, err := d.tokens.ReadValue()
		if err != nil {
			return s, false, err
		}
		s.data = append(s.data, value...)
		s.ends = append(s.ends, len(s.data))
		s.offsets = append(s.offsets, d.tokens.InputOffset())
	}
	return s, true, nil
}

// unused is an empty stretch.
func (d *decoder) unused() *stretch {
	n := len(d.free)
	if n == 0 {
		return &stretch{reader: recordReader{words: make(map[string]string)}}
	}
	s := d.free[n-1]
	d.free = d.free[:n-1]
	s.data, s.ends, s.offsets = s.data[:0], s.ends[:0], s.offsets[:0]
	s.records, s.addresses, s.canonical = s.records[:0], s.addresses[:0], s.canonical[:0]
	return s
}

// start reads the payouts of the stretch, and closes done.
func (s *stretch) start() {
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		defer func() {
			if p := recover(); p != nil {
				s.panicked = fmt.Errorf("%v\n%s", p, debug.Stack())
			}
		}()
		s.read()
	}()
}

func (s *stretch) read() {
	from := 0
	for _, to := range s.ends {
		r, err := s.reader.record(s.data[from:to])
		s.addresses = append(s.addresses, s.reader.wire.Address)
		if err != nil {
			s.err = err
			return
		}
		s.records = append(s.records, r)
		s.canonical = appendObject(canonicalForm, append(s.canonical, ','), canonicalForm.record, r)
		from = to
	}
}

// take waits for a stretch and puts its records in place. A panic of its
// goroutine is one of the caller, who can recover from it.
func (d *decoder) take(s *stretch) error {
	<-s.done
	if s.panicked != nil {
		panic(s.panicked)
	}
	for i, r := range s.records {
		if err := d.restore(r); err != nil {
			return s.wrong(i, err)
		}
	}
	if s.err != nil {
		return s.wrong(len(s.records), s.err)
	}
	d.digest.add(s.canonical)
	d.free = append(d.free, s)
	return nil
}

func (s *stretch) wrong(i int, err error) error {
	return &decodeError{offset: s.offsets[i], address: s.addresses[i], err: err}
}
