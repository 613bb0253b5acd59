package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v3"

	"payrun/statefile"
)

func stateMergeCommand() command {
	return command{
		name: "merge", args: "[BASE OURS THEIRS]", max: 3, summary: "joins two states for git; refuses to lose a payment",
		about: "Git's merge driver: writes what BASE, OURS and THEIRS come to into OURS, or says why a person must decide.\n" +
			"-setup sets it and the diff of states up in this repository.",
		flags: configFlags(flag("setup", "register the merge driver and the diff of states in this repository, and in .gitattributes")),
		run:   (*program).stateMerge,
	}
}

func (p *program) stateMerge(c *cli.Command) error {
	switch n := c.Args().Len(); {
	case c.Bool("setup") && n == 0:
		return p.setUpMerge(c)
	case c.Bool("setup"):
		return usage("state merge -setup takes no arguments")
	case n != 3:
		return usage("state merge needs three files, BASE OURS THEIRS, or -setup")
	}
	base, err := p.parseState(c.Args().Get(0))
	if err != nil {
		return err
	}
	ours, err := p.parseState(c.Args().Get(1))
	if err != nil {
		return err
	}
	theirs, err := p.parseState(c.Args().Get(2))
	if err != nil {
		return err
	}
	if ours == nil || theirs == nil {
		return fail(exitRefused, errors.New("merge states: one side is empty"), "keep both states: "+mergeCure)
	}
	merged, conflicts := statefile.Merge(base, ours, theirs)
	if len(conflicts) > 0 {
		return fail(exitRefused, fmt.Errorf("merge states: %s", strings.Join(conflicts, "; ")), "nothing was merged; "+mergeCure)
	}
	data, err := statefile.Encode(merged, version)
	if err == nil {
		err = renameio.WriteFile(p.path(c.Args().Get(1)), data, 0o600)
	}
	if err != nil {
		return fail(exitError, fmt.Errorf("merge states: %w", err))
	}
	return nil
}

const mergeCure = "take the side with more payments (git checkout --theirs or --ours), then ask the gateway: payrun plan -refresh"

// parseState reads a file that git hands over; an empty one is nil.
func (p *program) parseState(name string) (*statefile.Snapshot, error) {
	data, err := os.ReadFile(p.path(name))
	if err != nil {
		return nil, fail(exitError, fmt.Errorf("merge states: %w", err))
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil, nil
	}
	snap, err := statefile.Parse(name, data)
	if err != nil {
		return nil, stateError(err, name)
	}
	return snap, nil
}

// setUpMerge registers the drivers with git.
func (p *program) setUpMerge(c *cli.Command) error {
	path, _, err := p.stateToRead(c, "")
	if err != nil {
		return err
	}
	if filepath.IsAbs(path) {
		return fail(exitError, fmt.Errorf("set up the merge of %s: it lies outside the configuration", path))
	}
	for _, setting := range [][2]string{
		{"merge.payrun.name", "payrun states, never losing a payment"},
		{"merge.payrun.driver", "payrun state merge %O %A %B"},
		{"diff.payrun.textconv", "payrun show -payouts"},
	} {
		if _, err := p.git("config", setting[0], setting[1]); err != nil {
			return fail(exitError, fmt.Errorf("set up the merge of states: git config %s: %w", setting[0], err), "run it inside the repository that keeps the state")
		}
	}
	line := filepath.ToSlash(path) + " merge=payrun diff=payrun\n"
	if err := addLine(p.path(".gitattributes"), line); err != nil {
		return fail(exitError, fmt.Errorf("set up the merge of states: %w", err))
	}
	fmt.Fprintf(p.stdout, "git merges and shows %s with payrun from now on: commit .gitattributes; every clone runs this command once, and needs payrun in its PATH.\n", path)
	return nil
}

// addLine appends a line to a file that does not hold it.
func addLine(path, line string) error {
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if strings.Contains("\n"+string(have), "\n"+line) {
		return nil
	}
	if len(have) > 0 && !strings.HasSuffix(string(have), "\n") {
		line = "\n" + line
	}
	return renameio.WriteFile(path, append(have, line...), 0o644)
}
