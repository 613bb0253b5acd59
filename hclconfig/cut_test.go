package hclconfig

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// outcome is everything that a load says: the configuration with its whole
// tokens, and every diagnostic. Cut says that pieces were enough.
func outcome(dir string, set func(*loader)) (text string, cut bool) {
	l := newLoader(Options{Dir: dir})
	set(l)
	l.loadDir()
	if l.giveUp {
		return "", false
	}
	diags := l.sorted()
	text, cut = show(diags), len(l.cut) > 0
	if diags.HasErrors() {
		return text, cut
	}
	for i := range l.cfg.Batches {
		for _, p := range l.cfg.Batches[i].Payouts {
			text += p.Token.Reveal() + "\n"
		}
	}
	return text + describe(l.cfg), cut
}

// sameCutAsWhole loads a directory both ways, and says whether pieces were
// enough.
func sameCutAsWhole(t interface{ Fatalf(string, ...any) }, dir string, size int) bool {
	got, cut := outcome(dir, func(l *loader) { l.cutBytes, l.pieceBytes = 0, size })
	if !cut {
		return false
	}
	whole, _ := outcome(dir, func(l *loader) { l.whole = true })
	if diff := cmp.Diff(whole, got); diff != "" {
		t.Fatalf("whole (-) and in pieces (+) differ:\n%s", diff)
	}
	return true
}

const goodToken = "card_token = \"ef741cfc-f85e-41a0-84e6-2ba964912182\"\n"

// payoutBodies are bodies of payout blocks, the good and the bad.
var payoutBodies = []string{
	"  amount = \"5.00\"\n user_id = 7\n " + goodToken,
	"\tamount\t=\t5.1 # five\n\tuser_id = \"7\" // seven\n\t" + goodToken,
	"amount = 5\r\nuser_id = 7\r\n" + goodToken,
	"amount = \"5\"\n # user_id = 8\n user_id = 7\n label = \"Құрмет } {\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\ndescription = \"Bonus 11\"\nlabel = \"e\u0301\"\n" + goodToken,
	"amount = 1 + 4 /* } */\nuser_id = 007\n" + goodToken,
	"amount = \"${1 + 4}\"\nuser_id = 7\nlabel = \"a ${\"}\"} b\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = <<EOT\nline } ${\"}\"} \nEOT\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = trimspace(<<-END\n  payout \"x\" {\n  ${upper(\"b\")}\n  END\n)\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = \"$${x} %%{y}\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = \"a\\\"} \\u0041\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = 'x'\n" + goodToken,
	"amount = \"5\"\namount = \"6\"\nuser_id = 7\n" + goodToken,
	"amount = \"-5\"\nuser_id = 7\n" + goodToken,
	"amount = 0\nuser_id = 7\n" + goodToken,
	"amount = \"5\"\nuser_id = 1e3\n" + goodToken,
	"amount = \"5\"\nuser_id = 12345678901234567890\n" + goodToken,
	"amount = \"5\"\nuser_id = null\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\ncard_token = \"with space\"\n",
	"amount = \"5\"\nuser_id = 7\ncard_token = 5\n",
	"amount = \"5\"\nuser_id = 7\n",
	"amount = \"5\"\nuser_id = 7\ndescription = \"a; b\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\ndescription = \"unusual.\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\ndescription = 5\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = 5\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = \"" + strings.Repeat("x", maxLabel+1) + "\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\norder_id = \"same\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\namont = 5\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nrows {}\n" + goodToken,
	"for_each = { a = \"1\", b = \"2\" }\namount = each.value\nuser_id = 7\n" + goodToken,
	"for_each = { a = \"1\", a = \"2\" }\namount = each.value\nuser_id = 7\n" + goodToken,
	"amount = { a = 5, \"a\" = 6 }.a\nuser_id = 7\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\ncard_token = \"EF741CFC-f85e-41a0-84e6-2ba964912182\"\n",
	"amount = var.none\nuser_id = local.none\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\nlabel = \"see EF741CFC-f85e-41a0-84e6-2ba964912182\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 7\ndescription = \"ef741cfc-f85e-41a0-84e6-2ba964912182\"\n" + goodToken,
	"amount = \"5\"\nuser_id = 1234567890123456\ncard_token = \"1234567890123456\"\n",
	"amount = \"5\"\n\ruser_id = 7\n" + goodToken,
	"amount = \"5\" user_id = 7\n",
	"amount = \"5\n",
	"amount = (\n",
}

