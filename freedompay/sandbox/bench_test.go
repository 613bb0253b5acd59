package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"payrun/freedompay/sandbox"
)

// BenchmarkPayout is one payout over loopback, 32 clients wide: what the
// gateway itself costs a benchmark that runs against it.
func BenchmarkPayout(b *testing.B) {
	for _, noSync := range []bool{false, true} {
		b.Run(fmt.Sprintf("nosync=%v", noSync), func(b *testing.B) {
			s := sandbox.NewServer(b, sandbox.Config{Ledger: filepath.Join(b.TempDir(), "l"), NoSync: noSync})
			transport := &http.Transport{MaxIdleConnsPerHost: 32}
			defer transport.CloseIdleConnections()
			c := &http.Client{Transport: transport}
			var n atomic.Int64
			b.SetParallelism(16)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					f := payout("b-"+strconv.FormatInt(n.Add(1), 10)).with("pg_amount", "0.01")
					kind, body := multipartBody(b, signed(payURL, f))
					r, err := c.Post(s.URL+payURL, kind, bytes.NewReader(body))
					if err != nil {
						b.Error(err)
						return
					}
					if _, err := io.Copy(io.Discard, r.Body); err != nil {
						b.Error(err)
					}
					r.Body.Close()
				}
			})
			if got := int64(len(s.Payments())); got != n.Load() {
				b.Errorf("%d payments of %d", got, n.Load())
			}
		})
	}
}
