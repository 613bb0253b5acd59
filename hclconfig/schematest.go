package hclconfig

import "fmt"

// testLanguage is everything that a test file may hold.
var testLanguage = newTestBlock(blockType{blocks: []*blockType{runSchema, valuesSchema}})

var valuesSchema = newTestBlock(blockType{
	kind: "variables", about: "Values of variables, for one run or, outside of any run, for every run of the file. They win over all others.",
	free: "Every attribute is the value of a variable, a constant",
})

var runSchema = newTestBlock(blockType{
	kind: "run", labels: []string{"name"}, many: true,
	about: "One command, carried out on the sandbox in a folder of its own. The runs of a file stand in their order and share one state.",
	attrs: []attribute{
		{name: "command", kind: kindText, words: []string{TestApply, TestPlan, TestReconcile}, about: "What is run; may stand without quotation marks"},
		{name: "at", kind: kindTime, fallback: "now", about: "When it takes place, with its offset. Not for reconcile"},
		{name: "wait", kind: kindDuration, fallback: "as the command does", about: "How long it waits for final statuses, at most " + shortDuration(maxTestWait) + ". Not for plan"},
		{name: "target", kind: kindTexts, about: "As `-target`. Not for reconcile"},
		{name: "exclude", kind: kindTexts, about: "As `-exclude`. Not for reconcile"},
		{name: "retry_failed", kind: kindBool, fallback: "`false`", about: "As `-retry-failed`. Not for reconcile"},
		{name: "override", kind: kindTexts, about: "Limits that are lifted, as `-override`. Not for reconcile"},
		{name: "reason", kind: kindText, about: fmt.Sprintf("Of `override`, at least %d characters", minTestReason)},
	},
	blocks: []*blockType{valuesSchema, faultSchema, outcomeSchema, assertSchema},
})

var faultSchema = newTestBlock(blockType{
	kind: "fault", many: true, about: "What goes wrong at the gateway. Which payouts: `match` or `from`; without them every one.",
	attrs: []attribute{
		{name: "match", kind: kindAddress, about: "An address, or in quotation marks a pattern of addresses or order ids such as `\"*.staff[*]\"`"},
		{name: "from", kind: kindAddress, about: "An address: this payout and those behind it in the batch's files"},
		{name: "call", kind: kindText, words: []string{"payout", "status", "balance"}, about: "Which calls; may stand without quotation marks"},
		{name: "nth", kind: kindNumber, fallback: "each", about: "Only the call of this number"},
		{name: "do", kind: kindText, about: "What the gateway does, such as `\"reject:10017\"`, `\"drop-before\"`, `\"drop-after\"`, `\"delay:2s\"`: see [Faults of the sandbox](#faults-of-the-sandbox). This or `then` is required"},
		{name: "then", kind: kindText, about: "What becomes of the payment later: `\"success\"`, `\"error:CODE\"`, `\"process:N\"`"},
	},
})

var outcomeSchema = newTestBlock(blockType{
	kind: "expect", about: "How the command ends.",
	attrs: []attribute{
		{name: "exit_code", kind: kindNumber, fallback: "`0`", about: "The exit code"},
		{name: "safe_to_run_again", kind: kindBool, fallback: "not compared", about: "What the last line says"},
	},
})

var assertSchema = newTestBlock(blockType{
	kind: "assert", many: true, about: "What must hold after the command. Judged only where the exit code is the expected one.", attrs: conditionAttrs,
})
