package main

const (
	classifyFile = "executor/classify.go"
	verdictFile  = "executor/verdict.go"
	lookupFile   = "executor/lookup.go"
	sendFile     = "executor/send.go"
	callFile     = "executor/call.go"
	proveFile    = "executor/prove.go"
	earlierFile  = "executor/earlier.go"
	adoptFile    = "executor/adopt.go"
)

// classifySet breaks what an answer proves.
func classifySet() []mutation {
	return []mutation{
		{
			name: "sent-counts-as-not-sent", why: "a call that was cut after its first byte is sent again",
			edits: in(classifyFile, `if errors.As(err, &call) && call.Sent == 0 {`, `if errors.As(err, &call) {`), tests: by("executor", "TestClassifyFailure"),
		},
		{
			name: "ok-is-paid", why: "accepted counts as paid, and what fails later is never paid",
			edits: in(classifyFile, `r.status, r.code = payout.Accepted, ""`, `r.status, r.code = payout.Paid, ""`), tests: by("executor", "TestClassify"),
		},
		{
			name: "ok-unsigned", why: "an ok, or a refusal, of anybody is believed",
			edits: in(classifyFile, `case !a.Signed:`, `case false:`), tests: by("executor", "TestClassify"),
		},
		{
			name: "ok-with-an-error-code", why: "an ok that says error as well counts as accepted",
			edits: in(classifyFile, "case a.HasErrorCode && a.ErrorCode != 0:\n\t\treturn r.because", "case false:\n\t\treturn r.because"), tests: by("executor", "TestClassify"),
		},
		{
			name: "ok-without-payment", why: "an ok that names no payment counts as accepted",
			edits: in(classifyFile, "case a.PaymentID == \"\" || a.PaymentID == \"0\":", "case false:"), tests: by("executor", "TestClassify"),
		},
		{
			name: "ok-without-amount", why: "an ok of an unknown amount counts as accepted",
			edits: in(classifyFile, ` || a.Amount == "":`, `:`), tests: by("executor", "TestClassify"),
		},
		{
			name: "echoes-not-compared", why: "the answer to another order settles this one",
			edits: in(classifyFile, `case echoesDiffer(a, s):`, `case false:`), tests: by("executor", "TestClassify"),
		},
		{
			name: "refusal-of-any-code", why: "a refusal that proves nothing counts as proof that nothing was paid",
			edits: in(classifyFile, `case known && code.Class == freedompay.NotExecuted:`, `case known:`), tests: by("executor", "TestClassifyEveryCode"),
		},
		{
			name: "refusal-of-no-known-code", why: "a refusal with a code that nobody knows counts as proof",
			edits: in(classifyFile, `case known && code.Class == freedompay.NotExecuted:`, `case !known || code.Class == freedompay.NotExecuted:`), tests: by("executor", "TestClassify", "TestClassifyEveryCode"),
		},
		{
			name: "refusal-of-a-payment", why: "a refusal that names a payment counts as proof that there is none",
			edits: in(classifyFile, `case a.PaymentID != "" && a.PaymentID != "0":`, `case false:`), tests: by("executor", "TestClassify", "TestRefusalNamesAPayment"),
		},
		{
			name: "default-is-refused", why: "what cannot be read counts as refused and is paid anew",
			edits: in(classifyFile, `r := result{status: payout.InDoubt, source`, `r := result{status: payout.Rejected, source`), tests: by("executor", "TestClassify"),
		},
		{
			name: "wrong-key-without-401", why: "an unsigned word of anybody stops the run and calls a payout refused",
			edits: in(classifyFile, `return a.HTTPStatus == http.StatusUnauthorized &&`, `return a.HTTPStatus >= http.StatusOK &&`), tests: by("executor", "TestClassify"),
		},
		{
			name: "question-failed-is-payment-failed", why: "an error about the question counts as an error of the payment, which is retried",
			edits: in(verdictFile, `return r.refusedQuestion(a)`, "r.verdict = payout.SaysError\n\t\treturn r"), tests: by("executor", "TestReadStatus"),
		},
		{
			name: "status-unsigned", why: "a status answer of anybody is believed",
			edits: in(verdictFile, `case !a.Signed:`, `case false:`), tests: by("executor", "TestReadStatus"),
		},
		{
			name: "status-of-another-order", why: "the answer about another order settles this one",
			edits: in(verdictFile, ` || a.OrderID != "" && a.OrderID != q.orderID:`, `:`), tests: by("executor", "TestReadStatus"),
		},
		{
			name: "status-without-order", why: "an answer that names no order settles this one",
			edits: in(verdictFile, "case a.OrderID != q.orderID:\n", "case false:\n"), tests: by("executor", "TestReadStatus"),
		},
		{
			name: "status-unknown-word", why: "a word that nobody knows counts as not found",
			edits: in(verdictFile, `return r.nothing("pg_payment_status is " + strconv.Quote(cleanWords(a.PaymentStatus)))`, "r.verdict = payout.SaysNotFound\n\t\treturn r"), tests: by("executor", "TestReadStatus"),
		},
		{
			name: "status-other-amount", why: "a payment of another amount counts as ours",
			edits: in(verdictFile, `case !valid || !equal:`, `case !valid && !equal:`), tests: by("executor", "TestReadAmounts"),
		},
		{
			name: "status-no-amount", why: "a payment whose amount nobody says counts as ours",
			edits: in(verdictFile, `if !q.ours || q.paymentID != a.PaymentID {`, `if !q.ours {`), tests: by("executor", "TestReadAmounts"),
		},
		{
			name: "any-refusal-is-not-found", why: "a question that was refused counts as a payment that is not there",
			edits: in(verdictFile, `if a.HasErrorCode && (a.ErrorCode == codeNotFound || a.ErrorCode == codeNotFoundOld) || a.PaymentID == "0" {`, `if a.HasErrorCode {`), tests: by("executor", "TestReadStatus"),
		},
		{
			name: "judge-other-amount", why: "a payment of another amount makes the payout paid",
			edits: in("executor/judge.go", `case a.amountOff, a.noAmount &&`, `case a.noAmount &&`), tests: by("executor", "TestJudgeAnotherAmount"),
		},
		{
			name: "one-payment-twice", why: "one payment makes two payouts paid, and one person gets nothing",
			edits: in("executor/holders.go", `held && have != h {`, `held && have != h && false {`), tests: by("executor", "TestPaymentIDTwice"),
		},
	}
}

