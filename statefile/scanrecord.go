package statefile

import (
	"strings"

	"payrun/planner/payout"
)

// recordReader makes records of the JSON of payouts. One goroutine uses it.
type recordReader struct {
	scan  scanner
	wire  wireRecord // of the payout being read
	words map[string]string
	last  payout.Address // whose batch, period and payout block the next ones share
	room  room
}

// record reads one payout. The error is about it alone; wire.Address says which
// one it is, as far as that was read.
func (d *recordReader) record(value []byte) (*payout.Record, error) {
	d.wire.Address = ""
	if err := d.scanRecord(value); err != nil {
		return nil, err
	}
	r, err := d.wire.record(&d.room)
	if err != nil {
		return nil, err
	}
	d.share(&r.Address)
	return r, nil
}

// share lets the addresses of many payouts share the strings of their batch,
// period and payout block, and keeps nothing of the text that they stood in.
func (d *recordReader) share(a *payout.Address) {
	for _, part := range []struct{ have, last *string }{{&a.Batch, &d.last.Batch}, {&a.Period, &d.last.Period}, {&a.Name, &d.last.Name}} {
		if *part.have != *part.last {
			*part.last = strings.Clone(*part.have)
		}
		*part.have = *part.last
	}
	a.Key = d.room.text([]byte(a.Key))
}

// scanRecord reads one payout into d.wire, whose slices are used again.
func (d *recordReader) scanRecord(value []byte) error {
	s := &d.scan
	s.data, s.at = value, 0
	w := &d.wire
	*w = wireRecord{Former: w.Former[:0], Flags: w.Flags[:0], Attempts: w.Attempts[:0]}
	return s.object(func(name []byte) error {
		switch string(name) {
		case "address":
			return d.brief(&w.Address)
		case "status":
			return d.shared(&w.Status)
		case "amount":
			return d.brief(&w.Amount)
		case "currency":
			return d.shared(&w.Currency)
		case "merchant":
			return d.shared(&w.Merchant)
		case "period":
			return d.shared(&w.Period)
		case "destination":
			return d.own(&w.Destination)
		case "fingerprint":
			return d.own(&w.Fingerprint)
		case "user_id":
			return d.own(&w.UserID)
		case "description":
			return d.shared(&w.Description)
		case "former":
			return d.list(&w.Former)
		case "flags":
			return d.list(&w.Flags)
		case "attempts":
			return s.array(func() error {
				w.Attempts = grow(w.Attempts)
				return d.scanAttempt(&w.Attempts[len(w.Attempts)-1])
			})
		}
		return s.skip()
	})
}

// grow adds an element; what an earlier payout left in it is still there.
func grow[T any](list []T) []T {
	if len(list) < cap(list) {
		return list[:len(list)+1]
	}
	var zero T
	return append(list, zero)
}

func (d *recordReader) scanAttempt(a *wireAttempt) error {
	s := &d.scan
	*a = wireAttempt{Events: a.Events[:0]}
	return s.object(func(name []byte) error {
		switch string(name) {
		case "n":
			return s.integer(&a.N)
		case "order_id":
			return d.own(&a.OrderID)
		case "time_limit":
			return s.moment(&a.TimeLimit)
		case "payment_id":
			return d.own(&a.PaymentID)
		case "payment_date":
			return d.own(&a.PaymentDate)
		case "amount":
			return d.own(&a.Amount)
		case "currency":
			return d.shared(&a.Currency)
		case "merchant":
			return d.shared(&a.Merchant)
		case "not_found":
			return d.scanSeen(&a.NotFound)
		case "failures":
			return d.scanSeen(&a.Failures)
		case "events":
			return s.array(func() error {
				a.Events = grow(a.Events)
				return d.scanEvent(&a.Events[len(a.Events)-1])
			})
		}
		return s.skip()
	})
}

func (d *recordReader) scanSeen(to *wireSeen) error {
	s := &d.scan
	return s.object(func(name []byte) error {
		switch string(name) {
		case "count":
			return s.integer(&to.Count)
		case "first":
			return s.moment(&to.First)
		case "last":
			return s.moment(&to.Last)
		}
		return s.skip()
	})
}

func (d *recordReader) scanEvent(e *wireEvent) error {
	s := &d.scan
	*e = wireEvent{}
	return s.object(func(name []byte) error {
		switch string(name) {
		case "status":
			return d.shared(&e.Status)
		case "at":
			return s.moment(&e.At)
		case "source":
			return d.shared(&e.Source)
		case "code":
			return d.shared(&e.Code)
		case "words":
			return d.shared(&e.Words)
		case "by":
			return d.shared(&e.By)
		case "reason":
			return d.shared(&e.Reason)
		case "evidence":
			return d.own(&e.Evidence)
		}
		return s.skip()
	})
}

// own reads a string of one payout; shared one that many payouts have in
// common, which then share its memory as well; brief one of which nothing is
// kept.
func (d *recordReader) own(to *string) error {
	text, err := d.scan.text()
	*to = d.room.text(text)
	return err
}

func (d *recordReader) brief(to *string) error {
	text, err := d.scan.text()
	*to = string(text)
	return err
}

func (d *recordReader) shared(to *string) error {
	text, err := d.scan.text()
	*to = d.word(text)
	return err
}

func (d *recordReader) list(to *[]string) error {
	return d.scan.array(func() error {
		text, err := d.scan.text()
		*to = append(*to, string(text))
		return err
	})
}

// maxWords bounds the table of shared strings.
const maxWords = 4096

func (d *recordReader) word(text []byte) string {
	if have, ok := d.words[string(text)]; ok {
		return have
	}
	s := string(text)
	if len(d.words) < maxWords {
		d.words[s] = s
	}
	return s
}
