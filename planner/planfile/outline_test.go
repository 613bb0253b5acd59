package planfile_test

import (
	"errors"
	"testing"

	"payrun/planner"
	"payrun/planner/planfile"
)

// An outline has the digest of the whole file, and all of it but the changes.
func TestOutline(t *testing.T) {
	plan, f := example(t), facts()
	for _, fresh := range [][]*planner.Change{nil, plan.Sending()[:1], plan.Sending()} {
		f.New = fresh
		whole, outline := planfile.Build(plan, f), planfile.Outline(plan, f)
		if whole.Digest() != outline.Digest() {
			t.Errorf("%d new: the outline has digest %s, the file %s", len(fresh), outline.Digest(), whole.Digest())
		}
		if outline.Counts != whole.Counts || len(outline.Changes) != 0 || len(whole.Changes) == 0 {
			t.Errorf("%d new: counts %+v and %+v, changes %d and %d", len(fresh), outline.Counts, whole.Counts, len(outline.Changes), len(whole.Changes))
		}
	}
}

// An outline is not taken for a plan without changes.
func TestOutlineIsNoFile(t *testing.T) {
	_, err := planfile.Outline(example(t), facts()).Encode()
	var format *planfile.FormatError
	if !errors.As(err, &format) {
		t.Errorf("an outline was encoded: %v", err)
	}
}
