package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"payrun/freedompay/sandbox"
)

// canaryFiles is a configuration with a canary in every input it can have.
func canaryFiles(w *aviary, gateway, environment string) {
	w.plant("payouts.hcl", fmt.Sprintf(`
variable "plain" { type = string }
variable "hidden" {
  type      = string
  sensitive = true
}
variable "from_file" { type = string }
merchant "main" {
  environment    = %q
  merchant_id    = 9970
  secret_key_env = "CANARY_KEY"
  order_prefix   = "bird"
  post_link      = "https://finance.example.kz/notify"
  base_url       = %q
  rate           = "unlimited"
  status_rate    = "unlimited"
  timeout        = "2s"
}
batch "pay" {
  period      = "2026-11"
  description = "Salary"
  limits { max_payout = "20.00" }
  payout "rows" {
    rows { path = "people.csv" }
    key        = row.id
    amount     = row.pay
    user_id    = row.id
    card_token = row.token
    label      = row.name
  }
  payout "block" {
    amount     = "5.00"
    user_id    = 11
    card_token = %q
    label      = %q
  }
  payout "twin" {
    amount     = "5.00"
    user_id    = 12
    card_token = %q
    label      = "%s, twin"
  }
  payout "plain" {
    amount     = "12.00"
    user_id    = 13
    card_token = var.plain
    label      = %q
    hold       = "waits"
  }
  payout "hidden" {
    amount     = "7.00"
    user_id    = 14
    card_token = var.hidden
    label      = var.from_file
  }
}
output "plain" { value = var.plain }
output "hidden" {
  value     = var.hidden
  sensitive = true
}
output "label" { value = "total ${batch.pay.total}" }
`, environment, gateway, blockCanary.whole, labelCanary, blockCanary.whole, labelCanary, labelCanary))
	w.plant("people.csv", "id,name,pay,token\n1,"+labelCanary+",3.00,"+rowCanary.whole+"\n2,"+labelCanary+",4.00,"+echoCanary.whole+"\n")
	w.plant("more.vars.hcl", fmt.Sprintf("from_file = %q\n", labelCanary))
	w.plant("key.txt", fileCanary.whole+"\n")
	w.env = append(w.env, "PAYRUN_VAR_hidden="+hiddenCanary.whole, "PAYRUN_VAR_plain="+plainCanary.whole)
}

// TestCanariesOnTheWay plants canaries in every input of an ordinary life and
// searches all that every command prints and leaves.
func TestCanariesOnTheWay(t *testing.T) {
	w := newAviary(t)
	server := sandbox.NewServer(t, sandbox.Config{
		Key: keyCanary.whole, Ledger: filepath.Join(w.dir, ".payrun", "sandbox", "ledger.jsonl"), Faults: filepath.Join(w.dir, "faults.json"),
	})
	canaryFiles(w, server.URL, "sandbox")
	vars := "-var-file=more.vars.hcl"
	for _, args := range [][]string{{"validate"}, {"fmt", "-check", "-diff"}, {"plan"}, {"plan", "-format=markdown"}, {"plan", "-format=csv"}, {"console"}, {"output"}, {"balance"}, {"state", "list"}, {"show"}, {"reconcile"}} {
		w.both(vars, args...)
	}
	if said := w.run("apply", vars, "-auto-approve"); !strings.Contains(said, "duplicate") {
		t.Errorf("the twins are not seen:\n%s", said)
	}
	edit(w, "payouts.hcl", "user_id    = 12", "user_id    = 12\n    allow_duplicate = \"the second half\"")
	if said := w.run("apply", vars, "-auto-approve", "-json", "-report=report.json", "-wait=0"); !strings.Contains(said, "accepted") {
		t.Errorf("nothing is paid:\n%s", said)
	}
	for i, did := range []string{"reject:10017", "drop-after"} {
		edit(w, "people.csv", "2,", fmt.Sprintf("%d,%s,%d.50,%s\n2,", 30+i, labelCanary, 5+i, rowCanary.whole))
		faults := []sandbox.Fault{{Match: "*", Call: sandbox.CallPayout, Do: did}, {Match: "*", Call: sandbox.CallStatus, Nth: 2, Do: "status:hmm"}}
		if err := writeFaults(w.dir, faults); err != nil {
			t.Fatal(err)
		}
		w.run("apply", vars, "-auto-approve", "-report=report.csv", "-retry-failed", "-wait=0")
	}
	address := `pay["2026-11"].rows["1"]`
	for _, args := range [][]string{
		{"plan"}, {"plan", "-format=markdown"}, {"plan", "-format=csv"}, {"plan", "-retry-failed"}, {"show"}, {"state", "list"}, {"state", "show", address}, {"state", "verify"},
		{"state", "pull"}, {"output"}, {"output", "hidden"}, {"balance"}, {"reconcile"}, {"lock"}, {"explain"}, {"version"},
	} {
		w.both(vars, args...)
	}
	// A card that changes, a payout that moves, one that is lost and one that is
	// settled: what a plan says about each names the card.
	edit(w, "payouts.hcl", blockCanary.whole, echoCanary.whole)
	edit(w, "people.csv", "1,", "9,")
	w.both(vars, "plan")
	w.both(vars, "apply", "-auto-approve", "-wait=0")
	w.run("resolve", vars, address, "-as=returned", "-reason=came back to "+cardCanary.whole)
	w.run("resolve", vars, address, "-as=failed", "-reason=the statement of "+ibanCanary.whole+" says so", "-evidence=people.csv")
	w.run("state", "forget", vars, address, "-reason=token "+rowCanary.whole+" was wrong")
	for _, args := range [][]string{{"show"}, {"state", "list"}, {"state", "show", address}, {"state", "pull"}, {"plan"}} {
		w.both(vars, args...)
	}
	t.Logf("searched %d outputs and %d files, %d bytes, for %d canaries and a label", w.outputs, w.files, w.bytes, len(allCanaries()))
}

