package hclconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"payrun/planner/payout"
)

const testedConfig = `
variable "secret" {
  type      = string
  default   = "swordfish"
  sensitive = true
}
variable "counts" {
  type    = map(number)
  default = { a = 1 }
}
locals { limit = 5 }
merchant "main" {
  environment = "sandbox"
  merchant_id = 9970
}
batch "pay" {
  period      = "1"
  description = "Pay"
  payout "first" {
    amount     = "10.00"
    user_id    = 1
    card_token = "ef741cfc-f85e-41a0-84e6-2ba964912182"
  }
  payout "rest" {
    for_each   = toset(["a", "b"])
    amount     = "5.25"
    user_id    = each.key == "a" ? 2 : 3
    card_token = each.key == "a" ? "0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52" : "3a124c64-7e02-4f05-b7c1-dce27f7695f5"
  }
}
`

// loadTests writes a configuration and one test file and reads the latter.
func loadTests(t *testing.T, text string) (*Tests, hcl.Diagnostics, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"payouts.hcl": testedConfig, "a.test.hcl": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests, diags := LoadTests(Options{Dir: dir})
	t.Cleanup(func() {
		if err := tests.Close(); err != nil {
			t.Error(err)
		}
	})
	return tests, diags, dir
}

// judged runs nothing: it judges the first run by facts of a fixed story.
func judged(t *testing.T, text string, change func(*RunFacts)) (hcl.Diagnostics, *Sources) {
	t.Helper()
	tests, diags, dir := loadTests(t, text)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	run := tests.Files[0].Runs[0]
	cfg, sources, diags := Load(run.Options(Options{Dir: dir}))
	if diags.HasErrors() {
		return diags, sources
	}
	kzt := payout.MustCurrency("KZT")
	facts := &RunFacts{
		Config: cfg, Output: "Plan: 3 to pay", ToPay: Sum{Count: 3, Totals: []payout.Money{{Minor: 2050, Currency: kzt}}},
		Totals: Facts{"pay": {Total: payout.Money{Minor: 2050, Currency: kzt}, Largest: payout.Money{Minor: 1000, Currency: kzt}, Count: 3, NewRecipients: 3}},
		Broken: []string{"pay.max_total"}, Calls: 2,
		Gateway: GatewayFacts{PayoutCalls: 2, StatusCalls: 4, BalanceCalls: 1, Paid: Sum{Count: 1, Totals: []payout.Money{{Minor: 1000, Currency: kzt}}}},
		Payouts: []PayoutFacts{
			{Address: payout.NewAddress("pay", "1", "first"), Declared: true, Status: payout.Paid, Attempts: 1, Amount: payout.Money{Minor: 1000, Currency: kzt}},
			{Address: payout.NewAddress("pay", "1", "rest").WithKey("a"), Declared: true, Status: payout.Failed, Code: "10017", Words: "no card", Attempts: 2, Amount: payout.Money{Minor: 525, Currency: kzt}},
			{Address: payout.NewAddress("pay", "1", "rest").WithKey("b"), Declared: true, Amount: payout.Money{Minor: 525, Currency: kzt}},
			{Address: payout.NewAddress("old", "0", "gone"), Status: payout.InDoubt, Amount: payout.Money{Minor: 100, Currency: kzt}},
		},
	}
	if change != nil {
		change(facts)
	}
	return tests.Judge(run, facts), tests.Sources()
}

// assertion is a test file with one assertion.
func assertion(condition string) string {
	return "run \"r\" {\n  assert {\n    condition     = " + condition + "\n    error_message = \"does not hold\"\n  }\n}\n"
}

