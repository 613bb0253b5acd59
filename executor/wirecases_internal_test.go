package executor

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// readRequest reads one whole request.
func readRequest(far net.Conn) bool {
	r, err := http.ReadRequest(bufio.NewReader(far))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}

// asIs answers with a document signed rightly.
func asIs(script string, pairs []string) string {
	return framed(200, "", signedBy(script, testKey, pairs))
}

// cutAnswers ends the answer after every byte, in each framing of HTTP.
func (w *wireBench) cutAnswers() {
	w.both("whole", asIs, want{payout.Accepted, payout.SaysSuccess})
	frames := map[string]func(string) string{
		"length":  func(body string) string { return framed(200, "", body) },
		"chunked": func(body string) string { return chunked(body, 50) + "0\r\n\r\n" },
		"closed":  func(body string) string { return "HTTP/1.1 200 X\r\n\r\n" + body },
	}
	for name, frame := range frames {
		paid, status := frame(signedBy("reg2reg", testKey, accepted)), frame(signedBy("payout_status2", testKey, told))
		// The last chunk's line break may be missing: the document is whole by then.
		for i := range len(paid) - len("\r\n\r\n") {
			w.payout(fmt.Sprintf("%s, %d bytes", name, i), saying(paid[:i]), payout.InDoubt)
		}
		for i := range len(status) - len("\r\n\r\n") {
			w.lookup(fmt.Sprintf("%s, %d bytes", name, i), saying(status[:i]), "")
		}
		w.payout(name, saying(paid), payout.Accepted)
		w.lookup(name, saying(status), payout.SaysSuccess)
	}
}

// chunked is an answer in chunks of n bytes, without the last one.
func chunked(body string, n int) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
	for len(body) > 0 {
		piece := body[:min(n, len(body))]
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
		body = body[len(piece):]
	}
	return b.String()
}

// changedBytes replaces, doubles and takes away every byte of the document.
func (w *wireBench) changedBytes() {
	for _, script := range []string{"reg2reg", "payout_status2"} {
		pairs := map[string][]string{"reg2reg": accepted, "payout_status2": told}[script]
		body := signedBy(script, testKey, pairs)
		for i := range len(body) {
			for _, with := range []string{"", body[i:i+1] + body[i:i+1], string(body[i] ^ 1), string(body[i] ^ 0x20), "\x00", "9"} {
				changed := body[:i] + with + body[i+1:]
				if changed == body {
					continue
				}
				name := fmt.Sprintf("byte %d of %s as %q", i, script, with)
				if script == "reg2reg" {
					w.payout(name, saying(framed(200, "", changed)), payout.InDoubt)
				} else {
					w.lookup(name, saying(framed(200, "", changed)), "")
				}
			}
		}
	}
}

// changedFields doubles, renames, moves and nests each field, with the signature
// of the document as it was, and as a gateway gone wrong would sign it.
func (w *wireBench) changedFields() {
	for _, script := range []string{"reg2reg", "payout_status2"} {
		pairs := map[string][]string{"reg2reg": accepted, "payout_status2": told}[script]
		check := func(name, body string) {
			if script == "reg2reg" {
				w.payout(name, saying(framed(200, "", body)), payout.InDoubt)
			} else {
				w.lookup(name, saying(framed(200, "", body)), "")
			}
		}
		fields := fieldsOf(pairs)
		whole := signedBy(script, testKey, pairs)
		for i, f := range fields {
			start, end := "<"+f.Name+">", "</"+f.Name+">"
			element := start + f.Value + end
			for name, with := range map[string]string{
				"doubled":               element + element,
				"doubled, empty":        element + start + end,
				"doubled, empty before": "<" + f.Name + "/>" + element,
				"prefixed":              "<p:" + f.Name + ">" + f.Value + "</p:" + f.Name + ">",
				"bound prefix":          `<p:` + f.Name + ` xmlns:p="urn:p">` + f.Value + `</p:` + f.Name + `>`,
				"another namespace":     `<` + f.Name + ` xmlns="urn:p">` + f.Value + end,
				"attribute":             `<` + f.Name + ` a="b">` + f.Value + end,
				"comment inside":        start + "<!-- -->" + f.Value + end,
				"comment in the middle": start + f.Value[:1] + "<!-- -->" + f.Value[1:] + end,
				"instruction inside":    start + f.Value + "<?x y?>" + end,
				"nested":                start + "<v>" + f.Value + "</v>" + end,
				"space before":          start + " " + f.Value + end,
				"space after":           start + f.Value + "\n" + end,
				"zero width":            start + "\u200b" + f.Value + end,
				"renamed":               "<x" + f.Name + ">" + f.Value + "</x" + f.Name + ">",
				"capitals":              "<" + strings.ToUpper(f.Name) + ">" + f.Value + "</" + strings.ToUpper(f.Name) + ">",
				"gone":                  "",
			} {
				if !needed(script, f.Name) && (name == "nested" || name == "renamed" || name == "capitals") {
					continue // the signature binds values in order and no names: what proves nothing may be called anything
				}
				check(f.Name+" "+name, strings.Replace(whole, element, with, 1))
			}
			for _, other := range fields[i+1:] {
				swapped := strings.NewReplacer(element, "<"+other.Name+">"+f.Value+"</"+other.Name+">",
					"<"+other.Name+">"+other.Value+"</"+other.Name+">", start+other.Value+end).Replace(whole)
				check(f.Name+" and "+other.Name+" swapped", swapped)
			}
			if needed(script, f.Name) {
				renamed := append([]string(nil), pairs...)
				renamed[2*i] += "_x"
				check(f.Name+" renamed and signed", signedBy(script, testKey, renamed))
				check(f.Name+" left out and signed", signedBy(script, testKey, with(pairs, f.Name, "-")))
				check(f.Name+" doubled and signed", signedBy(script, testKey, append([]string{f.Name, f.Value}, pairs...)))
			}
		}
	}
}

