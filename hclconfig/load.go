package hclconfig

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty/function"
)

// loader carries one load from files to Config.
type loader struct {
	*collector
	valueFaults
	opts      Options
	root      *os.Root
	meter     *meter
	cfg       *Config
	blocks    map[string]hcl.Blocks // top-level blocks by type, in order of files
	functions map[string]function.Function
	vars      *scope // variables and functions, no locals
	scope     *scope // variables, locals and functions

	localAttrs hcl.Attributes

	cut        map[hcl.Body]filePart // batch bodies whose payout blocks were cut out
	cutBytes   int                   // files of fewer bytes are parsed whole
	pieceBytes int
	whole      bool                              // every file is parsed whole
	signers    func(name string) ([]byte, error) // reads allowed_signers; nil = from the directory
	giveUp     bool                              // a piece cannot be parsed: begin again with whole files
}

// Load reads the configuration of a directory. The Config is nil when the
// diagnostics hold an error. Every problem is a diagnostic, with its place
// where it has one; all are reported at once, sorted by file and position.
// Sources are never nil.
func Load(opts Options) (*Config, *Sources, hcl.Diagnostics) {
	return loadWithin(opts, MaxSteps)
}

// loadWithin is Load with so many steps for the expressions.
func loadWithin(opts Options, steps int) (*Config, *Sources, hcl.Diagnostics) {
	if opts.Dir == "" {
		opts.Dir = "."
	}
	l := newLoader(opts)
	l.meter = newMeter(steps)
	l.loadDir()
	if l.giveUp {
		// Only the parser of the whole file can say what is wrong with it.
		l = newLoader(opts)
		l.meter = newMeter(steps)
		l.whole = true
		l.loadDir()
	}
	diags := l.sorted()
	if diags.HasErrors() {
		return nil, l.sources, diags
	}
	return l.cfg, l.sources, diags
}

func newLoader(opts Options) *loader {
	return &loader{
		collector:  &collector{sources: newSources()},
		meter:      newMeter(MaxSteps),
		opts:       opts,
		cfg:        &Config{Dir: opts.Dir, StatePath: DefaultStatePath},
		blocks:     map[string]hcl.Blocks{},
		cut:        map[hcl.Body]filePart{},
		cutBytes:   cutBytes,
		pieceBytes: pieceBytes,
	}
}

// loadDir loads the directory while it is open.
func (l *loader) loadDir() {
	root, err := os.OpenRoot(l.opts.Dir)
	if err != nil {
		l.fail(msgDirUnreadable, hcl.Range{}, l.opts.Dir, plainError(err))
		return
	}
	defer root.Close()
	l.root = root
	l.load()
}

// load runs the steps in the order in which values depend on each other. A
// later step still runs when an earlier one found problems, so that all are
// reported together; only files that cannot be parsed end the load.
func (l *loader) load() {
	l.functions = l.functionTable()
	if !l.readBlocks() {
		l.same = nil // what is sensitive is not known, and keys are told whole
		return
	}
	l.loadVariables()
	l.loadLocals()
	l.loadSettings()
	l.loadMerchants()
	l.loadBatches()
	l.foreignTokens()
	l.loadMoved()
	l.loadImports()
	l.loadApprovals()
	l.loadChecks()
	l.printVariables()
	slices.SortFunc(l.cfg.Inputs, func(a, b Input) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
}

// readBlocks parses every file and sorts its blocks by type.
func (l *loader) readBlocks() bool {
	var bodies []hcl.Body
	parsed := 0 // files
	names := l.configFiles()
	for _, name := range names {
		text, err := l.readInside(name, InputConfig, MaxFileBytes)
		if err != nil {
			l.fail(msgFileUnreadable, hcl.Range{}, err)
			continue
		}
		if found, ok := l.parse(name, text); ok {
			bodies = append(bodies, found...)
			parsed++
		}
	}
	for _, body := range bodies {
		content, diags := body.Content(topSchema)
		l.add(diags...)
		for _, b := range content.Blocks {
			l.blocks[b.Type] = append(l.blocks[b.Type], b)
		}
	}
	for _, kind := range reservedBlocks {
		for _, b := range l.blocks[kind] {
			l.fail(msgReservedBlock, b.DefRange, kind)
		}
	}
	return parsed > 0 && parsed == len(names)
}

// parse guards and parses one file. A large one makes several bodies.
func (l *loader) parse(name string, text []byte) ([]hcl.Body, bool) {
	l.sources.add(name, text)
	if !l.guard(name, text) {
		return nil, false
	}
	var file *hcl.File
	var diags hcl.Diagnostics
	if strings.HasSuffix(name, ".json") {
		if !l.guardJSON(name, text) {
			return nil, false
		}
		file, diags = json.Parse(text, name)
		diags = firstError(diags)
	} else {
		if bodies, ok := l.parseCut(name, text); ok {
			return bodies, true
		}
		if !l.guardNesting(name, text) {
			return nil, false
		}
		file, diags = hclsyntax.ParseConfig(text, name, hcl.InitialPos)
		diags = firstAtPlace(diags)
		if body, native := file.Body.(*hclsyntax.Body); native && !diags.HasErrors() {
			l.noteNative(body)
		}
	}
	l.add(diags...)
	return []hcl.Body{file.Body}, !diags.HasErrors()
}

// firstAtPlace leaves out what the parser says of a place where its scanner has
// said what is wrong.
func firstAtPlace(diags hcl.Diagnostics) hcl.Diagnostics {
	seen := map[hcl.Pos]bool{}
	var out hcl.Diagnostics
	for _, d := range diags {
		if d.Subject == nil || !seen[d.Subject.Start] || d.Summary != "Invalid expression" {
			out = append(out, d)
		}
		if d.Subject != nil {
			seen[d.Subject.Start] = true
		}
	}
	return out
}

// firstError is the first of the errors of a JSON file: the parser does not
// find back into it, so that the others are echoes.
func firstError(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return hcl.Diagnostics{d}
		}
	}
	return diags
}
