package main

import (
	"payrun/cmd/payrun/view"
	"payrun/executor"
)

const (
	kindWord = "word"
	kindStop = "stop"
)

// wordExplanations are the words of plan, and what stops a run.
func wordExplanations() []view.Explanation {
	word := func(name, means string, do ...string) view.Explanation {
		return about(kindWord, name, means, nil, do...)
	}
	return append([]view.Explanation{
		word("attention", "a person has to look at this payout (!): the gateway cannot settle it, or says two things",
			"payrun plan — says which payouts, and what to run for each",
			"payrun state show ADDRESS — shows everything that is known of one"),
		word("batch", "payouts that are declared together, for one period",
			"payrun plan — shows each batch in a line"),
		word("conflict", "files and records contradict each other (x): something that is paid was edited, renamed or forgotten; apply refuses everything until it is settled",
			"Put the files right again, or write a moved block for a rename: payrun plan prints it ready-made.",
			"payrun apply -exclude=ADDRESS — pays the others without it"),
		word("duplicate", "the same card is paid the same amount a second time, within the duplicate window (35 days) or in one plan; the same batch in another period is none, next month's salary is another payment",
			"Take it out; if it is meant, write in the payout: allow_duplicate = \"reason\"",
			"Of rows only one: allow_duplicate = row.employee_id == \"1001\" ? \"reason\" : null"),
		word("fence", "the order's time limit and 6 hours more: until then the gateway may still pay an order that it does not know now",
			"payrun reconcile — goes on asking; after the fence, several not-found answers make the payout not_found"),
		word("forgotten", "the record was taken out of the books with state forget, and a tombstone keeps its address and order ids: they are never paid again, and a paid one counts as a duplicate of the same payment",
			"payrun state diff OLD NEW — shows who forgot it, when and why",
			"Take the payout out of the files."),
		word("held", "the payout or its batch says hold: it is planned (~) and not sent; the others go on",
			"Take the hold line out of the files, then: payrun apply"),
		word("moved", "a block of the files that gives a recorded payout a new address; it pays nothing, and must stay while its batch and period are declared",
			"moved { … } with from and to on lines of their own, then: payrun plan"),
		word("open", "sent, and without a final status yet: sending, accepted, rejected or in_doubt",
			askGateway),
		word("not_started", "declared in the files, and never sent",
			"payrun apply — pays it"),
		word("skipped", "the plan would have sent it, and apply did not, for a reason that stands beside it; or a row whose when says false",
			"payrun plan — says whether it is still to be paid; payrun balance — says whether the gateway answers"),
		word("unproven", "this state may not know all that was paid: it is new, was pushed by hand, lost the end of its journal, or its lock was forced. Every payout is looked up at the gateway before anything is sent",
			"Nothing needs to be done: payrun apply looks everything up, waits two minutes, and then pays.",
			"payrun state verify — says why it is not proven"),
		word("waiting", "held, or outside of the time that not_before and deadline allow (~)",
			"payrun plan — says until when; payrun apply — pays it once its time has come"),
	}, stopExplanations()...)
}

// stopExplanations say what each kind of stop is.
func stopExplanations() []view.Explanation {
	stop := func(kind executor.StopKind, means string) view.Explanation {
		return about(kindStop, string(kind), means, nil, stopStep(&executor.Stop{Kind: kind}))
	}
	return []view.Explanation{
		stop(executor.StopSignal, "a person (^C) or the system (SIGTERM) stopped the run; what was in flight was answered and recorded"),
		stop(executor.StopJournal, "a record could not be made durable, so that nothing more was sent"),
		stop(executor.StopLock, "the lock or the state was taken by somebody else while the run went on"),
		stop(executor.StopGateway, "the gateway refuses every payout: a wrong key, too little balance, too many calls, or settings of the account"),
		stop(executor.StopRow, "five payouts in a row were in doubt or not sent, so that the rest was not tried"),
		stop(executor.StopBehind, "the gateway knows payments that this state did not: it is an old one, or was lost; what was found is recorded now"),
		stop(executor.StopLookup, "the gateway does not find a payment by its order id alone, so that look-ups cannot be trusted"),
		stop(executor.StopClock, "the clock of this machine and that of the gateway differ, or this one is behind the newest record"),
		stop(executor.StopSilent, "five look-ups in a row brought no trusted answer"),
		stop(executor.StopDeadline, "the deadline of a batch passed while the run was on its way"),
	}
}
