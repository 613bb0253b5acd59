package hclconfig

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// checkGolden compares what is made of the schema with the file that is kept.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what the schema says; UPDATE=1 writes it (-kept +made):\n%s", name, diff)
	}
}

func TestReferencePage(t *testing.T) { checkGolden(t, "REFERENCE.md", referencePage(t)) }

// referencePage fills the tables of the page in.
func referencePage(t *testing.T) string {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("testdata", "reference", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	page := read("page.md")
	made, err := template.New("page").Funcs(template.FuncMap{
		"about":     blockSection,
		"functions": func() string { return read("functions.md") },
		"file":      read,
		"sha256":    func(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(fenceOf(page, name)))) },
		"names":     attributesOf,
		"number":    func(name string) int { return map[string]int{"list": MaxListElements, "value": MaxElements}[name] },
		"statuses":  statusWords,
	}).Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := made.Execute(&b, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fenceOf is the text of the file that stands under its name.
func fenceOf(page, name string) string {
	_, rest, _ := strings.Cut(page, "\n`"+name+"`")
	_, rest, _ = strings.Cut(rest, "\n```")
	_, rest, _ = strings.Cut(rest, "\n")
	text, _, _ := strings.Cut(rest, "```")
	return text
}

func attributesOf(root string) string {
	if root == "run" {
		return code(sortedKeys(runAttributes)...)
	}
	return code(sortedKeys(ledgerAttributes)...)
}

func statusWords() string {
	words := []string{declaredWord}
	for _, s := range countedStatuses {
		words = append(words, string(s))
	}
	return code(words...)
}

func code(words ...string) string { return "`" + strings.Join(words, "`, `") + "`" }

// findBlock follows a path of kinds, such as batch.payout.rows, or gives nil.
func findBlock(path string) *blockType {
	for _, found := range []*blockType{language, testLanguage} {
		for kind := range strings.SplitSeq(path, ".") {
			i := slices.IndexFunc(found.blocks, func(b *blockType) bool { return b.kind == kind })
			if i < 0 {
				found = nil
				break
			}
			found = found.blocks[i]
		}
		if found != nil {
			return found
		}
	}
	return nil
}

func blockSection(path string) (string, error) {
	b := findBlock(path)
	if b == nil {
		return "", fmt.Errorf("find block %s", path)
	}
	var out strings.Builder
	out.WriteString("### " + heading(b) + "\n\n" + b.about + " ")
	if b.many {
		out.WriteString("It may stand any number of times.")
	} else {
		out.WriteString("It stands once at most.")
	}
	if len(b.blocks) > 0 {
		var kinds []string
		for _, inner := range b.blocks {
			kinds = append(kinds, inner.kind)
		}
		out.WriteString(" Blocks inside: " + code(kinds...) + ".")
	}
	if b.free != "" {
		return out.String() + " " + b.free + ".\n", nil
	}
	out.WriteString("\n\n| attribute | type | default | |\n|---|---|---|---|\n")
	for _, a := range b.attrs {
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", a.name, kindWords(a), defaultWords(a), strings.ReplaceAll(a.about, "|", `\|`))
	}
	return out.String(), nil
}

// heading names a kind of block and where it stands.
func heading(b *blockType) string {
	title := "`" + b.kind
	for _, label := range b.labels {
		title += ` "` + strings.ToUpper(label) + `"`
	}
	title += "`"
	var around []string
	top := slices.Contains(language.blocks, b) || slices.Contains(testLanguage.blocks, b)
	walkBlocks(func(outer *blockType) {
		if slices.Contains(outer.blocks, b) {
			around = append(around, outer.kind)
		}
	})
	switch {
	case len(around) == 0:
		return title
	case top:
		return title + ", also in " + code(around...)
	}
	return title + " in " + code(around...)
}

func kindWords(a attribute) string {
	if len(a.words) > 0 {
		return strings.ReplaceAll(code(quoted(a.words)...), ", ", " ")
	}
	return string(a.kind)
}

func quoted(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, `"`+w+`"`)
	}
	return out
}

func defaultWords(a attribute) string {
	switch {
	case a.need != "":
		return "**required**"
	case len(a.words) > 0:
		return code(quoted(a.words[:1])...)
	}
	return a.fallback
}

