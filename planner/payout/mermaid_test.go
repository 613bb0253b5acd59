package payout_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"payrun/planner/payout"
)

// mermaid draws the transition table as a state diagram: one arrow from status
// to status, labelled with its causes in the order of the table; "$" puts a
// payout on the wire.
func mermaid() string {
	type arrow struct{ from, to payout.Status }
	var order []arrow
	labels := make(map[arrow][]string)
	for _, tr := range payout.Transitions() {
		a := arrow{tr.From, tr.To}
		if labels[a] == nil {
			order = append(order, a)
		}
		label := string(tr.Cause)
		if tr.Wire {
			label += " $"
		}
		if !slices.Contains(labels[a], label) {
			labels[a] = append(labels[a], label)
		}
	}
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, a := range order {
		from := string(a.from)
		if a.from == payout.Declared {
			from = "[*]"
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", from, a.to, strings.Join(labels[a], ", "))
	}
	return b.String()
}

func TestDiagramGolden(t *testing.T) {
	const golden = "testdata/transitions.mmd"
	got := mermaid()
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), rewrite it with UPDATE=1:\n%s", golden, diff)
	}
}

// TestDiagramInArchitecture compares the diagram that people read with the
// table, wherever the page is delivered with the code.
func TestDiagramInArchitecture(t *testing.T) {
	const begin, end = "<!-- transitions:begin -->", "<!-- transitions:end -->"
	page, err := os.ReadFile(filepath.Join("..", "..", "ARCHITECTURE.md"))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	_, rest, opened := bytes.Cut(page, []byte(begin))
	block, _, closed := bytes.Cut(rest, []byte(end))
	if !opened || !closed {
		t.Fatalf("the page has no lines %s and %s", begin, end)
	}
	want := "```mermaid\n" + mermaid() + "```"
	if diff := cmp.Diff(want, strings.TrimSpace(string(block))); diff != "" {
		t.Errorf("the diagram of the page (-want +got):\n%s", diff)
	}
}