func TestAssertionsThatHold(t *testing.T) {
	for _, condition := range []string{
		`run.exit_code == 0 && run.payout_calls == 2 && run.safe_to_run_again == null`,
		`run.to_pay.count == 3 && run.to_pay.total == 20.5 && run.to_pay.totals["KZT"] == 20.5`,
		`contains(run.broken, "pay.max_total") && can(regex("^Plan: 3", run.output))`,
		`batch.pay.total == 20.5 && batch.pay.count == 3 && batch.pay.largest == 10 && batch.pay.new_recipients == 3 && batch.pay.currency == "KZT"`,
		`batch.pay.paid == 1 && batch.pay.paid_total == 10 && batch.pay.failed == 1 && batch.pay.declared == 1 && batch.pay.in_doubt == 0`,
		`payout.pay["1"].first.status == "paid" && payout.pay["1"].rest["a"].code == "10017" && payout.pay["1"].rest["a"].words == "no card"`,
		`payout.pay["1"].rest["b"].status == "declared" && payout.pay["1"].rest["b"].amount == 5.25 && payout.pay["1"].rest["b"].attempts == 0`,
		`payout.old["0"].gone.status == "in_doubt" && alltrue`,
		`length([for p in payout.pay["1"].rest : p if p.status == "failed"]) == 1`,
		`status["pay[\"1\"].first"] == "paid" && length(status) == 4`,
		`ledger.payout_calls == 2 && ledger.status_calls == 4 && ledger.balance_calls == 1 && ledger.paid_count == 1 && ledger.paid_total == 10 && ledger.paid_totals["KZT"] == 10`,
		`var.counts["a"] == 1 && local.limit == 5 && fileexists("payouts.hcl")`,
		`try(payout.pay["1"].nobody.status, "none") == "none" && !can(status["nobody"])`,
	} {
		condition = strings.ReplaceAll(condition, " && alltrue", "")
		if diags, _ := judged(t, assertion(condition), nil); len(diags) > 0 {
			t.Errorf("%s: %v", condition, diags)
		}
	}
}

func TestAssertionsThatDoNot(t *testing.T) {
	for condition, want := range map[string]string{
		`run.exit_code == 1`:                           "does not hold",
		`run.safe_to_run_again`:                        "condition must be of the type bool",
		`run.to_pay.totals["KGS"] == 1`:                `run.to_pay.totals has no "KGS" after this run. Did you mean "KZT"?`,
		`batch.pya.count == 1`:                         `batch has no "pya" after this run. Did you mean "pay"?`,
		`payout.pay["1"].rest["c"].status == "failed"`: `payout.pay["1"].rest has no "c" after this run.`,
		`payout.pay["1"].first.stauts == "failed"`:     `payout.pay["1"].first has no "stauts" after this run. Did you mean "status"?`,
		`status[3] == "paid"`:                          `after this run`,
		`var.contus == 1`:                              `There is no var.contus. Did you mean "counts"?`,
		`local.limt == 1`:                              `There is no local.limt. Did you mean "limit"?`,
		`var.counts["b"] == 1`:                         "does not identify an element",
		`strlen(var.secret) == 2`:                      "does not hold",
	} {
		diags, _ := judged(t, assertion(condition), nil)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail+diags[0].Summary, want) || diags[0].Subject == nil || diags[0].Subject.Filename != "a.test.hcl" || diags[0].Subject.Start.Line != 3 {
			t.Errorf("%s: %v", condition, diags)
		}
	}
}

func TestOutcomes(t *testing.T) {
	yes, no := true, false
	for name, tt := range map[string]struct {
		expect string
		change func(*RunFacts)
		want   string // "" = it passes
	}{
		"code as expected":   {"exit_code = 9", func(f *RunFacts) { f.ExitCode = 9 }, ""},
		"another code":       {"exit_code = 9", nil, `ended with exit code 0, and 9 is expected.`},
		"code not mentioned": {"", func(f *RunFacts) { f.ExitCode = 4 }, "and 0 is expected, since"},
		"safe":               {"safe_to_run_again = true", func(f *RunFacts) { f.Safe = &yes }, ""},
		"not safe":           {"safe_to_run_again = true", func(f *RunFacts) { f.Safe = &no }, `and it said "Safe to run again: no"`},
		"not safe, expected": {"safe_to_run_again = false", func(f *RunFacts) { f.Safe = &no }, ""},
		"says nothing":       {"safe_to_run_again = false", nil, "it said nothing"},
		"twice":              {"exit_code = 0", func(f *RunFacts) { f.Gateway.Broken = "order x twice" }, "order x twice."},
	} {
		diags, _ := judged(t, "run \"r\" {\n  expect {\n    "+tt.expect+"\n  }\n}\n", tt.change)
		if tt.want == "" && len(diags) > 0 || tt.want != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, tt.want)) {
			t.Errorf("%s: %v", name, diags)
		}
	}
}

