package executor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"unicode/utf16"

	"payrun/freedompay"
	"payrun/planner/payout"
)

// hostileDocuments hold what would be believed, in a shape that is refused.
func (w *wireBench) hostileDocuments() {
	for name, hide := range map[string]func(string) string{
		"doctype":               func(d string) string { return "<!DOCTYPE response>" + d },
		"doctype with subset":   func(d string) string { return "<!DOCTYPE response [<!ELEMENT response ANY>]>" + d },
		"external entity":       entity(`<!ENTITY e SYSTEM "file:///etc/passwd">`, "&e;"),
		"remote entity":         entity(`<!ENTITY e SYSTEM "http://127.0.0.1/e">`, "&e;"),
		"remote subset":         func(d string) string { return `<!DOCTYPE response SYSTEM "http://127.0.0.1/d.dtd">` + d },
		"parameter entity":      entity(`<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;`, ""),
		"billion laughs":        entity(laughs(), "&l9;"),
		"quadratic entity":      entity(`<!ENTITY e "`+strings.Repeat("x", 50_000)+`">`, strings.Repeat("&e;", 10_000)),
		"attribute default":     entity(`<!ATTLIST pg_status a CDATA "b">`, ""),
		"unknown entity":        inside("&nbsp;"),
		"a million levels":      inside(strings.Repeat("<a>", 1_000_000)),
		"300 000 levels":        inside(strings.Repeat("<a>", 300_000)),
		"levels, all closed":    inside(strings.Repeat("<a>", 60_000) + strings.Repeat("</a>", 60_000)),
		"300 000 attributes":    func(d string) string { return strings.Replace(d, "<response>", "<response"+attributes(300_000)+">", 1) },
		"30 000 attributes":     func(d string) string { return strings.Replace(d, "<response>", "<response"+attributes(30_000)+">", 1) },
		"100 000 fields":        inside(strings.Repeat("<a/>", 100_000)),
		"windows-1251 declared": func(d string) string { return `<?xml version="1.0" encoding="windows-1251"?>` + d },
		"koi8-r declared":       func(d string) string { return `<?xml version="1.0" encoding="koi8-r"?>` + d },
		"utf-16 declared":       func(d string) string { return `<?xml version="1.0" encoding="UTF-16"?>` + d },
		"utf-7 declared":        func(d string) string { return `<?xml version="1.0" encoding="UTF-7"?>` + d },
		"version 1.1":           func(d string) string { return `<?xml version="1.1" encoding="utf-8"?>` + d },
		"windows-1251":          inside("<a>\xce\xf8\xe8\xe1\xea\xe0</a>"),
		"overlong utf-8":        inside("<a>\xc0\xbc</a>"),
		"surrogate in utf-8":    inside("<a>\xed\xa0\x80</a>"),
		"utf-16, little":        func(d string) string { return wide(d, binary.LittleEndian) },
		"utf-16, big":           func(d string) string { return wide(d, binary.BigEndian) },
		"byte order mark":       func(d string) string { return "\ufeff" + d },
		"comment before":        func(d string) string { return "<!-- x -->" + d },
		"comment between":       inside("<!-- x -->"),
		"comment after":         func(d string) string { return d + "<!-- x -->" },
		"two roots":             func(d string) string { return d + d },
		"another root after":    func(d string) string { return d + "<response><pg_status>error</pg_status></response>" },
		"empty root before":     func(d string) string { return "<response/>" + d },
		"text after":            func(d string) string { return d + "x" },
		"nul after":             func(d string) string { return d + "\x00" },
		"text before":           func(d string) string { return "x" + d },
		"instruction":           inside("<?x y?>"),
		"stylesheet":            func(d string) string { return `<?xml-stylesheet href="http://127.0.0.1/"?>` + d },
		"another root":          func(d string) string { return strings.ReplaceAll(d, "response>", "request>") },
		"namespace":             func(d string) string { return strings.Replace(d, "<response>", `<response xmlns="urn:x">`, 1) },
		"inside another root":   func(d string) string { return "<root>" + d + "</root>" },
		"in an envelope":        func(d string) string { return "<soap:Envelope><soap:Body>" + d + "</soap:Body></soap:Envelope>" },
		"escaped":               func(d string) string { return strings.ReplaceAll(d, "<", "&lt;") },
		"in cdata":              func(d string) string { return "<response><![CDATA[" + d + "]]></response>" },
		"text in the root":      inside("x"),
		"control character":     inside("<a>\x08</a>"),
		"character 0":           inside("<a>&#0;</a>"),
		"include":               inside(`<xi:include href="http://127.0.0.1/"/>`),
		"json":                  func(string) string { return `{"pg_status":"ok","pg_payment_id":"77","pg_order_id":"o1"}` },
		"html around":           func(d string) string { return "<html><body>" + d + "</body></html>" },
	} {
		w.both(name, func(script string, pairs []string) string {
			return framed(200, "", hide(signedBy(script, testKey, pairs)))
		}, doubt)
	}
}

// inside puts text after the first field.
func inside(text string) func(string) string {
	return func(d string) string { return strings.Replace(d, "</response>", text+"</response>", 1) }
}

// entity declares one and refers to it inside the order id.
func entity(declaration, reference string) func(string) string {
	return func(d string) string {
		return "<!DOCTYPE response [" + declaration + "]>" + strings.Replace(d, "<pg_order_id>o1", "<pg_order_id>o1"+reference, 1)
	}
}

// laughs declares entities that stand for 10^9 words.
func laughs() string {
	var b strings.Builder
	b.WriteString(`<!ENTITY l0 "lol">`)
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, `<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	return b.String()
}

// attributes are n distinct ones; 300 000 are more than a MiB.
func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%x=""`, i)
	}
	return b.String()
}

