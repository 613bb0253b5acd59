package statetest

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Kind says what a loss of power did, roughly. An image has the first that
// fits.
type Kind string

// The kinds of images.
const (
	Torn      Kind = "torn"      // a write ends in its middle
	Holed     Kind = "holed"     // sectors of a write are missing, others are there
	Reordered Kind = "reordered" // a write is there and an earlier one is not
	Zeroed    Kind = "zeroed"    // a file has its new length and not its new bytes
	Renamed   Kind = "names"     // names are not what the files' bytes say
	Lost      Kind = "lost"      // nothing that no sync asked for is there
	Kept      Kind = "kept"      // everything is there
)

// Image is what one loss of power left.
type Image struct {
	Name   string // point and digest of How: the same in every run of the same steps
	Number int    // among those yielded, from 1
	Point  int    // entries of the trace before the loss
	Marks  int    // marks before it
	Kind   Kind   // what was lost
	How    string // the same for a person
	files  map[string]content
}

// File returns the bytes of a file, without zeros at its end.
func (i *Image) File(name string) []byte { return i.files[name].data }

// Names returns the names of the files, sorted.
func (i *Image) Names() []string { return slices.Sorted(maps.Keys(i.files)) }

// Only is the image with that file alone, as if somebody removed the others.
func (i *Image) Only(name string) *Image {
	alone := *i
	alone.files = map[string]content{name: i.files[name]}
	return &alone
}

// Disk makes a disk that holds the image, durably. dir is a real folder, of
// its lock files.
func (i *Image) Disk(dir string) *Disk { return newDisk(dir, i.files) }

// Depth bounds the images of a trace. The zero value is every image that
// differs, within the bounds of maxSubsets and maxTogether.
type Depth struct {
	// Tear is the distance between two lengths at which a write is torn, in
	// bytes; 0 and 1 = at each byte, less than 0 = in its middle alone.
	Tear int
	// From and To bound the points of the trace; 0 = all.
	From, To int
	// Name asks for the image of that name alone; "" = all.
	Name string
}

// Images yields the images that a loss of power may leave at every point of
// the trace, each once for the same number of marks. The disk is not used
// meanwhile.
func (d *Disk) Images(depth Depth) iter.Seq[*Image] {
	return func(yield func(*Image) bool) {
		if depth.Name != "" {
			depth.From = pointOf(depth.Name)
			depth.To, depth.Tear = depth.From, 0
		}
		s := &sweep{model: d.model(), depth: depth, yield: yield, seen: make(map[[32]byte]bool)}
		d.mu.Lock()
		trace := slices.Clone(d.trace)
		d.mu.Unlock()
		s.at(0, nil)
		for i := range trace {
			if trace[i].kind == opMark {
				s.marks++
				clear(s.seen)
			}
			s.model.take(trace[i])
			s.at(i+1, &trace[i])
		}
	}
}

// sweep makes the images of one trace.
type sweep struct {
	model *model
	depth Depth
	yield func(*Image) bool
	seen  map[[32]byte]bool
	marks int
	count int
	done  bool
}

// at yields the images at one point. o is the operation before it.
func (s *sweep) at(point int, o *op) {
	if s.done || point < s.depth.From || s.depth.To > 0 && point > s.depth.To {
		return
	}
	for _, names := range nameChoices(s.model) {
		s.combine(point, names, s.choices(names, o))
	}
}

// choices are what may have become of each file that a name leads to.
func (s *sweep) choices(names nameChoice, o *op) []fileChoices {
	var out []fileChoices
	for _, name := range slices.Sorted(maps.Keys(names.names)) {
		n := names.names[name]
		f := s.model.files[n]
		if f == nil {
			f = &fileModel{}
		}
		c := fileChoices{name: name, all: f.coarse()}
		if o != nil && o.kind == opWrite && o.inode == n {
			c.fine = f.fine(s.depth.Tear)
		}
		out = append(out, c)
	}
	return out
}

// fileChoices are the contents that one file may have. The first of all is
// everything lost, the last everything kept.
type fileChoices struct {
	name string
	all  []choice
	fine []choice // of the write that was just done
}

// maxTogether bounds how many images the coarse choices of several files make
// together; above it one file at a time varies, with all others lost or kept.
const maxTogether = 256

// combine makes the images for one set of names.
func (s *sweep) combine(point int, names nameChoice, files []fileChoices) {
	product := 1
	for i := range files {
		product = min(product*len(files[i].all), maxTogether+1)
	}
	if product <= maxTogether {
		s.product(point, names, files, nil)
	}
	for i := range files {
		vary := files[i].fine
		if product > maxTogether {
			vary = append(slices.Clone(vary), files[i].all...)
		}
		for _, c := range vary {
			for _, kept := range []bool{false, true} {
				s.make(point, names, files, others(files, i, c, kept))
			}
		}
	}
}

// others are the choices with one file as said and all others lost or kept.
func others(files []fileChoices, i int, c choice, kept bool) []choice {
	out := make([]choice, len(files))
	for j := range files {
		out[j] = files[j].all[0]
		if kept {
			out[j] = files[j].all[len(files[j].all)-1]
		}
	}
	out[i] = c
	return out
}

func (s *sweep) product(point int, names nameChoice, files []fileChoices, chosen []choice) {
	if len(chosen) == len(files) {
		s.make(point, names, files, chosen)
		return
	}
	for _, c := range files[len(chosen)].all {
		s.product(point, names, files, append(chosen[:len(chosen):len(chosen)], c))
	}
}

// spareZeros of those at the end of a file are kept: they mean nothing, and a
// few do for many.
const spareZeros = 64

// make yields one image, unless it came before.
func (s *sweep) make(point int, names nameChoice, files []fileChoices, chosen []choice) {
	if s.done {
		return
	}
	image := &Image{Point: point, Marks: s.marks, Kind: names.kind, How: names.how, files: make(map[string]content)}
	for i := range files {
		c := chosen[i].content
		c.size = min(c.size, int64(len(c.data))+spareZeros)
		image.files[files[i].name] = c
		image.Kind = worse(image.Kind, chosen[i].kind)
		if chosen[i].how != "" {
			image.How += "; " + files[i].name + ": " + chosen[i].how
		}
	}
	how := sha256.Sum256([]byte(image.How))
	image.Name = fmt.Sprintf("%d.%x", point, how[:6])
	if s.depth.Name != "" && s.depth.Name != image.Name {
		return
	}
	if key := image.digest(); !s.seen[key] {
		s.seen[key] = true
		s.count++
		image.Number = s.count
		s.done = !s.yield(image)
	}
}

// digest tells images apart by what they hold.
func (i *Image) digest() [32]byte {
	sum := sha256.New()
	for _, name := range i.Names() {
		c := i.files[name]
		sum.Write(fmt.Appendf(nil, "%s %d %d ", name, c.size, len(c.data)))
		sum.Write(c.data)
	}
	return [32]byte(sum.Sum(nil))
}

// worse is the kind of an image to which both did something: the first that
// fits names it.
func worse(a, b Kind) Kind {
	for _, k := range []Kind{Torn, Holed, Reordered, Zeroed, Renamed, Lost, Kept} {
		if a == k || b == k {
			return k
		}
	}
	return Kept
}

// pointOf is the point of the image with that name, or 0.
func pointOf(name string) int {
	text, _, _ := strings.Cut(name, ".")
	point, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return point
}
