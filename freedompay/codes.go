package freedompay

import (
	"cmp"
	"slices"
)

// Class says what a trusted refusal with a code proves about the payout it refuses.
type Class int

// The classes. The zero value is the careful one: a code nobody knows proves nothing.
const (
	// Ambiguous: the payout may have run, or may yet; ask for its status.
	Ambiguous Class = iota
	// NotExecuted: a signed refusal of the first and only call with this order id proves that it was not executed.
	NotExecuted
	// NotFound: the answer to a status call that means the gateway knows no such payment.
	NotFound
)

// String returns "ambiguous", "not executed" or "not found".
func (c Class) String() string {
	switch c {
	case NotExecuted:
		return "not executed"
	case NotFound:
		return "not found"
	}
	return "ambiguous"
}

// Code is one of the gateway's error codes and what it means for a payout. No page classifies the codes: Class and the
// flags are this package's own reading, and the more careful one wherever two are possible.
type Code struct {
	Number  int    // pg_error_code
	Meaning string // one line, in our words
	Source  string // where the meaning is known from
	Cure    string // what a person does about it
	Class   Class
	// StopsRun: the next payout would meet the same refusal, so no other should be sent.
	StopsRun bool
	// RunsFault: the refusal concerns the run (key, shop, balance, pace) and not the payee.
	RunsFault bool
}

// LookupCode returns what is known of code n. An unknown code is to be treated as Ambiguous.
func LookupCode(n int) (Code, bool) {
	codes := Codes()
	i, found := slices.BinarySearchFunc(codes, n, func(c Code, n int) int { return cmp.Compare(c.Number, n) })
	if !found {
		return Code{}, false
	}
	return codes[i], true
}

// Codes returns all known codes, sorted by number. The slice is the caller's own.
func Codes() []Code {
	var codes []Code
	for _, row := range codeRows {
		for _, n := range row.numbers {
			codes = append(codes, Code{
				Number: n, Meaning: row.meaning, Source: row.source, Cure: row.cure, Class: row.class,
				StopsRun: row.runs, RunsFault: row.runs,
			})
		}
	}
	slices.SortFunc(codes, func(a, b Code) int { return cmp.Compare(a.Number, b.Number) })
	return codes
}

// codeRow is a line of the table: codes that mean the same for a payout.
type codeRow struct {
	numbers []int
	class   Class
	runs    bool // StopsRun and RunsFault, which no known code has apart
	meaning string
	cure    string
	source  string
}
