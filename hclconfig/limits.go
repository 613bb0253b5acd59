package hclconfig

import (
	"math"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"

	"payrun/planner"
	"payrun/planner/payout"
)

// maxDuplicateWindow bounds duplicate_window; ten years are for ever.
const maxDuplicateWindow = maxDays * 24 * time.Hour

func (l *loader) loadLimits(b *hcl.Block, c payout.Currency) *planner.Limits {
	r := l.read(b, limitsSchema)
	lim := &planner.Limits{Position: position(b.DefRange)}
	lim.MaxPayout = r.moneyLimit("max_payout", c)
	lim.MinPayout = r.moneyLimit("min_payout", c)
	lim.MaxTotal = r.moneyLimit("max_total", c)
	lim.MaxPerRecipient = r.moneyLimit("max_per_recipient", c)
	lim.MaxCount = r.countLimit("max_count")
	lim.MaxNewRecipients = r.countLimit("max_new_recipients")
	lim.DuplicateWindow = r.duration("duplicate_window", time.Hour, maxDuplicateWindow, 0)
	if lim.MinPayout != nil && lim.MaxPayout != nil && lim.MinPayout.Value.Minor > lim.MaxPayout.Value.Minor {
		l.fail(msgLimitsCross, r.at("min_payout"))
	}
	return lim
}

// limitValue takes a limit apart: a plain value, or { value = …, hard = true }.
func (r *reader) limitValue(name string) (v cty.Value, hard, ok bool) {
	v, ok = r.value(name)
	if !ok {
		return v, false, false
	}
	v, _ = v.UnmarkDeep()
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return v, false, true
	}
	fields := v.AsValueMap()
	for _, key := range sortedKeys(fields) {
		if key != "value" && key != "hard" {
			r.fail(msgLimitShape, r.at(name), name, suggest(key, []string{"value", "hard"}))
			return v, false, false
		}
	}
	value, found := fields["value"]
	if !found || value.IsNull() {
		r.fail(msgLimitShape, r.at(name), name, "")
		return v, false, false
	}
	h, given := fields["hard"]
	if given && (h.Type() != cty.Bool || h.IsNull()) {
		r.fail(msgLimitShape, r.at(name), name, "")
		return v, false, false
	}
	return value, given && h.True(), true
}

func (r *reader) moneyLimit(name string, c payout.Currency) *planner.MoneyLimit {
	v, hard, ok := r.limitValue(name)
	if !ok {
		return nil
	}
	money, err := r.total(name, v, c)
	if err != nil {
		r.fail(msgAmount, r.at(name), name, err)
		return nil
	}
	return &planner.MoneyLimit{Value: money, Hard: hard, Position: position(r.attrs[name].Range)}
}

// total is a total as a person types it: grouped by spaces, or a number.
func (r *reader) total(name string, v cty.Value, c payout.Currency) (payout.Money, error) {
	if digits, ok := r.literalDigits(r.attrs[name].Expr); ok {
		return payout.ParseMoney(digits, c)
	}
	if v.Type() == cty.String {
		return groupedMoney(v.AsString(), c)
	}
	return valueMoney(v, c)
}

func (r *reader) countLimit(name string) *planner.CountLimit {
	v, hard, ok := r.limitValue(name)
	if !ok {
		return nil
	}
	n, ok := wholeNumber(v)
	if !ok {
		r.fail(msgCount, r.at(name), name)
		return nil
	}
	return &planner.CountLimit{Value: n, Hard: hard, Position: position(r.attrs[name].Range)}
}

// wholeNumber reads a count: a number, or digits that may be grouped.
func wholeNumber(v cty.Value) (int, bool) {
	if v.Type() == cty.String {
		m, err := groupedMoney(v.AsString(), payout.Currency{})
		return int(m.Minor), err == nil && m.Minor <= math.MaxInt32
	}
	var n int
	if v.Type() != cty.Number || gocty.FromCtyValue(v, &n) != nil {
		return 0, false
	}
	return n, n >= 0 && n <= math.MaxInt32
}

func (l *loader) loadExpect(b *hcl.Block, c payout.Currency) *planner.Expect {
	r := l.read(b, expectSchema)
	e := &planner.Expect{Position: position(b.DefRange)}
	before := len(l.all)
	if v, ok := r.value("count"); ok {
		v, _ = v.UnmarkDeep()
		if e.Count, e.HasCount = wholeNumber(v); !e.HasCount {
			l.fail(msgCount, r.at("count"), "count")
		}
	}
	if v, ok := r.value("total"); ok {
		v, _ = v.UnmarkDeep()
		total, err := r.total("total", v, c)
		if err != nil {
			l.fail(msgAmount, r.at("total"), "total", err)
		}
		e.Total, e.HasTotal = total, err == nil
	}
	if !e.HasCount && !e.HasTotal && len(l.all) == before {
		l.fail(msgExpectEmpty, b.DefRange)
	}
	return e
}