// between are things that stand between payout blocks.
var between = []string{
	"", "\n", "# a comment } \"\n", "/* payout \"x\" {\n */\n", "limits { max_count = 5 }\n", "hold = \"later ${\"on\"}\"\n",
	"expect {\n  count = 1\n}\n", "limits {\n max_total = \"1 000.00\"\n}\n", "deadline = <<X\n2026\nX\n", "bonus = 1\n", "payout staff {\n}\n", "/* c */ ",
}

func drawBatch(t *rapid.T, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "batch %q {\n  period = \"2026-11\"\n", name)
	if rapid.IntRange(0, 4).Draw(t, "described") > 0 {
		b.WriteString("  description = " + rapid.SampledFrom([]string{`"Salary"`, `"Salary"`, `"Salary"`, "null", `""`, "[]"}).Draw(t, "description") + "\n")
	}
	for range rapid.IntRange(0, 8).Draw(t, "payouts") {
		if rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
			b.WriteString(rapid.SampledFrom(between).Draw(t, "between"))
		}
		// Mostly the good ones, which stand first.
		bodies := payoutBodies[:9]
		if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
			bodies = payoutBodies
		}
		label := rapid.SampledFrom([]string{"p%d", "p%d", "p%d", "ё%d", "a-%d_", "p0"}).Draw(t, "label")
		if strings.Contains(label, "%") {
			label = fmt.Sprintf(label, rapid.IntRange(0, 30).Draw(t, "n"))
		}
		indent := rapid.SampledFrom([]string{"", "  ", "\t"}).Draw(t, "indent")
		fmt.Fprintf(&b, "%spayout \"%s\" {\n%s}\n", indent, label, rapid.SampledFrom(bodies).Draw(t, "body"))
	}
	return b.String() + "}\n"
}

// TestPiecesAreWhole: cutting changes nothing of what a load says.
func TestPiecesAreWhole(t *testing.T) {
	dir := t.TempDir()
	inPieces := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := "merchant \"main\" {\n  environment = \"sandbox\"\n  merchant_id = 1\n}\n"
		for i := range rapid.IntRange(1, 3).Draw(rt, "batches") {
			text += rapid.SampledFrom([]string{"", "locals { a = { b = [\"}\"] } }\n", "output \"o\" {\n  value = <<E\n}\nE\n}\n", "check \"c\" {\n assert {\n condition = 1 < 2\n error_message = \"no.\"\n}\n}\n", "stray = 1\n"}).Draw(rt, "top")
			text += drawBatch(rt, fmt.Sprint("b", i))
		}
		write(t, dir, "main.hcl", text)
		if sameCutAsWhole(rt, dir, rapid.SampledFrom([]int{0, 100, 1000}).Draw(rt, "size")) {
			inPieces++
		}
	})
	if inPieces == 0 {
		t.Error("no file was read in pieces")
	}
}

// TestLiteralBlocks: the bodies that stand first are read in pieces, and what
// is no body at all is left to the parser of the whole file.
func TestLiteralBlocks(t *testing.T) {
	dir := t.TempDir()
	for i, body := range payoutBodies {
		write(t, dir, "main.hcl", benchHead+"payout \"p\" {\n"+body+"}\n}\n")
		if cut := sameCutAsWhole(t, dir, 0); i < 9 && !cut {
			t.Errorf("%q was not read in pieces", body)
		} else if i >= len(payoutBodies)-3 && cut {
			t.Errorf("%q was read in pieces", body)
		}
	}
}

