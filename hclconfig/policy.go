package hclconfig

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// LoadApprovals reads the approvals block of configuration files that need not
// be on disk, those of an earlier commit for one: text by name. Names that are no
// configuration file of a directory are passed over. read gives the allowed
// signers by the path that the block names. Nothing else is evaluated, so that
// no variable is needed. The result is nil where there is no block, or an error.
func LoadApprovals(files map[string][]byte, read func(path string) ([]byte, error)) (*Approvals, hcl.Diagnostics) {
	l := newLoader(Options{})
	l.whole, l.signers = true, read
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !isConfigFile(name) {
			continue
		}
		bodies, _ := l.parse(name, files[name]) // its problems are reported
		for _, body := range bodies {
			content, diags := body.Content(topSchema)
			l.add(diags...)
			l.blocks["approvals"] = append(l.blocks["approvals"], content.Blocks.OfType("approvals")...)
		}
	}
	l.loadApprovals()
	// Objects are not evaluated; a commit of old that names a key twice had its
	// approvals all the same.
	l.same = nil
	diags := l.sorted()
	if diags.HasErrors() {
		return nil, diags
	}
	return l.cfg.Approvals, diags
}
