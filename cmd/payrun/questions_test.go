package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"payrun/freedompay"
	"payrun/planner/payout"
	"payrun/statefile"
)

func TestReadAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		in   io.Reader
		want string
		code int
	}{
		"a line":             {strings.NewReader(" 1 200.00 \nnext\n"), "1 200.00", exitDone},
		"an empty line":      {strings.NewReader("\n"), "", exitDone},
		"a line without end": {strings.NewReader("yes"), "yes", exitDone},
		"nothing":            {strings.NewReader(""), "", exitDeclined},
		"spaces":             {strings.NewReader("  "), "", exitDeclined},
		"a broken terminal":  {brokenReader{}, "", exitDeclined},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(tt.in, &bytes.Buffer{}, &bytes.Buffer{}, nil)
			got, err := p.readAnswer(bufio.NewReader(tt.in))
			if got != tt.want || codeOf(err) != tt.code {
				t.Errorf("%q, code %d, %v", got, codeOf(err), err)
			}
		})
	}
}

// TestReadAnswerSignal: a signal ends the wait although nobody typed.
func TestReadAnswerSignal(t *testing.T) {
	for _, code := range []int32{exitSIGINT, exitSIGTERM} {
		r, w := io.Pipe()
		p := newProgram(r, &bytes.Buffer{}, &bytes.Buffer{}, nil)
		p.signalCode.Store(code)
		p.stopAdmit(errors.New("stopped"))
		line, err := p.readAnswer(bufio.NewReader(r))
		if line != "" || codeOf(err) != int(code) || !strings.Contains(err.Error(), "nothing was sent") {
			t.Errorf("%q, code %d, %v", line, codeOf(err), err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSameTotal(t *testing.T) {
	kzt, jpy := payout.MustCurrency("KZT"), payout.MustCurrency("JPY")
	even, odd := payout.Money{Minor: 120000000, Currency: kzt}, payout.Money{Minor: 120000050, Currency: kzt}
	for _, tt := range []struct {
		typed string
		total payout.Money
		want  bool
	}{
		{"1200000.00", even, true},
		{"1200000", even, true},
		{"1200000.0", even, true},
		{"1 200 000.00", even, true},
		{"1\u00a0200\u00a0000", even, true},
		{"1\u202f200\u202f000.00", even, true},
		{"1200000.5", odd, true},
		{"1200000.50", odd, true},
		{"1200000", odd, false},
		{"1200000.01", even, false},
		{"1200000.001", even, false},
		{"120000000", even, false},
		{"1,200,000.00", even, false},
		{"1200000,00", even, false},
		{"1.2e6", even, false},
		{"+1200000", even, false},
		{"-1200000", even, false},
		{"1200000 KZT", even, false},
		{"1\t200\t000", even, false},
		{"yes", even, false},
		{"", even, false},
		{"99999999999999999999", even, false},
		{"500", payout.Money{Minor: 500, Currency: jpy}, true},
		{"500.00", payout.Money{Minor: 500, Currency: jpy}, false},
	} {
		if got := sameTotal(tt.typed, tt.total); got != tt.want {
			t.Errorf("%q for %s: %t", tt.typed, tt.total, got)
		}
	}
}

// TestDisplayed: a display that failed never hides what a run came to, and
// never looks like success.
func TestDisplayed(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, tt := range []struct {
		err, display error
		code         int
	}{
		{nil, nil, exitDone},
		{exit(exitFailed), nil, exitFailed},
		{nil, broken, exitWaiting},
		{exit(exitDone), broken, exitWaiting},
		{exit(exitPerson), broken, exitPerson},
		{exit(exitSIGTERM), broken, exitSIGTERM},
		{errors.Join(exit(exitFailed), errors.New("write the report")), broken, exitFailed},
	} {
		err := new(application).displayed(tt.err, tt.display)
		if codeOf(err) != tt.code {
			t.Errorf("%v, %v: code %d, want %d", tt.err, tt.display, codeOf(err), tt.code)
		}
		if tt.display != nil && !errors.Is(err, broken) {
			t.Errorf("%v does not tell of the display", err)
		}
		if tt.err != nil && tt.err.Error() != "" && !strings.Contains(err.Error(), tt.err.Error()) {
			t.Errorf("%v does not tell what else went wrong", err)
		}
		if tt.display == nil && err != tt.err {
			t.Errorf("%v became %v", tt.err, err)
		}
	}
}

func TestCompareTip(t *testing.T) {
	here := &statefile.Snapshot{Lineage: "a", Serial: 7, Digest: "sha256:7", ArchivedLineages: []string{"old"}}
	const paying, playing = `,"merchants":[{"environment":"sandbox"},{"environment":"production"}]}`, `,"merchants":[{"environment":"sandbox"}]}`
	for name, tt := range map[string]struct{ text, want string }{
		"the same":               {`{"lineage":"a","serial":7,"digest":"sha256:7"` + paying, ""},
		"older":                  {`{"lineage":"a","serial":6,"digest":"sha256:6"` + paying, ""},
		"newer":                  {`{"lineage":"a","serial":8,"digest":"sha256:8"` + paying, "has a later version of the state (serial 8, here 7)"},
		"newer, of a sandbox":    {`{"lineage":"a","serial":8,"digest":"sha256:8"` + playing, "has a later version of the state (serial 8, here 7)"},
		"forked":                 {`{"lineage":"a","serial":7,"digest":"sha256:x"` + paying, "has another state of the same version (serial 7)"},
		"forked, of a sandbox":   {`{"lineage":"a","serial":7,"digest":"sha256:x"` + playing, ""},
		"another":                {`{"lineage":"b","serial":1,"digest":"sha256:1"` + paying, "has a state that began apart from this one (lineage b)"},
		"another, of a sandbox":  {`{"lineage":"b","serial":1,"digest":"sha256:1"` + playing, ""},
		"another, archived":      {`{"lineage":"old","serial":99,"digest":"sha256:1"` + paying, ""},
		"another, of nobody":     {`{"lineage":"b","serial":1,"digest":"sha256:1","merchants":[]}`, ""},
		"no state":               {`{"name":"package"}`, ""},
		"conflict markers":       {"<<<<<<< ours\n{}\n", ""},
		"a state of other types": {`{"lineage":7}`, ""},
		"empty":                  {"", ""},
	} {
		if got := compareTip(strings.NewReader(tt.text), here); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestReadBalance: digits past the minor unit are cut off; they are never money
// that could be paid out.
func TestReadBalance(t *testing.T) {
	for _, tt := range []struct {
		text, currency string
		minor          int64
		bad            bool
	}{
		{"100", "KZT", 10000, false},
		{"100.5", "KZT", 10050, false},
		{"100.55", "KZT", 10055, false},
		{"100.559", "KZT", 10055, false},
		{"0.009", "KZT", 0, false},
		{"0.0000", "KZT", 0, false},
		{"100", "JPY", 100, false},
		{"100.00", "JPY", 100, false},
		{"100.99", "JPY", 100, false},
		{"1.23456", "BHD", 1234, false},
		{"999999999999.99", "KZT", 99999999999999, false},
		{"1000000000000.00", "KZT", 0, true},
		{"", "KZT", 0, true},
		{".5", "KZT", 0, true},
		{"100.", "KZT", 0, true},
		{"-5.00", "KZT", 0, true},
		{"1 000.00", "KZT", 0, true},
		{"1,5", "KZT", 0, true},
		{"100.5x", "KZT", 0, true},
	} {
		c := payout.MustCurrency(tt.currency)
		have, why := readBalance(&freedompay.Answer{Balance: tt.text}, c)
		if (why != "") != tt.bad || !tt.bad && (have.Minor != tt.minor || have.Currency != c) {
			t.Errorf("%q in %s is %s (%q)", tt.text, tt.currency, have, why)
		}
	}
}
