package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"payrun/hclconfig"
	"payrun/planner/payout"
	"payrun/statefile"
)

// killWorld is a folder with a configuration, and a gateway beside it.
type killWorld struct {
	dir             string // of the configuration and the state
	kept            string // everything, removed where the test passed
	gateway         *killGateway
	payouts         int
	total           int64 // minor units declared
	random          *rand.Rand
	width           int
	stuck, resolved bool     // nothing is sent until a person speaks; one did
	log             []string // what was done, for a failure
}

// newKillWorld is an empty folder with a gateway.
func newKillWorld(t *testing.T, seed uint64) *killWorld {
	t.Helper()
	kept, err := os.MkdirTemp("", "payrun-kills-")
	if err != nil {
		t.Fatal(err)
	}
	w := &killWorld{kept: kept, dir: filepath.Join(kept, "work"), random: rand.New(rand.NewPCG(seed, seed))}
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if w.gateway, err = newKillGateway(filepath.Join(kept, "ledger.jsonl"), w.statePath()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.clean(t) })
	return w
}

func (w *killWorld) clean(t *testing.T) {
	if err := w.gateway.close(); err != nil {
		t.Errorf("stop the gateway: %v", err)
	}
	if t.Failed() {
		t.Logf("everything is kept in %s; what was done:\n%s", w.kept, strings.Join(w.log, "\n"))
		return
	}
	if err := os.RemoveAll(w.kept); err != nil {
		t.Error(err)
	}
}

const killFiles = `merchant "main" {
  environment    = "test"
  merchant_id    = 9970
  secret_key_env = "PAY_KEY"
  order_prefix   = "kill"
  post_link      = "https://finance.example.kz/notify"
  base_url       = %q
  rate           = "unlimited"
  status_rate    = "unlimited"
  max_in_flight  = %d
  timeout        = "10m"
}

batch "pay" {
  period      = "2026-11"
  description = "Salary"

  payout "staff" {
    rows { path = "staff.csv" }
    key        = row.id
    amount     = row.net
    user_id    = row.id
    card_token = row.token
  }
}
`

// declare writes payouts of distinct amounts, to be paid width at once.
func (w *killWorld) declare(t *testing.T, payouts, width int) {
	t.Helper()
	w.payouts, w.width = payouts, width
	w.configure(t)
	w.write(t, "staff.csv", w.rows())
}

// configure writes the configuration, with the gateway's present address.
func (w *killWorld) configure(t *testing.T) {
	t.Helper()
	w.write(t, "payouts.hcl", fmt.Sprintf(killFiles, w.gateway.server.URL, w.width))
}

func (w *killWorld) rows() string {
	var b strings.Builder
	b.WriteString("id,net,token\n")
	w.total = 0
	for i := range w.payouts {
		fmt.Fprintf(&b, "%d,%d.%02d,ef741cfc-f85e-41a0-84e6-%012x\n", i+1, 100+i, i%100, i)
		w.total += int64(100+i)*100 + int64(i%100)
	}
	return b.String()
}

func (w *killWorld) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *killWorld) statePath() string { return filepath.Join(w.dir, hclconfig.DefaultStatePath) }

func (w *killWorld) store() *statefile.Local {
	return &statefile.Local{Path: w.statePath(), Version: version}
}

// environment is that of every runner: nothing of the person who runs the tests
// decides about them.
func (w *killWorld) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.kept, "PAY_KEY=payrun-sandbox-key", "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.kz", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.kz",
	}
}

// ending is how one run of payrun ended.
type ending struct {
	code   int // -1: killed
	output string
}

// command prepares a run. Its output is complete after Wait.
func (w *killWorld) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	c := exec.Command("payrun", args...)
	out := &bytes.Buffer{}
	c.Dir, c.Env, c.Stdout, c.Stderr = w.dir, w.environment(), out, out
	return c, out
}

// run lets payrun run to its end.
func (w *killWorld) run(args ...string) ending {
	c, out := w.command(args...)
	_ = c.Run() // the code says how it went; -1 where it did not start
	return w.ended(c, out)
}

func (w *killWorld) ended(c *exec.Cmd, out *bytes.Buffer) ending {
	code := -1
	if c.ProcessState != nil {
		code = c.ProcessState.ExitCode()
	}
	w.log = append(w.log, fmt.Sprintf("payrun %s: %d", strings.Join(c.Args[1:], " "), code))
	return ending{code, out.String()}
}

// applying are the words of an apply; where there is no state, why.
func (w *killWorld) applying(more ...string) []string {
	args := append([]string{"apply", "-auto-approve"}, more...)
	if _, err := os.Stat(w.statePath()); err != nil {
		args = append(args, "-state-is=first", "-reason=nothing was paid from these files")
	}
	return args
}

// agreed compares what is on disk with what the gateway saw, while nobody runs:
// whatever reached the gateway is recorded, each order id once, and nothing
// counts as paid that is not.
func (w *killWorld) agreed() error {
	if err := w.gateway.honest(); err != nil {
		return err
	}
	snap, err := w.store().Load(context.Background())
	if err != nil {
		return err
	}
	calls, err := w.gateway.payoutCalls()
	if err != nil {
		return err
	}
	for _, order := range calls {
		if snap.Ledger.ByOrderID("main", order) == nil {
			return fmt.Errorf("order %s reached the gateway and is unknown to state and journal", order)
		}
	}
	paid := w.paid()
	for _, r := range snap.Ledger.All() {
		for i := range r.Attempts {
			a := &r.Attempts[i]
			if _, ok := paid[a.OrderID]; a.Status() == payout.Paid && !ok {
				return fmt.Errorf("%s, order %s: paid in the state and not at the gateway", r.Address, a.OrderID)
			}
		}
	}
	return nil
}

// paid are the amounts that the gateway paid, by order id.
func (w *killWorld) paid() map[string]string {
	paid := make(map[string]string)
	for _, p := range w.gateway.Payments() {
		if p.Paid {
			paid[p.OrderID] = p.Amount
		}
	}
	return paid
}

// complete says whether everything is paid, once, and known to be: the sums of
// the files, of the state and of the gateway are equal.
func (w *killWorld) complete() error {
	if err := w.agreed(); err != nil {
		return err
	}
	snap, err := w.store().Load(context.Background())
	if err != nil {
		return err
	}
	if err := comparePaid(snap.Ledger, w.paid()); err != nil {
		return err
	}
	var sum int64
	for _, r := range snap.Ledger.All() {
		isPaid := func(a payout.Attempt) bool { return a.Status() == payout.Paid }
		if !slices.ContainsFunc(r.Attempts, isPaid) {
			return fmt.Errorf("%s is %s, not paid", r.Address, r.Status())
		}
		sum += r.Amount.Minor
	}
	if n := len(w.paid()); snap.Ledger.Len() != w.payouts || n != w.payouts || sum != w.total {
		return fmt.Errorf("%d payouts declared, %d recorded, %d paid at the gateway; %d minor units declared, %d paid",
			w.payouts, snap.Ledger.Len(), n, w.total, sum)
	}
	return nil
}