// After an unexpected ending the assertions would only echo it.
func TestNoEchoes(t *testing.T) {
	diags, _ := judged(t, assertion("run.to_pay.count == 99"), func(f *RunFacts) { f.ExitCode = 1 })
	if len(diags) != 1 || diags[0].Extra != msgTestExit.code {
		t.Error(diags)
	}
}

func TestWhatARunDoesNotGive(t *testing.T) {
	usd := payout.Money{Minor: 100, Currency: payout.MustCurrency("USD")}
	diags, _ := judged(t, assertion("ledger.paid_total == 1"), func(f *RunFacts) { f.Gateway.Paid.Totals = append(f.Gateway.Paid.Totals, usd) })
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "several currencies") {
		t.Error(diags)
	}
	diags, _ = judged(t, assertion("batch.pay.count == 1 || var.counts == {}"), func(f *RunFacts) { f.Config, f.Payouts = nil, nil })
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "could not be read") {
		t.Error(diags)
	}
	diags, _ = judged(t, assertion(`payout.pay["1"].first.status == "paid"`), func(f *RunFacts) { f.Config, f.Payouts = nil, nil })
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, `payout has no "pay"`) {
		t.Error(diags)
	}
}

// No message and no snippet shows what is sensitive, or a card token.
func TestSecretsOfTests(t *testing.T) {
	text := `run "r" {
  variables { secret = "tunafish-and-more" }
  assert {
    condition     = var.secret == "other" && "ef741cfc-f85e-41a0-84e6-2ba964912182" == "x"
    error_message = "It is ${var.secret}, ef741cfc-f85e-41a0-84e6-2ba964912182"
  }
}
`
	diags, sources := judged(t, text, nil)
	if len(diags) != 1 {
		t.Fatal(diags)
	}
	file, _ := sources.File("a.test.hcl")
	for _, shown := range []string{diags[0].Detail, string(file)} {
		if strings.Contains(shown, "ef741cfc-f85e") {
			t.Errorf("a token is shown: %s", shown)
		}
	}
	if strings.Contains(diags[0].Detail, "tunafish") {
		t.Errorf("a sensitive value is shown: %s", diags[0].Detail)
	}
	text = strings.Replace(text, "secret = ", "secert = ", 1)
	if diags, sources = judged(t, text, nil); len(diags) != 1 || diags[0].Subject.Filename != "a.test.hcl" || sources.Files(diags)["a.test.hcl"] == nil {
		t.Errorf("%v", diags)
	}
}

// The values of a run win over those of its file, and these over all others.
func TestValuesOfRuns(t *testing.T) {
	tests, diags, dir := loadTests(t, "variables {\n  secret = \"file\"\n  counts = { a = 2 }\n}\nrun \"one\" {\n  variables { secret = \"run\" }\n}\nrun \"two\" {}\n")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for i, want := range []string{"run", "file"} {
		opts := tests.Files[0].Runs[i].Options(Options{Dir: dir, VarFlags: []string{"secret=flag", "counts={a=3}"}})
		cfg, _, diags := Load(opts)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		vars := cfg.base.ctx
		for vars.Variables["var"].IsNull() {
			vars = vars.Parent()
		}
		secret, _ := vars.Variables["var"].GetAttr("secret").Unmark()
		if got := secret.AsString(); got != want || cfg.Variables[0].Printed != `{"a":2}` {
			t.Errorf("run %d: %s, %s", i, got, cfg.Variables[0].Printed)
		}
	}
}