// wide is text in UTF-16 with its mark.
func wide(text string, order binary.AppendByteOrder) string {
	b := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// hugeAnswers are larger than an answer may be, or do not end; a whole trusted
// document stands at the start of those that have a body.
func (w *wireBench) hugeAnswers() {
	endless := func(head func(script string, pairs []string) string, piece string) {
		for _, script := range []string{"reg2reg", "payout_status2"} {
			pairs := map[string][]string{"reg2reg": accepted, "payout_status2": told}[script]
			p := func(far net.Conn) {
				if !readRequest(far) {
					return
				}
				_, err := io.WriteString(far, head(script, pairs))
				for more := strings.Repeat(piece, 1000); err == nil; {
					_, err = io.WriteString(far, more) // until the client hangs up
				}
			}
			if script == "reg2reg" {
				w.payout("endless "+piece, p, payout.InDoubt)
			} else {
				w.lookup("endless "+piece, p, "")
			}
		}
	}
	bare := func(text string) func(string, []string) string {
		return func(string, []string) string { return text }
	}
	ok := func(script string, pairs []string) string { return signedBy(script, testKey, pairs) }
	endless(bare("HTTP/1.1 200 X\r\n"), "X-A: b\r\n")
	endless(bare("HTTP/1.1 200 X\r\nX-A: "), "b")
	endless(bare("HTTP/1.1 200 "), "X")
	endless(bare(""), "HTTP/1.1 100 Continue\r\n\r\n")
	endless(bare(""), "HTTP/1.1 103 X\r\nLink: y\r\n\r\n")
	endless(bare(""), "\r\n")
	for _, piece := range []string{" ", "\n", "<a/>", "\x00", "<response>"} {
		endless(func(s string, p []string) string { return "HTTP/1.1 200 X\r\n\r\n" + ok(s, p) }, piece)
	}
	endless(func(s string, p []string) string { return chunked(ok(s, p), 100) }, "1\r\n \r\n")
	endless(func(s string, p []string) string { return chunked(ok(s, p), 100) }, "1;"+strings.Repeat("x", 100)+"\r\n \r\n")
	endless(func(s string, p []string) string { return chunked(ok(s, p), 100) + "0\r\n" }, "X-A: b\r\n")
	for name, response := range map[string]func(string, []string) string{
		"a MiB and one": func(s string, p []string) string {
			d := ok(s, p)
			return framed(200, "", d+strings.Repeat(" ", 1<<20+1-len(d)))
		},
		"two lengths": func(s string, p []string) string { return framed(200, "Content-Length: 5\r\n", ok(s, p)) },
		"longer length": func(s string, p []string) string {
			d := ok(s, p)
			return strings.Replace(framed(200, "", d), fmt.Sprint(len(d)), "99999999999999999999", 1)
		},
		"length -1": func(s string, p []string) string {
			d := ok(s, p)
			return strings.Replace(framed(200, "", d), fmt.Sprint(len(d)), "-1", 1)
		},
		"chunk of -1": func(string, []string) string { return "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" },
		"gzip chunks": func(s string, p []string) string {
			return strings.Replace(chunked(ok(s, p), 9), "chunked", "gzip, chunked", 1) + "0\r\n\r\n"
		},
		"http/2":   func(s string, p []string) string { return strings.Replace(asIs(s, p), "HTTP/1.1", "HTTP/2.0", 1) },
		"http/0.9": func(s string, p []string) string { return ok(s, p) },
		"upgrade":  func(s string, p []string) string { return strings.Replace(asIs(s, p), " 200 ", " 101 ", 1) },
	} {
		w.both(name, response, doubt)
	}
}

// cutRequests closes the connection after every byte of the request. Whatever
// of it arrived, it was offered: in doubt. What fails before that is not sent.
func (w *wireBench) cutRequests() {
	length := 0
	w.payout("read to its end", func(far net.Conn) {
		b := make([]byte, 1<<16)
		length, _ = far.Read(b) // the client offers it in one write
	}, payout.InDoubt)
	if length < 500 {
		w.Fatalf("the request has %d bytes", length)
	}
	for k := range length {
		w.payout(fmt.Sprintf("closed after %d bytes", k), func(far net.Conn) { _, _ = io.CopyN(io.Discard, far, int64(k)) }, payout.InDoubt)
	}
	for name, prepare := range map[string]func(*freedompay.Client, *freedompay.PayoutRequest){
		"refused dial": func(c *freedompay.Client, _ *freedompay.PayoutRequest) { c.Dial = refuseDial },
		"last check": func(_ *freedompay.Client, r *freedompay.PayoutRequest) {
			r.BeforeFirstByte = func() error { return errNotNow }
		},
		"no handshake":   func(c *freedompay.Client, _ *freedompay.PayoutRequest) { c.BaseURL = "https://gateway.example" },
		"plain http":     func(c *freedompay.Client, _ *freedompay.PayoutRequest) { c.BaseURL = "http://gateway.example" },
		"unusable field": func(_ *freedompay.Client, r *freedompay.PayoutRequest) { r.Description = "a;b" },
		"control":        func(_ *freedompay.Client, r *freedompay.PayoutRequest) { r.OrderID = "a\r\nb" },
	} {
		w.cases++
		client, _ := wireClient(func(far net.Conn) { _ = far.Close() })
		request := &freedompay.PayoutRequest{OrderID: "o1", Amount: "100.00", CardToken: testToken}
		prepare(client, request)
		a, err := client.Payout(w.Context(), request)
		if r := classify(a, err, sent{}); r.status != payout.NotSent {
			w.Errorf("%s: %+v, want not sent", name, r)
		}
		client.Close()
	}
}

// refuseDial reaches nobody.
func refuseDial(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("refuse connection")
}
