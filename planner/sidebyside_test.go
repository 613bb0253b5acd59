package planner

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestReorder: the result is the permutation, whatever its cycles are.
func TestReorder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		order := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range n {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "order")
		list := make([]int, n)
		for i := range list {
			list[i] = 1000 + i
		}
		want := make([]int, n)
		for i, from := range order {
			want[i] = list[from]
		}
		reorder(list, slices.Clone(order))
		if !slices.Equal(list, want) {
			t.Fatalf("%v by %v", list, order)
		}
	})
}

func TestSideBySide(t *testing.T) {
	for _, n := range []int{0, 1, stretch, 5*stretch + 1} {
		calls := make([]int, n)
		sideBySide(n, func(i int) { calls[i]++ })
		for i, c := range calls {
			if c != 1 {
				t.Fatalf("%d of %d was called %d times", i, n, c)
			}
		}
	}
}

// TestSideBySidePanics: the caller can recover from a mistake in a goroutine.
func TestSideBySidePanics(t *testing.T) {
	defer func() {
		if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "canary\n") {
			t.Errorf("recovered %q", text)
		}
	}()
	sideBySide(10*stretch, func(i int) {
		if i%stretch == 7 {
			panic("canary")
		}
	})
	t.Error("no panic")
}
