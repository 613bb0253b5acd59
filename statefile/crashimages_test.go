package statefile_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"payrun/statefile"
	"payrun/statefile/statetest"
)

var (
	crashAll   = flag.Bool("crash.all", false, "restart from every crash image, two crashes deep")
	crashSeeds = flag.Uint64("crash.seeds", 0, "how many runs to take crash images of; 0 = as many as an ordinary test takes")
	crashOp    = flag.Int("crash.op", 0, "fail the operation of this number alone; 0 = each in turn")
	crashAt    = flag.String("crash.at", "", "restart from one crash image alone: SEED/RUN/IMAGE or SEED/RUN/IMAGE/IMAGE")
)

// crashSteps is the length of a run, in steps of every kind.
const crashSteps = 20

// sampling bounds an ordinary test. Its numbers are primes, so that no rhythm
// of a trace hides behind them.
type sampling struct {
	seeds  uint64 // runs, each followed by one more over a torn journal
	tear   int    // bytes between two lengths at which a write is torn
	every  int    // of so many images of a run one is restarted from
	again  int    // of so many restarts the images of one are taken
	second int    // and of so many of those one is restarted from
}

func crashSampling() sampling {
	s := sampling{seeds: 1, tear: 53, every: 1, again: 211, second: 11}
	switch {
	case *crashAll:
		s = sampling{seeds: 3, tear: 1, every: 1, again: 1, second: 1}
	case raced || testing.Short():
		s = sampling{seeds: 1, tear: 53, every: 5, again: 101, second: 41}
	}
	if *crashSeeds > 0 {
		s.seeds = *crashSeeds
	}
	return s
}

// tally counts what was tried.
type tally struct {
	mu     sync.Mutex
	kinds  map[statetest.Kind]int
	second int
	torn   int // restarts that found a torn journal
	doubt  int // order ids read in torn journals
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	total, kinds := 0, ""
	for _, k := range slices.Sorted(maps.Keys(c.kinds)) {
		total += c.kinds[k]
		kinds += fmt.Sprintf(" %s %d,", k, c.kinds[k])
	}
	return fmt.Sprintf("%d crash images:%s of these %d of a restart after a crash; %d torn journals, %d order ids read in them", total, kinds, c.second, c.torn, c.doubt)
}

// TestCrashImages takes runs that do everything, builds what a loss of power
// may leave at every point of each, and restarts from it.
func TestCrashImages(t *testing.T) {
	s, count := crashSampling(), &tally{kinds: make(map[statetest.Kind]int)}
	t.Run("runs", func(t *testing.T) {
		for seed := uint64(1); seed <= s.seeds; seed++ {
			for run := range 3 {
				t.Run(fmt.Sprintf("%d/%d", seed, run), func(t *testing.T) {
					t.Parallel()
					b := &bench{t: t, sampling: s, count: count, only: wanted(seed, run)}
					b.rerun, b.path = "-run 'TestCrashImages$' -crash.at", fmt.Sprintf("%d/%d", seed, run)
					if b.only == nil && *crashAt != "" {
						return
					}
					b.images(seed, run)
				})
			}
		}
	})
	t.Log(count)
	if *crashAt != "" {
		return
	}
	least := 2000
	if raced || testing.Short() {
		least = 500
	}
	if total := count.total(); total < least {
		t.Errorf("%d crash images, at least %d are wanted", total, least)
	}
	for _, k := range []statetest.Kind{statetest.Kept, statetest.Lost, statetest.Reordered, statetest.Torn, statetest.Holed, statetest.Zeroed, statetest.Renamed} {
		if count.kinds[k] == 0 {
			t.Errorf("no image of kind %q", k)
		}
	}
	if count.torn == 0 || count.doubt == 0 || count.second == 0 {
		t.Error("no torn journal, no readable order id, or no second crash was tried")
	}
}

func (c *tally) total() int {
	n := 0
	for _, k := range c.kinds {
		n += k
	}
	return n
}

