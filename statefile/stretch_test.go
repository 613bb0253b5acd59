package statefile

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"payrun/planner/payout"
)

// manyPayouts fill several stretches.
const manyPayouts = 1500

func manyState(t *testing.T) (*document, []byte) {
	t.Helper()
	d := benchDocument(manyPayouts)
	var b bytes.Buffer
	must(t, d.encode(&b, fileForm))
	if b.Len() < 4*stretchBytes {
		t.Fatalf("%d bytes are too few for the test", b.Len())
	}
	return d, b.Bytes()
}

// What several goroutines read is what was written, in its order, and the
// digest found on the way is the one that is computed of the whole.
func TestStretches(t *testing.T) {
	d, data := manyState(t)
	got, err := decode(bytes.NewReader(data))
	must(t, err)
	if got.found != d.digest || got.computeDigest() != d.digest {
		t.Errorf("digests: found %q, computed %q, written %q", got.found, got.computeDigest(), d.digest)
	}
	got.version = d.version
	var again bytes.Buffer
	must(t, got.encode(&again, fileForm))
	if !bytes.Equal(again.Bytes(), data) {
		t.Error("another state was read than was written")
	}
}

// Of several mistakes the first in the file is the one that is reported,
// whichever goroutine meets it, with its place.
func TestStretchesReportTheFirst(t *testing.T) {
	_, data := manyState(t)
	lines := strings.SplitAfter(string(data), "\n")
	first := 0
	for i := range lines {
		if strings.Contains(lines[i], `"attempts"`) {
			first = i
			break
		}
	}
	at := func(n int) *string { return &lines[first+n] }
	breakages := []struct {
		n    int
		do   func(line *string)
		want string
	}{
		{1400, func(l *string) { *l = "    nonsense\n" }, "invalid character"},
		{1100, func(l *string) { *l = *at(1101) }, "twice or out of order"},
		{700, func(l *string) { *l = strings.Replace(*l, `"status":"paid"`, `"status":"sold"`, 1) }, "sold"},
		{3, func(l *string) { *l = strings.Replace(*l, `"currency":"KZT"`, `"currency":"XXY"`, 1) }, "XXY"},
	}
	for _, b := range breakages { // from behind, so that each is the first of all so far
		b.do(at(b.n))
		text := strings.Join(lines, "")
		_, err := decode(strings.NewReader(text))
		var wrong *decodeError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), b.want) {
			t.Fatalf("line %d: %v, want %q", first+b.n, err, b.want)
		}
		// A payout that is out of order is met at the one that follows it.
		if line := strings.Count(text[:wrong.offset], "\n"); line != first+b.n && line != first+b.n+1 {
			t.Errorf("the mistake of line %d is reported in line %d", first+b.n, line)
		}
	}
}

// What stands before the payouts in the form, and behind them in the file, is
// part of the digest all the same.
func TestDigestOfAnotherOrder(t *testing.T) {
	d, data := manyState(t)
	head, rest, ok := bytes.Cut(data, []byte("\n  \"merchants\": "))
	if !ok {
		t.Fatal("no merchants")
	}
	merchants, tail, ok := bytes.Cut(rest, []byte("\n  ],"))
	if !ok {
		t.Fatal("no end of the merchants")
	}
	tail = bytes.TrimSuffix(bytes.TrimSpace(tail), []byte("}"))
	moved := string(head) + string(tail) + ",\n  \"merchants\": " + string(merchants) + "\n  ]\n}\n"
	got, err := decode(strings.NewReader(moved))
	must(t, err)
	if got.found != "" || !got.intact() {
		t.Errorf("found %q, intact %v", got.found, got.intact())
	}
	edited, err := decode(strings.NewReader(strings.Replace(moved, d.ledger.Merchants[0].Name, "other", 1)))
	if err == nil && edited.intact() {
		t.Error("merchants behind the payouts can be edited")
	}
}

// Records that stand side by side do not grow into each other.
func TestRoom(t *testing.T) {
	var r room
	a, b := rooms(&r.events, 2), rooms(&r.events, 2)
	b[0].Code = "1"
	a = append(a, payout.Event{Code: "2"})
	if b[0].Code != "1" || len(a) != 3 {
		t.Errorf("%+v", b)
	}
	if many := rooms(&r.events, 5*roomElements); len(many) != 5*roomElements || cap(many) != len(many) {
		t.Errorf("%d of room %d", len(many), cap(many))
	}
	var texts []string
	for i := range 3 * roomBytes / 10 {
		texts = append(texts, r.text([]byte(strings.Repeat(string(rune('a'+i%26)), 10))))
	}
	texts = append(texts, r.text(bytes.Repeat([]byte("z"), 2*roomBytes)), r.text(nil))
	for i, text := range texts[:len(texts)-2] {
		if text != strings.Repeat(string(rune('a'+i%26)), 10) {
			t.Fatalf("text %d is %q", i, text)
		}
	}
	if long := texts[len(texts)-2]; len(long) != 2*roomBytes || texts[len(texts)-1] != "" {
		t.Errorf("%d bytes, %q", len(long), texts[len(texts)-1])
	}
}

// A panic of a goroutine that reads is one of the caller.
func TestStretchPanics(t *testing.T) {
	s := &stretch{ends: []int{1}}
	s.start()
	defer func() {
		if recover() == nil {
			t.Error("the panic was lost")
		}
	}()
	t.Fatal(new(decoder).take(s))
}
