package statefile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
)

func TestVerifyFindsNothingInAGoodState(t *testing.T) {
	s, _, _ := crashed(t)
	report, err := Verify(s.Path)
	must(t, err)
	if len(report.Problems) != 0 || !report.Exists || report.Serial != 2 || report.Entries != 4 || report.Recorded != report.Computed {
		t.Errorf("report: %+v", report)
	}
	if len(report.Recovered.Interrupted) != 2 || report.Lineage == "" {
		t.Errorf("recovered: %+v", report.Recovered)
	}
	empty := testStore(t)
	if report, err := empty.Verify(); err != nil || report.Exists || len(report.Problems) != 0 {
		t.Errorf("nothing there: %+v %v", report, err)
	}
}

func TestVerifyFinds(t *testing.T) {
	s, segment, second := crashed(t)
	path := onlySegment(t, s)
	state := readFile(t, s.Path)
	illegal := func() []byte {
		doc, err := decode(bytes.NewReader(state))
		must(t, err)
		at := s.now()
		must(t, doc.ledger.Begin(testIntent("1000", at)))
		a := doc.ledger.Record(staffAddress("1000")).Newest()
		a.Events = append(a.Events, payout.Event{Status: payout.Returned, At: at})
		doc.records, doc.totals = nil, nil
		must(t, doc.complete())
		doc.digest = doc.computeDigest()
		return encoded(t, doc)
	}
	tests := []struct {
		name           string
		state, journal []byte
		want           string
	}{
		{"hand edit", bytes.Replace(state, []byte(`"acme"`), []byte(`"acne"`), 1), segment, "edited"},
		{"markers", append([]byte("=======\n"), state...), segment, "conflict markers"},
		{"format", []byte("{}"), segment, "format_version"},
		{"damage", state, bytes.Replace(segment, []byte("1200000.50"), []byte("1200000.51"), 1), "damaged"},
		{"misfit", bytes.Replace(state, []byte(`"serial": 2`), []byte(`"serial": 9`), 1), segment, "does not fit"},
		{"forbidden", state, forbiddenLine(t, segment[:second]), "forbidden"},
		{"illegal order", illegal(), nil, `"returned" cannot follow "sending"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			must(t, os.WriteFile(s.Path, test.state, 0o600))
			must(t, os.WriteFile(path, test.journal, 0o600))
			report, err := s.Verify()
			must(t, err)
			if text := errors.Join(report.Problems...); text == nil || !strings.Contains(text.Error(), test.want) {
				t.Errorf("problems: %v, want %q", text, test.want)
			}
		})
	}
}

// forbiddenLine adds a whole line that asks for a forbidden step.
func forbiddenLine(t *testing.T, segment []byte) []byte {
	t.Helper()
	content, err := encodeBody(beginEntry(testIntent("1001", newClock().at)))
	must(t, err)
	lines := bytes.SplitAfter(segment, []byte("\n"))
	last, err := parseLine(lines[len(lines)-2])
	must(t, err)
	line, _ := appendLine(nil, link{Seq: last.Seq + 1, Group: last.Group + 1, Prev: lineHash(lines[len(lines)-2]), End: true}, content)
	return append(bytes.Clone(segment), line...)
}

func TestPushMendsAHandEdit(t *testing.T) {
	s := prepared(t, false)
	edited := bytes.Replace(readFile(t, s.Path), []byte(`"acme"`), []byte(`"acne"`), 1)
	must(t, os.WriteFile(s.Path, edited, 0o600))
	var hand *HandEditedError
	if _, err := s.Load(ctx); !errors.As(err, &hand) {
		t.Fatal(err)
	}
	must(t, s.Push(ctx, edited, "prefix mended"))
	snap := mustLoad(t, s)
	if snap.Serial != 2 || snap.Ledger.Merchant("main").Prefix != "acne" || !slices.Equal(snap.Unproven, []string{"pushed: prefix mended"}) {
		t.Errorf("after push: %+v", snap)
	}
}

func TestPushKeepsWhatTheJournalSent(t *testing.T) {
	s, _, _ := crashed(t)
	state := readFile(t, s.Path)
	must(t, s.Push(ctx, state, "journal set aside"))
	snap := mustLoad(t, s)
	for _, key := range []string{"1001", "1002", "1003"} {
		if got := snap.Ledger.Record(staffAddress(key)).Status(); got != payout.InDoubt {
			t.Errorf("%s is %q after push", key, got)
		}
	}
	aside := slices.IndexFunc(names(t, s), func(n string) bool { return strings.Contains(n, ".journal.torn-") })
	if aside < 0 || snap.Recovered.Torn() {
		t.Errorf("files after push: %q", names(t, s))
	}
	if len(slices.DeleteFunc(names(t, s), func(n string) bool { return !strings.HasSuffix(n, ".journal.0002") })) != 0 {
		t.Error("the old journal is still there")
	}
}

func TestPushRefuses(t *testing.T) {
	s, segment, _ := crashed(t)
	path := onlySegment(t, s)
	state := readFile(t, s.Path)
	push := func(data []byte, reason string) error { return s.Push(ctx, data, reason) }
	var format *FormatError
	if err := push([]byte("{"), "x"); !errors.As(err, &format) {
		t.Errorf("broken file: %v", err)
	}
	doc, err := decode(bytes.NewReader(state))
	must(t, err)
	doc.lineage = newLineage()
	if err := push(encoded(t, doc), "x"); !errors.As(err, &format) || !strings.Contains(err.Error(), "lineage") {
		t.Errorf("other lineage: %v", err)
	}
	// An order id whose payout is not readable cannot be recorded.
	torn := bytes.Replace(segment, []byte(`"address":"salaries[\"2026-11\"].staff[\"1003\"]"`), []byte(`"address":"salaries[\"2026-11\"].staff[\"1003\"`), 1)
	must(t, os.WriteFile(path, torn, 0o600))
	var missing *UnrecordedError
	if err := push(state, "x"); !errors.As(err, &missing) || !slices.Equal(missing.OrderIDs, []string{"acme-salaries-1003"}) || !strings.Contains(err.Error(), "1003") {
		t.Errorf("unreadable payout: %v", err)
	}
	if !bytes.Equal(readFile(t, s.Path), state) {
		t.Error("a refused push changed the state")
	}
	r, lock := mustOpen(t, prepared(t, false))
	defer lock.Release()
	if err := r.store.Push(ctx, state, "x"); err == nil {
		t.Error("a state was pushed beside a run")
	}
	must(t, r.Close())
}

func TestArchive(t *testing.T) {
	s, _, _ := crashed(t)
	to, err := (&Local{Path: s.Path}).Archive(ctx, "trial over")
	must(t, err)
	if snap := mustLoad(t, s); snap.Exists || snap.Lineage != "" {
		t.Errorf("still there: %+v", snap)
	}
	moved := &Local{Path: to}
	snap := mustLoad(t, moved)
	if snap.Ledger.Len() != 3 || snap.OpenRun || !slices.Contains(snap.Unproven, "archived: trial over") || filepath.Dir(to) != filepath.Dir(s.Path) {
		t.Errorf("archived to %s: %+v", to, snap)
	}
	if _, err := s.Archive(ctx, "again"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("archive of nothing: %v", err)
	}
}

func TestArchiveRefuses(t *testing.T) {
	for _, environment := range []string{"production", "test", ""} {
		s := prepared(t, false)
		snap := mustLoad(t, s)
		m := testMerchant()
		m.Environment = environment
		if environment == "" {
			m.Name, m.Environment = "other", sandbox
			snap.Ledger.Merchants = nil
			must(t, snap.Ledger.Begin(testIntent("1001", s.now())))
		}
		snap.Ledger.Note(&payout.Note{Merchant: m})
		must(t, s.Save(ctx, snap))
		if _, err := s.Archive(ctx, "trial over"); !errors.Is(err, errNotSandbox) {
			t.Errorf("%q: %v", environment, err)
		}
		if !mustLoad(t, s).Exists {
			t.Errorf("%q: the state is gone", environment)
		}
	}
	s := prepared(t, false)
	c := newClock()
	s.Now = func() time.Time { return c.at }
	must(t, os.WriteFile(s.Path+".archived-"+c.at.UTC().Format("20060102T150405Z"), nil, 0o600))
	if _, err := s.Archive(ctx, "taken"); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("archive over another: %v", err)
	}
}
