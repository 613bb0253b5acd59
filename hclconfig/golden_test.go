package hclconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	_ "time/tzdata"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/encoding/charmap"
)

// fixture is a txtar archive: files, what is given on the command line
// (options), and what is expected (want).
type fixture struct {
	path    string
	archive *txtar.Archive
	opts    Options
	want    string
	encoded []string // files in windows-1251
}

func readFixture(t *testing.T, path string) *fixture {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{path: path, archive: archive, opts: Options{Dir: t.TempDir(), Version: "0.1.0"}}
	for _, file := range archive.Files {
		if file.Name == "options" {
			f.setOptions(t, string(file.Data))
		}
	}
	for _, file := range archive.Files {
		switch file.Name {
		case "want":
			f.want = string(file.Data)
		case "options":
		default:
			f.write(t, file)
		}
	}
	return f
}

func (f *fixture) setOptions(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		kind, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch kind {
		case "env":
			f.opts.Env = append(f.opts.Env, value)
		case "var":
			f.opts.VarFlags = append(f.opts.VarFlags, value)
		case "var-file":
			f.opts.VarFiles = append(f.opts.VarFiles, filepath.Join(f.opts.Dir, value))
		case "identity":
			f.opts.IdentityFile = filepath.Join(f.opts.Dir, value)
		case "windows-1251":
			f.encoded = append(f.encoded, value)
		default:
			t.Fatalf("unknown option %q", kind)
		}
	}
}

// unescape lets a fixture hold what an archive cannot show.
var unescape = strings.NewReplacer(`\BOM`, "\xef\xbb\xbf", `\NUL`, "\x00", `\BAD`, "\xff", `\NBSP`, "\u00a0", `\RLO`, "\u202e")

func (f *fixture) write(t *testing.T, file txtar.File) {
	t.Helper()
	path := filepath.Join(f.opts.Dir, filepath.FromSlash(file.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f.content(t, file), 0o600); err != nil {
		t.Fatal(err)
	}
}

// content is a file as it is on disk: sheets and encrypted files are made here.
func (f *fixture) content(t *testing.T, file txtar.File) []byte {
	t.Helper()
	data := []byte(unescape.Replace(string(file.Data)))
	name, encrypted := strings.CutSuffix(file.Name, ".age")
	if strings.HasSuffix(name, ".xlsx") {
		data = sheetFile(t, string(data))
	}
	if slices.Contains(f.encoded, file.Name) {
		var err error
		if data, err = charmap.Windows1251.NewEncoder().Bytes(data); err != nil {
			t.Fatal(err)
		}
	}
	if encrypted {
		data = encryptFor(t, data, f.recipient(t))
	}
	return data
}

// recipient is whom files are encrypted for: the identity of the options, which
// is made for this test.
func (f *fixture) recipient(t *testing.T) age.Recipient {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err == nil {
		err = os.WriteFile(f.opts.IdentityFile, []byte(id.String()+"\n"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id.Recipient()
}

// check compares with the golden part, or rewrites it with UPDATE=1.
func (f *fixture) check(t *testing.T, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, f.opts.Dir, "DIR")
	if os.Getenv("UPDATE") == "1" {
		files := slices.DeleteFunc(f.archive.Files, func(file txtar.File) bool { return file.Name == "want" })
		f.archive.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(f.path, txtar.Format(f.archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(f.want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func eachFixture(t *testing.T, pattern string, run func(t *testing.T, f *fixture)) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			run(t, readFixture(t, path))
		})
	}
}

// show renders diagnostics as FILE:LINE:COLUMN: SUMMARY; DETAIL.
func show(diags hcl.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		if d.Subject != nil {
			fmt.Fprintf(&b, "%s: ", position(*d.Subject))
		}
		if d.Severity == hcl.DiagWarning {
			b.WriteString("warning: ")
		}
		fmt.Fprintf(&b, "%s; %s\n", d.Summary, d.Detail)
	}
	return b.String()
}

func TestGood(t *testing.T) {
	eachFixture(t, "testdata/good/*.txtar", func(t *testing.T, f *fixture) {
		cfg, sources, diags := Load(f.opts)
		if diags.HasErrors() {
			t.Fatalf("%s", show(diags))
		}
		noSecrets(t, sources, diags)
		f.check(t, show(diags)+describe(cfg))
	})
}

func TestBad(t *testing.T) {
	eachFixture(t, "testdata/bad/*.txtar", func(t *testing.T, f *fixture) {
		cfg, sources, diags := Load(f.opts)
		if cfg != nil || !diags.HasErrors() {
			t.Fatal("no error was found")
		}
		noSecrets(t, sources, diags)
		for _, d := range diags {
			if d.Summary == "" || d.Detail == "" || strings.Contains(d.Detail, "%!") {
				t.Errorf("unusable diagnostic: %+v", d)
			}
		}
		f.check(t, show(diags))
	})
}

// canaries are secrets that fixtures hold; no output may show one.
var canaries = []string{
	"ef741cfc-f85e-41a0-84e6-2ba964912182",
	"tok_live_canary_0123456789",
	"4242424242424242",
	"KZ86125KZT5004100100",
	"canary-secret-value",
	"s3cretKeyCanary",
}

// noSecrets prints diagnostics as the program does and looks for canaries.
func noSecrets(t *testing.T, sources *Sources, diags hcl.Diagnostics) {
	t.Helper()
	var b strings.Builder
	w := hcl.NewDiagnosticTextWriter(&b, sources.Files(diags), 100, false)
	if err := w.WriteDiagnostics(diags); err != nil {
		t.Fatal(err)
	}
	text := b.String() + show(diags)
	for _, secret := range canaries {
		if strings.Contains(text, secret) {
			t.Errorf("output shows %s:\n%s", secret, text)
		}
	}
	for _, d := range diags {
		if d.Subject == nil {
			continue
		}
		if _, ok := sources.File(d.Subject.Filename); !ok {
			t.Errorf("no source for %s", d.Subject)
		}
	}
}
