package statefile_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"payrun/statefile"
	"payrun/statefile/statetest"
)

// faultSteps is the length of a run whose operations fail, in steps of every
// kind.
const faultSteps = 10

// TestCrashFaults fails every operation of a run over a torn journal, once and
// from then on, and then cuts the power: what was acknowledged is there, and
// no descriptor is synced again after its sync failed.
func TestCrashFaults(t *testing.T) {
	count, failed := &tally{kinds: make(map[statetest.Kind]int)}, new(atomic.Int64)
	t.Run("faults", func(t *testing.T) {
		b := &bench{t: t, sampling: crashSampling(), count: count}
		torn := b.torn(b.record(statetest.NewDisk(t.TempDir()), 1, 0, (*actor).whole), 1)
		faults := statetest.Faults()
		for _, name := range slices.Sorted(maps.Keys(faults)) {
			for _, forGood := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, for good %v", name, forGood), func(t *testing.T) {
					t.Parallel()
					f := &failing{bench: &bench{t: t, sampling: b.sampling, count: count}, err: faults[name], forGood: forGood}
					failed.Add(int64(f.each(torn)))
				})
			}
		}
	})
	t.Logf("%d operations failed; %s", failed.Load(), count)
	if *crashOp == 0 && failed.Load() < 200 {
		t.Errorf("%d operations failed", failed.Load())
	}
}

// failing is a run in which an operation fails.
type failing struct {
	*bench
	err     error
	forGood bool
	from    int // number of the step
	hit     *atomic.Bool
	begun   *said // what the image says
	opened  *said // what a run without a fault finds once it is open
}

// each fails every operation of a run that begins with an image, and returns
// how many there are.
func (f *failing) each(image *statetest.Image) int {
	every := 1
	if raced || testing.Short() {
		every = 7
	}
	dir := f.t.TempDir()
	f.begun = f.loaded(image, dir)
	disk := f.run(image, dir) // without a fault
	opened := contents(disk.Marks())[2]
	opened.perhaps = true
	f.opened = &opened
	n := 0
	for f.from = max(1, *crashOp); *crashOp == 0 || f.from == *crashOp; f.from += every {
		f.rerun, f.path = fmt.Sprintf("-run '%s$' -crash.op=%d # image", f.t.Name(), f.from), ""
		f.hit = new(atomic.Bool)
		disk := f.run(image, dir)
		if disk.Steps() < f.from {
			return n
		}
		if !f.hit.Load() {
			continue // a disk that is read-only does it all the same
		}
		n++
		f.check(disk)
		if f.t.Failed() {
			f.t.Fatalf("rerun: go test ./statefile %s", f.rerun)
		}
	}
	return n
}

// contents are the marks that say everything.
func contents(marks []any) []said {
	var out []said
	for _, m := range marks {
		if s := m.(said); s.parts != nil {
			out = append(out, s)
		}
	}
	return out
}

// before fails a step.
func (f *failing) before(s statetest.Step) error {
	if f.from == 0 || s.Number < f.from || !f.forGood && s.Number > f.from {
		return nil
	}
	if errors.Is(f.err, syscall.EROFS) && !s.Changes {
		return nil
	}
	f.hit.Store(true)
	return f.err
}

// loaded is what an image says.
func (f *failing) loaded(image *statetest.Image, dir string) *said {
	snap, err := newActor(f.t, image.Disk(dir), dir, 0).store.Load(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return &said{parts: partsOf(f.t, snap.Ledger), unproven: len(snap.Unproven) > 0}
}

// run plays a run on an image and returns its disk.
func (f *failing) run(image *statetest.Image, dir string) *statetest.Disk {
	disk := image.Disk(dir)
	disk.Mark(*f.begun)
	synctest.Test(f.t, func(t *testing.T) {
		disk.Before = f.before
		a := newActor(t, disk, dir, 1)
		a.rnd = rand.New(rand.NewPCG(1, 1))
		a.play(faultSteps)
		f.checkErrors(a)
		if f.opened != nil && a.rec == nil {
			// Open may have done all it does before it failed.
			disk.Mark(*f.opened)
		}
	})
	disk.Before = nil
	return disk
}

// checkErrors: all that a run hears of is the fault, and that it has to stop.
func (f *failing) checkErrors(a *actor) {
	for _, err := range a.errs {
		if !errors.Is(err, f.err) && !errors.Is(err, statefile.ErrJournalBroken) && !errors.Is(err, statefile.ErrLockLost) || f.from == 0 {
			f.t.Errorf("operation %d: %v", f.from, err)
		}
	}
}

// check cuts the power at the end and at one point before it: everything that
// was not synced is lost, is kept, or is lost in part.
func (f *failing) check(disk *statetest.Disk) {
	if again := disk.Resynced(); len(again) > 0 {
		f.t.Errorf("synced again after a failed sync: %v", again)
	}
	end := disk.Points()
	for _, point := range []int{f.from * 7 % end, end} {
		for image := range disk.Images(statetest.Depth{Tear: -1, From: point, To: point}) {
			if image.Number == 1 || image.Number%5 == f.from%5 {
				f.restart(disk, image, 2)
			}
		}
	}
}
