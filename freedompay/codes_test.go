package freedompay

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbersWhere lists the known codes that pass.
func numbersWhere(pass func(Code) bool) []int {
	var numbers []int
	for _, c := range Codes() {
		if pass(c) {
			numbers = append(numbers, c.Number)
		}
	}
	return numbers
}

func TestCodesAreSortedUniqueAndWhole(t *testing.T) {
	codes := Codes()
	for i, c := range codes {
		if i > 0 && codes[i-1].Number >= c.Number {
			t.Errorf("code %d does not come after %d", c.Number, codes[i-1].Number)
		}
		if c.Meaning == "" || c.Source == "" || c.Cure == "" {
			t.Errorf("code %d lacks meaning, source or cure", c.Number)
		}
	}
	codes[0] = Code{Number: -1}
	if Codes()[0].Number == -1 {
		t.Error("Codes hands out its own table")
	}
}

// TestNotExecutedList pins the list that lets a payout count as refused: a code may join it only on purpose.
func TestNotExecutedList(t *testing.T) {
	want := []int{
		100, 101, 110, 120, 200, 1100, 1380, 1999, 2999, 8888, 9992, 9993, 9994, 9996, 9997, 9998,
		10001, 10005, 10006, 10007, 10008, 10009, 10010, 10014, 10017, 10022, 10028, 10029, 10030, 10032, 10037, 10038, 10040, 10041,
		11006, 11024, 11027, 11028, 11036, 11051,
	}
	if diff := cmp.Diff(want, numbersWhere(func(c Code) bool { return c.Class == NotExecuted })); diff != "" {
		t.Errorf("not-executed list (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{340, 11068}, numbersWhere(func(c Code) bool { return c.Class == NotFound })); diff != "" {
		t.Errorf("not-found list (-want +got):\n%s", diff)
	}
}

func TestRunsFaultList(t *testing.T) {
	want := []int{101, 1100, 8888, 9992, 9993, 9994, 9995, 9996, 9997, 9998, 10006, 10014, 10028}
	if diff := cmp.Diff(want, numbersWhere(func(c Code) bool { return c.StopsRun })); diff != "" {
		t.Errorf("codes that stop the run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, numbersWhere(func(c Code) bool { return c.RunsFault })); diff != "" {
		t.Errorf("codes that are the run's fault (-want +got):\n%s", diff)
	}
}

func TestLookupCode(t *testing.T) {
	for _, n := range numbersWhere(func(Code) bool { return true }) {
		if c, ok := LookupCode(n); !ok || c.Number != n {
			t.Errorf("LookupCode(%d) = %+v, %t", n, c, ok)
		}
	}
	for _, n := range []int{-1, 1, 77777, 1 << 40} {
		if c, ok := LookupCode(n); ok || c != (Code{}) || c.Class != Ambiguous {
			t.Errorf("LookupCode(%d) = %+v, %t, want an ambiguous nothing", n, c, ok)
		}
	}
	ambiguous := []int{9991, 9995, 9999, 10000, 10015, 10018, 10025, 11000, 11013, 11014, 12000, 99999}
	for _, n := range ambiguous {
		if c, _ := LookupCode(n); c.Class != Ambiguous {
			t.Errorf("code %d is %s, want ambiguous", n, c.Class)
		}
	}
}

func TestClassString(t *testing.T) {
	got := []string{Ambiguous.String(), NotExecuted.String(), NotFound.String(), Class(99).String()}
	if want := []string{"ambiguous", "not executed", "not found", "ambiguous"}; !slices.Equal(got, want) {
		t.Errorf("classes print %q, want %q", got, want)
	}
}
