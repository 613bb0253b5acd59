package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"payrun/executor"
	"payrun/freedompay"
	"payrun/freedompay/sandbox"
	"payrun/planner"
	"payrun/planner/payout"
	"payrun/statefile"
)

// applies measures A1, A3, A4, A9 and A10: the executor with the real client
// and the real journal, look-up off, against a loop that posts a body made
// beforehand and keeps no record.
func (t *table) applies(calls int) {
	if t.wants("A1", "A3", "A9", "A10") {
		url := startBenchGateway(t, 0)
		for _, width := range []int{32, 128} {
			t.atFullSpeed(url, width, calls)
		}
	}
	if t.wants("A4") {
		url := startBenchGateway(t, 50*time.Millisecond)
		for _, width := range []int{32, 256} {
			n := 40 * width
			slowdown := t.ratio(
				func() float64 { return bare(t, url, width, n).seconds },
				func() float64 { return durable(t, url, width, n, nil).seconds })
			t.add(figure{id: "A4", what: fmt.Sprintf("durable apply / bare loop, 50 ms, %d wide", width), value: slowdown, least: true, bound: 0.97})
		}
	}
}

// atFullSpeed is what a gateway without latency shows.
func (t *table) atFullSpeed(url string, width, calls int) {
	var speeds, syncs, costs, growths []float64
	for range t.rounds {
		d, b, u := durable(t, url, width, calls, nil), bare(t, url, width, calls), durable(t, url, width, calls, unsynced{})
		speeds, syncs = append(speeds, b.seconds/d.seconds), append(syncs, u.seconds/d.seconds)
		costs, growths = append(costs, d.cpu/b.cpu), append(growths, d.growth/1000)
	}
	bounds := map[int][2]float64{32: {0.45, 0.50}, 128: {0.60, 0.70}}[width]
	wide := fmt.Sprintf(", %d wide", width)
	t.add(figure{id: "A1", what: "durable apply / bare loop, 0 ms" + wide, value: median(speeds), least: true, bound: bounds[0]})
	t.add(figure{id: "A3", what: "durable apply / with sync off" + wide, value: median(syncs), least: true, bound: bounds[1]})
	t.add(figure{id: "A9", what: "client's CPU a payout / the bare loop's" + wide, value: median(costs), bound: 1.7})
	t.add(figure{id: "A10", what: "kB of memory a payout sent, its record included" + wide, value: median(growths), bound: 0.3})
}

// sending is what it took to send.
type sending struct {
	seconds float64
	cpu     float64 // seconds of this process
	growth  float64 // bytes of live memory a payout
}

// measured runs a step of n payouts.
func measured(n int, step func()) sending {
	before, cpu := liveBytes(), cpuSeconds()
	took := seconds(step)
	return sending{seconds: took, cpu: cpuSeconds() - cpu, growth: (liveBytes() - before) / float64(n)}
}

func liveBytes() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// unsynced is a file system that never waits for the disk.
type unsynced struct{ statefile.OS }

type unsyncedFile struct{ statefile.File }

func (unsyncedFile) Sync() error     { return nil }
func (unsyncedFile) SyncData() error { return nil }

func (unsynced) SyncDir(string) error { return nil }

func (u unsynced) Open(path string, flag int, perm fs.FileMode) (statefile.File, error) {
	f, err := u.OS.Open(path, flag, perm)
	if err != nil {
		return nil, err
	}
	return unsyncedFile{f}, nil
}

// durable applies a plan of n payouts.
func durable(tb testing.TB, url string, width, n int, fsys statefile.FS) sending {
	tb.Helper()
	m := &planner.Merchant{Name: "main", ID: 9970, Environment: planner.Sandbox, API: "gateway", Currency: payout.MustCurrency("KZT"), Zone: time.UTC}
	store := &statefile.Local{Path: filepath.Join(tb.TempDir(), "state.json"), Version: version, FS: fsys}
	recorder, lock := openBench(tb, store, m, n)
	client := &freedompay.Client{
		BaseURL: url, MerchantID: m.ID, Secret: func() (freedompay.Secret, error) { return freedompay.NewSecret(sandbox.Key), nil },
	}
	defer client.Close()
	run := &executor.Run{
		Plan:      planner.Diff([]planner.Batch{benchBatch(tb, m, n)}, payout.NewLedger(), planner.Options{At: time.Now()}),
		Merchants: map[string]*executor.Merchant{"main": {Merchant: m, Gateway: client, PostLink: url + "/notify", Width: width, LookupOff: true}},
		Journal:   recorder, StillOurs: lock.Check,
	}
	var report *executor.Report
	took := measured(n, func() { report = run.Apply(context.Background(), context.Background()) })
	if len(report.Sent) != n || report.Stop != nil {
		tb.Fatalf("%d of %d sent, stop %+v", len(report.Sent), n, report.Stop)
	}
	if err := recorder.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := lock.Release(); err != nil {
		tb.Fatal(err)
	}
	return took
}

