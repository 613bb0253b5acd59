package hclconfig

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"payrun/planner/payout"
)

// The commands that a run can carry out.
const (
	TestPlan      = "plan"
	TestApply     = "apply"
	TestReconcile = "reconcile"
)

// TestRun is one run block: a command, what goes wrong at the gateway, and
// what is expected of it.
type TestRun struct {
	Name    string
	Command string // TestPlan, TestApply or TestReconcile

	At          time.Time      // the time that the run takes place; zero = now
	Wait        *time.Duration // for final statuses; nil = as the command does
	Targets     []string       // as -target
	Excludes    []string       // as -exclude
	RetryFailed bool
	Overrides   []string // names of limits that are lifted
	Reason      string   // of Overrides

	Faults   []TestFault
	ExitCode int   // expected; 0 where the file does not say
	Safe     *bool // expected of "Safe to run again"; nil = not asked

	file    string
	text    []byte
	values  hcl.Attributes
	block   *hcl.Block
	outcome *reader // the expect block; nil = none
	asserts []*reader
}

// TestFault is one fault block, in the words of the sandbox's faults file.
type TestFault struct {
	Match string          // a glob over addresses or order ids; "" = every payout
	From  *payout.Address // instead of Match: this payout, and those behind it in the batch's files
	Call  string          // "payout" where the file does not say
	Nth   int             // 0 = each
	Do    string
	Then  string

	attrs *reader
}

// Options are those of a load for this run: its values win over all others.
func (r *TestRun) Options(base Options) Options {
	base.run = r
	return base
}

// File is the name of the test file.
func (r *TestRun) File() string { return r.file }

func (l *loader) loadRun(b *hcl.Block, shared hcl.Attributes) *TestRun {
	r := l.read(b, runSchema)
	run := &TestRun{Name: b.Labels[0], block: b, values: hcl.Attributes{}}
	maps.Copy(run.values, shared)
	maps.Copy(run.values, l.testValues(r.body.Blocks.OfType("variables"), "run"))
	run.Command = r.word("command")
	r.taken(run.Command)
	run.At = r.testTime()
	if r.has("wait") {
		wait := r.duration("wait", 0, maxTestWait, 0)
		run.Wait = &wait
	}
	run.Targets, run.Excludes, run.RetryFailed = r.texts("target"), r.texts("exclude"), r.boolean("retry_failed")
	run.Overrides = r.texts("override")
	run.Reason, _ = r.text("reason")
	if len(run.Overrides) > 0 && len([]rune(run.Reason)) < minTestReason {
		r.fail(msgTestReason, r.at("override"), minTestReason)
	}
	for _, f := range r.body.Blocks.OfType("fault") {
		run.Faults = append(run.Faults, l.loadFault(f))
	}
	if e := r.only("expect"); e != nil {
		run.outcome = l.read(e, outcomeSchema)
		run.expected()
	}
	for _, a := range r.body.Blocks.OfType("assert") {
		run.asserts = append(run.asserts, l.loadTestAssert(a))
	}
	return run
}

const (
	maxTestWait   = time.Hour
	minTestReason = 10 // of -reason
	maxExitCode   = 255
)

// expected reads the expect block.
func (run *TestRun) expected() {
	code, _ := run.outcome.integer("exit_code", 0, maxExitCode)
	run.ExitCode = int(code)
	if v, ok := run.outcome.typed("safe_to_run_again", cty.Bool); ok {
		safe := v.True()
		run.Safe = &safe
	}
}

// word is one of a few words, which may stand without quotation marks.
func (r *reader) word(name string) string {
	words := r.kind.attribute(name).words
	if attr, ok := r.attrs[name]; ok {
		if word := hcl.ExprAsKeyword(attr.Expr); word != "" {
			if !slices.Contains(words, word) {
				r.fail(msgOneOf, r.at(name), name, quotedList(words), word, suggest(word, words))
			}
			return word
		}
	}
	return r.oneOf(name)
}

// takers are the commands that an option of a run belongs to.
var takers = map[string][]string{
	"at": {TestPlan, TestApply}, "target": {TestPlan, TestApply}, "exclude": {TestPlan, TestApply},
	"retry_failed": {TestPlan, TestApply}, "override": {TestPlan, TestApply}, "reason": {TestPlan, TestApply},
	"wait": {TestApply, TestReconcile},
}

// taken reports options that the command of the run does not have.
func (r *reader) taken(command string) {
	for _, name := range sortedKeys(r.attrs) {
		if of := takers[name]; of != nil && !slices.Contains(of, command) {
			r.fail(msgTestCommand, r.attrs[name].NameRange, name, quotedList(of), command)
		}
	}
}

func (r *reader) testTime() time.Time {
	text, ok := r.text("at")
	if !ok {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.fail(msgTestTime, r.at("at"), text)
	}
	return at
}

func (l *loader) loadTestAssert(b *hcl.Block) *reader {
	r := l.read(b, assertSchema)
	for _, name := range sortedKeys(r.attrs) {
		// What a run makes known is unknown here; everything else is checked.
		if v, ok := l.evaluate(l.scope, r.attrs[name].Expr); ok && name == "condition" && v.Type() != cty.Bool && v.IsWhollyKnown() {
			r.condition(name)
		}
	}
	return r
}

func (l *loader) loadFault(b *hcl.Block) TestFault {
	r := l.read(b, faultSchema)
	f := TestFault{attrs: r}
	f.Call = r.word("call")
	if r.has("match") && r.has("from") {
		r.fail(msgTestFaultBoth, r.attrs["from"].NameRange)
	}
	if r.has("from") {
		if a, ok := r.address("from"); ok {
			f.From = &a
		}
		if f.Call == "balance" {
			r.fail(msgTestFaultFrom, r.attrs["from"].NameRange, f.Call)
		}
	}
	f.Match = r.match()
	nth, _ := r.integer("nth", 1, math.MaxInt32)
	f.Nth = int(nth)
	f.Do, _ = r.nonEmpty("do")
	f.Then, _ = r.nonEmpty("then")
	if !r.has("do") && !r.has("then") {
		r.need("do", "it is what the gateway does, such as \"drop-after\" or \"reject:10017\"")
	}
	return f
}

// match reads which payouts a fault meets: an address written as a reference,
// or a glob in a text.
func (r *reader) match() string {
	attr, ok := r.attrs["match"]
	if !ok {
		return ""
	}
	if t, diags := hcl.AbsTraversalForExpr(attr.Expr); !diags.HasErrors() {
		if a, ok := traversalAddress(t); ok {
			return a.String()
		}
	}
	text, _ := r.nonEmpty("match")
	return text
}

// Unusable reports what the sandbox says about an attribute of the fault. Words
// are those that the attribute takes, where they are a few.
func (f *TestFault) Unusable(attribute, reason string, words []string) *hcl.Diagnostic {
	given := map[string]string{"do": f.Do, "then": f.Then}[attribute]
	word, _, _ := strings.Cut(given, ":")
	hint := ""
	if !slices.Contains(words, word) {
		hint = suggest(word, words)
	}
	return f.attrs.make(hcl.DiagError, msgTestFault, f.attrs.at(attribute), reason, hint)
}

// Meetless reports a fault that meets none of the payouts that are declared.
func (f *TestFault) Meetless(known []string) *hcl.Diagnostic {
	name, given := "match", f.Match
	if f.From != nil {
		name, given = "from", f.From.String()
	}
	return f.attrs.make(hcl.DiagError, msgTestNoSuch, f.attrs.at(name), name, given, suggest(given, known))
}
