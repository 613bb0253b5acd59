package hclconfig

import "fmt"

var settingsSchema = newBlock(blockType{
	kind:  "payrun",
	about: "Settings of the whole directory. It may be left out.",
	attrs: []attribute{
		{name: "required_version", kind: kindText, fallback: "any version",
			about: "Which versions of payrun may work here, such as `\">= 0.1.0\"` or `\">= 0.1.0, < 1.0.0\"`"},
		{name: "publish_labels", kind: kindBool, fallback: "`false`",
			about: "`true` writes labels, which may be names of people, into the plan file, the state and markdown"},
	},
	blocks: []*blockType{stateSchema},
})

var stateSchema = newBlock(blockType{
	kind: "state", labels: []string{"type"},
	about: "Where the record of what was paid is kept. The type is `\"local\"`: a file.",
	attrs: []attribute{
		{name: "path", kind: kindText, fallback: "`\"" + DefaultStatePath + "\"`",
			about: "The file, relative to the directory, in a folder that exists; may use variables"},
	},
})

var variableSchema = newBlock(blockType{
	kind: "variable", labels: []string{"name"}, many: true,
	about: "A value that is given from outside, read as `var.NAME`. Later ones win: `default`, the environment's `PAYRUN_VAR_NAME`, " +
		"files of `-var-file` (`*.vars.hcl`, `*.vars.json`), `-var NAME=VALUE`. No file of values is loaded by itself, and a value for a name " +
		"that is not declared is an error.",
	attrs: []attribute{
		{name: "type", kind: kindType, fallback: "any value, a text from outside",
			about: "`string`, `number`, `bool`, `any`, `list(T)`, `set(T)`, `map(T)`, `tuple([T, …])`, `object({ name = T, other = optional(T, default) })`"},
		{name: "default", kind: kindAny, fallback: "none: a value must be given", about: "A constant"},
		{name: "description", kind: kindText, about: "For people"},
		{name: "sensitive", kind: kindBool, fallback: "`false`", about: "`true` keeps the value, and what is made of it, out of everything that is printed or kept"},
		{name: "nullable", kind: kindBool, fallback: "`true`", about: "`false`: a null stands for the default, or is an error where there is none"},
	},
	blocks: []*blockType{validationSchema},
})

var validationSchema = newBlock(blockType{
	kind: "validation", many: true, about: "A rule that the value must keep; it may use `var.NAME`, other variables and functions.",
	attrs: conditionAttrs,
})

// conditionAttrs are those of every block that demands something.
var conditionAttrs = []attribute{
	{name: "condition", kind: kindCondition, need: "it is what is checked", about: "What must be true"},
	{name: "error_message", kind: kindText, need: "it says what is wrong when the condition is false",
		about: "What is said when it is not; may use the same names"},
}

var localsSchema = newBlock(blockType{
	kind: "locals", many: true, about: "Named values, read as `local.NAME`. They may use variables, functions and each other, in any order.",
	free: "Every attribute is a local",
})

var checkSchema = newBlock(blockType{
	kind: "check", labels: []string{"name"}, many: true,
	about: "Assertions about the plan, judged once it is made. It is the place for `batch.NAME`.",
	attrs: []attribute{
		{name: "severity", kind: kindText, words: []string{string(Block), string(Warn)}, about: "`\"block\"`: plan reports it and apply refuses; `\"warn\"`: it is reported only"},
	},
	blocks: []*blockType{assertionSchema},
})

var assertionSchema = newBlock(blockType{
	kind: "assert", many: true, about: "One assertion; a check has one or more.", attrs: conditionAttrs,
})

var outputSchema = newBlock(blockType{
	kind: "output", labels: []string{"name"}, many: true,
	about: "A value for people and programs: `payrun output`. It may use `batch.NAME`.",
	attrs: []attribute{
		{name: "value", kind: kindAny, need: "it is what the output shows", about: "The value"},
		{name: "description", kind: kindText, about: "For people"},
		{name: "sensitive", kind: kindBool, fallback: "`false`", about: "`true` masks it; required where the value is made of something sensitive"},
	},
})

var approvalsSchema = newBlock(blockType{
	kind: "approvals",
	about: "Who must approve a saved plan before it is applied, with SSH keys: `payrun approve`. Constants only: a rule that a variable could " +
		"change would be none. Whoever wrote a file of the plan since the last apply does not count.",
	attrs: []attribute{
		{name: "required", kind: kindNumber, need: "it says how many people must approve", about: fmt.Sprintf("How many people, 1 to %d", maxApprovers)},
		{name: "allowed_signers", kind: kindText, need: "it names the file with their public keys",
			about: "The file of their keys, in the format of ssh-keygen's allowed signers, inside the directory"},
		{name: "expires", kind: kindDuration, fallback: "`\"" + shortDuration(DefaultExpires) + "\"`",
			about: fmt.Sprintf("How long an approval holds, %s to %s", shortDuration(minExpires), shortDuration(maxExpires))},
	},
})

var movedSchema = newBlock(blockType{
	kind: "moved", many: true, about: "A payout that was renamed. What was paid under the old address counts for the new one; nothing is paid. Between two addresses " +
		"without a key it renames every row or element of them; a block that names a key goes before it. It stays as long as the payout is declared.",
	attrs: []attribute{
		{name: "from", kind: kindAddress, need: "it is the address that the payout had", about: "The address that it had"},
		{name: "to", kind: kindAddress, need: "it is the address that the payout has now", about: "The address that it has now"},
	},
})

var importSchema = newBlock(blockType{
	kind: "import", many: true,
	about: "A declared payout that was paid elsewhere. The gateway is asked, the payment is recorded, and nothing is sent. With `for_each` or " +
		"`rows` it is one of every element or row.",
	attrs: []attribute{
		{name: "to", kind: kindAddress, need: "it is the address of the payout that was paid elsewhere",
			about: "The address; with `for_each` its last index is `each.key`, with `rows` an expression of `row`"},
		{name: "payment_id", kind: kindKey, about: "The gateway's number of the payment. This or `order_id` is required"},
		{name: "order_id", kind: kindText, about: "The order id that it was paid under"},
		{name: "amount", kind: kindAmount, need: "it is what was paid", about: "What was paid; the same as declared"},
		{name: "reason", kind: kindText, need: "it stands in the plan and in the state", about: fmt.Sprintf("Why it is known to be paid, at most %d characters", maxReason)},
		{name: "unverified", kind: kindText, fallback: "the gateway must confirm it", about: "Why the gateway cannot confirm it; recorded as such"},
		{name: "for_each", kind: kindElements, about: "One import of every element. Not together with `rows`"},
	},
	blocks: []*blockType{rowsSchema},
})
