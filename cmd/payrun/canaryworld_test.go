package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"payrun/freedompay"
)

// canary is a text that is planted and must never be seen again. What its mask
// shows, the first and last four characters, is allowed.
type canary struct {
	name  string
	whole string
}

// inner is what no mask shows.
func (c canary) inner() string { return c.whole[4 : len(c.whole)-4] }

// The planted texts. No file of the repository holds a card number or an
// account, so both are made here, with right check digits.
var (
	keyCanary    = canary{"secret key of the environment", "CANARYKEYa1b2c3d4e5f6"}
	fileCanary   = canary{"secret key of a file", "CANARYFILEKEYg7h8i9j0"}
	rowCanary    = canary{"token of a row", "0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52"}
	blockCanary  = canary{"token of a block", "ef741cfc-f85e-41a0-84e6-2ba964912182"}
	plainCanary  = canary{"token of a variable", "7c1e5b90-2d34-4f6a-8b7c-9e0d1f2a3b4c"}
	hiddenCanary = canary{"token of a sensitive variable", "18f4a6d2-9b3c-4e57-a1d0-6c5b4a392817"}
	echoCanary   = canary{"token of the gateway", "c0ffee00-1234-4abc-8def-0123456789ab"}
	cardCanary   = canary{"card number", madeCard("44005678123456")}
	ibanCanary   = canary{"account", madeAccount("KZ", "125KZT5004100100")}
)

func allCanaries() []canary {
	return []canary{keyCanary, fileCanary, rowCanary, blockCanary, plainCanary, hiddenCanary, echoCanary, cardCanary, ibanCanary}
}

// labelCanary may stand where people read, and nowhere else.
const labelCanary = "Canarina Labelova"

// madeCard adds a digit and the check digit of ISO/IEC 7812-1 to 14 digits.
func madeCard(digits string) string {
	for check := range 10 {
		number := digits + "0" + fmt.Sprint(check)
		sum := 0
		for i := range len(number) {
			d := int(number[len(number)-1-i] - '0')
			if i%2 == 1 {
				d = 2*d/10 + 2*d%10
			}
			sum += d
		}
		if sum%10 == 0 {
			return number
		}
	}
	panic("no check digit fits")
}

// madeAccount puts the check digits of ISO 13616 before an account.
func madeAccount(country, account string) string {
	var digits strings.Builder
	for _, r := range account + country + "00" {
		if r >= 'A' {
			fmt.Fprint(&digits, r-'A'+10)
		} else {
			digits.WriteRune(r)
		}
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return fmt.Sprintf("%s%02d%s", country, 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), account)
}

// aviary is a folder in which canaries are planted, and the count of what was
// searched for them.
type aviary struct {
	*testing.T
	dir     string
	env     []string
	planted map[string]bool // files that hold canaries because the test wrote them
	outputs int

	quoting   bool // messages quote lines of the files, labels and all
	keepAside bool // files may hold copies of what was planted
	files     int
	bytes     int
}

func newAviary(t *testing.T) *aviary {
	return &aviary{T: t, dir: t.TempDir(), env: []string{"CANARY_KEY=" + keyCanary.whole}, planted: make(map[string]bool)}
}

// plant writes a file that holds canaries.
func (w *aviary) plant(name, text string) {
	w.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
	w.planted[name] = true
}

// run runs a command in the folder, and searches everything that it prints and
// leaves. It returns what was printed.
func (w *aviary) run(args ...string) string {
	w.Helper()
	return w.runTo(nil, args...)
}

// runTo is run with a writer that sees standard output before it is kept.
func (w *aviary) runTo(first io.Writer, args ...string) string {
	w.Helper()
	var out, errs bytes.Buffer
	var stdout io.Writer = &out
	if first != nil {
		stdout = io.MultiWriter(&out, first)
	}
	p := newProgram(strings.NewReader(""), stdout, &errs, w.env)
	code := p.run(append([]string{"payrun", "-chdir=" + w.dir}, args...))
	command := strings.Join(args, " ")
	said := fmt.Sprintf("%s%s(exit %d)", out.String(), errs.String(), code)
	w.outputs += 2
	w.search("what "+command+" prints", said, w.quoting || labelsMayStand(args))
	if !w.keepAside {
		w.searchFiles("after " + command)
	}
	return said
}

