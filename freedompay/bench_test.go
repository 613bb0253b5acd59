package freedompay

import "testing"

// BenchmarkPayoutBuild measures signing one payout and laying it out as bytes.
func BenchmarkPayoutBuild(b *testing.B) {
	c, r := testClient("https://gateway.example"), testPayout()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.prepare(&message{path: "/g2g/reg2reg", fields: r.fields(9970)}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode measures decoding, verifying and reading the documented answer.
func BenchmarkDecode(b *testing.B) {
	r := &reply{status: 200, body: []byte(pageSample)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readAnswer("reg2reg", r, testKey); err != nil {
			b.Fatal(err)
		}
	}
}
