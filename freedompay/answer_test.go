package freedompay

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// document writes fields as an answer.
func document(fields []Field) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><response>`)
	for _, field := range fields {
		b.WriteString("<" + field.Name + ">" + field.Value + "</" + field.Name + ">")
	}
	return b.String() + "</response>"
}

// signedDocument writes fields as an answer to script, signed with the test key.
func signedDocument(script string, fields ...Field) string {
	fields = append(fields, Field{Name: "pg_salt", Value: "abc"})
	return document(append(fields, Field{Name: "pg_sig", Value: Sign(script, fields, testKey)}))
}

func TestReadAnswer(t *testing.T) {
	when := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	a, err := readAnswer("reg2reg", &reply{status: http.StatusOK, date: when, body: []byte(pageSample)}, testKey)
	if err != nil {
		t.Fatal(err)
	}
	want := &Answer{
		SignatureState: SignatureWrong, HTTPStatus: 200, Date: when,
		Status: "ok", HasErrorCode: true, ErrorDescription: "Description", PaymentID: "1234567890", MerchantID: "9970", OrderID: "ABC12345",
		Amount: "100.00", PaymentDate: "2024-09-02T12:19:01+00:00", Balance: "5000.75",
	}
	if diff := cmp.Diff(want, a, cmpopts.IgnoreUnexported(Answer{}), cmpopts.IgnoreTypes(CardToken{})); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if a.CardToken.Reveal() != exampleToken {
		t.Errorf("card token %v is not the one that came", a.CardToken)
	}
	if !a.Has("pg_card_hash") || !a.Has("pg_sig") || a.Has("pg_datetime") {
		t.Errorf("Has: hash %t, sig %t, datetime %t", a.Has("pg_card_hash"), a.Has("pg_sig"), a.Has("pg_datetime"))
	}
}

func TestReadAnswerOfStatusAndBalance(t *testing.T) {
	body := signedDocument("payout_status2",
		Field{Name: "pg_payment_status", Value: "success"}, Field{Name: "pg_amount", Value: "13441.5"}, Field{Name: "pg_currency", Value: "KZT"},
		Field{Name: "pg_datetime", Value: "2026-11-22T10:00:00+00:00"}, Field{Name: "pg_net_amount", Value: "anything"}, Field{Name: "pg_payment_id", Value: "0"},
	)
	a, err := readAnswer("payout_status2", &reply{body: []byte(body)}, testKey)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Signed || a.SignatureState != SignatureRight || a.HasErrorCode {
		t.Errorf("signed %t, %s, has code %t", a.Signed, a.SignatureState, a.HasErrorCode)
	}
	got := []string{a.PaymentStatus, a.Amount, a.Currency, a.Datetime, a.PaymentID}
	if diff := cmp.Diff([]string{"success", "13441.5", "KZT", "2026-11-22T10:00:00+00:00", "0"}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestReadAnswerSignatureStates(t *testing.T) {
	right := signedDocument("reg2reg", Field{Name: "pg_status", Value: "ok"})
	tests := map[string]struct {
		script, key, body string
		want              SignatureState
	}{
		"right":         {"reg2reg", testKey, right, SignatureRight},
		"other script":  {"payout_status2", testKey, right, SignatureWrong},
		"other key":     {"reg2reg", "other", right, SignatureWrong},
		"changed value": {"reg2reg", testKey, strings.Replace(right, "ok", "no", 1), SignatureWrong},
		"added field":   {"reg2reg", testKey, strings.Replace(right, "</response>", "<x>1</x></response>", 1), SignatureWrong},
		"empty":         {"reg2reg", testKey, "<response><pg_sig/></response>", SignatureWrong},
		"missing":       {"reg2reg", testKey, "<response><pg_status>ok</pg_status></response>", SignatureMissing},
		"nested":        {"reg2reg", testKey, "<response><x><pg_sig>1</pg_sig></x></response>", SignatureMissing},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := readAnswer(tt.script, &reply{body: []byte(tt.body)}, tt.key)
			if err != nil {
				t.Fatal(err)
			}
			if a.SignatureState != tt.want || a.Signed != (tt.want == SignatureRight) {
				t.Errorf("signature %s, signed %t, want %s", a.SignatureState, a.Signed, tt.want)
			}
		})
	}
	if got := SignatureMissing.String() + SignatureWrong.String() + SignatureRight.String(); got != "missingwrongright" {
		t.Errorf("states print %q", got)
	}
}

func TestReadAnswerShapes(t *testing.T) {
	tests := []struct {
		name, value string
		ok          bool
	}{
		{"pg_error_code", "1100", true}, {"pg_error_code", "0", true},
		{"pg_error_code", "", false}, {"pg_error_code", "-1", false}, {"pg_error_code", " 0", false}, {"pg_error_code", "0 ", false},
		{"pg_error_code", "007", false}, {"pg_error_code", "1e3", false}, {"pg_error_code", "99999999999999999999", false}, {"pg_error_code", "x", false},
		{"pg_payment_id", "0", true}, {"pg_payment_id", "", true}, {"pg_payment_id", "99999999999999999999", true},
		{"pg_payment_id", "01", false}, {"pg_payment_id", "00", false}, {"pg_payment_id", "-1", false}, {"pg_payment_id", "1 ", false}, {"pg_payment_id", "1.0", false},
		{"pg_merchant_id", "0009970", true}, {"pg_merchant_id", "x", false}, {"pg_merchant_id", " 1", false},
		{"pg_payment_amount", "100", true}, {"pg_payment_amount", "1,00", false}, {"pg_payment_amount", " 1", false}, {"pg_payment_amount", "1E2", false},
		{"pg_amount", "100.5", true}, {"pg_amount", "+1", false},
		{"pg_balance", "-12.5", true}, {"pg_balance", "", true}, {"pg_balance", "hidden", false},
		{"pg_status", " ok", true}, {"pg_order_id", "", true}, {"pg_unknown", " x", true},
		{"pg_status", "<a>1</a>", false}, {"pg_sig", "<a>1</a>", false}, {"pg_salt", "<a/>", false}, {"pg_unknown", "<a>1</a>", true},
	}
	for _, tt := range tests {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			body := document([]Field{{Name: tt.name, Value: tt.value}})
			a, err := readAnswer("reg2reg", &reply{body: []byte(body)}, testKey)
			if (err == nil) != tt.ok || (a != nil) != tt.ok {
				t.Fatalf("readAnswer = %v, %v, want ok %t", a, err, tt.ok)
			}
			if err != nil && !strings.Contains(err.Error(), tt.name) {
				t.Errorf("error %q does not name the field", err)
			}
		})
	}
}

func TestReadAnswerTwoAmounts(t *testing.T) {
	for amounts, ok := range map[[2]string]bool{{"100", "100.00"}: true, {"100", "99"}: false, {"", "5"}: true, {"5", ""}: true} {
		body := document([]Field{{Name: "pg_payment_amount", Value: amounts[0]}, {Name: "pg_amount", Value: amounts[1]}})
		a, err := readAnswer("reg2reg", &reply{body: []byte(body)}, testKey)
		if (err == nil) != ok {
			t.Errorf("amounts %q: %v, want ok %t", amounts, err, ok)
		}
		if ok && a.Amount == "" {
			t.Errorf("amounts %q: none taken", amounts)
		}
	}
}