// labelsMayStand says whether a command prints for the people who wrote the
// labels: the text of a plan, and nothing that is handed on.
func labelsMayStand(args []string) bool {
	for _, arg := range args {
		if arg == "-json" || arg == "-format=markdown" || arg == "-format=csv" {
			return false
		}
	}
	return args[0] == "plan" || args[0] == "apply" || args[0] == "console"
}

func (w *aviary) search(where, text string, labels bool) {
	w.Helper()
	w.bytes += len(text)
	for _, c := range allCanaries() {
		if at := strings.Index(text, c.inner()); at >= 0 {
			w.Errorf("%s: %s leaks: …%s…", where, c.name, text[max(0, at-60):min(len(text), at+60)])
		}
	}
	if at := strings.Index(text, labelCanary); at >= 0 && !labels {
		w.Errorf("%s: a label leaks: …%s…", where, text[max(0, at-60):min(len(text), at+60)])
	}
}

// searchFiles searches every file that the test did not plant itself.
func (w *aviary) searchFiles(when string) {
	w.Helper()
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(w.dir, path)
		if err != nil || w.planted[filepath.ToSlash(name)] {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		w.files++
		w.search(filepath.ToSlash(name)+" "+when, string(text), strings.HasPrefix(name, "report."))
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

// birdsong is a gateway that puts canaries into every answer: signed ones with
// the right key, in words, tokens and hashes.
type birdsong struct {
	status string   // pg_status of payout answers
	code   string   // pg_error_code
	fate   string   // pg_payment_status of what it was sent
	orders sync.Map // order id → amount, of what it was sent
}

func (b *birdsong) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	sent, err := formOf(r)
	if err != nil {
		http.Error(out, rowCanary.whole, http.StatusBadRequest)
		return
	}
	script := filepath.Base(r.URL.Path)
	song := fmt.Sprintf("card %s, account %s, token %s, of %s, asked with %s and %s", cardCanary.whole, ibanCanary.whole, echoCanary.whole,
		sent["pg_card_token_to"], rowCanary.whole, cardCanary.whole[:4]+" "+cardCanary.whole[4:8]+" "+cardCanary.whole[8:12]+" "+cardCanary.whole[12:])
	fields := []freedompay.Field{
		{Name: "pg_merchant_id", Value: sent["pg_merchant_id"]}, {Name: "pg_order_id", Value: sent["pg_order_id"]},
		{Name: "pg_error_description", Value: song}, {Name: "pg_card_token", Value: echoCanary.whole},
		{Name: "pg_card_hash", Value: cardCanary.whole}, {Name: "pg_salt", Value: freedompay.NewSalt()},
	}
	add := func(name, value string) { fields = append(fields, freedompay.Field{Name: name, Value: value}) }
	amount, known := b.orders.Load(sent["pg_order_id"])
	switch {
	case script == "reg2reg":
		b.orders.Store(sent["pg_order_id"], sent["pg_amount"])
		add("pg_status", b.status)
		add("pg_error_code", b.code)
		add("pg_payment_id", "77")
		add("pg_payment_amount", sent["pg_amount"])
		add("pg_payment_date", cardCanary.whole)
		add("pg_balance", cardCanary.whole)
	case script == "balance_status":
		add("pg_status", "error")
		add("pg_error_code", "9998")
	case known:
		add("pg_status", "ok")
		add("pg_payment_status", b.fate)
		add("pg_payment_id", "77")
		add("pg_payment_amount", amount.(string))
		add("pg_payment_date", cardCanary.whole)
	default:
		add("pg_status", "error")
		add("pg_error_code", "11068")
	}
	fields = append(fields, freedompay.Field{Name: "pg_sig", Value: freedompay.Sign(script, fields, keyCanary.whole)})
	var text strings.Builder
	text.WriteString(`<?xml version="1.0" encoding="utf-8"?><response>`)
	for _, f := range fields {
		text.WriteString("<" + f.Name + ">" + f.Value + "</" + f.Name + ">")
	}
	out.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(out, text.String()+"</response>")
}
