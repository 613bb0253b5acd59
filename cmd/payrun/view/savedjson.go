package view

import (
	"strconv"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/planner/planfile"
)

// SavedPlanJSON is the machine form of a plan file, in the shape of PlanJSON: a
// member that both have means the same in both. What only the files or the
// state know is left out; of what is recorded the file knows status and attempt
// alone.
func SavedPlanJSON(f *planfile.File) any {
	s := savedPlan{File: f}
	n, blocks, refuses := s.counts(), false, false
	for i := range f.Findings {
		one := &f.Findings[i]
		blocks, refuses = blocks || one.Blocks || one.Refuses, refuses || one.Refuses
	}
	changes := make([]object, 0, len(f.Changes))
	for i := range f.Changes {
		changes = append(changes, savedChange(&f.Changes[i]))
	}
	return object{
		{"format_version", PlanFormatVersion}, {"timestamp", instant(f.CreatedAt)}, {"expires_at", instant(f.ExpiresAt)},
		{"payrun_version", SafeText(f.Version)}, {"applyable", n.pay+n.retry > 0 && !blocks}, {"complete", n.excluded == 0}, {"errored", refuses},
		{"digest", f.Digest()}, {"summary", s.planLine()}, {"counts", n.object(f.Counts.History)}, {"totals", savedTotals(f)},
		{"batches", savedBatches(f)}, {"limits", savedFindings(f, true)}, {"checks", savedFindings(f, false)},
		{"state", object{{"exists", f.State.Exists}, {"serial", f.State.Serial}, {"lineage", SafeText(f.State.Lineage)}, {"digest", SafeText(f.State.Digest)}}},
		{"merchants", savedMerchants(f)}, {"new_recipients", listOf(s.fresh())}, {"warnings", []string{}}, {"inputs", savedInputs(f)},
		{"variables", savedVariables(f)}, {"overrides", savedOverrides(f)}, {"options", f.Options}, {"resource_changes", changes},
	}
}

// listOf is an array, also where there is nothing in it.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func savedTotals(f *planfile.File) []object {
	out := []object{}
	for _, t := range f.Totals {
		out = append(out, object{{"currency", t.Currency}, {"count", t.Count}, {"amount", t.Sum}})
	}
	return out
}

func savedTally(t planfile.Tally) object { return object{{"count", t.Count}, {"amount", t.Sum}} }

func savedBatches(f *planfile.File) []object {
	out := []object{}
	for i := range f.Batches {
		b := &f.Batches[i]
		o := object{
			{"name", SafeText(b.Name)}, {"period", SafeText(b.Period)}, {"merchant", SafeText(b.Merchant)}, {"currency", b.Currency},
			{"declared", savedTally(b.Declared)}, {"to_pay", savedTally(b.ToPay)}, {"paid_before", b.PaidBefore}, {"open", b.Open}, {"skipped", b.Skipped},
		}
		out = append(out, o.given("not_before", b.NotBefore).given("deadline", b.Deadline).given("hold", b.Hold))
	}
	return out
}

// given adds a text where there is one.
func (o object) given(name, text string) object {
	if text == "" {
		return o
	}
	return append(o, member{name, SafeText(text)})
}

func savedFindings(f *planfile.File, limits bool) []object {
	out := []object{}
	for i := range f.Findings {
		one := &f.Findings[i]
		if (one.Kind == "limit") != limits {
			continue
		}
		result := "warn"
		switch {
		case one.Holds:
			result = "pass"
		case one.Lifted != "":
			result = "lifted"
		case one.Blocks || one.Refuses:
			result = "fail"
		}
		out = append(out, object{
			{"kind", SafeText(one.Kind)}, {"name", SafeText(one.Name)}, {"result", result}, {"blocks", one.Blocks},
			{"text", SafeText(one.Text)}, {"lifted", SafeText(one.Lifted)},
		})
	}
	return out
}

func savedMerchants(f *planfile.File) []object {
	out := []object{}
	for i := range f.Merchants {
		m := &f.Merchants[i]
		id, _ := strconv.ParseInt(m.ID, 10, 64) // of a file that somebody forged it may be no number: 0
		out = append(out, object{
			{"name", SafeText(m.Name)}, {"id", id}, {"environment", SafeText(m.Environment)}, {"api", SafeText(m.API)},
			{"order_prefix", SafeText(m.Prefix)}, {"currency", SafeText(m.Currency)}, {"time_zone", SafeText(m.Zone)}, {"to_pay", savedTally(m.Sends)},
		}.given("region", m.Region).given("base_url", m.BaseURL).given("post_link", m.PostLink))
	}
	return out
}

func savedInputs(f *planfile.File) []object {
	out := []object{}
	for _, in := range f.Inputs {
		out = append(out, object{{"path", SafeText(in.Path)}, {"sha256", SafeText(in.SHA256)}})
	}
	return out
}

func savedVariables(f *planfile.File) []object {
	out := []object{}
	for _, v := range f.Variables {
		out = append(out, object{{"name", SafeText(v.Name)}, {"sensitive", v.Sensitive}, {"value", SafeText(v.Value)}})
	}
	return out
}

func savedOverrides(f *planfile.File) []object {
	out := []object{}
	for _, o := range f.Overrides {
		out = append(out, object{{"name", SafeText(o.Name)}, {"reason", SafeText(o.Reason)}})
	}
	return out
}

func savedChange(c *planfile.Change) object {
	a, _ := payout.ParseAddress(c.Address) // the decoder refuses what is none
	o := object{{"address", SafeText(c.Address)}, {"mode", "managed"}, {"type", resourceType}, {"name", SafeText(a.Name)}}
	if a.HasKey {
		o = append(o, member{"index", SafeText(a.Key)})
	}
	action := "no-op"
	switch {
	case c.Sends():
		action = "create"
	case c.Action == string(planner.ActionCheck) && !c.Excluded:
		action = "read"
	}
	var before, after any
	if c.Status != "" {
		known := c.Attempt
		if c.Action == string(planner.ActionRetry) {
			known-- // the file names the attempt to come
		}
		before = object{{"status", c.Status}, {"attempt", known}}
	}
	if c.TimeLimit != "" { // a payout that left the files has none
		after = object{
			{"amount", c.Amount}, {"currency", c.Currency}, {"destination", SafeText(c.Destination)}, {"user_id", SafeText(c.UserID)},
			{"merchant", SafeText(c.Merchant)}, {"description", SafeText(c.Description)}, {"attempt", c.Attempt}, {"order_id", SafeText(c.OrderID)},
		}
	}
	return append(o, object{
		{"provider_name", provider}, {"action_reason", SafeText(c.Reason)}, {"payrun_action", c.Action}, {"excluded", c.Excluded},
		{"batch", SafeText(a.Batch)}, {"period", SafeText(a.Period)}, {"change", object{{"actions", []string{action}}, {"before", before}, {"after", after}}},
	}...)
}
