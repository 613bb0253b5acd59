package main

import (
	stdflag "flag" // the package has a function of that name
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkTable measures what the project promises of its speed and memory,
// and prints one line a promise. Only ratios count: both sides of each are
// measured in turns in this run, and the median of the rounds is taken.
//
//	go test -run='^$' -bench='^BenchmarkTable$' -benchtime=1x -timeout=2h ./cmd/payrun
//
// Where it is not named by -bench, but one of all benchmarks, it is small: then
// it shows that it works, and its figures say nothing.
//
// Environment variables set the sizes:
//
//	PAYRUN_BENCH_ROWS       what to measure, such as P2,M1,A1; everything by default
//	PAYRUN_BENCH_PAYOUTS    payouts of a plan and of a state; 100000
//	PAYRUN_BENCH_LARGE      payouts of the large plan of P4 and M2, such as 1000000; 0, which leaves these out
//	PAYRUN_BENCH_CALLS      payouts of an apply without latency; 20000
//	PAYRUN_BENCH_ROUNDS     rounds; 5
//	PAYRUN_BENCH_TERRAFORM  the terraform to compare with; the one of PATH. Without one, its side is a figure of the past, and the table says so
func BenchmarkTable(b *testing.B) {
	t := &table{B: b, wanted: os.Getenv("PAYRUN_BENCH_ROWS"), quick: !strings.Contains(stdflag.Lookup("test.bench").Value.String(), "Table")}
	fmt.Println() // the name of the benchmark stands in the line
	if t.quick {
		fmt.Println("small sizes, since no table was asked for: no figure counts")
	}
	t.rounds = t.setting("ROUNDS", 5, 1)
	for b.Loop() {
		payouts := t.setting("PAYOUTS", 100_000, 2_000)
		t.plans(payouts, t.setting("LARGE", 0, 0))
		t.applies(t.setting("CALLS", 20_000, 500))
		t.states(payouts)
	}
	b.ReportMetric(0, "ns/op") // the time of all of it says nothing
}

// setting is a size: of the environment, or a default.
func (t *table) setting(name string, fallback, quick int) int {
	text := os.Getenv("PAYRUN_BENCH_" + name)
	switch {
	case text == "" && t.quick:
		return quick
	case text == "":
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("PAYRUN_BENCH_%s=%s is no number", name, text)
	}
	return n
}

// table gathers the figures.
type table struct {
	*testing.B
	wanted string
	quick  bool // sizes are small
	rounds int
}

// wants says whether a figure is to be measured.
func (t *table) wants(ids ...string) bool {
	return t.wanted == "" || slices.ContainsFunc(strings.Split(t.wanted, ","), func(id string) bool { return slices.Contains(ids, id) })
}

// figure is one line: a ratio, or a size, and its bound.
type figure struct {
	id, what string
	value    float64
	least    bool // the bound is a lower one
	bound    float64
	note     string
}

func (t *table) add(f figure) {
	if !t.wants(f.id) {
		return
	}
	sign, met := "≤", f.value <= f.bound
	if f.least {
		sign, met = "≥", f.value >= f.bound
	}
	word := "met"
	if !met {
		word = "MISSED"
	}
	// At once, so that a long run shows how far it is.
	fmt.Printf("%-3s %-68s %8.3f  %s %-5g %-6s %s\n", f.id, f.what, f.value, sign, f.bound, word, f.note)
}

// check ends the benchmark where a step of it fails.
func (t *table) check(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ratio is the median of the quotients of two sides that are measured in
// turns.
func (t *table) ratio(ours, theirs func() float64) float64 {
	var quotients []float64
	for range t.rounds {
		mine := ours()
		quotients = append(quotients, mine/theirs())
	}
	return median(quotients)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// seconds is how long a step takes.
func seconds(step func()) float64 {
	start := time.Now()
	step()
	return time.Since(start).Seconds()
}
