package statefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"payrun/planner/payout"
)

const benchPayouts = 100_000

// benchDocument is a state of n payouts, most of them paid.
func benchDocument(n int) *document {
	l := payout.NewLedger()
	l.Note(&payout.Note{Merchant: testMerchant()})
	at := newClock().at
	for i := range n {
		key := fmt.Sprintf("%06d", i)
		in := testIntent(key, at)
		out := testOutcome(key, payout.Accepted, at)
		paid := testOutcome(key, payout.Paid, at)
		paid.Cause, paid.Event.Source, paid.Event.Words = payout.CauseSuccess, payout.SourceStatus, "success"
		for _, err := range []error{l.Begin(in), l.Settle(out), l.Settle(paid)} {
			if err != nil {
				panic(err)
			}
		}
	}
	d := &document{format: FormatVersion, version: "0.1.0", lineage: newLineage(), serial: 7, sequence: 3, ledger: l}
	if err := d.complete(); err != nil {
		panic(err)
	}
	d.digest = d.computeDigest()
	return d
}

var benchState = sync.OnceValues(func() (*document, []byte) {
	d := benchDocument(benchPayouts)
	var b bytes.Buffer
	if err := d.encode(&b, fileForm); err != nil {
		panic(err)
	}
	return d, b.Bytes()
})

// plainState is the natural code: structs and encoding/json.
type plainState struct {
	FormatVersion  string                          `json:"format_version"`
	PayrunVersion  string                          `json:"payrun_version"`
	Lineage        string                          `json:"lineage"`
	Serial         int64                           `json:"serial"`
	Digest         string                          `json:"digest"`
	PreviousDigest string                          `json:"previous_digest,omitempty"`
	Sequence       int64                           `json:"sequence"`
	Merchants      []wireMerchant                  `json:"merchants"`
	Totals         map[string]map[string]wireTotal `json:"totals"`
	Runs           []wireRun                       `json:"runs"`
	Payouts        []wireRecord                    `json:"payouts"`
}

// nowhere takes every write.
type nowhere struct{}

func (nowhere) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// BenchmarkEncode is S1: the whole of what a save encodes, digest included,
// against json.MarshalIndent of the same (at most 0.20).
func BenchmarkEncode(b *testing.B) {
	d, data := benchState()
	var plain plainState
	if err := json.Unmarshal(data, &plain); err != nil {
		b.Fatal(err)
	}
	b.Run("state", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			fresh := *d
			if err := fresh.complete(); err != nil {
				b.Fatal(err)
			}
			if err := fresh.writeTo(nowhere{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.MarshalIndent(&plain, "", "  "); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecode is S2: a checked load against json.Unmarshal (at most 0.60).
func BenchmarkDecode(b *testing.B) {
	_, data := benchState()
	path := filepath.Join(b.TempDir(), "state.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("state", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := readState(OS{}, path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			raw, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			var plain plainState
			if err := json.Unmarshal(raw, &plain); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSave is D2: a whole save of 100 000 payouts against the atomic
// write of the same bytes (at most 2).
func BenchmarkSave(b *testing.B) {
	d, data := benchState()
	b.Run("state", func(b *testing.B) {
		s := &Local{Path: filepath.Join(b.TempDir(), "state.json"), Version: "0.1.0"}
		lock, err := s.Lock(ctx, LockInfo{}, 0)
		if err != nil {
			b.Fatal(err)
		}
		defer lock.Release()
		for b.Loop() {
			fresh := *d
			st, err := s.stage(&fresh)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := s.place(st, lock); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("baseline", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "state.json")
		for b.Loop() {
			if err := rawAtomicWrite(path, data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func rawAtomicWrite(path string, data []byte) error {
	f, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	return OS{}.SyncDir(filepath.Dir(path))
}

// BenchmarkJournal is D1: durable records a second with 64 waiting writers
// against one writer with an fsync a record (at least 15).
func BenchmarkJournal(b *testing.B) {
	for _, writers := range []int{1, 8, 64, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) { benchRecorder(b, writers) })
	}
	b.Run("baseline", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "journal"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		content, err := encodeBody(beginEntry(testIntent("1001", newClock().at)))
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := f.Write(append(content, '\n')); err != nil {
				b.Fatal(err)
			}
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	})
}

func benchRecorder(b *testing.B, writers int) {
	s := &Local{Path: filepath.Join(b.TempDir(), "state.json"), Version: "0.1.0"}
	lock, err := s.Lock(ctx, LockInfo{}, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer lock.Release()
	snap, err := s.Load(ctx)
	if err != nil {
		b.Fatal(err)
	}
	r, err := s.Open(lock, snap)
	if err != nil {
		b.Fatal(err)
	}
	at := newClock().at
	var next atomic.Int64
	var done sync.WaitGroup
	b.ResetTimer()
	for range writers {
		done.Go(func() {
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					return
				}
				if err := r.Begin(testIntent(fmt.Sprintf("%08d", i), at)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	abandon(r)
}
