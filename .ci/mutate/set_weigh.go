package main

const (
	weighFile   = "planner/payout/weigh.go"
	attemptFile = "planner/payout/attempt.go"
	orderFile   = "planner/payout/orderid.go"
	moneyFile   = "planner/payout/money.go"
)

// weighSet breaks how status answers are weighed.
func weighSet() []mutation {
	tests := by("planner/payout")
	return []mutation{
		{
			name: "fence-ignored", why: "a payout is given up while the gateway may still pay it",
			edits: in(weighFile, `if enough && a.PastFence(o.At) {`, `if enough {`), tests: tests,
		},
		{
			name: "fence-without-margin", why: "the fence stands hours too early where the gateway counts in another zone",
			edits: in(attemptFile, `const FenceMargin = 6 * time.Hour`, `const FenceMargin = 0 * time.Hour`), tests: tests,
		},
		{
			name: "fence-without-limit", why: "an attempt without a time limit of ours is past its fence from the start",
			edits: in(attemptFile, `return ok && now.After(at)`, `return ok == ok && now.After(at)`), tests: tests,
		},
		{
			name: "one-not-found-is-enough", why: "a look-up that missed once gives a payment up",
			edits: in(weighFile, `doubtNotFounds   = 3`, `doubtNotFounds   = 1`), tests: tests,
		},
		{
			name: "not-found-at-once", why: "three hasty answers give a payment up that shows a minute later",
			edits: in(weighFile, ` && o.At.Sub(out.NotFound.First) >= w.NotFound`, ``), tests: tests,
		},
		{
			name: "payment-id-not-found", why: "a payment with an id is given up and paid anew",
			edits: in(weighFile, `case a.Status() == InDoubt && a.PaymentID == "":`, `case a.Status() == InDoubt:`), tests: tests,
		},
		{
			name: "one-refusal-is-enough", why: "a refusal is believed before a second look, and retried",
			edits: in(weighFile, `refusalNotFounds = 2`, `refusalNotFounds = 1`), tests: tests,
		},
		{
			name: "refusal-confirmed-at-once", why: "a refusal counts as confirmed while the payment is still on its way",
			edits: in(weighFile, `o.At.Sub(a.Last().At) < w.Refusal || `, ``), tests: tests,
		},
		{
			name: "one-failure-is-enough", why: "a single error answer lets a payout be retried without a person",
			edits: in(weighFile, `retryFailures    = 2`, `retryFailures    = 1`), tests: tests,
		},
		{
			name: "failures-at-once", why: "two answers of one second let a payout be retried",
			edits: in(weighFile, `if a.RetrySeen() || o.At.Sub(a.Failures.First) < w.Failure {`, `if a.RetrySeen() {`), tests: tests,
		},
		{
			name: "late-error-wins", why: "an error after success makes paid failed, which is retried",
			edits: in(weighFile, `return r.raise(out, FlagDisputed)`, `break`), tests: tests,
		},
		{
			name: "late-success-lost", why: "a failed payout that was paid after all stays failed, and is retried",
			edits: in(weighFile, "case Failed:\n\t\tout.become(Paid, CauseSuccess, o)\n", "case Failed:\n\t\treturn learn(a, out)\n"), tests: tests,
		},
		{
			name: "late-process-wins", why: "a late process makes paid accepted: the payment is counted as open",
			edits: in(weighFile, "case InDoubt, Rejected, NotFound:\n\t\tout.become(Accepted", "case InDoubt, Rejected, NotFound, Paid:\n\t\tout.become(Accepted"), tests: tests,
		},
		{
			name: "refused-payment-lives", why: "a refused payout that turns out to live keeps its leave to be retried",
			edits: in(weighFile, "out.Failures = Seen{}\n\t\t\tif !r.HasFlag(FlagAlarm) {", "if !r.HasFlag(FlagAlarm) {"), tests: tests,
		},
		{
			name: "second-payment-id-taken", why: "a second payment under one order id replaces the first, and nobody hears of it",
			edits: in(weighFile, `o.PaymentID != a.PaymentID; other {`, `o.PaymentID != a.PaymentID; other && false {`), tests: tests,
		},
		{
			name: "two-alive-without-alarm", why: "two attempts of one payout are paid, and nobody hears of it",
			edits: in(weighFile, `if r.Attempts[i].N != n && r.Attempts[i].Status().alive() {`, `if r.Attempts[i].N > n && r.Attempts[i].Status().alive() {`), tests: tests,
		},
		{
			name: "earlier-attempt-unheard", why: "an earlier attempt that was paid after all no longer keeps the payout from being sent",
			edits: in(attemptFile, `for i := len(r.Attempts) - 2; i >= 0; i-- {`, `for i := len(r.Attempts) - 2; i >= 1; i-- {`), tests: tests,
		},
		{
			name: "terms-follow-the-edit", why: "what an earlier attempt paid is forgotten when the payout is edited",
			edits: in(attemptFile, `r.Attempts[i].Was = old`, `_ = old`), tests: tests,
		},
	}
}

// identitySet breaks order ids and amounts.
func identitySet() []mutation {
	tests := by("planner/payout")
	return []mutation{
		{
			name: "identity-without-period", why: "next month's salary has the order id of this month's and is never paid",
			edits: in(orderFile, `norm.NFC.String(in.Address.String())`, `norm.NFC.String(Address{Batch: in.Address.Batch, Name: in.Address.Name, Key: in.Address.Key, HasKey: in.Address.HasKey}.String())`), tests: tests,
		},
		{
			name: "identity-without-key", why: "all rows of a file have one order id: one person is paid",
			edits: in(orderFile, `norm.NFC.String(in.Address.String())`, `norm.NFC.String(in.Address.Term())`), tests: tests,
		},
		{
			name: "identity-without-attempt", why: "a retry has the order id of the attempt that failed",
			edits: in(orderFile, `strconv.AppendInt(text, int64(in.Attempt), 10)`, `strconv.AppendInt(text, 1, 10)`), tests: tests,
		},
		{
			name: "identity-without-merchant", why: "after a lost state another account's payment is taken for ours",
			edits: in(orderFile, `append(strconv.AppendInt(text, in.MerchantID, 10), 0)`, `append(text, 0)`), tests: tests,
		},
		{
			name: "declared-order-id-again", why: "a retry goes out under the order id that the file declares for the first attempt",
			edits: in(orderFile, `return declared + "-r" + strconv.Itoa(attempt)`, `return declared`), tests: tests,
		},
		{
			name: "declared-order-id-ends-in-r2", why: "a declared order id is the one of another payout's second attempt",
			edits: in(orderFile, `ok && base != "" && n != "" && digitsOnly(n) {`, `ok && base != "" && n != "" && !digitsOnly(n) {`), tests: tests,
		},
		{
			name: "sums-overflow", why: "a sum wraps around and passes every limit",
			edits: in(moneyFile, `if o.Minor > 0 && m.Minor > math.MaxInt64-o.Minor || `, `if `), tests: tests,
		},
		{
			name: "amounts-overflow", why: "an amount with too many digits becomes another amount",
			edits: in(moneyFile, `if minor > (math.MaxInt64-digit)/10 {`, `if minor < 0 {`), tests: tests,
		},
	}
}
