package executor

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"payrun/planner/payout"
)

// checkWords says what holds for every text: one short line, with nothing in
// it that is to be masked, and the quick way out changes nothing.
func checkWords(t interface{ Fatalf(string, ...any) }, s string) {
	got := cleanWords(s)
	if want := cleaned(s); got != want {
		t.Fatalf("%q is kept as %q, which cleaning makes %q", s, got, want)
	}
	if !utf8.ValidString(got) || utf8.RuneCountInString(got) > payout.MaxWords || strings.ContainsAny(got, "\r\n\x1b") {
		t.Fatalf("%q became %q", s, got)
	}
	if uuids.MatchString(got) || digitRuns.MatchString(got) || maskIBANs(got) != got {
		t.Fatalf("%q became %q, which shows an account, a card or a token", s, got)
	}
}

// TestCleanWordsQuickly: what comes with nearly every answer takes the quick
// way, and what is one character short of a match is as clean as it was.
func TestCleanWordsQuickly(t *testing.T) {
	for s, quick := range map[string]bool{
		"": true, "No error": true, "Payment not found.": true, "2026-11-22T12:00:00+05:00": true, "2026-11-22 12:00:01": true,
		"code 10005, 1000000001":               true,
		"4400-4301-123":                        true,
		"4400 4301 1234":                       false,
		"KZ86123456AAAA":                       true,
		"KZ86123456AAAAA":                      false,
		"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaa":  true,
		"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa": false,
		" led":                                 false,
		"trailed ":                             false,
		"two  spaces":                          false,
		"tab\t":                                false,
		"Ошибка":                               false,
		strings.Repeat("x", payout.MaxWords):   true,
		strings.Repeat("x", payout.MaxWords+1): false,
	} {
		if isClean(s) != quick {
			t.Errorf("%q: quick %t, want %t", s, !quick, quick)
		}
		checkWords(t, s)
	}
}

// TestCleanWordsOfPieces draws texts that are nearly account and card numbers.
func TestCleanWordsOfPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkWords(t, rapid.StringMatching(`[a-c0-9]{0,9}([ .:-]?[a-cKZ0-9]{1,12}){0,6}`).Draw(t, "text"))
	})
}

// FuzzCleanWords is checkWords for any text.
func FuzzCleanWords(f *testing.F) {
	for _, s := range []string{
		"No error", "card 4400-4301-1234-5678.", "to KZ86 125K ZT50 0410 0100", "token ef741cfc-f85e-41a0-84e6-2ba964912182!", "4400\u200b4301\u200b12345678",
		"KZ86123456AAAAA", "a-aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "４４００４３０１１２３４５６７８", "\xff\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkWords(t, s) })
}
