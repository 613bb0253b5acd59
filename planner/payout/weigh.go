package payout

import "time"

// Verdict is what one trusted status answer says about a payment.
type Verdict string

// The verdicts. Everything else that a gateway may say is no answer.
const (
	SaysSuccess  Verdict = "success"
	SaysError    Verdict = "error"
	SaysProcess  Verdict = "process"
	SaysNotFound Verdict = "not found"
)

// Waits are the shortest times that the rules of repeated answers demand.
// Counts of answers are the same everywhere.
type Waits struct {
	Refusal    time.Duration // refusal → first not-found answer that counts
	RefusalGap time.Duration // between the two not-found answers after a refusal
	NotFound   time.Duration // first → last of the three not-found answers of an in-doubt payout
	Failure    time.Duration // between the two error answers that allow a retry without a person
	Unproven   time.Duration // look-ups of an unproven state → first send
}

// StandardWaits hold for every gateway that moves real money. The sandbox and
// a gateway on loopback use the zero Waits.
func StandardWaits() Waits {
	return Waits{
		Refusal:    time.Minute,
		RefusalGap: 2 * time.Minute,
		NotFound:   30 * time.Minute,
		Failure:    10 * time.Minute,
		Unproven:   2 * time.Minute,
	}
}

// Answers that a rule waits for.
const (
	refusalNotFounds = 2
	doubtNotFounds   = 3
	retryFailures    = 2
)

// RetrySeen says whether the attempt failed as often as a retry without a
// person needs.
func (a *Attempt) RetrySeen() bool { return a.Failures.Count >= retryFailures }

// Observation is one trusted status answer about an attempt.
type Observation struct {
	At          time.Time
	Verdict     Verdict
	Source      Source // SourceStatus or SourceLookup
	PaymentID   string
	PaymentDate string
	Code        string
	Words       string
}

// Weigh turns an observation of an attempt of the record into an outcome. It
// changes nothing, and panics where the record has no attempt n. The second
// result is false where nothing has to be recorded: the answer says again what
// is known, or speaks too early to count.
//
// Evidence ranks success > error > process > not found, so that repeated, late
// and shuffled answers end in one status.
func (r *Record) Weigh(n int, o Observation, w Waits) (Outcome, bool) {
	a := r.Attempt(n)
	out := Outcome{
		At: o.At, Address: r.Address, Attempt: n, OrderID: a.OrderID,
		NotFound: a.NotFound, Failures: a.Failures,
	}
	if other := o.PaymentID != "" && a.PaymentID != "" && o.PaymentID != a.PaymentID; other {
		// Two payments under one order id: the recorded one keeps its status.
		return r.raise(out, FlagAlarm)
	}
	out.PaymentID, out.PaymentDate = o.PaymentID, o.PaymentDate
	if a.Status() == NotSent {
		return r.weighNotSent(a, out, o)
	}
	switch o.Verdict {
	case SaysSuccess:
		return r.weighSuccess(a, out, o)
	case SaysError:
		return r.weighError(a, out, o, w)
	case SaysProcess:
		return r.weighProcess(a, out, o)
	case SaysNotFound:
		return r.weighNotFound(a, out, o, w)
	}
	return out, false
}

func (o *Outcome) become(s Status, c Cause, seen Observation) {
	o.Cause = c
	o.Event = Event{Status: s, At: seen.At, Source: seen.Source, Code: seen.Code, Words: seen.Words}
}

// weighNotSent believes the gateway that knows an order which never left here:
// another run sent it, to a destination that our records do not prove.
func (r *Record) weighNotSent(a *Attempt, out Outcome, o Observation) (Outcome, bool) {
	switch o.Verdict {
	case SaysError:
		out.become(Failed, CauseLookup, o)
		out.Failures = Seen{Count: 1, First: o.At, Last: o.At}
		return out, true
	case SaysSuccess:
		out.become(Paid, CauseLookup, o)
	case SaysProcess:
		out.become(Accepted, CauseLookup, o)
	default:
		return out, false
	}
	out.Raise = append(out.Raise, FlagUnproven)
	if r.aliveElsewhere(a.N) {
		out.Raise = append(out.Raise, FlagAlarm)
	}
	return out, true
}

// raise records a flag once.
func (r *Record) raise(out Outcome, f Flag) (Outcome, bool) {
	// What a person has acknowledged is not raised again by the same answer.
	if r.HasFlag(f) || r.Attempt(out.Attempt).Last().Source == SourceAcknowledged {
		return out, false
	}
	out.Raise = append(out.Raise, f)
	return out, true
}

func (r *Record) weighSuccess(a *Attempt, out Outcome, o Observation) (Outcome, bool) {
	switch a.Status() {
	case Accepted, InDoubt, Rejected, NotFound:
		out.become(Paid, CauseSuccess, o)
	case Failed:
		out.become(Paid, CauseSuccess, o)
		if a.Last().Source != SourceManual {
			out.Raise = append(out.Raise, FlagAlarm)
		}
	case Paid:
		if a.Last().Source != SourceManual {
			return learn(a, out)
		}
		out.become(Paid, CauseSuccess, o)
	default:
		return out, false
	}
	if r.aliveElsewhere(a.N) {
		out.Raise = append(out.Raise, FlagAlarm)
	}
	out.NotFound, out.Failures = Seen{}, Seen{}
	return out, true
}

