package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"payrun/planner/payout"
	"payrun/statefile"
)

// TestCanariesInDamage: damaged and edited states, journals, locks and faults
// hold canaries, and the messages about them do not.
func TestCanariesInDamage(t *testing.T) {
	everything := rowCanary.whole + " " + cardCanary.whole + " " + ibanCanary.whole
	for name, damage := range map[string]struct{ file, before, after string }{
		"edited":        {"payouts.state.json", `"Salary"`, `"` + everything + `"`},
		"a field":       {"payouts.state.json", `"description"`, `"` + rowCanary.whole + `":"` + cardCanary.whole + `","description"`},
		"an amount":     {"payouts.state.json", `"3.00"`, `"` + cardCanary.whole + `"`},
		"a status":      {"payouts.state.json", `"paid"`, `"` + rowCanary.whole + `"`},
		"a conflict":    {"payouts.state.json", `{`, "<<<<<<< " + everything + "\n{"},
		"no json":       {"payouts.state.json", `{`, everything},
		"a version":     {"payouts.state.json", `"format_version"`, `"format_version":"` + cardCanary.whole + `","x"`},
		"a torn line":   {"journal", "", "00000040 00000000 {\"words\":\"" + everything + "\"}"},
		"a whole line":  {"journal", "", everything + "\n"},
		"a lock":        {"payouts.state.json.lock", "", everything},
		"faults":        {"faults.json", "", `[{"match": "` + everything + `", "call": "` + rowCanary.whole + `"}]`},
		"faults' words": {"faults.json", "", `[{"call": "payout", "do": "` + cardCanary.whole + `"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newAviary(t)
			canaryFiles(w, "", "sandbox")
			edit(w, "payouts.hcl", "\n  base_url       = \"\"", "")
			edit(w, "payouts.hcl", "\n  secret_key_env = \"CANARY_KEY\"", "")
			edit(w, "payouts.hcl", "user_id    = 12", "user_id    = 12\n    allow_duplicate = \"the second half\"")
			vars := "-var-file=more.vars.hcl"
			w.run("apply", vars, "-auto-approve", "-wait=0")
			file := w.damaged(damage.file)
			if damage.before == "" {
				text, err := os.ReadFile(filepath.Join(w.dir, file))
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				w.plant(file, string(text)+damage.after)
			} else {
				edit(w, file, damage.before, damage.after)
			}
			edit(w, "people.csv", "2,", "3,"+labelCanary+",3.50,"+rowCanary.whole+"\n2,")
			// Copies that are kept aside hold what was planted.
			w.keepAside = true
			for _, args := range [][]string{{"plan"}, {"show"}, {"state", "list"}, {"state", "verify"}, {"state", "pull"}, {"lock"}, {"reconcile"}, {"apply", "-auto-approve", "-wait=0"}, {"plan"}, {"state", "push", "payouts.state.json", "-reason=mended by hand"}} {
				w.both(vars, args...)
			}
			t.Logf("searched %d outputs and %d files, %d bytes", w.outputs, w.files, w.bytes)
		})
	}
}

// damaged names the file to damage; of a journal the newest segment.
func (w *aviary) damaged(name string) string {
	w.Helper()
	switch name {
	case "faults.json":
		return ".payrun/sandbox/faults.json"
	case "journal":
		return w.crash()
	}
	return name
}

// crash leaves state and journal as a program that died in a run does, and
// names the journal.
func (w *aviary) crash() (journal string) {
	w.Helper()
	store := &statefile.Local{Path: filepath.Join(w.dir, "payouts.state.json"), Version: version}
	lock, err1 := store.Lock(w.Context(), statefile.LockInfo{Who: "canary"}, 0)
	snap, err2 := store.Load(w.Context())
	recorder, err3 := store.Open(lock, snap)
	if err := errors.Join(err1, err2, err3); err != nil {
		w.Fatal(err)
	}
	now := time.Now()
	err1 = recorder.Note(&payout.Note{At: now, Run: &payout.Run{ID: "died", Open: true, OpenedAt: now}})
	found, err2 := filepath.Glob(store.Path + ".journal.*")
	if err := errors.Join(err1, err2); err != nil || len(found) == 0 {
		w.Fatalf("%d journals, %v", len(found), err)
	}
	kept := make(map[string][]byte)
	for _, path := range append(found, store.Path) {
		text, err := os.ReadFile(path)
		if err != nil {
			w.Fatal(err)
		}
		kept[path] = text
	}
	if err := errors.Join(recorder.Close(), lock.Release()); err != nil {
		w.Fatal(err)
	}
	for path, text := range kept {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			w.Fatal(err)
		}
	}
	return filepath.Base(found[len(found)-1])
}

// bursting is a screen that breaks in a way nobody foresaw.
type bursting struct{ words string }

func (b bursting) Write([]byte) (int, error) { panic(b.words) }

// TestCanariesInPanics: a mistake of the program's own says what it was about
// without what it held.
func TestCanariesInPanics(t *testing.T) {
	w := newAviary(t)
	canaryFiles(w, "http://127.0.0.1:1", "sandbox")
	for _, c := range []canary{rowCanary, blockCanary, cardCanary, ibanCanary} {
		for _, command := range []string{"plan", "validate", "show", "lock"} {
			said := w.runTo(bursting{"index out of range [" + c.whole + "]"}, command, "-var-file=more.vars.hcl")
			if command == "plan" && !strings.Contains(said, "a mistake of its own") {
				t.Errorf("%s does not tell of the panic:\n%s", command, said)
			}
		}
	}
	t.Logf("searched %d outputs and %d files, %d bytes", w.outputs, w.files, w.bytes)
}
