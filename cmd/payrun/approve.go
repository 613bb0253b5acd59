package main

import (
	"fmt"
	"os"
	"time"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v3"

	"payrun/cmd/payrun/view"
	"payrun/hclconfig"
	"payrun/planner/planfile"
	"payrun/planner/policy"
)

func approveCommand() command {
	return command{
		name: "approve", summary: "signs a plan with an SSH key, for apply where the files ask for approvals", args: "PLAN", min: 1, max: 1,
		about: "Shows the plan file, signs its digest with an SSH key (a file, a key of the agent, or a hardware key\n" +
			"through the agent), and adds the approval to PLAN.approvals. It pays nothing.",
		flags: []cli.Flag{
			text("key", "FILE", "sign with the key of `FILE`: a private key, or a public key that the agent holds"),
			text("as", "IDENTITY", "approve as `IDENTITY` of the allowed signers; by default the only one that has the key"),
			span("expires", "the approval counts for `DURATION` from the plan's time (default: expires of the approvals block)", 0),
			flag("print", "print exactly the text to be signed, for ssh-keygen -Y sign -n payrun-plan"),
			text("signature", "FILE", "take the signature of `FILE`, made by ssh-keygen -Y sign over the text of -print"),
		},
		run: (*program).approve,
	}
}

// approving is one approval in the making.
type approving struct {
	*program
	name     string // of the plan file, as given
	plan     *planfile.File
	block    *hclconfig.Approvals // of the files here; nil where they ask for none
	signers  *policy.Signers      // nil without a block
	identity string
	expires  string
}

func (p *program) approve(c *cli.Command) error {
	if c.Bool("print") && c.IsSet("signature") || c.IsSet("signature") && c.IsSet("key") && !c.Bool("print") {
		return usage("-print, -key and -signature are different ways: print the text, sign it with a key, or take a signature that was made elsewhere")
	}
	a, err := p.startApproval(c)
	if err != nil {
		return err
	}
	if c.Bool("print") {
		return a.print(c)
	}
	if !p.json {
		view.SavedPlanText(p.stdout, a.plan, time.Now(), p.colors(p.stdout))
	}
	if err := p.visible(); err != nil {
		return err
	}
	approval, err := a.signed(c)
	if err != nil {
		return err
	}
	return a.add(approval)
}

// startApproval reads the plan and the policy of the files here.
func (p *program) startApproval(c *cli.Command) (*approving, error) {
	a := &approving{program: p, name: c.Args().First(), identity: c.String("as")}
	if a.identity != "" {
		if err := policy.CheckIdentity(a.identity); err != nil {
			return nil, usage("-as: %s", err)
		}
	}
	var err error
	if a.plan, err = planfile.Read(p.path(a.name)); err != nil {
		return nil, planError(err, a.name)
	}
	if err := guardAge(a.plan, time.Now()); err != nil {
		return nil, err
	}
	if err := a.readPolicy(); err != nil {
		return nil, fail(exitRefused, err, "nothing was signed")
	}
	valid := durationOf(c, "expires")
	if !c.IsSet("expires") {
		valid = hclconfig.DefaultExpires
		if a.block != nil {
			valid = a.block.Expires
		}
	}
	until := a.plan.CreatedAt.Add(valid).Truncate(time.Second)
	if !until.After(time.Now()) {
		return nil, fail(exitRefused, fmt.Errorf("approve %s: the approval would be over at %s", a.name, until.Format(time.RFC3339)), "nothing was signed; plan again, or let it count for longer with -expires")
	}
	a.expires = until.UTC().Format(time.RFC3339)
	return a, nil
}

// readPolicy reads the approvals block of the directory. It needs no variable,
// so that whoever approves need not know them.
func (a *approving) readPolicy() error {
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return fmt.Errorf("read the approvals block: %w", plain(err))
	}
	found := make(map[string][]byte)
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if !isHCL(e.Name()) {
			continue
		}
		if found[e.Name()], err = os.ReadFile(a.path(e.Name())); err != nil {
			return fmt.Errorf("read the approvals block: %w", plain(err))
		}
	}
	block, diags := hclconfig.LoadApprovals(found, func(name string) ([]byte, error) {
		text, err := os.ReadFile(a.path(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, plain(err))
		}
		return text, nil
	})
	if diags.HasErrors() {
		return fmt.Errorf("read the approvals block: %w", diags)
	}
	if block == nil {
		return nil
	}
	a.block = block
	a.signers, err = policy.ParseSigners(block.Signers)
	return err
}

// print writes the text to be signed and nothing else.
func (a *approving) print(c *cli.Command) error {
	if a.identity == "" && c.IsSet("key") {
		key, err := publicKey(a.path(c.String("key")))
		if err != nil {
			return fail(exitError, err)
		}
		if err := a.chooseIdentity(key); err != nil {
			return err
		}
	}
	if a.identity == "" {
		return usage("-print needs -as=IDENTITY: it is part of what is signed")
	}
	_, err := a.stdout.Write(policy.ApprovalText(a.plan.Digest(), a.identity, a.expires))
	return err
}

// add verifies an approval as apply will, and puts it beside the plan.
func (a *approving) add(approval policy.Approval) error {
	key, err := approval.Verify(a.plan.Digest())
	if err != nil {
		return fail(exitRefused, fmt.Errorf("approve %s: %w", a.name, err), "nothing was written; the text to be signed is that of: payrun approve "+a.name+" -print -as="+a.identity)
	}
	if a.signers != nil {
		if err := a.signers.Allows(a.identity, key, time.Now()); err != nil {
			return fail(exitRefused, fmt.Errorf("approve %s: it would not count: %w", a.name, err), "nothing was written; the allowed signers stand in "+a.block.AllowedSigners)
		}
	}
	file, err := a.readApprovals(a.name)
	if err != nil {
		return fail(exitRefused, err, "nothing was written; move the file away, or mend it")
	}
	digest := a.plan.Digest()
	if file != nil && file.Plan != digest {
		return fail(exitRefused, fmt.Errorf("approve %s: %s holds approvals of another plan, %s", a.name, approvalsPath(a.name), view.SafeText(file.Plan)), "nothing was written; move that file away")
	}
	if file == nil {
		file = &policy.ApprovalFile{Plan: digest}
	}
	file.Put(approval)
	if err := renameio.WriteFile(a.path(approvalsPath(a.name)), file.Encode(), 0o644); err != nil {
		return fail(exitError, fmt.Errorf("write %s: %w", approvalsPath(a.name), plain(err)))
	}
	return a.told(approval, len(file.Approvals))
}

func (a *approving) told(approval policy.Approval, n int) error {
	if a.json {
		a.printJSON(map[string]any{"type": "approval", "plan": a.plan.Digest(), "identity": approval.Identity, "expires": approval.Expires, "file": approvalsPath(a.name)})
		return nil
	}
	asked := ""
	if a.block != nil {
		asked = fmt.Sprintf(", and the files ask for %d", a.block.Required)
	}
	_, err := fmt.Fprintf(a.stdout, "\nApproved by %s until %s. %s holds %s%s.\n", approval.Identity, approval.Expires, approvalsPath(a.name), counted(n, "approval"), asked)
	return err
}
