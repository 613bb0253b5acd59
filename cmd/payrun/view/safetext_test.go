package view

import (
	"bytes"
	"html"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"payrun/planner/payout"
)

func TestSafeText(t *testing.T) {
	for in, want := range map[string]string{
		"": "",
		"ТОО «Астана Плаза» 東京 é": "ТОО «Астана Плаза» 東京 é",
		"a\x1b[31mred":                   `a\x1b[31mred`,
		"\u202egnp.exe":                  `\u202egnp.exe`,
		"line\nnext\r\ttab":              `line\nnext\r\ttab`,
		"zero\u200bwidth \ufeff":         `zero\u200bwidth \ufeff`,
		"nul\x00 del\x7f c1\u009b":       `nul\x00 del\x7f c1\u009b`,
		"\xffbad \xc3":                   `\xffbad \xc3`,
		"tag \U000e0041":                 `tag \U000e0041`,
		"blank \u3164\u2800\u115f\u2028": `blank \u3164\u2800\u115f\u2028`,
		"replacement \ufffd":             "replacement \ufffd",
	} {
		if got := SafeText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// hostile texts seed both fuzz tests.
func hostile() []string {
	return []string{"", "plain", "\x1b]0;title\x07", "\u202e\u2066", "a|b`c`<d>&amp;@me#1\\", "\xff\xfe", "www.a https://b", "=1+1", "\ttab", strings.Repeat("界", 400), "&#124;"}
}

func FuzzSafeText(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		safe := SafeText(in)
		if !utf8.ValidString(safe) {
			t.Fatalf("%q: not UTF-8", safe)
		}
		for _, r := range safe {
			if !unicode.IsGraphic(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%q holds %U", safe, r)
			}
		}
		if again := SafeText(safe); again != safe {
			t.Fatalf("%q became %q", safe, again)
		}
		cell := strings.TrimLeft(csvCell(in), " ")
		if cell != "" && strings.ContainsRune("=+-@\t\r\n", []rune(cell)[0]) {
			t.Fatalf("%q begins a formula", cell)
		}
	})
}

func FuzzMarkdownCell(f *testing.F) {
	for _, s := range hostile() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		cell := markdownCell(in)
		inner := strings.TrimSuffix(strings.TrimPrefix(cell, "<code>"), "</code>")
		if strings.ContainsAny(inner, "|<>`*_[]@\\!~$:/\n\r") {
			t.Fatalf("%q: %q breaks out", in, inner)
		}
		if strings.Contains(strings.ToLower(inner), "www.") {
			t.Fatalf("%q: %q begins a link", in, inner)
		}
		want := cut(SafeText(in), maxMarkdownCell)
		if strings.TrimSpace(want) == "" {
			want = ""
		}
		if got := html.UnescapeString(inner); got != want {
			t.Fatalf("%q reads as %q", want, got)
		}
	})
}

func TestSayDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 1400 * time.Millisecond: "1 s", 636 * time.Second: "10 min 36 s", time.Hour: "1 h",
		time.Hour + time.Second: "1 h", 25*time.Hour + 5*time.Minute: "1 d 1 h", 90 * time.Minute: "1 h 30 min",
	} {
		if got := sayDuration(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func TestSayTime(t *testing.T) {
	for want, got := range map[string]string{
		"22 Nov 14:00":          sayTime(at, almaty, 2026),
		"22 Nov 09:00 UTC":      sayTime(at, nil, 2026),
		"22 Nov 2026 14:00":     sayTime(at, almaty, 2027),
		"22 Nov 2026 09:00 UTC": sayTime(at, nil, 2025),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPayoutWord(t *testing.T) {
	a := payout.NewAddress("salaries", "2026-11", "staff")
	if got := payoutWord(a); got != "staff" {
		t.Errorf("got %q", got)
	}
	if got := payoutWord(a.WithKey(`10"01`)); got != `staff["10\"01"]` {
		t.Errorf("got %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		columns int
		want    string
	}{
		{0, "one two three"}, {13, "one two three"}, {7, "one two|three"}, {2, "one|two|three"},
	} {
		if got := strings.Join(wrap("one two three", c.columns), "|"); got != c.want {
			t.Errorf("%d: got %q, want %q", c.columns, got, c.want)
		}
	}
}

func TestStatusColours(t *testing.T) {
	lines := []SummaryLine{}
	for _, s := range append(payout.Statuses(), payout.Declared) {
		lines = append(lines, SummaryLine{Batch: "b", Period: "p", Status: s, Count: 1, Sum: tenge(1)})
	}
	s := &Summary{Lines: lines}
	plain := drawn(func(b *bytes.Buffer) { SummaryText(b, s, false) })
	coloured := drawn(func(b *bytes.Buffer) { SummaryText(b, s, true) })
	if plain == coloured || colours.ReplaceAllString(coloured, "") != plain {
		t.Errorf("colour changes the text:\n%s\n%s", plain, coloured)
	}
}
