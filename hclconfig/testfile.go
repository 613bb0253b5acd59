package hclconfig

import (
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// TestSuffix ends the names of test files.
const TestSuffix = ".test.hcl"

// Tests are the test files of a directory, read and checked.
type Tests struct {
	Files []TestFile // by name

	root    *os.Root
	sources *Sources
	scope   *scope // functions, and what a run makes known, all of it unknown
	meter   *meter // of the functions of scope
}

// TestFile is one *.test.hcl file.
type TestFile struct {
	Name string
	Runs []*TestRun // in the order of the file, which is the order of running
}

// LoadTests reads the *.test.hcl files of the directory that opts name. The
// values of opts are not used. What is wrong with the files is a diagnostic;
// Tests are never nil, and Close must be called.
func LoadTests(opts Options) (*Tests, hcl.Diagnostics) {
	return loadTestsWithin(opts, MaxSteps)
}

// loadTestsWithin is LoadTests with so many steps for the expressions, and as
// many again for judging each run.
func loadTestsWithin(opts Options, steps int) (*Tests, hcl.Diagnostics) {
	if opts.Dir == "" {
		opts.Dir = "."
	}
	t := &Tests{sources: newSources(), meter: newMeter(steps)}
	l := &loader{collector: &collector{sources: t.sources}, opts: opts, cfg: &Config{}, meter: t.meter}
	root, err := os.OpenRoot(opts.Dir)
	if err != nil {
		l.fail(msgDirUnreadable, hcl.Range{}, opts.Dir, plainError(err))
		return t, l.sorted()
	}
	t.root, l.root = root, root
	l.functions = l.functionTable()
	t.scope = testScope(newScope(l.functions, nil))
	l.scope = t.scope
	for _, name := range l.testFiles() {
		t.Files = append(t.Files, TestFile{Name: name, Runs: l.loadTestFile(name)})
	}
	return t, l.sorted()
}

// Close gives the directory back.
func (t *Tests) Close() error {
	if t.root == nil {
		return nil
	}
	return t.root.Close()
}

// Sources are the texts that diagnostics of tests point into.
func (t *Tests) Sources() *Sources { return t.sources }

// testFiles lists the test files of the directory in name order.
func (l *loader) testFiles() []string {
	entries, err := fs.ReadDir(l.root.FS(), ".")
	if err != nil {
		l.fail(msgDirUnreadable, hcl.Range{}, l.opts.Dir, plainError(err))
		return nil
	}
	var names []string
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, TestSuffix) && !strings.HasPrefix(name, ".") && !e.IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) > MaxFiles {
		l.fail(msgTooManyFiles, hcl.Range{}, len(names), MaxFiles)
		return nil
	}
	return names
}

// loadTestFile reads one file. Values of its variables blocks are read when a
// run loads the configuration, which alone knows their types.
func (l *loader) loadTestFile(name string) []*TestRun {
	text, err := l.readInside(name, InputText, MaxFileBytes)
	if err != nil {
		l.fail(msgTestUnreadable, hcl.Range{}, err)
		return nil
	}
	l.sources.add(name, text)
	if !l.guard(name, text) || !l.guardNesting(name, text) {
		return nil
	}
	file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	l.add(diags...)
	if diags.HasErrors() {
		return nil
	}
	if body, native := file.Body.(*hclsyntax.Body); native {
		l.noteTest(body)
	}
	content, diags := file.Body.Content(testLanguage.body)
	l.add(diags...)
	return l.testRuns(name, text, content)
}

// noteTest looks for repeated keys, but not among the values of variables: a
// load knows which of them are sensitive.
func (l *loader) noteTest(body *hclsyntax.Body) {
	for _, attr := range body.Attributes {
		l.noteNative(attr.Expr)
	}
	for _, b := range body.Blocks {
		if b.Type != "variables" {
			l.noteTest(b.Body)
		}
	}
}

func (l *loader) testRuns(name string, text []byte, content *hcl.BodyContent) []*TestRun {
	shared := l.testValues(content.Blocks.OfType("variables"), "file")
	seen := map[string]hcl.Range{}
	var runs []*TestRun
	for _, b := range content.Blocks.OfType("run") {
		l.label(b.Labels[0], b.LabelRanges[0])
		run := l.loadRun(b, shared)
		run.file, run.text = name, text
		if first, ok := seen[b.Labels[0]]; ok {
			l.fail(msgTestRunTwice, b.DefRange, b.Labels[0], position(first))
			continue
		}
		seen[b.Labels[0]] = b.DefRange
		runs = append(runs, run)
	}
	if len(content.Blocks.OfType("run")) == 0 {
		l.fail(msgTestNothing, hcl.Range{}, name)
	}
	return runs
}

// testValues are the attributes of the one variables block of a file or run.
func (l *loader) testValues(blocks hcl.Blocks, inside string) hcl.Attributes {
	if len(blocks) == 0 {
		return nil
	}
	for _, b := range blocks[1:] {
		l.fail(msgOnlyOne, b.DefRange, "variables", inside, position(blocks[0].DefRange))
	}
	attrs, diags := blocks[0].Body.JustAttributes()
	l.add(diags...)
	return attrs
}

// giveTest takes the values of the run that a load is for. They win over all
// others.
func (l *loader) giveTest(declared map[string]*variable, given map[string]givenValue) {
	run := l.opts.run
	if run == nil {
		return
	}
	l.sources.add(run.file, run.text)
	for _, name := range sortedKeys(run.values) {
		l.giveAttribute(declared, given, run.values[name])
	}
}
