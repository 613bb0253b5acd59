package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"strconv"
	"time"

	"payrun/freedompay"
)

// fieldList is an answer in the order it is written.
type fieldList = []freedompay.Field

// pairs makes fields of alternating names and values.
func pairs(texts ...string) fieldList {
	fields := make(fieldList, 0, len(texts)/2+3) // room for salt, signature, a double
	for i := 0; i+1 < len(texts); i += 2 {
		fields = append(fields, freedompay.Field{Name: texts[i], Value: texts[i+1]})
	}
	return fields
}

// errorFields is the error body of the sibling methods: the Token Payout page
// has no sample of its own.
func (g *Gateway) errorFields(code int, text string) fieldList {
	return pairs("pg_status", "error", "pg_error_code", strconv.Itoa(code), "pg_error_description", text,
		"pg_datetime", g.terms.Now().In(g.terms.Zone).Format(time.RFC3339))
}

// payoutFields is the success body of the Token Payout page. The balance is
// the one after this payment, which the book does not hold yet.
func (g *Gateway) payoutFields(c *call, line *Line) fieldList {
	token := c.get("pg_card_token_to")
	return pairs("pg_payment_id", line.PaymentID, "pg_merchant_id", line.MerchantID, "pg_status", "ok",
		"pg_order_id", c.get("pg_order_id"), "pg_balance", formatMinor(g.balanceAfter(line)), "pg_card_hash", cardHash(token),
		"pg_card_token", token, "pg_payment_amount", formatMinor(c.minor),
		"pg_payment_date", g.dateOf(c, g.terms.Now()), "pg_error_code", "0", "pg_error_description", "No error")
}

// cardHash looks like the page's sample, 32 hex digits, and says nothing of a
// card.
func cardHash(token string) string {
	sum := sha256.Sum256([]byte("card hash " + token))
	return hex.EncodeToString(sum[:16])
}

// statusFields is the success body of a status call. /g2g carries the amounts,
// /api does not. A payment that ended in error also says by which code, which
// no page documents.
func (g *Gateway) statusFields(c *call, p *payment, told string) fieldList {
	fields := pairs("pg_merchant_id", p.MerchantID, "pg_payment_id", p.PaymentID, "pg_status", "ok",
		"pg_payment_status", told, "pg_order_id", p.OrderID)
	if c.api == APIGateway {
		fields = append(fields, pairs("pg_amount", p.Amount, "pg_net_amount", p.Amount,
			"pg_datetime", p.At.In(g.terms.Zone).Format(time.RFC3339))...)
	}
	if told == StatusError && p.fate.code != 0 {
		fields = append(fields, pairs("pg_error_code", strconv.Itoa(p.fate.code),
			"pg_error_description", "The payment ended in an error.")...)
	}
	return fields
}

// unknownFields says that there is no such payment: by 11068 as on the
// Gateway's status page, or by payment id 0 as on the Merchant's.
func (g *Gateway) unknownFields(c *call, zero bool) fieldList {
	if !zero {
		return g.errorFields(codeUnknown, "Payment not found.")
	}
	return pairs("pg_payment_id", "0", "pg_merchant_id", strconv.FormatInt(c.merchant, 10), "pg_status", "error",
		"pg_order_id", c.get("pg_order_id"))
}

func balanceFields(balance, currency string) fieldList {
	return pairs("pg_balance", balance, "pg_status", "ok", "pg_currency", currency)
}

// encode writes an answer as the fault wants it, signed unless it is not to be.
func (o *reply) encode(script, key string) []byte {
	fields := o.fields
	switch o.fault.name {
	case "wrong-echo":
		fields = withLie(fields, o.fault.arg)
	case "double-field":
		fields = append(fields, fields[0])
	}
	if !o.unsigned && o.fault.name != "no-signature" {
		fields = append(fields, freedompay.Field{Name: "pg_salt", Value: freedompay.NewSalt()})
		sig := freedompay.Sign(script, fields, key)
		if o.fault.name == "bad-signature" {
			sig = lie(sig)
		}
		fields = append(fields, freedompay.Field{Name: "pg_sig", Value: sig})
	}
	return encodeXML(fields)
}

// setField changes the value of one field in place.
func setField(fields fieldList, name, value string) {
	for i := range fields {
		if fields[i].Name == name {
			fields[i].Value = value
		}
	}
}

// withLie changes the value of one field.
func withLie(fields fieldList, name string) fieldList {
	changed := append(make(fieldList, 0, len(fields)+2), fields...)
	for i := range changed {
		if changed[i].Name == name {
			changed[i].Value = lie(changed[i].Value)
		}
	}
	return changed
}

// lie changes the last character and keeps the kind: a number stays a number.
func lie(s string) string {
	if s == "" {
		return "1"
	}
	head, last := s[:len(s)-1], s[len(s)-1]
	switch {
	case last >= '0' && last <= '8':
		return head + string(last+1)
	case last == '9':
		return head + "0"
	case last == 'a':
		return head + "b"
	}
	return head + "a"
}

func encodeXML(fields fieldList) []byte {
	var b bytes.Buffer
	b.Grow(1024)
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n<response>\n")
	for _, f := range fields {
		b.WriteString("    <" + f.Name + ">")
		_ = xml.EscapeText(&b, []byte(f.Value)) // a bytes.Buffer takes everything
		b.WriteString("</" + f.Name + ">\n")
	}
	b.WriteString("</response>\n")
	return b.Bytes()
}