// aliveElsewhere says whether another attempt is paid or may be.
func (r *Record) aliveElsewhere(n int) bool {
	for i := range r.Attempts {
		if r.Attempts[i].N != n && r.Attempts[i].Status().alive() {
			return true
		}
	}
	return false
}

func (r *Record) weighError(a *Attempt, out Outcome, o Observation, w Waits) (Outcome, bool) {
	manual := a.Last().Source == SourceManual
	switch a.Status() {
	case Accepted, InDoubt, Rejected, NotFound:
	case Failed:
		if !manual {
			return countFailure(a, out, o, w)
		}
	case Paid:
		if !manual {
			return r.raise(out, FlagDisputed)
		}
		// A person saw it paid, perhaps by another order: no plan retries it
		// before somebody has looked.
		out.Raise = append(out.Raise, FlagDisputed)
	default:
		return learn(a, out)
	}
	out.become(Failed, CauseError, o)
	out.NotFound = Seen{}
	out.Failures = Seen{Count: 1, First: o.At, Last: o.At}
	return out, true
}

// countFailure counts a further error answer of a failed attempt until the
// rule is met.
func countFailure(a *Attempt, out Outcome, o Observation, w Waits) (Outcome, bool) {
	if a.RetrySeen() || o.At.Sub(a.Failures.First) < w.Failure {
		return learn(a, out)
	}
	out.Failures = count(a.Failures, o.At)
	return out, true
}

func count(s Seen, at time.Time) Seen {
	if s.Count == 0 {
		s.First = at
	}
	return Seen{Count: s.Count + 1, First: s.First, Last: at}
}

func (r *Record) weighProcess(a *Attempt, out Outcome, o Observation) (Outcome, bool) {
	switch a.Status() {
	case InDoubt, Rejected, NotFound:
		out.become(Accepted, CauseProcess, o)
		out.NotFound = Seen{}
		if r.aliveElsewhere(a.N) {
			out.Raise = append(out.Raise, FlagAlarm)
		}
		return out, true
	case Failed:
		if a.PaymentID == "" && a.Last().Source != SourceManual {
			// The refusal rests on not-found answers, and the payment lives:
			// no retry before error answers say otherwise.
			out.Failures = Seen{}
			if !r.HasFlag(FlagAlarm) {
				out.Raise = append(out.Raise, FlagAlarm)
			}
			return out, out.PaymentID != "" || a.Failures.Count > 0 || len(out.Raise) > 0
		}
	}
	return learn(a, out)
}

// learn records a payment id that was not known yet.
func learn(a *Attempt, out Outcome) (Outcome, bool) {
	return out, out.PaymentID != "" && a.PaymentID == ""
}

func (r *Record) weighNotFound(a *Attempt, out Outcome, o Observation, w Waits) (Outcome, bool) {
	switch {
	case a.Status() == Rejected:
		return weighRefusalUnknown(a, out, o, w)
	case a.Status() == InDoubt && a.PaymentID == "":
		return weighDoubtUnknown(a, out, o, w)
	case a.Status() == Failed && a.PaymentID == "" && a.Last().Source != SourceManual && !r.HasFlag(FlagAlarm):
		// A refusal without a payment is confirmed by further not-found answers,
		// unless the payment showed itself.
		return countFailure(a, out, o, w)
	case a.Status() == Accepted || a.Status() == InDoubt:
		// What has a payment id exists, whatever a look-up misses.
		if a.PastFence(o.At) {
			return r.raise(out, FlagAlarm)
		}
	}
	return out, false
}

func weighRefusalUnknown(a *Attempt, out Outcome, o Observation, w Waits) (Outcome, bool) {
	seen := a.NotFound
	if o.At.Sub(a.Last().At) < w.Refusal || seen.Count > 0 && o.At.Sub(seen.Last) < w.RefusalGap {
		return out, false
	}
	out.NotFound = count(seen, o.At)
	if out.NotFound.Count >= refusalNotFounds {
		refusal := a.Last()
		out.become(Failed, CauseNotFound, o)
		out.Event.Code, out.Event.Words = refusal.Code, refusal.Words
		out.Failures = Seen{Count: 1, First: o.At, Last: o.At}
		out.NotFound = Seen{}
	}
	return out, true
}

func weighDoubtUnknown(a *Attempt, out Outcome, o Observation, w Waits) (Outcome, bool) {
	out.NotFound = count(a.NotFound, o.At)
	enough := out.NotFound.Count >= doubtNotFounds && o.At.Sub(out.NotFound.First) >= w.NotFound
	if enough && a.PastFence(o.At) {
		out.become(NotFound, CauseNotFound, o)
	}
	return out, true
}