// both runs a command for people and for programs.
func (w *aviary) both(more string, args ...string) {
	w.Helper()
	w.run(append(args, more)...)
	w.run(append(args, more, "-json")...)
}

func edit(w *aviary, name, before, after string) {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.Fatal(err)
	}
	if !strings.Contains(string(text), before) {
		w.Fatalf("%s holds no %q", name, before)
	}
	w.plant(name, strings.Replace(string(text), before, after, 1))
}

// TestCanariesOfGateways: whatever a gateway puts into its answers, nothing of
// it is shown or kept.
func TestCanariesOfGateways(t *testing.T) {
	redirect := http.RedirectHandler("https://"+rowCanary.whole+".example/"+cardCanary.whole+"?iban="+ibanCanary.whole, http.StatusTemporaryRedirect)
	page := func(text string) http.HandlerFunc {
		return func(out http.ResponseWriter, _ *http.Request) { http.Error(out, text, http.StatusInternalServerError) }
	}
	everything := rowCanary.whole + " " + cardCanary.whole + " " + ibanCanary.whole + " " + keyCanary.whole
	for name, handler := range map[string]http.Handler{
		"accepts":           &birdsong{status: "ok", code: "0", fate: "success"},
		"refuses":           &birdsong{status: "error", code: "10017", fate: "error"},
		"refuses the run":   &birdsong{status: "error", code: "8888", fate: "error"},
		"refuses strangely": &birdsong{status: "error", code: "424242", fate: "error"},
		"says a card":       &birdsong{status: cardCanary.whole, code: "0", fate: "error"},
		"says a token":      &birdsong{status: rowCanary.whole, code: ibanCanary.whole, fate: "error"},
		"redirects":         redirect,
		"a page":            page("<html>" + everything + "</html>"),
		"no xml":            page(everything),
		"a field of it":     page("<response><" + "t" + rowCanary.whole + ">" + everything + "</response>"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newAviary(t)
			server := httptest.NewServer(handler)
			defer server.Close()
			canaryFiles(w, server.URL, "test")
			edit(w, "payouts.hcl", "user_id    = 12", "user_id    = 12\n    allow_duplicate = \"the second half\"")
			w.lifeWith("-var-file=more.vars.hcl")
			w.Logf("searched %d outputs and %d files, %d bytes", w.outputs, w.files, w.bytes)
		})
	}
}

// lifeWith is what people do with a gateway that misbehaves.
func (w *aviary) lifeWith(vars string) {
	w.Helper()
	w.both(vars, "balance")
	w.run("apply", vars, "-auto-approve", "-wait=0", "-report=report.csv", "-state-is=first", "-reason=nothing was ever paid")
	w.run("apply", vars, "-auto-approve", "-wait=0", "-json", "-report=report.json")
	for _, args := range [][]string{{"reconcile"}, {"plan"}, {"plan", "-refresh"}, {"show"}, {"state", "list"}, {"state", "show", `pay["2026-11"].rows["1"]`}, {"state", "pull"}} {
		w.both(vars, args...)
	}
}

