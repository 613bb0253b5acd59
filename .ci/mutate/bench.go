package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

// result is a mutation and what became of it.
type result struct {
	*mutation
	outcome
	took time.Duration
}

// good says that the break was noticed in the way it has to be.
func (r *result) good() bool {
	return r.verdict == killed || r.verdict == hung && r.hangs
}

// bench runs mutations on copies of a tree, one copy for each worker.
type bench struct {
	copies []string
}

// newBench makes the copies inside a folder.
func newBench(ctx context.Context, root, folder string, workers int) (*bench, error) {
	files, err := sourceFiles(ctx, root)
	if err != nil {
		return nil, err
	}
	b := &bench{}
	for i := range workers {
		to := filepath.Join(folder, strconv.Itoa(i))
		if err := os.Mkdir(to, 0o755); err != nil {
			return nil, fmt.Errorf("copy the tree: %w", err)
		}
		if err := copyTree(root, to, files); err != nil {
			return nil, err
		}
		b.copies = append(b.copies, to)
	}
	return b, nil
}

// each calls f for 0 to n-1, one call at a time for each copy. The first error
// ends it.
func (b *bench) each(ctx context.Context, n int, f func(ctx context.Context, copy string, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for _, copy := range b.copies {
		workers.Go(func() {
			for i := range next {
				if err := f(ctx, copy, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// baseline runs the tests of the mutations on the tree as it is. Each failure
// is an error: the test would notice anything.
func (b *bench) baseline(ctx context.Context, set []mutation) error {
	suites := union(set)
	return b.each(ctx, len(suites), func(ctx context.Context, copy string, i int) error {
		got, err := runSuite(ctx, copy, suites[i])
		if err == nil && got.verdict != alive {
			err = fmt.Errorf("the tests of %s fail without any mutation: %s %s %s", suites[i].folder, got.verdict, got.test, got.words)
		}
		return err
	})
}

// union is everything that the mutations run, each test once.
func union(set []mutation) []suite {
	all := make(map[string]bool) // folders of which every test runs
	tests := make(map[string][]string)
	for _, m := range set {
		for _, s := range m.tests {
			all[s.folder] = all[s.folder] || len(s.tests) == 0
			tests[s.folder] = append(tests[s.folder], s.tests...)
		}
	}
	var out []suite
	for folder, names := range tests {
		slices.Sort(names)
		if names = slices.Compact(names); all[folder] {
			names = nil
		}
		out = append(out, suite{folder, names})
	}
	slices.SortFunc(out, func(a, b suite) int { return len(b.tests) - len(a.tests) })
	return out
}

// run tries every mutation and hands each result over in the order of the set.
func (b *bench) run(ctx context.Context, set []mutation, tell func(*result)) error {
	results := make([]chan *result, len(set))
	for i := range results {
		results[i] = make(chan *result, 1)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- b.each(ctx, len(set), func(ctx context.Context, copy string, i int) error {
			r, err := try(ctx, copy, &set[i])
			if err == nil {
				results[i] <- r
			}
			return err
		})
	}()
	for _, one := range results {
		select {
		case r := <-one:
			tell(r)
		case err := <-ended:
			if err != nil {
				return err
			}
			ended <- nil
			tell(<-one) // everything ran, so that it is there
		}
	}
	return <-ended
}

// try applies one mutation to a copy, runs its tests, and takes it back.
func try(ctx context.Context, copy string, m *mutation) (*result, error) {
	start := time.Now()
	changed, err := m.change(copy)
	if err != nil {
		return &result{mutation: m, outcome: outcome{verdict: stale, words: err.Error()}}, nil
	}
	undo, err := mutate(copy, changed)
	if err != nil {
		return nil, fmt.Errorf("apply %s: %w", m.name, err)
	}
	got, err := runSuites(ctx, copy, m.tests)
	if undone := undo(); undone != nil {
		return nil, fmt.Errorf("take %s back: %w", m.name, undone)
	}
	return &result{mutation: m, outcome: got, took: time.Since(start)}, err
}