// lookupSet breaks what is asked before a send.
func lookupSet() []mutation {
	return []mutation{
		{
			name: "lookup-skipped", why: "after a lost state everything is paid again",
			edits: in(lookupFile, `if m.LookupOff {`, `if m.LookupOff || c.Attempt > 0 {`), tests: by("executor", "TestStateBehind"),
		},
		{
			name: "lookup-unanswered", why: "a gateway that does not answer counts as one that knows nothing",
			edits: in(lookupFile, `if one.answer.verdict == "" {`, `if one.answer.verdict == "" && one.attempt == 0 {`), tests: by("executor", "TestNoAnswer"),
		},
		{
			name: "lookup-forgets-attempts", why: "after a lost state a payment of a later attempt is not found, and the payout is paid again",
			edits: in(lookupFile, `first, last = 1, payout.MaxAttempts`, `first, last = 1, 1`), tests: by("executor", "TestCandidates", "TestUnprovenFinds"),
		},
		{
			name: "lookup-forgets-former-names", why: "a payment under a former name or prefix is not found, and the payout is paid again",
			edits: in(lookupFile, `range c.KnownOrderIDs(n) {`, `range c.KnownOrderIDs(n)[:1] {`), tests: by("executor", "TestCandidates"),
		},
		{
			name: "lookup-sees-only-the-living", why: "an order id under which a payment failed goes on the wire again",
			edits: in(lookupFile, `if one.answer.found() {`, `if one.answer.alive() {`), tests: by("executor", "TestAdoption"),
		},
		{
			name: "lookup-keeps-for-ever", why: "a look-up of minutes ago counts at the first byte",
			edits: in(callFile, `age > lookupFresh && !r.merchantOf(c).LookupOff {`, `age > lookupFresh && r.merchantOf(c).LookupOff {`), tests: by("executor", "TestSlowJournal"),
		},
		{
			name: "lookup-found-and-sent-on", why: "a state behind the gateway goes on paying",
			edits: in(sendFile, "if cleared.behind {\n\t\t\tr.behind()\n\t\t}", ""), tests: by("executor", "TestStateBehind"),
		},
		{
			name: "unproven-sends-at-once", why: "a state that lost its tail looks up one attempt instead of all",
			edits: in("executor/wholeplan.go", `r.lookup(ctx, m, c, true)`, `r.lookup(ctx, m, c, false)`), tests: by("executor", "TestUnprovenState"),
		},
		{
			name: "unproven-does-not-pause", why: "a call of the lost run arrives after the look-up, and is paid twice",
			edits: in("executor/phases.go", `_ = sleep(started, wait)`, `_ = wait`), tests: by("executor", "TestUnprovenState"),
		},
		{
			name: "found-with-other-amount", why: "a payment of another amount is recorded as this payout's",
			edits: in(adoptFile, `return amount, err == nil && !a.alive()`, `return amount, err == nil`), tests: by("executor", "TestUnprovenOtherAmount"),
		},
		{
			name: "dead-with-other-amount", why: "a failed attempt gives the record a false amount, and the live one takes it",
			edits: in(adoptFile, `o.Adopt.Amount = terms`, `_ = terms`), tests: by("executor", "TestFailedWithOtherAmount"),
		},
		{
			name: "left-alone-not-looked-up", why: "a retry that the state forgot is paid, and stays failed in the records",
			edits: in("executor/wholeplan.go", `(r.Unproven || c.Status() == payout.Failed)`, `r.Unproven`), tests: by("executor", "TestLookupLeft"),
		},
		{
			name: "nothing-sent-proves-the-state", why: "look-ups that nobody tested make a lost state count as whole",
			edits: in("executor/run.go", `r.report.LookedUp = !r.Unproven || len(changes) > 0`, `r.report.LookedUp = true`), tests: by("executor", "TestLookupLeft"),
		},
		{
			name: "lying-payment-id-denies", why: "a payment id that was a lie is not found, and the payout goes out again",
			edits: in("executor/settle.go", `	if !again.found() {`, `	if !again.found() && answer.verdict != "" {`), tests: by("executor", "TestPaymentIDThatWasALie"),
		},
		{
			name: "found-keeps-the-old-amount", why: "what was paid is recorded with the amount of an older intent",
			edits: in("planner/payout/entry.go", `if attempt == nil || o.Adopt != nil &&`, `if attempt == nil || false && o.Adopt != nil &&`), tests: by("planner/payout", "TestAdoptNotSent"),
		},
		{
			name: "found-twice-without-alarm", why: "two payments of one payout are found, and nobody hears of it",
			edits: in(adoptFile, `if several && f.answer.alive()`, `if several && !f.answer.alive()`), tests: by("executor", "TestUnprovenTwoAlive"),
		},
		{
			name: "earlier-not-asked", why: "a retry goes out though the attempt before was paid late",
			edits: in(sendFile, `if !r.earlierDead(started, c) {`, `if c.Attempt == 0 && !r.earlierDead(started, c) {`), tests: by("executor", "TestEarlierDead"),
		},
		{
			name: "earlier-alive-ignored", why: "a retry goes out though the attempt before lives",
			edits: in(earlierFile, `case answer.alive():`, `case false:`), tests: by("executor", "TestEarlierAlive"),
		},
		{
			name: "earlier-unanswered-ignored", why: "a retry goes out though nobody says what became of the attempt before",
			edits: in(earlierFile, `case answer.verdict == "":`, `case false:`), tests: by("executor", "TestEarlierUnanswered"),
		},
		{
			name: "first-not-alone", why: "the whole plan goes out before anybody knows what not found is worth",
			edits: in(proveFile, `if merchant.LookupOff || r.inquirer.proven(merchant) {`, `if merchant.LookupOff || merchant.Gateway != nil {`), tests: by("executor", "TestFirstAlone"),
		},
		{
			name: "first-never-found-goes-on", why: "the rest goes out though the first payout cannot be found by its order id",
			edits: in(proveFile, `r.stop.halt(StopLookup, fmt.Sprintf("the first payout, order`, `_ = fmt.Sprint(StopLookup, fmt.Sprintf("the first payout, order`), tests: by("executor", "TestFirstBlind"),
		},
		{
			name: "retest-ignored", why: "look-ups are trusted that no longer find a known payment",
			edits: in(proveFile, `r.stop.halt(StopLookup, fmt.Sprintf("the gateway does not find`, `_ = fmt.Sprint(StopLookup, fmt.Sprintf("the gateway does not find`), tests: by("executor", "TestRetest"),
		},
		{
			name: "denials-by-a-wrong-clock", why: "a clock that runs ahead lets not-found answers count too early",
			edits: in("executor/judge.go", `a.skew() > maxClockSkew:`, `a.skew() < -maxClockSkew:`), tests: by("executor", "TestClockAheadProvesNothing"),
		},
		{
			name: "clocks-not-compared", why: "time limits and fences hang on a clock that is hours off",
			edits: in(lookupFile, `skew > maxClockSkew {`, `skew < -maxClockSkew {`), tests: by("executor", "TestClocks"),
		},
	}
}

