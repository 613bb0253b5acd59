package policy

import (
	"fmt"
	"strings"

	"payrun/planner"
	"payrun/planner/payout"
)

// judge gathers the findings of one Check.
type judge struct {
	in       Input
	sending  []*planner.Change // what the plan sends, by address
	periods  map[string]int    // batch label → how many batches of the plan carry it
	reasons  map[string]string // override name → its reason, where long enough
	rules    map[string]rule   // every limit that was judged, by name
	paid     map[string]bool   // fingerprints paid before; nil until asked for
	prints   map[*planner.Payout]string
	findings []Finding
}

// rule is what the overrides need to know of a judged limit.
type rule struct {
	broken bool
	hard   bool
}

func newJudge(in Input) *judge {
	j := &judge{
		in:      in,
		sending: in.Plan.Sending(),
		periods: make(map[string]int),
		reasons: make(map[string]string),
		rules:   make(map[string]rule),
		prints:  make(map[*planner.Payout]string),
	}
	for i := range in.Plan.Batches {
		j.periods[in.Plan.Batches[i].Batch.Name]++
	}
	for _, o := range in.Overrides {
		if _, repeated := j.reasons[o.Name]; !repeated && longEnough(o.Reason) {
			j.reasons[o.Name] = o.Reason
		}
	}
	return j
}

func (j *judge) add(f Finding) { j.findings = append(j.findings, f) }

// batchWord names a batch, with its period where the label alone is not clear.
func (j *judge) batchWord(b *planner.Batch) string {
	if j.periods[b.Name] > 1 {
		return b.Name + " " + b.Period
	}
	return b.Name
}

// known says whether the ledger holds a payout paid to the fingerprint.
func (j *judge) known(fingerprint string) bool {
	if j.paid == nil {
		j.paid = planner.PaidDestinations(j.in.Ledger)
	}
	return j.paid[fingerprint]
}

// fingerprint is the destination's, hashed once: several rules ask for it.
func (j *judge) fingerprint(p *planner.Payout, m *planner.Merchant) string {
	print := j.prints[p]
	if print == "" {
		print = p.Token.Fingerprint(m.ID)
		j.prints[p] = print
	}
	return print
}

// payoutWord is an address without its batch and period: director, or
// staff["1001"].
func payoutWord(a payout.Address) string {
	_, word, _ := strings.Cut(a.String(), `"].`) // neither label nor period has a quote
	return word
}

// sum adds amounts of one currency. The loader bounds amounts and rows far
// below an overflow of 64 bits, so one here is a mistake of our own.
func sum(a, b payout.Money) payout.Money {
	total, err := a.Add(b)
	if err != nil {
		panic("policy: " + err.Error())
	}
	return total
}

// plural is "1 payout" or "2 payouts".
func plural(n int, word string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
