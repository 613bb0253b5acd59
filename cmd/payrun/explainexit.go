package main

import (
	"fmt"
	"strconv"

	"payrun/cmd/payrun/view"
	"payrun/freedompay"
)

func exitExplanations() []view.Explanation {
	code := func(n int, means, next string) view.Explanation {
		return about(kindExitCode, strconv.Itoa(n), means, nil, next)
	}
	return []view.Explanation{
		code(exitDone, "done; nothing is left open by this command", "Nothing is to be done."),
		code(exitError, "an error, such as a wrong command line or an unreadable file; nothing was sent", "Read the message, mend it, run the command again."),
		code(exitChanges, "plan -detailed-exitcode: something is to be paid or tried again, or failed and is not tried again", "payrun apply pays it."),
		code(exitFormat, "fmt -check: files are laid out differently", "payrun fmt lays them out."),
		code(exitWaiting, "only waiting is left: accepted, not sent, or in doubt and still within its time", "Run the same command again later; nothing is paid twice. payrun reconcile only asks."),
		code(exitPerson, "a person must look: in doubt for too long, not found, disputed, returned, an alarm, or something that could not be recorded", "payrun plan lists what is meant, marked \"!\"; payrun explain STATUS says what to do."),
		code(exitRefused, "a guard refused, and nothing was sent: a limit, check, expectation, conflict, approval, balance, an old plan, or a state that is behind", "The message names the guard and how to mend or lift it."),
		code(exitLocked, "another program holds the lock of the state, or uses the built-in sandbox", "Wait, or let the command wait: -lock-timeout=5m. payrun lock says who it is."),
		code(exitDeclined, "declined at the question; nothing was sent", "Run apply again when you agree."),
		code(exitFailed, "done, but some payouts failed or were refused; this is known, and nothing is left to wait for", "payrun state list -status=failed shows them."),
		code(exitSIGINT, "stopped by ^C; everything is recorded", "Run the same command again; nothing is paid twice."),
		code(exitSIGTERM, "stopped by the system (SIGTERM); everything is recorded", "Run the same command again; nothing is paid twice."),
	}
}

// classWords say what a refusal with a code proves.
func classWords(c freedompay.Class) string {
	switch c {
	case freedompay.NotExecuted:
		return "a signed refusal with this code proves that the payout was not carried out"
	case freedompay.NotFound:
		return "as the answer to a question it says that the gateway knows no such payment; to a payout it proves nothing"
	}
	return "nothing: the payout may have been carried out, or may still be"
}

// whatPayrunDoes says what follows from a code.
func whatPayrunDoes(c freedompay.Code) string {
	var next string
	switch {
	case c.Number == 0:
		next = "goes by the word beside it: with ok the payout is accepted, and anything else proves nothing"
	case c.Class == freedompay.NotExecuted:
		next = "records the payout as rejected, asks to be sure, and then records it as failed"
	case c.Class == freedompay.NotFound:
		next = "counts the answer; several of them over a time are needed before it means anything"
	default:
		next = "records the payout as in_doubt, asks the gateway until it knows, and never sends it again"
	}
	if c.StopsRun {
		next += "; sends nothing more in this run, as the next payout would meet the same"
	}
	if c.RunsFault {
		next += "; plans it again without being asked, since the payee is not to blame (from the third attempt on only with -retry-failed)"
	}
	return next
}

func codeExplanation(c freedompay.Code) view.Explanation {
	return about(kindCode, strconv.Itoa(c.Number), c.Meaning, []view.Fact{
		{Name: "it proves", Text: classWords(c.Class)},
		{Name: nextStep, Text: whatPayrunDoes(c)},
		{Name: "known from", Text: c.Source},
	}, c.Cure)
}

func codeExplanations() []view.Explanation {
	var out []view.Explanation
	for _, c := range freedompay.Codes() {
		out = append(out, codeExplanation(c))
	}
	return out
}

// unknownCode says how a code is treated that stands in no list.
func unknownCode(word string) error {
	return fail(exitError, fmt.Errorf("explain %s: no list of the gateway's codes has it", word),
		"payrun takes an unknown code for a proof of nothing: the payout is in_doubt, is asked about, and is never sent again",
		"the gateway's support can say what it means; \"payrun explain\" lists all codes that are known")
}
