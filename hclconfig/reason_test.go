package hclconfig

import (
	"strings"
	"testing"
)

// A reason that was only copied from a message is none.
func TestAllowDuplicateReason(t *testing.T) {
	for text, fine := range map[string]bool{
		"two posts": true, "2 смены": true, "reasonable: two shifts": true,
		"reason": false, "Reason…": false, "<reason>": false, "Причина": false, "…": false, "...": false, "ok": false, "a b c d": false,
	} {
		dir := t.TempDir()
		write(t, dir, "main.hcl", strings.Replace(onePayout, "amount", "allow_duplicate = \""+text+"\"\n    amount", 1))
		_, _, diags := Load(Options{Dir: dir})
		if got := show(diags); strings.Contains(got, "No real reason") == fine || fine && diags.HasErrors() {
			t.Errorf("%q: %s", text, got)
		}
	}
}