// TestCanariesOfConnections: errors of TLS, of names and of keys.
func TestCanariesOfConnections(t *testing.T) {
	w := newAviary(t)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshakes are meant to fail
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificateFor(t, rowCanary.whole+".example")}}
	server.StartTLS()
	defer server.Close()
	canaryFiles(w, server.URL, "test")
	vars := "-var-file=more.vars.hcl"
	w.lifeWith(vars)
	edit(w, "payouts.hcl", server.URL, "https://"+rowCanary.whole+".invalid/"+cardCanary.whole)
	w.both(vars, "balance")
	edit(w, "payouts.hcl", `secret_key_env = "CANARY_KEY"`, `secret_key_file = "`+fileCanary.whole+`"`)
	w.both(vars, "balance")
	edit(w, "payouts.hcl", fileCanary.whole, "key.txt")
	w.both(vars, "balance")
	t.Logf("searched %d outputs and %d files, %d bytes", w.outputs, w.files, w.bytes)
}

func certificateFor(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestCanariesInWrongPlaces: mistakes put canaries where none may be, and the
// messages that say so do not repeat them.
func TestCanariesInWrongPlaces(t *testing.T) {
	w := newAviary(t)
	canaryFiles(w, "http://127.0.0.1:1", "sandbox")
	vars := "-var-file=more.vars.hcl"
	w.quoting = true // messages show the line or row that is wrong
	files := func() {
		for _, args := range [][]string{{"validate"}, {"plan"}, {"apply", "-auto-approve", "-wait=0"}, {"fmt", "-check", "-diff"}, {"output"}, {"state", "list"}} {
			w.both(vars, args...)
		}
	}
	whole := func(c canary) string { return `"` + c.whole + `"` }
	for _, one := range []struct{ file, before, after string }{
		{"payouts.hcl", `hold       = "waits"`, `hold = "waits for ` + hiddenCanary.whole + `"`},
		{"payouts.hcl", `hold       = "waits"`, `hold = "waits for ${var.hidden}"`},
		{"payouts.hcl", `hold       = "waits"`, `hold = "waits for ${var.plain}"`},
		{"payouts.hcl", `hold       = "waits"`, `hold = "card ` + cardCanary.whole + `"`},
		{"payouts.hcl", `hold       = "waits"`, `order_id = ` + whole(echoCanary)},
		{"payouts.hcl", `user_id    = 13`, `user_id = ` + whole(rowCanary)},
		{"payouts.hcl", `user_id    = 13`, `user_id = ` + whole(cardCanary)},
		{"payouts.hcl", `user_id    = 13`, `iban = ` + whole(ibanCanary)},
		{"payouts.hcl", `user_id    = 13`, `card_number = ` + whole(cardCanary)},
		{"payouts.hcl", `card_token = var.plain`, `card_token = ` + whole(cardCanary)},
		{"payouts.hcl", `card_token = var.plain`, `card_token = "` + plainCanary.whole + ` "`},
		{"payouts.hcl", `card_token = var.plain`, `card_tokn = ` + whole(plainCanary)},
		{"payouts.hcl", `card_token = var.plain`, `card_token = [` + whole(plainCanary) + `]`},
		{"payouts.hcl", `card_token = var.plain`, `card_token = var.hidden.nothing`},
		{"payouts.hcl", `card_token = var.plain`, `card_token = tonumber(var.plain)`},
		{"payouts.hcl", `card_token = var.plain`, `card_token = upper(` + whole(plainCanary)},
		{"payouts.hcl", `amount     = "12.00"`, `amount = ` + whole(plainCanary)},
		{"payouts.hcl", `amount     = "12.00"`, `amount = var.hidden`},
		{"payouts.hcl", `secret_key_env = "CANARY_KEY"`, `secret_key = ` + whole(keyCanary)},
		{"payouts.hcl", `secret_key_env = "CANARY_KEY"`, `secret_key_env = ` + whole(fileCanary)},
		{"payouts.hcl", `description = "Salary"`, `description = "Salary of ` + cardCanary.whole + `"`},
		{"payouts.hcl", `description = "Salary"`, `description = "Salary of ` + rowCanary.whole + `"`},
		{"payouts.hcl", `payout "plain"`, `payout ` + whole(plainCanary)},
		{"people.csv", "1,", rowCanary.whole + ","},
		{"people.csv", "1,", cardCanary.whole + ","},
		{"people.csv", "3.00", cardCanary.whole},
		{"people.csv", "3.00", "3,00," + ibanCanary.whole},
		{"people.csv", rowCanary.whole, `"` + rowCanary.whole},
		{"people.csv", rowCanary.whole, cardCanary.whole},
		{"people.csv", "token", "tokn"},
		{"more.vars.hcl", "from_file", "from_fil"},
		{"more.vars.hcl", "from_file", "hidden = [" + whole(hiddenCanary) + "]\nfrom_file"},
		{"more.vars.hcl", "from_file", "nobody = " + whole(hiddenCanary) + "\nfrom_file"},
	} {
		before, err := os.ReadFile(filepath.Join(w.dir, one.file))
		if err != nil {
			t.Fatal(err)
		}
		edit(w, one.file, one.before, one.after)
		files()
		w.plant(one.file, string(before))
	}
	t.Logf("searched %d outputs and %d files, %d bytes", w.outputs, w.files, w.bytes)
}

// TestCanariesOnTheCommandLine: what people type where it does not belong is
// not repeated, and what they give as a reason is kept masked.
func TestCanariesOnTheCommandLine(t *testing.T) {
	w := newAviary(t)
	server := sandbox.NewServer(t, sandbox.Config{Key: keyCanary.whole})
	canaryFiles(w, server.URL, "sandbox")
	edit(w, "payouts.hcl", "user_id    = 12", "user_id    = 12\n    allow_duplicate = \"the second half\"")
	vars := "-var-file=more.vars.hcl"
	everything := rowCanary.whole + " " + cardCanary.whole + " " + ibanCanary.whole
	edit(w, "payouts.hcl", `max_payout = "20.00"`, `max_payout = "9.00"`)
	w.run("apply", vars, "-auto-approve", "-override=pay.max_payout", "-reason=lifted for "+everything)
	w.run("state", "forget", vars, `pay["2026-11"].block`, "-reason=paid by "+everything)
	w.run("resolve", vars, `pay["2026-11"].hidden`, "-as=returned", "-reason=came back: "+everything)
	w.run("lock", vars, "-force-release", "-reason=died with "+everything)
	for _, c := range []canary{rowCanary, cardCanary, ibanCanary} {
		for _, args := range [][]string{
			{"plan", "-" + c.whole}, {"plan", "-target=" + c.whole}, {"plan", "-exclude=" + c.whole}, {"plan", "-at=" + c.whole}, {"plan", "-format=" + c.whole},
			{"plan", "-override=" + c.whole, "-reason=long enough for it"}, {"plan", "-expect-count=" + c.whole}, {"plan", "-expect-total=" + c.whole},
			{"plan", c.whole}, {c.whole}, {"apply", "-approve=" + c.whole}, {"apply", "-parallelism=" + c.whole}, {"apply", "-wait=" + c.whole},
			{"apply", "-report=" + c.whole}, {"apply", "-state-is=" + c.whole}, {"reconcile", "-address=" + c.whole}, {"resolve", c.whole, "-as=paid"},
			{"resolve", `pay["2026-11"].rows["1"]`, "-as=" + c.whole}, {"explain", c.whole}, {"state", "show", c.whole}, {"state", "list", "-status=" + c.whole},
			{"state", c.whole}, {"show", c.whole}, {"state", "push", c.whole}, {"state", "verify", c.whole}, {"output", c.whole}, {"completion", c.whole},
			{"init", "-from=" + c.whole}, {"fmt", c.whole}, {"sandbox", "-listen=" + c.whole}, {"plan", "-var=plain"}, {"plan", "-var=nobody=" + c.whole},
			{"plan", "-var-file=" + c.whole}, {"plan", "-var=plain=" + c.whole + "", "-var=hidden=[" + c.whole}, {"plan", "-chdir=" + c.whole}, {"-chdir=" + c.whole, "plan"},
		} {
			w.both(vars, args...)
		}
	}
	for _, args := range [][]string{{"show"}, {"state", "list"}, {"state", "verify"}, {"state", "pull"}, {"plan"}, {"apply", "-auto-approve", "-wait=0"}} {
		w.both(vars, args...)
	}
	t.Logf("searched %d outputs and %d files, %d bytes", w.outputs, w.files, w.bytes)
}
