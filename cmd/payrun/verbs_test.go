package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"payrun/examples"
	"payrun/freedompay/sandbox"
	"payrun/planner/payout"
	"payrun/statefile"
)

// exampleVerb copies an example into the work directory: example NAME.
func exampleVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: example NAME")
	}
	files, ok := examples.Files(args[0])
	if !ok {
		ts.Fatalf("there is no example %s", args[0])
	}
	// The embedded files: a checkout in which somebody tried the example holds
	// a state as well.
	for _, f := range files {
		path := ts.MkAbs(filepath.FromSlash(f.Path))
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, f.Text, 0o644))
	}
}

// sandboxVerb scripts the built-in sandbox of the current directory:
//
//	sandbox CALL DO [match=GLOB] [nth=N] [then=FATE]   adds a fault
//	sandbox clear                                      removes all faults
//	sandbox wait DO [N]                                waits until N calls ended in DO
//	sandbox calls N                                    exactly N payout calls were received
func sandboxVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sandbox CALL DO … | clear | wait DO [N] | calls N")
	}
	dir := ts.MkAbs(filepath.Join(".payrun", "sandbox"))
	switch args[0] {
	case "clear":
		ts.Check(writeFaults(dir, nil))
	case "wait":
		n := 1
		if len(args) > 2 {
			n = number(ts, args[2])
		}
		ts.Check(waitFor(dir, args[1], n))
	case "calls":
		if got, want := payoutCalls(ts, dir), number(ts, args[1]); got != want {
			ts.Fatalf("the sandbox received %d payout calls, want %d", got, want)
		}
	default:
		ts.Check(addFault(dir, args))
	}
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

func faultsPath(dir string) string { return filepath.Join(dir, "faults.json") }

func addFault(dir string, args []string) error {
	f := sandbox.Fault{Call: args[0], Do: args[1]}
	for _, arg := range args[2:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "match":
			f.Match = value
		case "then":
			f.Then = value
		case "nth":
			n, err := strconv.Atoi(value)
			if err != nil {
				return err
			}
			f.Nth = n
		default:
			return fmt.Errorf("unknown word %q", arg)
		}
	}
	var faults []sandbox.Fault
	if text, err := os.ReadFile(faultsPath(dir)); err == nil {
		if err := json.Unmarshal(text, &faults); err != nil {
			return err
		}
	}
	return writeFaults(dir, append(faults, f))
}

// writeFaults replaces the faults file in one step: the sandbox reads it while
// it runs.
func writeFaults(dir string, faults []sandbox.Fault) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if faults == nil {
		faults = []sandbox.Fault{}
	}
	text, err := json.Marshal(faults)
	if err != nil {
		return err
	}
	temporary := faultsPath(dir) + ".new"
	if err := os.WriteFile(temporary, text, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, faultsPath(dir))
}

// waitFor polls until the ledger shows n calls that ended in a word. The bound
// only keeps a broken test from hanging.
func waitFor(dir, did string, n int) error {
	for range 6000 {
		lines, err := sandbox.ReadLedger(filepath.Join(dir, "ledger.jsonl"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		got := 0
		for _, l := range lines {
			if l.Did == did {
				got++
			}
		}
		if got >= n {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("the sandbox never did %q %d times", did, n)
}

func ledgerLines(ts *testscript.TestScript, dir string) []sandbox.Line {
	lines, err := sandbox.ReadLedger(filepath.Join(dir, "ledger.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	ts.Check(err)
	return lines
}

func payoutCalls(ts *testscript.TestScript, dir string) int {
	n := 0
	for _, l := range ledgerLines(ts, dir) {
		if l.Call == sandbox.CallPayout {
			n++
		}
	}
	return n
}

// agreeVerb compares the state with the sandbox's own ledger, payment by
// payment and to the tiyn: agree [STATE].
func agreeVerb(ts *testscript.TestScript, neg bool, args []string) {
	path := "payouts.state.json"
	if len(args) == 1 {
		path = args[0]
	}
	err := compareLedgers(ts, path)
	if neg && err == nil {
		ts.Fatalf("state and ledger agree")
	}
	if !neg {
		ts.Check(err)
	}
}

func compareLedgers(ts *testscript.TestScript, path string) error {
	store := &statefile.Local{Path: ts.MkAbs(path), Version: version}
	snap, err := store.Load(context.Background())
	if err != nil {
		return err
	}
	// A copy, since a sandbox of the script itself may hold the ledger.
	ledger := ts.MkAbs(filepath.Join(".payrun", "sandbox", "ledger.copy"))
	text, err := os.ReadFile(ts.MkAbs(filepath.Join(".payrun", "sandbox", "ledger.jsonl")))
	if err != nil {
		return err
	}
	if err := os.WriteFile(ledger, text, 0o644); err != nil {
		return err
	}
	gateway, err := sandbox.New(sandbox.Config{Ledger: ledger})
	if err != nil {
		return err
	}
	defer gateway.Close()
	if err := gateway.Verify(); err != nil {
		return err
	}
	paid := make(map[string]string)
	for _, p := range gateway.Payments() {
		if p.Paid {
			paid[p.OrderID] = p.Amount
		}
	}
	return comparePaid(snap.Ledger, paid)
}

func comparePaid(l *payout.Ledger, paid map[string]string) error {
	for _, r := range l.All() {
		for _, a := range r.Attempts {
			amount, ok := paid[a.OrderID]
			recorded := a.Status() == payout.Paid
			if recorded && !ok && strings.Contains(a.Events[0].Reason, "; not verified: ") {
				continue // paid where no gateway saw it, as the files say
			}
			if ok != recorded {
				return fmt.Errorf("%s, order %s: paid at the gateway: %t, state says %s", r.Address, a.OrderID, ok, a.Status())
			}
			if ok && amount != r.Amount.Decimal() {
				return fmt.Errorf("%s: %s paid at the gateway, %s in the state", r.Address, amount, r.Amount.Decimal())
			}
			delete(paid, a.OrderID)
		}
	}
	if len(paid) > 0 {
		return fmt.Errorf("paid at the gateway and unknown to the state: %v", paid)
	}
	return nil
}

// tamperVerb replaces text in a file: tamper FILE OLD NEW.
func tamperVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: tamper FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}

// approvedVerb plans at a moment and applies with the digest that plan printed:
// approved.
func approvedVerb(ts *testscript.TestScript, neg bool, _ []string) {
	at := time.Now().UTC().Format(time.RFC3339)
	ts.Check(ts.Exec("payrun", "plan", "-at="+at))
	digest := regexp.MustCompile(`sha256:[0-9a-f]{64}`).FindString(ts.ReadFile("stdout"))
	if err := ts.Exec("payrun", "apply", "-at="+at, "-approve="+digest); (err != nil) != neg {
		ts.Fatalf("apply with digest %s: %v", digest, err)
	}
}
