package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"payrun/hclconfig"
	"payrun/planner"
	"payrun/planner/payout"
)

// evening is when what is left is counted; every time limit has passed, and no
// fence.
var evening = time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)

// leftOver is a change of a payout of merchant main, in a status.
func leftOver(action planner.Action, status payout.Status) planner.Change {
	main := &planner.Merchant{Name: "main"}
	c := planner.Change{Action: action, Batch: &planner.Batch{Name: "salaries", Merchant: main}, Declared: &planner.Payout{}}
	if status == payout.Declared {
		return c
	}
	attempt := payout.Attempt{N: 1, OrderID: "o1", TimeLimit: evening.Add(-time.Hour), Events: []payout.Event{{Status: status, At: evening.Add(-25 * time.Hour)}}}
	c.Record = &payout.Record{Details: payout.Details{Merchant: "main"}, Attempts: []payout.Attempt{attempt}}
	return c
}

// with changes a change.
func with(c planner.Change, edits ...func(c *planner.Change)) planner.Change {
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

func excluded(c *planner.Change)     { c.Excluded = true }
func alarmed(c *planner.Change)      { c.Record.Flags = []payout.Flag{payout.FlagAlarm} }
func ofNobody(c *planner.Change)     { c.Record.Merchant = "gone" }
func late(c *planner.Change)         { c.Batch.Deadline = evening.Add(-time.Minute) }
func early(c *planner.Change)        { c.Batch.NotBefore = evening.Add(time.Hour) }
func inTime(c *planner.Change)       { c.Batch.Deadline = evening.Add(time.Hour) }
func held(c *planner.Change)         { c.Declared.Hold = "leave" }
func heldBatch(c *planner.Change)    { c.Batch.Hold = "audit" }
func leftTheFiles(c *planner.Change) { c.Batch, c.Declared = nil, nil }

func pastFence(c *planner.Change) {
	c.Record.Attempts[0].TimeLimit = evening.Add(-payout.FenceMargin - time.Minute)
}

// superseded gives the record a newest attempt that failed, long past its
// fence, after one that speaks.
func superseded(c *planner.Change) {
	failed := payout.Attempt{N: 2, OrderID: "o2", TimeLimit: evening.AddDate(0, 0, -9), Events: []payout.Event{{Status: payout.Failed}}}
	c.Record.Attempts = append(c.Record.Attempts, failed)
}

func TestLeftoversOf(t *testing.T) {
	for name, tt := range map[string]struct {
		change planner.Change
		want   leftovers
		code   int
	}{
		"paid":                          {leftOver(planner.ActionNone, payout.Paid), leftovers{}, exitDone},
		"paid, left the files":          {with(leftOver(planner.ActionLeft, payout.Paid), leftTheFiles), leftovers{}, exitDone},
		"paid by a merchant gone":       {with(leftOver(planner.ActionLeft, payout.Paid), ofNobody), leftovers{}, exitDone},
		"failed":                        {leftOver(planner.ActionAttention, payout.Failed), leftovers{failed: 1}, exitFailed},
		"failed with an alarm":          {with(leftOver(planner.ActionAttention, payout.Failed), alarmed), leftovers{person: 1}, exitPerson},
		"failed, retried":               {leftOver(planner.ActionRetry, payout.Failed), leftovers{failed: 1, again: 1}, exitFailed},
		"failed, asked once more":       {leftOver(planner.ActionCheck, payout.Failed), leftovers{failed: 1, again: 1}, exitFailed},
		"rejected":                      {leftOver(planner.ActionCheck, payout.Rejected), leftovers{failed: 1}, exitFailed},
		"rejected, left the files":      {with(leftOver(planner.ActionLeft, payout.Rejected), leftTheFiles), leftovers{failed: 1}, exitFailed},
		"not found":                     {leftOver(planner.ActionAttention, payout.NotFound), leftovers{person: 1}, exitPerson},
		"conflict":                      {leftOver(planner.ActionConflict, payout.Paid), leftovers{person: 1, conflicts: 1}, exitPerson},
		"accepted":                      {leftOver(planner.ActionCheck, payout.Accepted), leftovers{waiting: 1}, exitWaiting},
		"accepted, left the files":      {with(leftOver(planner.ActionLeft, payout.Accepted), leftTheFiles), leftovers{waiting: 1}, exitWaiting},
		"accepted, past the fence":      {with(leftOver(planner.ActionCheck, payout.Accepted), pastFence), leftovers{person: 1}, exitPerson},
		"in doubt":                      {leftOver(planner.ActionCheck, payout.InDoubt), leftovers{waiting: 1}, exitWaiting},
		"in doubt, past the fence":      {with(leftOver(planner.ActionCheck, payout.InDoubt), pastFence), leftovers{person: 1}, exitPerson},
		"in doubt, the next one failed": {with(leftOver(planner.ActionCheck, payout.InDoubt), superseded), leftovers{waiting: 1}, exitWaiting},
		"to pay":                        {leftOver(planner.ActionPay, payout.Declared), leftovers{unpaid: 1}, exitWaiting},
		"not sent":                      {leftOver(planner.ActionPay, payout.NotSent), leftovers{unpaid: 1}, exitWaiting},
		"too late":                      {with(leftOver(planner.ActionWait, payout.Declared), late), leftovers{unpaid: 1, late: 1}, exitWaiting},
		"too early":                     {with(leftOver(planner.ActionWait, payout.Declared), early, inTime), leftovers{later: 1}, exitDone},
		"held":                          {with(leftOver(planner.ActionWait, payout.Declared), held), leftovers{later: 1}, exitDone},
		"held, too late":                {with(leftOver(planner.ActionWait, payout.Declared), held, late), leftovers{later: 1}, exitDone},
		"batch held, too late":          {with(leftOver(planner.ActionWait, payout.Declared), heldBatch, late), leftovers{later: 1}, exitDone},
		"excluded, to pay":              {with(leftOver(planner.ActionPay, payout.Declared), excluded), leftovers{excluded: 1}, exitDone},
		"excluded, retried":             {with(leftOver(planner.ActionRetry, payout.Failed), excluded), leftovers{excluded: 1}, exitDone},
		"excluded, paid":                {with(leftOver(planner.ActionNone, payout.Paid), excluded), leftovers{}, exitDone},
		"excluded, attention":           {with(leftOver(planner.ActionAttention, payout.Failed), excluded), leftovers{excluded: 1}, exitDone},
		"excluded, conflict":            {with(leftOver(planner.ActionConflict, payout.Declared), excluded), leftovers{excluded: 1}, exitDone},
		"excluded, in doubt":            {with(leftOver(planner.ActionCheck, payout.InDoubt), excluded), leftovers{waiting: 1}, exitWaiting},
		"open, its merchant gone":       {with(leftOver(planner.ActionCheck, payout.Accepted), ofNobody), leftovers{person: 1, missing: []string{"gone"}}, exitPerson},
		"the same, excluded":            {with(leftOver(planner.ActionCheck, payout.Accepted), ofNobody, excluded), leftovers{person: 1, missing: []string{"gone"}}, exitPerson},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := &hclconfig.Config{Merchants: []*hclconfig.Merchant{{Merchant: planner.Merchant{Name: "main"}}}}
			got := leftoversOf(cfg, &planner.Plan{Changes: []planner.Change{tt.change}}, evening)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(leftovers{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got.code() != tt.code {
				t.Errorf("exit code %d, want %d", got.code(), tt.code)
			}
			// Twice as many payouts leave twice as much, and name a merchant once.
			both := leftoversOf(cfg, &planner.Plan{Changes: []planner.Change{tt.change, tt.change}}, evening)
			if len(both.missing) != len(got.missing) || both.person != 2*got.person || both.waiting != 2*got.waiting || both.failed != 2*got.failed ||
				both.unpaid != 2*got.unpaid || both.later != 2*got.later || both.excluded != 2*got.excluded || both.code() != tt.code {
				t.Errorf("two of them leave %+v", both)
			}
		})
	}
}

// TestLeftoversCode: the worst applies.
func TestLeftoversCode(t *testing.T) {
	for _, tt := range []struct {
		left leftovers
		want int
	}{
		{leftovers{}, exitDone},
		{leftovers{later: 1, excluded: 1}, exitDone},
		{leftovers{waiting: 1, later: 1}, exitWaiting},
		{leftovers{unpaid: 1}, exitWaiting},
		{leftovers{failed: 1, again: 1, waiting: 1, unpaid: 1}, exitFailed},
		{leftovers{person: 1, failed: 1, waiting: 1}, exitPerson},
	} {
		if got := tt.left.code(); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt.left, got, tt.want)
		}
	}
}

func TestLeftoversWords(t *testing.T) {
	for _, tt := range []struct {
		left leftovers
		want string
	}{
		{leftovers{}, "everything is paid; another apply pays nobody"},
		{leftovers{later: 2}, "what may be paid now is paid; 2 wait"},
		{leftovers{excluded: 3}, "what this plan pays is paid; 3 are excluded"},
		{leftovers{excluded: 3, later: 2}, "what this plan pays is paid; 3 are excluded and 2 wait"},
	} {
		if got := tt.left.words(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.left, got, tt.want)
		}
	}
}
