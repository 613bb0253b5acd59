package main

import "payrun/cmd/payrun/view"

// The meaning of each status, from the table of statuses and transitions. Every
// recorded status and flag has a row; a test compares.

const (
	kindStatus   = "status"
	kindFlag     = "flag"
	kindSign     = "sign"
	kindExitCode = "exit code"
	kindCode     = "gateway code"

	moneyLeft = "money left"
	nextStep  = "payrun"
)

func about(kind, name, means string, facts []view.Fact, do ...string) view.Explanation {
	return view.Explanation{Kind: kind, Name: name, Means: means, Facts: facts, Do: do}
}

func facts(money, next string) []view.Fact {
	return []view.Fact{{Name: moneyLeft, Text: money}, {Name: nextStep, Text: next}}
}

const askGateway = "payrun reconcile — asks the gateway about everything that is open; it never pays"

func statusExplanations() []view.Explanation {
	return []view.Explanation{
		about(kindStatus, "declared", "it stands in the files and nothing was ever sent",
			facts("no", "plans to pay it (+), unless it is held or outside of its time (~)"),
			"payrun plan — shows when it would be paid"),
		about(kindStatus, "sending", "the intent to pay is on disk, and its result is not recorded yet",
			facts("unknown", "while apply runs, the answer is on its way; after a crash the next command records it as in doubt, asks about it, and never sends it again"),
			askGateway),
		about(kindStatus, "not_sent", "it was tried, and there is proof that not one byte of the request left this machine",
			facts("no", "plans to pay it again, under the same order id"),
			"payrun apply — pays it, once the network is back"),
		about(kindStatus, "accepted", "the gateway took the order and has given it a payment id; it is not paid yet",
			facts("probably, or it will soon", "asks for the final status, in apply and reconcile; never sends it again"),
			askGateway,
			"Still accepted after a day: ask the gateway's support with the payment id, then settle it: payrun resolve ADDRESS -as=paid|failed -reason=\"…\" -evidence=FILE"),
		about(kindStatus, "rejected", "the gateway refused it with a signed answer which says that nothing was paid; this is still to be confirmed",
			facts("no, by the gateway's word", "asks again: an error, or two not-found answers, make it failed"),
			askGateway,
			"payrun explain CODE — says what the refusal means"),
		about(kindStatus, "in_doubt", "the request left, or part of it, and no answer came that can be trusted: it may be paid or not",
			facts("nobody here can know yet: treat it as paid", "asks the gateway until it knows; never sends it again. The other payouts of the batch go on. When the gateway still does not know the order after its time limit and 6 hours more, it becomes not_found"),
			askGateway,
			"Do not pay it in another way: it could be paid twice.",
			"payrun state show ADDRESS — shows the order id, for the gateway's support",
			"Only when support or a statement has settled it: payrun resolve ADDRESS -as=paid|failed -reason=\"…\" -evidence=FILE"),
		about(kindStatus, "not_found", "it was in doubt, and the gateway still did not know the order long after its time limit",
			facts("no, by all evidence", "waits for a person; goes on asking once a day for 30 days"),
			"Look at the account's statement first.",
			"payrun resolve ADDRESS -as=resend -reason=\"…\" — pays it with the next apply, under a new order id",
			"payrun resolve ADDRESS -as=paid -reason=\"…\" — if the statement shows it"),
		about(kindStatus, "paid", "the gateway says success, and everything it echoed is right",
			facts("yes", "nothing: it is never sent again, and its amount and card cannot be edited any more"),
			"If the money came back: payrun resolve ADDRESS -as=returned -reason=\"…\""),
		about(kindStatus, "failed", "the gateway says that it was not paid and will not be",
			facts("no", "does not try again unless the payout says retry, it was edited, or you say so; a refusal that was about the run and not about the payee is tried again"),
			"payrun state show ADDRESS — shows the gateway's code and words; payrun explain CODE says what they mean",
			"Mend the payout (another card, say), or payrun apply -retry-failed to try the same again, under a new order id."),
		about(kindStatus, "returned", "it was paid, and the money came back",
			facts("it did, and came back", "waits for a person"),
			"payrun resolve ADDRESS -as=resend -reason=\"…\" — pays it once more, under a new order id"),
	}
}

func flagExplanations() []view.Explanation {
	return []view.Explanation{
		about(kindFlag, "disputed", "it is recorded as paid, and a later answer of the gateway says error",
			facts("probably", "sends nothing for it, and shows it (!) until a person settles it"),
			"Look at the statement, ask the gateway's support.",
			"payrun resolve ADDRESS -as=paid -reason=\"…\" or -as=failed, with -evidence=FILE"),
		about(kindFlag, "alarm", "two orders of one payout may both be paid, or a payment does not come to an end",
			facts("perhaps twice", "sends nothing for it, and shows it (!) until a person settles it"),
			"payrun state show ADDRESS — shows every order id and payment id",
			"Call the gateway's support at once; a payment in process may still be stopped.",
			"payrun resolve ADDRESS -as=paid -reason=\"…\" — records that you know"),
		about(kindFlag, "destination_unproven", "a look-up found it alive at the gateway, and no answer says to which card it goes",
			facts("as its status says", "treats it like any other payout"),
			"Compare the payee on the account's statement."),
	}
}

func signExplanations() []view.Explanation {
	return []view.Explanation{
		about(kindSign, "+", "plan pays this payout", nil),
		about(kindSign, "r", "plan tries a failed payout again, under a new order id", nil),
		about(kindSign, "~", "it waits: it is held, its time has not come, or its deadline is over; the others go on", nil),
		about(kindSign, "?", "it was sent and is not final: the gateway is asked, and nothing is sent", nil, askGateway),
		about(kindSign, "!", "a person has to look: the reason stands beside it", nil,
			"payrun state show ADDRESS — shows everything that is known"),
		about(kindSign, "x", "files and records contradict each other; apply refuses to pay anything until this is settled", nil,
			"Put the files right again, write a moved block for a rename, or leave it out: -exclude=ADDRESS"),
		about(kindSign, "-", "it was recorded and left the files: it is never sent, and still asked about", nil),
		about(kindSign, "*", "a note: recipients that are paid for the first time", nil),
		about(kindSign, "✓", "an expectation, limit or check that holds", nil),
		about(kindSign, "✗", "an expectation, limit or check that does not hold; the command that would lift it stands below", nil),
	}
}
