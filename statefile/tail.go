package statefile

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/go-json-experiment/json"

	"payrun/planner/payout"
)

// orderIDMember finds an order id that is readable to its end. Order ids hold
// no character that JSON would escape.
var orderIDMember = regexp.MustCompile(`"order_id":"([A-Za-z0-9-]{1,50})"`)

// orderIDs are all order ids that are readable in the tail.
func (t *tail) orderIDs() []string {
	var out []string
	for _, m := range orderIDMember.FindAllSubmatch(t.data, -1) {
		if id := string(m[1]); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// intents are the begin lines that are readable up to their order id, which
// stands last of what they say about the payout.
func (t *tail) intents() []*payout.Intent {
	var out []*payout.Intent
	for _, piece := range bytes.FieldsFunc(t.data, func(r rune) bool { return r == '\n' || r == 0 }) {
		if in := readFragment(piece); in != nil {
			out = append(out, in)
		}
	}
	return out
}

// readFragment reads the begin line that piece is the start of, or nil.
func readFragment(piece []byte) *payout.Intent {
	if len(piece) < prefixBytes {
		return nil
	}
	text := piece[prefixBytes:]
	place := orderIDMember.FindIndex(text)
	if place == nil {
		return nil
	}
	var e entry
	if err := json.Unmarshal(append(slices.Clone(text[:place[1]]), '}'), &e); err != nil || e.Kind != kindBegin {
		return nil
	}
	in, err := e.intent()
	if err != nil {
		return nil
	}
	return in
}

// report describes the tails for a person. Several are left only by a crash
// while an earlier one was being settled.
func (r *Recovery) report(tails []tail) {
	for i := range tails {
		t := &tails[i]
		if r.Segment == "" {
			r.Segment, r.Line = t.path, t.line
		}
		r.Bytes += len(t.data)
		var readable []string
		for _, in := range t.intents() {
			readable = append(readable, in.OrderID)
		}
		for _, id := range t.orderIDs() {
			r.OrderIDs = append(r.OrderIDs, id)
			if !slices.Contains(readable, id) {
				r.Unread = append(r.Unread, id)
			}
		}
	}
}