// walkBlocks visits every kind of block once.
func walkBlocks(visit func(b *blockType)) {
	seen := map[*blockType]bool{}
	var walk func(b *blockType)
	walk = func(b *blockType) {
		if !seen[b] && b.kind != "" {
			visit(b)
		}
		seen[b] = true
		for _, inner := range b.blocks {
			walk(inner)
		}
	}
	walk(language)
	walk(testLanguage)
}

var (
	sectionHead = regexp.MustCompile("(?m)^### .*$")
	tableRow    = regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\|")
)

// Every block and every attribute of the schema stands on the kept page, once,
// and nothing else does.
func TestReferenceHasTheWholeSchema(t *testing.T) {
	text, err := os.ReadFile("REFERENCE.md")
	if err != nil {
		t.Fatal(err)
	}
	page, _, _ := strings.Cut(string(text), "\n## References")
	_, tests, _ := strings.Cut(string(text), "\n## Test files")
	got := map[string][]string{}
	page += tests
	places := sectionHead.FindAllStringIndex(page, -1)
	for i, at := range places {
		end := len(page)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		head := strings.TrimPrefix(page[at[0]:at[1]], "### ")
		if _, twice := got[head]; twice {
			t.Errorf("%s stands twice", head)
		}
		got[head] = []string{}
		for _, row := range tableRow.FindAllStringSubmatch(page[at[1]:end], -1) {
			got[head] = append(got[head], row[1])
		}
	}
	want := map[string][]string{}
	walkBlocks(func(b *blockType) {
		names := []string{}
		for _, a := range b.attrs {
			names = append(names, a.name)
			if a.about == "" {
				t.Errorf("%s of %s is not described", a.name, b.kind)
			}
		}
		want[heading(b)] = names
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("schema and page (-schema +page):\n%s", diff)
	}
}

var hclFence = regexp.MustCompile("(?ms)^```hcl\n(.*?)^```$")

// Every block and attribute of the schema is used by some example.
func TestReferenceExamplesUseEverything(t *testing.T) {
	used := map[string]bool{}
	for _, found := range hclFence.FindAllStringSubmatch(referencePage(t), -1) {
		file, diags := hclsyntax.ParseConfig([]byte(found[1]), "example.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%v in\n%s", diags, found[1])
			continue
		}
		for _, root := range []*blockType{language, testLanguage} {
			noteUsed(used, root, file.Body.(*hclsyntax.Body))
		}
	}
	walkBlocks(func(b *blockType) {
		if !used[heading(b)] {
			t.Errorf("no example has %s", heading(b))
		}
		for _, a := range b.attrs {
			if !used[fmt.Sprintf("%p %s", b, a.name)] {
				t.Errorf("no example has %s of %s", a.name, b.kind)
			}
		}
	})
}

func noteUsed(used map[string]bool, kind *blockType, body *hclsyntax.Body) {
	for name := range body.Attributes {
		used[fmt.Sprintf("%p %s", kind, name)] = true
	}
	for _, block := range body.Blocks {
		for _, inner := range kind.blocks {
			if inner.kind == block.Type {
				used[heading(inner)] = true
				noteUsed(used, inner, block.Body)
			}
		}
	}
}

var functionRow = regexp.MustCompile("(?m)^\\| ([a-z0-9_]+) \\| `(.+)` \\| `(.+)` \\|$")

// Every function stands on the page, and its example gives what is written.
func TestReferenceFunctions(t *testing.T) {
	cfg := loadText(t, benchHead+"payout \"p\" {\namount = 1\nuser_id = 1\ncard_token = \"tok\"\n}\n}\n")
	write(t, cfg.Dir, "note.txt", "hello\n")
	c, err := cfg.Console(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var got []string
	for _, row := range functionRow.FindAllStringSubmatch(referencePage(t), -1) {
		name, example, gives := row[1], row[2], row[3]
		got = append(got, name)
		made, diags := c.Eval(example)
		want, wrong := c.Eval(gives)
		if diags.HasErrors() || wrong.HasErrors() || made.JSON != want.JSON || !strings.Contains(example, name+"(") {
			t.Errorf("%s gives %s, and not %s: %v %v", example, made.JSON, want.JSON, diags, wrong)
		}
	}
	var want []string
	for name := range newLoader(Options{}).functionTable() {
		if !strings.Contains(name, " ") { // the others cannot be called
			want = append(want, name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("functions (-program +page):\n%s", diff)
	}
}
