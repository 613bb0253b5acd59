package policy_test

import (
	"strings"
	"testing"

	"payrun/planner/policy"
)

// TestParseEvidence: what the state keeps is judged as the file was.
func TestParseEvidence(t *testing.T) {
	j := newJudged(t, 1)
	given := approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace)
	read, err := policy.ParseEvidence(given.Evidence())
	if err != nil {
		t.Fatal(err)
	}
	if v := j.give(*read); !v.Approved() || read.Evidence() != given.Evidence() {
		t.Errorf("read back as %+v: %+v", read, v)
	}
	another := *read
	another.Identity = "berik@x"
	if v := j.give(another); v.Approved() {
		t.Errorf("another name approves: %+v", v)
	}
}

func TestParseEvidenceRefuses(t *testing.T) {
	j := newJudged(t, 1)
	given := approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace)
	whole := given.Evidence()
	for name, tt := range map[string]struct{ line, want string }{
		"nothing":        {"", "it has 1 part"},
		"no signature":   {(&policy.Approval{Identity: "aigul@x", Expires: tomorrow, Signature: "none"}).Evidence(), "it has 2 parts"},
		"too much":       {whole + " more", "it has 4 parts"},
		"no base64":      {"aigul@x " + tomorrow + " %%%", `the signature of "aigul@x" is no base64`},
		"no signature's": {"aigul@x " + tomorrow + " AAAA", `the signature of "aigul@x" cannot be read`},
		"cut":            {whole[:len(whole)-8], `the signature of "aigul@x" cannot be read`},
	} {
		if a, err := policy.ParseEvidence(tt.line); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v, want %q", name, a, err, tt.want)
		}
	}
}