// wanted are the names of the images that -crash.at asks for, or nil.
func wanted(seed uint64, run int) []string {
	rest, ours := strings.CutPrefix(*crashAt, fmt.Sprintf("%d/%d/", seed, run))
	if !ours {
		return nil
	}
	return strings.Split(rest, "/")
}

// bench tries the images of one run.
type bench struct {
	sampling
	t     *testing.T
	count *tally
	rerun string   // flags of the test that does it again
	path  string   // of the run or image, which follows them
	only  []string // names of the images to try; nil = all
}

// images tries those of a run from nothing; as run 1, of one that finds what a
// crash of that run left in its journal; as run 2, of one whose journal somebody
// removed.
func (b *bench) images(seed uint64, run int) {
	begin := (*actor).whole
	if run == 2 {
		begin = (*actor).proven
	}
	disk := b.record(statetest.NewDisk(b.t.TempDir()), seed, 0, begin)
	switch run {
	case 1:
		disk = b.record(b.torn(disk, seed).Disk(b.t.TempDir()), seed, 1, (*actor).whole)
	case 2:
		disk = b.record(b.bereft(disk).Disk(b.t.TempDir()), seed, 2, (*actor).whole)
	}
	b.each(disk, 1, b.tear, b.every)
}

// each restarts from the images of a disk that this test wants, of the others
// from one in so many.
func (b *bench) each(disk *statetest.Disk, depth, tear, every int) {
	want := statetest.Depth{Tear: tear}
	if len(b.only) >= depth {
		want = statetest.Depth{Name: b.only[depth-1]}
		every = 1
	}
	for image := range disk.Images(want) {
		if image.Number%every != 0 {
			continue
		}
		b.restart(disk, image, depth)
		if b.t.Failed() {
			return
		}
	}
}

// record plays a run on a disk and returns it.
func (b *bench) record(disk *statetest.Disk, seed uint64, run int, play func(*actor)) *statetest.Disk {
	dir := disk.Dir()
	synctest.Test(b.t, func(t *testing.T) {
		a := newActor(t, disk, dir, run)
		a.rnd = rand.New(rand.NewPCG(seed, uint64(run)))
		play(a)
		for _, err := range a.errs {
			t.Error(err)
		}
	})
	if b.t.Failed() {
		b.t.FailNow()
	}
	return disk
}

// torn is an image with a torn journal in which an order id can be read.
func (b *bench) torn(disk *statetest.Disk, seed uint64) *statetest.Image {
	var found []*statetest.Image
	dir := b.t.TempDir()
	for image := range disk.Images(statetest.Depth{Tear: 41}) {
		if image.Kind != statetest.Torn && image.Kind != statetest.Holed || image.Point%5 != int(seed)%5 {
			continue
		}
		store := &statefile.Local{Path: filepath.Join(dir, stateName), FS: image.Disk(dir)}
		snap, err := store.Load(context.Background())
		if err == nil && len(snap.Recovered.OrderIDs) > 0 && snap.Exists {
			found = append(found, image)
		}
	}
	if len(found) == 0 {
		b.t.Fatal("no torn journal with an order id")
	}
	return found[int(seed)%len(found)]
}

// bereft is an image of a state that was proven, with a run marked open and
// without its journal.
func (b *bench) bereft(disk *statetest.Disk) *statetest.Image {
	dir := b.t.TempDir()
	for image := range disk.Images(statetest.Depth{Tear: -1}) {
		store := &statefile.Local{Path: filepath.Join(dir, stateName), FS: image.Disk(dir)}
		snap, err := store.Load(context.Background())
		if err != nil || !snap.OpenRun || len(snap.Unproven) > 0 {
			continue
		}
		alone := image.Only(stateName)
		store.FS = alone.Disk(dir)
		if snap, err = store.Load(context.Background()); err == nil && len(snap.Unproven) == 1 && len(snap.Recovered.Interrupted) == 0 {
			return alone
		}
	}
	b.t.Fatal("no image with a run marked open")
	return nil
}
