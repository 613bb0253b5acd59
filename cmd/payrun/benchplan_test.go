package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// What `terraform plan` of 10 000 terraform_data took and held where the
// targets were set. It stands in for the other side where there is no
// terraform.
const (
	recordedSeconds = 15.8
	recordedBytes   = 795e6
	terraformBlocks = 10_000
)

// spent is what a process took.
type spent struct {
	seconds float64
	peak    float64 // resident memory, in bytes
}

// plans measures P1, P2, P4, M1 and M2: whole processes, from files to text.
func (t *table) plans(payouts, large int) {
	if !t.wants("P1", "P2", "P4", "M1", "M2") {
		return
	}
	rows, blocks := t.settled(rowsWorld(t, payouts)), t.settled(blocksWorld(t, payouts, false))
	parsed := t.settled(blocksWorld(t, payouts, true))
	reference, how := t.terraform()
	u := t.inTurns(plan(t, blocks), plan(t, rows), plan(t, parsed), reference)
	of, n := u[3], t.words(payouts)
	t.add(figure{id: "P1", what: "plan of " + n + " blocks / terraform plan of 10 k", value: u[0].seconds / of.seconds, bound: 0.04, note: how})
	t.add(figure{id: "P1", what: "plan of " + n + " blocks with a template / the same", value: u[2].seconds / of.seconds, bound: 0.20, note: how})
	t.add(figure{id: "P2", what: "plan of " + n + " rows / terraform plan of 10 k", value: u[1].seconds / of.seconds, bound: 0.05, note: how})
	t.add(figure{id: "M1", what: "peak memory, plan of " + n + " rows / terraform's", value: u[1].peak / of.peak, bound: 0.15, note: how})
	t.add(figure{id: "M1", what: "peak memory, plan of " + n + " blocks / terraform's", value: u[0].peak / of.peak, bound: 0.25, note: how})
	if large > 0 && t.wants("P4", "M2") {
		t.largePlans(rows, payouts, large)
	}
}

func (t *table) words(n int) string { return strconv.Itoa(n/1000) + " k" }

// largePlans compares a large plan with one of an ordinary size.
func (t *table) largePlans(rows string, payouts, large int) {
	fresh, manyFresh, manyBlocks := rowsWorld(t, payouts), rowsWorld(t, large), blocksWorld(t, large, false)
	lines, sheet := rowsWorldOf(t, "jsonl", large), rowsWorldOf(t, "xlsx", large)
	u := t.inTurns(plan(t, fresh), plan(t, manyFresh), plan(t, manyBlocks), plan(t, lines), plan(t, sheet))
	n := t.words(large)
	t.add(figure{id: "P4", what: "plan of " + n + " new rows / of " + t.words(payouts), value: u[1].seconds / u[0].seconds, bound: 1.1 * float64(large) / float64(payouts)})
	t.add(figure{id: "M2", what: "peak kB a payout, plan of " + n + " new rows", value: u[1].peak / 1000 / float64(large), bound: 1.0})
	t.add(figure{id: "M2", what: "peak kB a payout, plan of " + n + " new blocks", value: u[2].peak / 1000 / float64(large), bound: 2.0})
	t.add(figure{id: "M2", what: "peak kB a payout, plan of " + n + " new rows of JSONL", value: u[3].peak / 1000 / float64(large), bound: 1.0})
	t.add(figure{id: "M2", what: "peak kB a payout, plan of " + n + " new rows of XLSX", value: u[4].peak / 1000 / float64(large), bound: 1.0})
	u = t.inTurns(plan(t, rows), plan(t, t.settled(manyFresh)))
	t.add(figure{id: "P4", what: "plan of " + n + " paid rows / of " + t.words(payouts), value: u[1].seconds / u[0].seconds, bound: 1.1 * float64(large) / float64(payouts)})
	t.add(figure{id: "M2", what: "peak kB a payout, plan of " + n + " paid rows, with their state", value: u[1].peak / 1000 / float64(large), bound: 1.0})
}

// settled is a configuration of which everything is paid.
func (t *table) settled(dir string) string {
	settleBench(t, dir)
	return dir
}

