package hclconfig

import (
	"fmt"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
)

var batchSchema = newBlock(blockType{
	kind: "batch", labels: []string{"name"}, many: true,
	about: "Payouts that are declared together, such as one payroll.",
	attrs: []attribute{
		{name: "period", kind: kindText, need: `it is part of every payment's identity. Write period = "2026-11", or for a one-off its date`,
			about: "`[A-Za-z0-9._-]{1,16}`, part of every payment's identity: another period is another payment; a one-off takes its date"},
		{name: "merchant", kind: kindReference, fallback: "the only one", about: "Who pays: `merchant.NAME`, without quotation marks"},
		{name: "description", kind: kindText, about: "Of every payout that has none of its own"},
		{name: "not_before", kind: kindTime, fallback: "at once", about: "No payout starts before it"},
		{name: "deadline", kind: kindTime, fallback: "none", about: "No payout starts after it"},
		{name: "hold", kind: kindText, fallback: "not held", about: "The reason why nothing of it is paid for now"},
	},
	blocks: []*blockType{expectSchema, limitsSchema, payoutSchema},
})

var expectSchema = newBlock(blockType{
	kind: "expect", about: "Control totals, typed by a person from their own sheet. At least one of the two. They count every declared payout, paid and held ones too.",
	attrs: []attribute{
		{name: "count", kind: kindKey, about: "How many payouts the batch declares"},
		{name: "total", kind: kindAmount, about: "Their sum; may be grouped by spaces, `\"38 520 300.00\"`"},
	},
})

const aboutLimits = "Bounds of all payouts that the batch declares; at a merchant, of all that the plan sends for it. A broken limit is shown by " +
	"`plan` and refused by `apply`; `-override=BATCH.LIMIT` or `-override=merchant.NAME.LIMIT` with a `-reason` lifts it, unless it is written " +
	"`{ value = …, hard = true }`. Sums may be grouped by spaces."

var limitsSchema = newBlock(blockType{
	kind: "limits", about: aboutLimits,
	attrs: []attribute{
		{name: "max_payout", kind: kindLimit, fallback: "none", about: "The largest amount of one payout"},
		{name: "min_payout", kind: kindLimit, fallback: "none", about: "The smallest amount of one payout"},
		{name: "max_total", kind: kindLimit, fallback: "none", about: "The sum"},
		{name: "max_count", kind: kindCount, fallback: "none", about: "The number of payouts"},
		{name: "max_per_recipient", kind: kindLimit, fallback: "none", about: "The sum for one card token"},
		{name: "max_new_recipients", kind: kindCount, fallback: "none", about: "The number of card tokens that were never paid before"},
		{name: "duplicate_window", kind: kindDuration, fallback: fmt.Sprintf("`\"%dd\"`", planner.DefaultDuplicateWindow/(24*time.Hour)),
			about: "How far back the same amount to the same card token counts as paid twice, `\"1h\"` to " + fmt.Sprintf("`\"%dd\"`", maxDays)},
	},
})

var payoutSchema = newBlock(blockType{
	kind: "payout", labels: []string{"name"}, many: true,
	about: "One payout; with `for_each` or `rows` one of every element or row. Its address is `BATCH[\"PERIOD\"].NAME`, or " +
		"`BATCH[\"PERIOD\"].NAME[\"KEY\"]`, and one address is paid once.",
	attrs: []attribute{
		{name: "amount", kind: kindAmount, need: "it is what is paid", about: "What is paid; see [Money](#money)"},
		{name: "user_id", kind: kindKey, need: "the gateway requires it", about: "The recipient's id at the gateway; an integer with `api = \"gateway\"`"},
		{name: "card_token", kind: kindText, need: "it says which card is paid, such as card_token = row.card_token", about: "The saved card's token; never a card number"},
		{name: "description", kind: kindText, fallback: "the batch's", about: "Sent to the gateway; 1 to 255 characters, no `;`; required here or in the batch"},
		{name: "label", kind: kindText, about: fmt.Sprintf("For people, never sent; at most %d characters", maxLabel)},
		{name: "order_id", kind: kindText, fallback: "derived from prefix and address", about: "The order id at the gateway"},
		{name: "time_limit", kind: kindDuration, fallback: "`\"" + shortDuration(planner.DefaultTimeLimit) + "\"`",
			about: fmt.Sprintf("How long the gateway may try, from the sending; %s to %s", shortDuration(MinTimeLimit), shortDuration(MaxTimeLimit))},
		{name: "hold", kind: kindText, fallback: "not held", about: "The reason why it is not paid for now. An empty cell of a row is no reason: that row is paid"},
		{name: "allow_duplicate", kind: kindText, fallback: "refused", about: "The reason why the same amount to the same card token is meant. An empty cell of a row is no reason"},
		{name: "retry", kind: kindNumber, fallback: "`1`", about: fmt.Sprintf("The highest attempt, 1 to %d; above 1 a payout that failed is sent again", payout.MaxAttempts)},
		{name: "for_each", kind: kindElements, about: "One payout of every element: `each.key`, `each.value`. Not together with `rows`"},
		{name: "key", kind: kindKey, fallback: "required with `rows`", about: "Each row's identity, such as `row.employee_id`; only with `rows`"},
		{name: "when", kind: kindCondition, fallback: "every row", about: "Which rows are meant; the others are counted as skipped. Only with `rows`"},
	},
	blocks: []*blockType{rowsSchema},
})

var rowsSchema = newBlock(blockType{
	kind: "rows", about: "The file that a payout or import takes its rows from. See [Row files](#row-files).",
	attrs: []attribute{
		{name: "path", kind: kindText, need: "it names the file, relative to the configuration's directory", about: "The file, inside the directory; may use variables"},
		{name: "format", kind: kindText, fallback: "by the name's ending", about: quotedList(rowFormats)},
		{name: "delimiter", kind: kindText, fallback: "`\",\"`, of tsv a tab", about: "One character. Only csv and tsv"},
		{name: "decimal_separator", kind: kindText, words: []string{".", ","}, about: "What stands before the fraction of an amount"},
		{name: "group_separator", kind: kindText, fallback: "none", about: "One character between groups of digits of an amount, such as `\" \"`"},
		{name: "encoding", kind: kindText, words: []string{"utf-8", utf8BOM, "windows-1251", "utf-16le"}, about: "Never guessed. Not for xlsx"},
		{name: "header_row", kind: kindNumber, fallback: "`1`", about: fmt.Sprintf("The row with the headings, 1 to %d, where title lines stand above it. Not for jsonl", maxHeaderRow)},
		{name: "ignore_last", kind: kindNumber, fallback: "`0`", about: fmt.Sprintf("How many rows at the end are no payouts, such as a total row; 0 to %d", maxIgnoreLast)},
		{name: "sheet", kind: kindText, fallback: "the only one", about: "The sheet of a workbook. Only xlsx"},
		{name: "sha256", kind: kindText, fallback: "not compared", about: "The file's digest; another file is refused"},
		{name: "not_cards", kind: kindTexts, fallback: "none", about: "Columns whose digits may look like a card number"},
	},
})
