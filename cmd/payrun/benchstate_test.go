package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"payrun/planner"
	"payrun/planner/payout"
	"payrun/statefile"
)

// states measures D1, D2, S1 and S2: the journal against one fsync a record,
// and the state against encoding/json and a plain write.
func (t *table) states(payouts int) {
	if t.wants("D1") {
		value, note := t.journal()
		t.add(figure{id: "D1", what: "journal records a second, 64 writers / one fsync a record", value: value, least: true, bound: 15, note: note})
	}
	if !t.wants("D2", "S1", "S2") {
		return
	}
	dir := t.settled(rowsWorld(t, payouts))
	store, n := benchStore(dir), t.words(payouts)
	snap, err := store.Load(context.Background())
	t.check(err)
	data, err := os.ReadFile(store.Path)
	t.check(err)
	t.add(figure{id: "D2", what: "save of " + n + " / plain write and fsync of the same bytes", value: t.saving(store, snap, data), bound: 2})
	var plain plainState
	t.check(json.Unmarshal(data, &plain))
	t.add(figure{id: "S1", what: "encoding " + n + " with their digest / json.MarshalIndent", bound: 0.20, value: t.ratio(
		func() float64 { return seconds(func() { _, err := snap.WriteTo(io.Discard); t.check(err) }) },
		func() float64 {
			return seconds(func() { _, err := json.MarshalIndent(&plain, "", "  "); t.check(err) })
		})})
	t.loading(store, n)
}

// journal is how many times more records a second 64 writers get through, and
// what one fsync takes here, which every apply has to be read with.
func (t *table) journal() (ratio float64, note string) {
	const records, alone = 20_000, 1_000
	m := &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, Currency: payout.MustCurrency("KZT")}
	b := benchBatch(t, m, records)
	intents := make([]*payout.Intent, len(b.Payouts))
	for i := range intents {
		p := &b.Payouts[i]
		intents[i] = &payout.Intent{Details: p.Details(m), At: benchTime, Attempt: 1, OrderID: p.OrderIDFor(m, 1), TimeLimit: benchTime.Add(time.Hour)}
	}
	ours := func() float64 {
		store := &statefile.Local{Path: filepath.Join(t.TempDir(), "state.json"), Version: version}
		r, lock := openBench(t, store, m, len(b.Payouts))
		var next, failed atomic.Int64
		took := seconds(func() {
			var all sync.WaitGroup
			for range 64 {
				all.Go(func() {
					for i := next.Add(1) - 1; i < int64(len(b.Payouts)); i = next.Add(1) - 1 {
						if r.Begin(intents[i]) != nil {
							failed.Add(1)
						}
					}
				})
			}
			all.Wait()
		})
		if failed.Load() > 0 {
			t.Fatalf("%d records failed", failed.Load())
		}
		t.check(r.Close())
		t.check(lock.Release())
		return float64(len(b.Payouts)) / took
	}
	var syncs []float64
	ratio = t.ratio(ours, func() float64 {
		f, err := os.Create(filepath.Join(t.TempDir(), "plain"))
		t.check(err)
		defer f.Close()
		line := make([]byte, 512) // the size of an intent
		took := seconds(func() {
			for range alone {
				_, err := f.Write(line)
				t.check(err)
				t.check(f.Sync())
			}
		})
		syncs = append(syncs, took/alone)
		return alone / took
	})
	return ratio, fmt.Sprintf("one fsync: %.2f ms", 1000*median(syncs))
}

// saving is a whole save, whose content has changed, beside the plain write.
func (t *table) saving(store *statefile.Local, snap *statefile.Snapshot, data []byte) float64 {
	balance := 0
	return t.ratio(func() float64 {
		balance++
		changed := *snap.Ledger.Merchant("main")
		changed.Balance = fmt.Sprintf("%d.00", balance)
		snap.Ledger.Note(&payout.Note{At: benchTime, Merchant: &changed})
		return seconds(func() { t.check(store.Save(context.Background(), snap)) })
	}, func() float64 {
		path := filepath.Join(filepath.Dir(store.Path), "plain")
		return seconds(func() {
			f, err := os.Create(path + ".tmp")
			t.check(err)
			_, err = f.Write(data)
			t.check(err)
			t.check(f.Sync())
			t.check(f.Close())
			t.check(os.Rename(path+".tmp", path))
			t.check(statefile.OS{}.SyncDir(filepath.Dir(path)))
		})
	})
}

// loading is a checked load beside json.Unmarshal, in time and in memory that
// is alive at the end of it or was in between.
func (t *table) loading(store *statefile.Local, n string) {
	ours := func() { _, err := store.Load(context.Background()); t.check(err) }
	theirs := func() {
		data, err := os.ReadFile(store.Path)
		t.check(err)
		var plain plainState
		t.check(json.Unmarshal(data, &plain))
	}
	took := t.ratio(func() float64 { return seconds(ours) }, func() float64 { return seconds(theirs) })
	t.add(figure{id: "S2", what: "loading " + n + ", checked / json.Unmarshal, time", value: took, bound: 0.60})
	peak := t.ratio(func() float64 { return peakHeap(ours) }, func() float64 { return peakHeap(theirs) })
	t.add(figure{id: "S2", what: "loading " + n + ", checked / json.Unmarshal, peak of the heap", value: peak, bound: 0.60})
}

// peakHeap is by how much a step makes the heap grow, garbage included.
func peakHeap(step func()) float64 {
	before, most := liveBytes(), 0.0
	done := make(chan struct{})
	go func() {
		defer close(done)
		step()
	}()
	for {
		select {
		case <-done:
			return most
		case <-time.After(2 * time.Millisecond):
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, float64(m.HeapAlloc)-before)
		}
	}
}

// plainState is the natural code: structs and encoding/json.
type plainState struct {
	FormatVersion  string           `json:"format_version"`
	PayrunVersion  string           `json:"payrun_version"`
	Lineage        string           `json:"lineage"`
	Serial         int64            `json:"serial"`
	Digest         string           `json:"digest"`
	PreviousDigest string           `json:"previous_digest,omitempty"`
	Sequence       int64            `json:"sequence"`
	Merchants      []map[string]any `json:"merchants"`
	Totals         map[string]any   `json:"totals"`
	Runs           []map[string]any `json:"runs"`
	Payouts        []struct {
		Address     string         `json:"address"`
		Status      string         `json:"status"`
		Amount      string         `json:"amount"`
		Currency    string         `json:"currency"`
		Merchant    string         `json:"merchant"`
		Period      string         `json:"period"`
		Destination string         `json:"destination"`
		Fingerprint string         `json:"fingerprint"`
		UserID      string         `json:"user_id"`
		Description string         `json:"description"`
		Attempts    []plainAttempt `json:"attempts"`
	} `json:"payouts"`
}

type plainAttempt struct {
	N           int       `json:"n"`
	OrderID     string    `json:"order_id"`
	TimeLimit   time.Time `json:"time_limit"`
	PaymentID   string    `json:"payment_id"`
	PaymentDate string    `json:"payment_date"`
	Events      []struct {
		Status string    `json:"status"`
		At     time.Time `json:"at"`
		Source string    `json:"source"`
		Code   string    `json:"code"`
		Words  string    `json:"words"`
	} `json:"events"`
}