// needed says whether an answer proves nothing without a field.
func needed(script, name string) bool {
	switch name {
	case "pg_status", "pg_payment_id", "pg_merchant_id", "pg_order_id":
		return true
	case "pg_payment_amount":
		return script == "reg2reg"
	case "pg_payment_status", "pg_amount":
		return script == "payout_status2"
	}
	return false
}

// forgedSignatures are those of another key, another script, or no shape.
func (w *wireBench) forgedSignatures() {
	for _, key := range []string{"", "Test-key", "test-key ", "test-ke", "test-keyy", ";test-key"} {
		w.both("key "+key, func(script string, pairs []string) string { return framed(200, "", signedBy(script, key, pairs)) }, doubt)
	}
	for _, other := range []string{"", "/", "reg2nonreg", "REG2REG", "reg2reg/", "g2g/reg2reg", "balance_status", "payment_status2", "payout_status2 ", "result"} {
		w.both("script "+other, func(_ string, pairs []string) string { return framed(200, "", signedBy(other, testKey, pairs)) }, doubt)
	}
	w.payout("of a status call", saying(asIs("payout_status2", accepted)), payout.InDoubt)
	w.lookup("of a payout call", saying(asIs("reg2reg", told)), "")
	for name, forge := range map[string]func(right string) string{
		"none":        func(string) string { return "" },
		"empty":       func(string) string { return "<pg_sig></pg_sig>" },
		"cut":         func(right string) string { return "<pg_sig>" + right[:31] + "</pg_sig>" },
		"longer":      func(right string) string { return "<pg_sig>" + right + "0</pg_sig>" },
		"capitals":    func(right string) string { return "<pg_sig>" + strings.ToUpper(right) + "</pg_sig>" },
		"spaced":      func(right string) string { return "<pg_sig> " + right + "</pg_sig>" },
		"nested":      func(right string) string { return "<pg_sig><a>" + right + "</a></pg_sig>" },
		"in a field":  func(right string) string { return "<a><pg_sig>" + right + "</pg_sig></a>" },
		"twice":       func(right string) string { return "<pg_sig>" + right + "</pg_sig><pg_sig>" + right + "</pg_sig>" },
		"other name":  func(right string) string { return "<sig>" + right + "</sig>" },
		"of no bytes": func(string) string { return "<pg_sig>d41d8cd98f00b204e9800998ecf8427e</pg_sig>" },
	} {
		w.both("signature "+name, func(script string, pairs []string) string {
			head, rest, _ := strings.Cut(signedBy(script, testKey, pairs), "<pg_sig>")
			right, tail, _ := strings.Cut(rest, "</pg_sig>")
			return framed(200, "", head+forge(right)+tail)
		}, doubt)
	}
}

