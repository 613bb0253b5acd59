package sandbox_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"payrun/freedompay/sandbox"
)

func TestFaultsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faults.json")
	s := sandbox.NewServer(t, sandbox.Config{Faults: path})
	post(t, s.URL, payURL, payout("a")).want(t, form{"pg_status": "ok"}) // no file, no faults
	write(t, path, `[{"match":"*","call":"payout","do":"reject:10001"}]`)
	post(t, s.URL, payURL, payout("b")).want(t, form{"pg_error_code": "10001"})
	write(t, path, `[{"call":"payout","do":"explode"}]`)
	if a := post(t, s.URL, payURL, payout("c")); a.status != 500 {
		t.Errorf("status %d", a.status)
	}
	var bad *sandbox.FaultsError
	if err := s.FaultsErr(); !errors.As(err, &bad) || !strings.Contains(err.Error(), "entry 1") || bad.Path != path {
		t.Errorf("error %v", err)
	}
	write(t, path, `[]`)
	post(t, s.URL, payURL, payout("d")).want(t, form{"pg_status": "ok"})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.FaultsErr(); !errors.As(err, &bad) {
		t.Errorf("error %v", err)
	}
	if _, err := sandbox.New(sandbox.Config{Faults: path}); !errors.As(err, &bad) {
		t.Errorf("error %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.FaultsErr(); err != nil {
		t.Errorf("error %v", err)
	}
	if got := len(s.Payments()); got != 2 {
		t.Errorf("%d payments", got)
	}
}

func TestBadFaults(t *testing.T) {
	for _, c := range []struct{ text, say string }{
		{``, "decode"},
		{`{}`, "decode"},
		{`[{"call":"payout","why":1}]`, "why"},
		{`[{"call":"payout"},{"do":"accept"}]`, `entry 2: read call ""`},
		{`[{"call":"landing"}]`, `call "landing"`},
		{`[{"call":"payout","nth":-1}]`, "nth -1"},
		{`[{"call":"payout","match":"a[\"b"}]`, "pair"},
		{`[{"call":"payout","match":"a\u0007"}]`, "control character"},
		{`[{"call":"payout","do":"jump"}]`, `unknown word "jump"`},
		{`[{"call":"payout","do":"blind"}]`, "is for status calls"},
		{`[{"call":"status","do":"late:1s"}]`, "is for payout calls"},
		{`[{"call":"payout","do":"hold:1"}]`, "takes no argument"},
		{`[{"call":"payout","do":"reject"}]`, "whole number"},
		{`[{"call":"payout","do":"reject:0"}]`, "whole number"},
		{`[{"call":"payout","do":"truncate:-1"}]`, "whole number"},
		{`[{"call":"payout","do":"delay:-1s"}]`, "duration"},
		{`[{"call":"payout","do":"delay:25h"}]`, "duration"},
		{`[{"call":"payout","do":"http:99"}]`, "from 200 to 599"},
		{`[{"call":"payout","do":"redirect:200"}]`, "from 300 to 399"},
		{`[{"call":"payout","do":"wrong-echo:pg_sig"}]`, "want one of"},
		{`[{"call":"balance","do":"amount:1,5"}]`, "read amount"},
		{`[{"call":"status","do":"status:OK"}]`, "lower-case"},
		{`[{"call":"status","do":"not-found:x"}]`, "not-found:zero"},
		{`[{"call":"payout","then":"maybe"}]`, `then "maybe"`},
		{`[{"call":"payout","then":"error:x"}]`, "whole number"},
		{`[{"call":"payout","then":"process:0"}]`, "whole number"},
		{`[{"call":"payout","then":"process:1,later"}]`, "want success"},
		{`[{"call":"payout","do":"reject:1","then":"success"}]`, "makes no payment"},
		{`[{"call":"status","then":"success"}]`, "makes no payment"},
	} {
		path := filepath.Join(t.TempDir(), "faults.json")
		write(t, path, c.text)
		_, err := sandbox.New(sandbox.Config{Faults: path})
		var bad *sandbox.FaultsError
		if !errors.As(err, &bad) || errors.Unwrap(bad) == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want %q", c.text, err, c.say)
		}
	}
	g, err := sandbox.New(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Inject(sandbox.Fault{Call: "payout"}, sandbox.Fault{}); err == nil {
		t.Error("a bad fault was injected")
	}
}