// TestCutFile: where a file is cut, and where not.
func TestCutFile(t *testing.T) {
	tests := map[string]struct {
		text    string
		payouts []string // texts of the pieces; nil = not cut
	}{
		"two":         {"batch \"b\" {\n  payout \"a\" {\n}\n payout \"b\" {\n }\n}\n", []string{"  payout \"a\" {\n}\n", " payout \"b\" {\n }\n"}},
		"between":     {"batch \"b\" {\npayout \"a\" {}\nx = 1\n# c\npayout \"b\" {}\n}", []string{"payout \"a\" {}\n", "payout \"b\" {}\n"}},
		"string":      {"batch \"b\" {\npayout \"a\" {\n x = \"}\" # }\n}\n}\n", []string{"payout \"a\" {\n x = \"}\" # }\n}\n"}},
		"one line":    {"batch \"b\" { payout \"a\" {} }\n", nil},
		"unclosed":    {"batch \"b\" {\npayout \"a\" {}\n", nil},
		"stray brace": {"batch \"b\" {\n}\n}\n", nil},
		"after":       {"batch \"b\" {\n} x = 1\n", nil},
		"before":      {"/* c */ batch \"b\" {\n}\n", nil},
		"comment":     {"x = 1 /* c\n", nil},
		"division":    {"/ 2\n", nil},
		"no name":     {"= 2\n", nil},
		"no value":    {"x\n", nil},
		"open text":   {"x = \"a\n\"\n", nil},
		"end of text": {"x = \"a\\", nil},
		"escape":      {"x = \"$${a}\"\n", nil},
		"heredoc":     {"x = <<E\n }\n", nil},
		"no heredoc":  {"x = 1 << 2\n", nil},
		"deep":        {"x = " + strings.Repeat("(", 100) + strings.Repeat(")", 100) + "\n", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			parts, ok := cutFile([]byte(test.text), 0)
			var got []string
			for _, part := range parts {
				for _, p := range part.payouts {
					got = append(got, string(p.text))
				}
			}
			if ok != (test.payouts != nil) || ok && !cmp.Equal(got, test.payouts) {
				t.Errorf("%v %q, want %q", ok, got, test.payouts)
			}
		})
	}
}

// TestPieceTooDeep: what the guard refuses in a whole file is refused in a
// piece of it, at the same depth.
func TestPieceTooDeep(t *testing.T) {
	dir := t.TempDir()
	for _, value := range []string{
		strings.Repeat("[", 300), "1e99999",
		strings.Repeat("-", MaxOperators-4) + "1", strings.Repeat("-", MaxOperators) + "1", strings.Repeat("1 + ", 300) + "1",
	} {
		write(t, dir, "main.hcl", benchHead+"payout \"p\" {\n amount = "+value+"\n user_id = 7\n"+goodToken+"}\n}\n")
		cut := sameCutAsWhole(t, dir, 0)
		if want := strings.HasPrefix(value, "1 +") || value == strings.Repeat("-", MaxOperators-4)+"1"; cut != want {
			t.Errorf("%.10s… of %d bytes: read in pieces %v", value, len(value), cut)
		}
	}
}

// TestGiveUp: a mistake deep in a large file is told in the words that the
// parser has for it, and once.
func TestGiveUp(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString(benchHead)
	for i := range 1000 {
		fmt.Fprintf(&b, "payout \"p%d\" {\n amount = \"5\"\n user_id = 7\n %s}\n", i, goodToken)
	}
	b.WriteString("payout \"last\" {\n amount = = 5\n}\n}\n")
	write(t, dir, "main.hcl", b.String())
	cfg, sources, diags := Load(Options{Dir: dir})
	if cfg != nil || len(diags) != 1 || diags[0].Subject.Start.Line != strings.Count(b.String(), "\n")-2 {
		t.Fatalf("%v %s", cfg, show(diags))
	}
	if _, ok := sources.File("main.hcl"); !ok {
		t.Error("no text to show")
	}
}

// TestSideBySide: results come in order, and the caller can recover from a
// mistake in a goroutine.
func TestSideBySide(t *testing.T) {
	var got []int
	take := func(i, r int) { got = append(got, i, r) }
	sideBySide([]int{5, 6, 7}, func(n int) int { return n * n }, take)
	if want := []int{0, 25, 1, 36, 2, 49}; !cmp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	defer func() {
		if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "canary\n") {
			t.Errorf("recovered %q", text)
		}
	}()
	sideBySide([]int{1}, func(int) int { panic("canary") }, take)
}

// FuzzLiteral: a payout block that the quick reader takes is what the parser
// makes of it.
func FuzzLiteral(f *testing.F) {
	for _, body := range payoutBodies {
		f.Add("payout \"p\" {\n"+body+"}\n", uint8(0))
	}
	f.Add("payout \"p\" {\n amount = 5\n}\npayout \"p\" {\n}\n", uint8(99))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		dir := t.TempDir()
		write(t, dir, "main.hcl", benchHead+text+"}\n")
		sameCutAsWhole(t, dir, int(size))
	})
}

// FuzzCut: so is any file.
func FuzzCut(f *testing.F) {
	seeds(f, ".hcl")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		write(t, dir, "main.hcl", text)
		sameCutAsWhole(t, dir, 0)
	})
}