func TestTestsThatCannotBeRead(t *testing.T) {
	tests, diags := LoadTests(Options{Dir: filepath.Join(t.TempDir(), "nowhere")})
	if !diags.HasErrors() || tests.Close() != nil || len(tests.Files) != 0 {
		t.Error(diags)
	}
	dir := t.TempDir()
	if err := os.Symlink("../outside", filepath.Join(dir, "a.test.hcl")); err != nil {
		t.Fatal(err)
	}
	tests, diags = LoadTests(Options{Dir: dir})
	if len(diags) != 1 || diags[0].Extra != msgTestUnreadable.code {
		t.Error(diags)
	}
	if err := tests.Close(); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"run \"a\" {\x00}", strings.Repeat("[", 100_000), "\xff", "run \"a\" { assert { condition = " + strings.Repeat("(", 5000) + " } }"} {
		if tests, diags, _ := loadTests(t, text); len(diags) != 1 || len(tests.Files[0].Runs) != 0 {
			t.Errorf("%.20q: %v", text, diags)
		}
	}
}

// FuzzTests reads any text as a test file, and judges what it holds: a
// diagnostic, never a crash.
func FuzzTests(f *testing.F) {
	f.Add(assertion("run.exit_code == 0 && payout.pay[\"1\"].first.status == status[\"x\"]"))
	f.Add("variables { a = 1 }\nrun \"r\" {\n fault {\n match = pay[\"1\"].first\n do = \"hold\"\n nth = 2\n }\n fault {\n from = a[\"1\"].b[\"c\"]\n then = x\n }\n expect {\n exit_code = 3\n safe_to_run_again = maybe\n }\n}")
	f.Add("run \"r\" {\n command = reconcile\n at = \"2026-01-01T00:00:00Z\"\n wait = null\n target = [null, 1]\n override = [\"a\"]\n reason = 3\n retry_failed = \"yes\"\n}")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"payouts.hcl": testedConfig, "a.test.hcl": text} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tests, diags := LoadTests(Options{Dir: dir})
		defer tests.Close()
		if diags.HasErrors() {
			return
		}
		for _, run := range tests.Files[0].Runs {
			cfg, _, _ := Load(run.Options(Options{Dir: dir}))
			tests.Judge(run, &RunFacts{Config: cfg, Payouts: []PayoutFacts{{Address: payout.NewAddress("pay", "1", "first"), Amount: payout.Money{Currency: payout.MustCurrency("KZT")}}}})
			for i := range run.Faults {
				run.Faults[i].Unusable("do", "why", []string{"hold"})
				run.Faults[i].Meetless([]string{"pay"})
			}
		}
	})
}

func TestTooManyTestFiles(t *testing.T) {
	dir := t.TempDir()
	for i := range MaxFiles + 1 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.test.hcl", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests, diags := LoadTests(Options{Dir: dir})
	if len(diags) != 1 || diags[0].Extra != msgTooManyFiles.code || len(tests.Files) != 0 || tests.Close() != nil {
		t.Error(diags)
	}
}

// The work of test files is counted as that of a configuration is: while they
// are read, and again while a run is judged, where it is told once.
func TestStepsOfTests(t *testing.T) {
	const few = 100_000
	much := func(n string) string {
		return "length([for a in range(" + n + ") : [for b in range(" + n + ") : b]]) > 0"
	}
	write := func(condition string) string {
		dir := t.TempDir()
		text := strings.Replace(assertion(condition), "run \"r\" {\n", "run \"r\" {\n  assert {\n    condition     = "+condition+"\n    error_message = \"the first\"\n  }\n", 1)
		if err := os.WriteFile(filepath.Join(dir, "a.test.hcl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	tests, diags := loadTestsWithin(Options{Dir: write(much("100"))}, few)
	if len(diags) != 1 || diags[0].Extra != msgSteps.code || diags[0].Subject.Start.Line != 3 || tests.Close() != nil {
		t.Errorf("read: %v", diags)
	}
	tests, diags = loadTestsWithin(Options{Dir: write(much("run.payout_calls"))}, few)
	defer tests.Close()
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	run := tests.Files[0].Runs[0]
	for _, calls := range []int{100, 10, 100} { // each judgement has all steps
		diags = tests.Judge(run, &RunFacts{Calls: calls})
		if calls == 10 && len(diags) > 0 || calls == 100 && (len(diags) != 1 || diags[0].Extra != msgSteps.code || diags[0].Subject.Start.Line != 3) {
			t.Errorf("judged after %d calls: %v", calls, diags)
		}
	}
}
