package hclconfig

import (
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
)

// loadSettings reads the payrun block.
func (l *loader) loadSettings() {
	blocks := l.blocks["payrun"]
	for i, b := range blocks {
		if i > 0 {
			l.fail(msgOnlyOne, b.DefRange, "payrun", "configuration", position(blocks[0].DefRange))
			continue
		}
		r := l.read(b, settingsSchema)
		l.cfg.PublishLabels = r.boolean("publish_labels")
		r.checkVersion()
		if s := r.only("state"); s != nil {
			l.loadState(s)
		}
	}
}

func (l *loader) loadState(b *hcl.Block) {
	if kind := b.Labels[0]; kind != "local" {
		l.fail(msgStateType, b.LabelRanges[0], kind, suggest(kind, []string{"local"}))
		return
	}
	r := l.read(b, stateSchema)
	if path, ok := r.nonEmpty("path"); ok {
		l.cfg.StatePath = filepath.ToSlash(filepath.Clean(path))
	}
}

// checkVersion compares required_version with the program's own.
func (r *reader) checkVersion() {
	text, ok := r.nonEmpty("required_version")
	if !ok {
		return
	}
	constraints, err := parseConstraints(text)
	if err != nil {
		r.fail(msgVersionShape, r.at("required_version"), text, err)
		return
	}
	own, err := parseVersion(r.opts.Version)
	if r.opts.Version == "" || err != nil {
		return
	}
	for _, c := range constraints {
		if !c.allows(own) {
			r.fail(msgVersion, r.at("required_version"), text, r.opts.Version)
			return
		}
	}
}
