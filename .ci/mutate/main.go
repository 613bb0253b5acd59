package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Exit codes.
const (
	exitGood  = 0
	exitBad   = 1 // something is not killed, or the bench itself failed
	exitUsage = 2
)

// options are the flags.
type options struct {
	pattern string
	workers int
	list    bool
	check   bool
	asJSON  bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.pattern, "run", "", "only mutations whose `name` matches this regular expression")
	flags.IntVar(&o.workers, "parallel", 2, "how many at once")
	flags.BoolVar(&o.list, "list", false, "print names and reasons, run nothing")
	flags.BoolVar(&o.check, "check", false, "only check that each mutation still fits the source")
	flags.BoolVar(&o.asJSON, "json", false, "one JSON object a line")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.workers < 1 {
		return o, errors.New("want no arguments but the options, and -parallel of at least 1")
	}
	return o, nil
}

// run is the program without its process.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitGood
	}
	var set []mutation
	if err == nil {
		set, err = choose(all(), o.pattern)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "mutate:", err)
		return exitUsage
	}
	switch good, err := o.act(ctx, set, stdout, stderr); {
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "mutate:", err)
		return exitBad
	case !good:
		return exitBad
	}
	return exitGood
}

// choose keeps the mutations whose names match.
func choose(set []mutation, pattern string) ([]mutation, error) {
	if err := checkSet(set); err != nil {
		return nil, err
	}
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("read -run: %w", err)
	}
	set = slices.DeleteFunc(set, func(m mutation) bool { return !wanted.MatchString(m.name) })
	if len(set) == 0 {
		return nil, fmt.Errorf("no mutation matches %q", pattern)
	}
	return set, nil
}

// act does what the options say and reports whether all is well.
func (o *options) act(ctx context.Context, set []mutation, stdout, stderr io.Writer) (bool, error) {
	if o.list {
		for _, m := range set {
			_, _ = fmt.Fprintf(stdout, "%-34s %s\n", m.name, m.why)
		}
		return true, nil
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return false, err
	}
	if o.check {
		return checkAll(root, set, stdout), nil
	}
	return o.try(ctx, root, set, stdout, stderr)
}

// checkAll prints every mutation that no longer fits.
func checkAll(root string, set []mutation, stdout io.Writer) bool {
	good := true
	for i := range set {
		if err := set[i].check(root); err != nil {
			good = false
			_, _ = fmt.Fprintf(stdout, "%-8s %-34s %v\n", stale, set[i].name, err)
		}
	}
	if good {
		_, _ = fmt.Fprintf(stdout, "%d mutations fit the source\n", len(set))
	}
	return good
}

// try runs the mutations on copies of the tree.
func (o *options) try(ctx context.Context, root string, set []mutation, stdout, stderr io.Writer) (good bool, err error) {
	start := time.Now()
	folder, err := os.MkdirTemp("", "payrun-mutate-")
	if err != nil {
		return false, fmt.Errorf("copy the tree: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b, err := newBench(ctx, root, folder, min(o.workers, len(set)))
	if err != nil {
		return false, err
	}
	_, _ = fmt.Fprintf(stderr, "the tests of %d mutations run once on the tree as it is\n", len(set))
	if err := b.baseline(ctx, set); err != nil {
		return false, err
	}
	r := &report{out: stdout, asJSON: o.asJSON}
	if err := b.run(ctx, set, r.add); err != nil {
		return false, err
	}
	_, _ = fmt.Fprintf(stderr, "%s, in %s\n", r.summary(), time.Since(start).Round(time.Second))
	return r.good == r.all, nil
}
