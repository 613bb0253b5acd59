package view

import (
	"bytes"
	"strings"
	"testing"
)

func someExplanations() []Explanation {
	return []Explanation{
		{Kind: "status", Name: "in_doubt", Means: "it may be paid or not", Facts: []Fact{{"money left", "nobody can know yet: treat it as paid, and pay nobody in another way until it is settled"}},
			Do: []string{"payrun reconcile — asks", "Wait."}},
		{Kind: "flag", Name: "destination_unproven", Means: "no answer says to which card it goes"},
	}
}

func TestExplain(t *testing.T) {
	var b bytes.Buffer
	Explain(&b, someExplanations(), 60)
	b.WriteString("---\n")
	Explain(&b, someExplanations(), 0)
	b.WriteString("---\n")
	ExplanationList(&b, someExplanations(), 60)
	golden(t, "explain.txt", b.Bytes())
	for line := range strings.Lines(b.String()[:strings.Index(b.String(), "---")]) {
		if width(line) > 65 {
			t.Errorf("too wide: %q", line)
		}
	}
}

func TestExplanationsJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, ExplanationsJSON(someExplanations())); err != nil {
		t.Fatal(err)
	}
	golden(t, "explain.json", b.Bytes())
}
