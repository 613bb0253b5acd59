package view

import (
	"bytes"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestCompactWarnings(t *testing.T) {
	at := &hcl.Range{Filename: "a\x1b.hcl", Start: hcl.Pos{Line: 3}}
	got := drawn(func(b *bytes.Buffer) {
		CompactWarnings(b, hcl.Diagnostics{{Summary: "Odd", Subject: at}, {Summary: "Old"}, {Summary: "Odd"}}, false)
	})
	if want := "Warnings: 3 places\n- Odd (" + SafeText("a\x1b.hcl") + ":3) and 1 more\n- Old\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := drawn(func(b *bytes.Buffer) { CompactWarnings(b, nil, false) }); got != "" {
		t.Errorf("got %q for nothing", got)
	}
}
