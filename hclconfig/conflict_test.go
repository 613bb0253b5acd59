package hclconfig

import (
	"strings"
	"testing"
)

// One message names all marks of a conflict and the lines of both versions.
func TestConflictMarks(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"whole":       {"h\n<<<<<<< HEAD\na\n=======\nb\nc\n>>>>>>> x\n", "One version is line 3, the other is lines 5 to 6. Lines 2, 4 and 7 (<<<<<<<, =======, >>>>>>>) are marks between them. Ask which version is right, keep that one, and delete the other and lines 2, 4 and 7."},
		"Windows":     {"<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> x\r\n", "Lines 1, 3 and 5 (<<<<<<<, =======, >>>>>>>) are marks"},
		"removed":     {"<<<<<<< HEAD\n=======\nb\n>>>>>>> x\n", "One version is without these lines, the other is line 3."},
		"ancestor":    {"<<<<<<< HEAD\na\n||||||| o\nz\n=======\nb\n>>>>>>> x\n", "One version is line 2, the other is line 6, and before both it was line 4. Lines 1, 3, 5 and 7 (<<<<<<<, |||||||, =======, >>>>>>>) are marks"},
		"two of them": {"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\nc\n<<<<<<< HEAD\n=======\nb\n>>>>>>> x\n", "lines 1, 3 and 5. More such marks follow from line 7 on."},
		"no end":      {"<<<<<<< HEAD\na\n=======\nb\n", "Lines 1 and 3 are marks of it, and others are gone. Ask what of the lines between them is right, and delete lines 1 and 3."},
		"begun twice": {"<<<<<<< HEAD\na\n<<<<<<< HEAD\nb\n", "Line 1 is a mark of it, and other marks are gone. Ask what of the lines around it is right, and delete line 1. More such marks follow from line 3 on."},
		"end alone":   {"a\n>>>>>>> x\n", "Line 2 is a mark of it"},
		"no name":     {"<<<<<<<\na\n=======\nb\n>>>>>>>", "Lines 1, 3 and 5 (<<<<<<<, =======, >>>>>>>) are marks"},
		"middle":      {"a\n=======\nb\n", "Line 2 is a mark of it"},
		"longer":      {"========\n<<<<<<<<\nh <<<<<<< HEAD\n||||||| x\n======\n", ""},
		"no mark":     {"=======a\n>>>>>>>b\n", ""},
		"endless":     {strings.Repeat("<<<<<<< x\n", maxMarks+1), "More such marks follow from line 2 on."},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if marks := conflictMarks([]byte(tt.text), true); mayConflict([]byte(tt.text)) && len(marks) > 0 {
				got = conflictCure(marks)
			}
			if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if marks := conflictMarks([]byte("# Title\n=======\n"), false); len(marks) > 0 {
		t.Errorf("a line under a title is %v", marks)
	}
}

// A mark that is left in rows is told as one, and not as a row of another width.
func TestConflictLeftInRows(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "rows.csv", "id,amount\n1,5\n=======\n2,6\n")
	write(t, dir, "main.hcl", `merchant "main" {
  environment = "sandbox"
  merchant_id = 1
}
batch "b" {
  period      = "1"
  description = <<EOT
Title
=======
EOT
  payout "p" {
    rows { path = "rows.csv" }
    key        = row.id
    amount     = row.amount
    user_id    = row.id
    card_token = "tok"
  }
}
`)
	_, _, diags := Load(Options{Dir: dir})
	got := show(diags)
	if !strings.Contains(got, "rows.csv:3:1: Two people changed this file") || strings.Contains(got, "another width") || strings.Contains(got, "main.hcl:9") {
		t.Error(got)
	}
}