// plan is `payrun plan` of a directory: this program itself, in its own
// process.
func plan(tb testing.TB, dir string) func() spent {
	return func() spent { return measure(tb, exec.Command("payrun", "-chdir="+dir, "plan")) }
}

// inTurns measures several sides in each round, and returns the medians.
func (t *table) inTurns(sides ...func() spent) []spent {
	seconds, peaks := make([][]float64, len(sides)), make([][]float64, len(sides))
	for range t.rounds {
		for i, side := range sides {
			u := side()
			seconds[i], peaks[i] = append(seconds[i], u.seconds), append(peaks[i], u.peak)
		}
	}
	out := make([]spent, len(sides))
	for i := range sides {
		out[i] = spent{median(seconds[i]), median(peaks[i])}
	}
	return out
}

// measure runs a command to its end. The peak of memory is that of the
// process alone: what the kernel says of a child includes its parent's.
func measure(tb testing.TB, c *exec.Cmd) spent {
	tb.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	start := time.Now()
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	u := spent{}
	for {
		select {
		case err := <-done:
			if err != nil {
				tb.Fatalf("%v: %v\n%s", c.Args, err, said.Bytes())
			}
			u.seconds = time.Since(start).Seconds()
			return u
		case <-time.After(5 * time.Millisecond):
			u.peak = max(u.peak, peakOf(c.Process.Pid))
		}
	}
}

// peakOf is the most memory that a process has had, in bytes; 0 where the
// system does not say.
func peakOf(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, text, _ = bytes.Cut(text, []byte("VmHWM:"))
	text, _, _ = bytes.Cut(text, []byte("kB"))
	kib, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil {
		return 0
	}
	return float64(kib) * 1024
}

// terraform is the other side of the plans, and how it was measured.
func (t *table) terraform() (side func() spent, how string) {
	path := os.Getenv("PAYRUN_BENCH_TERRAFORM")
	if path == "" && !t.quick {
		path, _ = exec.LookPath("terraform")
	}
	if path == "" {
		return func() spent { return spent{recordedSeconds, recordedBytes} }, "terraform's side recorded, not measured"
	}
	dir := t.terraformWorld()
	command := func(args ...string) *exec.Cmd {
		c := exec.Command(path, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
		return c
	}
	measure(t, command("init", "-input=false", "-no-color"))
	return func() spent { return measure(t, command("plan", "-input=false", "-no-color")) }, "terraform measured in turns"
}

// terraformWorld declares resources that say what a payout says, and a state
// in which they all exist.
func (t *table) terraformWorld() string {
	dir := t.TempDir()
	resources := make([]any, terraformBlocks)
	writeBench(t, dir, "main.tf", func(w *bufio.Writer) {
		for i := range resources {
			token := fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012x", i)
			fmt.Fprintf(w, "resource \"terraform_data\" \"p%d\" {\n  input = {\n    amount = \"%d.50\"\n    user_id = %d\n", i, 1000+i%5000, i+1)
			fmt.Fprintf(w, "    card_token = \"%s\"\n    label = \"Name Surname %d\"\n  }\n}\n", token, i)
			resources[i] = terraformRecord(i, map[string]any{
				"amount": fmt.Sprintf("%d.50", 1000+i%5000), "user_id": i + 1, "card_token": token, "label": fmt.Sprintf("Name Surname %d", i),
			})
		}
	})
	state, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "11111111-1111-4111-8111-111111111111",
		"outputs": map[string]any{}, "resources": resources, "check_results": nil,
	})
	t.check(err)
	t.check(os.WriteFile(filepath.Join(dir, "terraform.tfstate"), state, 0o600))
	return dir
}

func terraformRecord(i int, values map[string]any) any {
	shape := []any{"object", map[string]string{"amount": "string", "user_id": "number", "card_token": "string", "label": "string"}}
	typed := map[string]any{"value": values, "type": shape}
	return map[string]any{
		"mode": "managed", "type": "terraform_data", "name": fmt.Sprint("p", i), "provider": `provider["terraform.io/builtin/terraform"]`,
		"instances": []any{map[string]any{"schema_version": 0, "sensitive_attributes": []any{}, "attributes": map[string]any{
			"id": fmt.Sprintf("00000000-0000-4000-8000-%012x", i), "input": typed, "output": typed, "triggers_replace": nil,
		}}},
	}
}