// amounts are compared as exact decimals, and only plain ones are read.
func (w *wireBench) amounts() {
	fine, off := want{payout.Accepted, payout.SaysSuccess}, want{payout.InDoubt, payout.SaysSuccess}
	for amount, wanted := range map[string]want{
		"100": fine, "100.0": fine, "100.00": fine, "100.000000000000000000000": fine, "0100.00": fine,
		// Another amount alarms: a payment that is not ours lives under our order.
		"99.99": off, "100.01": off, "100.000000000000000000001": off, "10000": off, "1": off, "0": off, "-100": off, "1000.0": off,
		"1E2": doubt, "1e2": doubt, "1.0E+2": doubt, "100,00": doubt, "100.": doubt, ".1E3": doubt, "0x64": doubt, "+100": doubt, " 100": doubt, "100 ": doubt,
		"1 00": doubt, "1_00": doubt, "100.00.00": doubt, "--100": doubt, "100.00-": doubt, "NaN": doubt, "Inf": doubt, "١٠٠": doubt, "１００": doubt,
		"100\u00a0": doubt, "100.00 KZT": doubt, "200/2": doubt, "1'00": doubt, "": doubt, "&#x31;00": fine,
	} {
		w.both("amount "+amount, func(script string, pairs []string) string {
			name := map[string]string{"reg2reg": "pg_payment_amount", "payout_status2": "pg_amount"}[script]
			plain := strings.ReplaceAll(amount, "&#x31;", "1") // signed as it reads
			return framed(200, "", strings.Replace(signedBy(script, testKey, with(pairs, name, plain)), "<"+name+">"+plain, "<"+name+">"+amount, 1))
		}, wanted)
	}
}

// wrongKeys: 1100 counts unsigned and with HTTP 401 on a payout call, or signed.
func (w *wireBench) wrongKeys() {
	for _, status := range []int{200, 400, 401, 403, 500} {
		for _, code := range []string{"1100", "9998", "101", "11068", "0"} {
			for _, word := range []string{"error", "ok", ""} {
				pairs := []string{"pg_status", word, "pg_error_code", code, "pg_error_description", "text"}
				wanted := doubt
				if status == 401 && code == "1100" && word == "error" {
					wanted.status = payout.Rejected
				}
				if code == "11068" && word == "error" {
					wanted.verdict = payout.SaysNotFound
				}
				w.both(fmt.Sprintf("http %d, %s, unsigned %s", status, word, code), func(string, []string) string {
					return framed(status, "", xmlOf(fieldsOf(pairs)))
				}, wanted)
				w.both(fmt.Sprintf("http %d, %s, wrongly signed %s", status, word, code), func(script string, _ []string) string {
					return framed(status, "", signedBy(script, "another key", pairs))
				}, doubt)
			}
		}
	}
	for _, code := range []int{1100, 9998, 101} {
		pairs := []string{"pg_status", "error", "pg_error_code", fmt.Sprint(code)}
		wanted := doubt
		if known, ok := freedompay.LookupCode(code); ok && known.Class == freedompay.NotExecuted {
			wanted.status = payout.Rejected
		}
		w.both(fmt.Sprintf("signed %d", code), func(script string, _ []string) string { return asIs(script, pairs) }, wanted)
	}
}

// redirects are not followed, wherever they lead, even with a document that
// would otherwise be believed.
func (w *wireBench) redirects() {
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		for _, to := range []string{
			"", "/g2g/reg2reg", "http://127.0.0.1/g2g/reg2reg", "http://127.0.0.1:81/g2g/reg2reg", "https://127.0.0.1/g2g/reg2reg",
			"http://gateway.example/g2g/reg2reg", "https://gateway.example/g2g/reg2reg", "//gateway.example/", "?again", "\x7f",
		} {
			w.both(fmt.Sprintf("%d to %q", status, to), func(script string, pairs []string) string {
				header := "Location: " + to + "\r\n"
				if to == "" {
					header = ""
				}
				return framed(status, header, signedBy(script, testKey, pairs))
			}, doubt)
		}
	}
}

// overloads ask for another try; there is none, whatever Retry-After says.
func (w *wireBench) overloads() {
	for _, status := range []int{408, 421, 425, 429, 500, 502, 503, 504, 520} {
		for _, after := range []string{"0", "1", "-1", "999999999999999999999", "Sun, 22 Nov 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "NaN", "0\r\nConnection: close"} {
			for name, body := range map[string]string{
				"empty": "", "html": "<html><body>busy</body></html>", "text": "Too Many Requests", "unsigned ok": "<response><pg_status>ok</pg_status></response>",
			} {
				w.both(fmt.Sprintf("%d after %s, %s", status, after, name), func(string, []string) string {
					return framed(status, "Retry-After: "+after+"\r\n", body)
				}, doubt)
			}
		}
	}
}