// sendSet breaks the order of steps around one call.
func sendSet() []mutation {
	return []mutation{
		{
			name: "send-before-begin", why: "a crash after the call leaves no trace of it, and the payout is paid again",
			edits: in(sendFile, "if !r.commit(c, intent) {\n\t\treturn payout.Declared\n\t}\n\treturn r.call(calls, m, c, intent, turn, cleared)",
				"status := r.call(calls, m, c, intent, turn, cleared)\n\tr.commit(c, intent)\n\treturn status"), tests: by("executor", "TestHappyPath"),
		},
		{
			name: "send-though-begin-failed", why: "a payout is sent whose intent is not on disk",
			edits: in(sendFile, "\t\tr.unwritten(err, false)\n\t\treturn false\n", "\t\tr.unwritten(err, false)\n\t\treturn true\n"), tests: by("executor", "TestBeginFails"),
		},
		{
			name: "send-on-after-a-lost-result", why: "a run goes on sending though its results no longer reach the disk",
			edits: in(callFile, "r.unwritten(err, true)\n", ""), tests: by("executor", "TestEndFails"),
		},
		{
			name: "send-without-the-lock", why: "two runs send from one state",
			edits: in(sendFile, "err := r.StillOurs()\n\tif err != nil {", "err := error(nil)\n\tif err != nil {"), tests: by("executor", "TestLockLost"),
		},
		{
			name: "send-after-the-deadline", why: "a payout leaves after the moment a person set",
			edits: in(callFile, `if r.late(c) {`, `if r.late(c) && c == nil {`), tests: by("executor", "TestDeadlineWhileWriting"),
		},
		{
			name: "send-after-a-stop", why: "a run that was stopped goes on sending",
			edits: in("executor/stop.go", "s.mu.Unlock()\n\ts.cancel()\n", "s.mu.Unlock()\n"), tests: by("executor", "TestStateBehind"),
		},
		{
			name: "send-though-the-record-changed", why: "what asking found out since the plan stops nothing",
			edits: in(sendFile, `if forbidden != nil {`, `if forbidden != nil && c == nil {`), tests: by("executor", "TestPlanCarriedOutTwice"),
		},
		{
			name: "send-without-pace", why: "calls come faster than the gateway allows, and are refused or lost",
			edits: in("executor/pace.go", "t.limiter.ReserveN(time.Now(), 1)\n", ""), tests: by("executor", "TestTwoMerchants"),
		},
		{
			name: "row-without-end", why: "a gateway that loses every answer is tried on everyone's wages",
			edits: in("executor/gateway.go", `maxRowOfBad    = 5 `, `maxRowOfBad    = 500 `), tests: by("executor", "TestRow"),
		},
		{
			name: "run-goes-on-after-a-refusal", why: "a run with a wrong key or an empty balance is tried on everyone's wages",
			edits: in(callFile, `r.stop.halt(res.stop.Kind, res.stop.Text)`, `_ = res.stop.Kind`), tests: by("executor", "TestPayoutFaults"),
		},
	}
}