// openBench opens a new state for n payouts, as apply does.
func openBench(tb testing.TB, store *statefile.Local, m *planner.Merchant, n int) (*statefile.Recorder, *statefile.Lock) {
	tb.Helper()
	lock, err := store.Lock(context.Background(), statefile.LockInfo{Command: "bench"}, 0)
	if err != nil {
		tb.Fatal(err)
	}
	snap, err := store.Load(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	recorder, err := store.Open(lock, snap)
	if err != nil {
		tb.Fatal(err)
	}
	note := &payout.Note{At: benchTime, Merchant: &payout.Merchant{Name: m.Name, ID: m.ID, Environment: string(m.Environment)}}
	for _, step := range []func() error{
		func() error { return recorder.Note(note) },
		func() error { return recorder.Reserve(n) },
		recorder.Checkpoint,
	} {
		if err := step(); err != nil {
			tb.Fatal(err)
		}
	}
	return recorder, lock
}

func benchBatch(tb testing.TB, m *planner.Merchant, n int) planner.Batch {
	tb.Helper()
	b := planner.Batch{Name: "salaries", Period: "2026-11", Merchant: m, Payouts: make([]planner.Payout, n)}
	for i := range b.Payouts {
		token, err := payout.NewCardToken(fmt.Sprintf("ef741cfc-f85e-41a0-84e6-%012x", i))
		if err != nil {
			tb.Fatal(err)
		}
		b.Payouts[i] = planner.Payout{
			Address: payout.NewAddress(b.Name, b.Period, "staff").WithKey(fmt.Sprintf("%08d", i)), UserID: fmt.Sprint(i + 1), Token: token,
			Amount: payout.Money{Minor: int64(100_000 + i), Currency: m.Currency}, Description: "Salary", TimeLimit: planner.DefaultTimeLimit, Retry: 1,
		}
	}
	return b
}

// bare posts one body n times.
func bare(tb testing.TB, url string, width, n int) sending {
	tb.Helper()
	body, kind := bareBody(tb)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: width}}
	defer client.CloseIdleConnections()
	var next, failed atomic.Int64
	took := measured(n, func() {
		var all sync.WaitGroup
		for range width {
			all.Go(func() {
				for next.Add(1) <= int64(n) {
					if post(client, url+"/g2g/reg2reg", kind, body) != nil {
						failed.Add(1)
					}
				}
			})
		}
		all.Wait()
	})
	if failed.Load() > 0 {
		tb.Fatalf("%d of %d calls failed", failed.Load(), n)
	}
	return took
}

func post(client *http.Client, url, kind string, body []byte) error {
	response, err := client.Post(url, kind, bytes.NewReader(body))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}

func bareBody(tb testing.TB) (body []byte, kind string) {
	tb.Helper()
	fields := []freedompay.Field{
		{Name: "pg_merchant_id", Value: "9970"}, {Name: "pg_order_id", Value: "salaries-abcdefghijklmnopqrst"}, {Name: "pg_amount", Value: "1000.00"},
		{Name: "pg_description", Value: "Salary"}, {Name: "pg_order_time_limit", Value: "2026-11-22 18:00:00"}, {Name: "pg_user_id", Value: "1"},
		{Name: "pg_post_link", Value: "http://127.0.0.1/notify"}, {Name: "pg_card_token_to", Value: "ef741cfc-f85e-41a0-84e6-2ba964912182"},
		{Name: "pg_salt", Value: "abcdefghijklmnop"}, {Name: "pg_sig", Value: "0123456789abcdef0123456789abcdef"},
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f.Name, f.Value); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}
