package hclconfig

import (
	"time"

	"github.com/hashicorp/hcl/v2"
)

// loadApprovals reads the approvals block.
func (l *loader) loadApprovals() {
	blocks := l.blocks["approvals"]
	for i, b := range blocks {
		if i > 0 {
			l.fail(msgOnlyOne, b.DefRange, "approvals", "configuration", position(blocks[0].DefRange))
			continue
		}
		l.cfg.Approvals = l.approvals(b)
	}
}

func (l *loader) approvals(b *hcl.Block) *Approvals {
	r := l.read(b, approvalsSchema)
	// Constants alone: a policy that a variable could change would be none, and
	// that of an earlier commit has to be readable by itself.
	r.scope = newScope(nil, nil)
	a := &Approvals{Position: position(b.DefRange)}
	if n, ok := r.integer("required", 1, maxApprovers); ok {
		a.Required = int(n)
	}
	a.Expires = r.duration("expires", minExpires, maxExpires, DefaultExpires)
	var ok bool
	if a.AllowedSigners, ok = r.nonEmpty("allowed_signers"); ok {
		read := l.signers
		if read == nil {
			read = func(name string) ([]byte, error) { return l.readInside(name, InputSigners, maxSignersBytes) }
		}
		text, err := read(a.AllowedSigners)
		if err != nil {
			l.fail(msgFileUnreadable, r.at("allowed_signers"), err)
		}
		a.Signers = text
	}
	return a
}

// Bounds of approvals.
const (
	DefaultExpires  = 72 * time.Hour
	minExpires      = time.Minute
	maxExpires      = 90 * 24 * time.Hour
	maxApprovers    = 20
	maxSignersBytes = 1 << 20
)
