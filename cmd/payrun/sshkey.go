package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"github.com/urfave/cli/v3"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/term"

	"payrun/planner/policy"
)

// signed makes the approval, with a key or from a signature made elsewhere.
func (a *approving) signed(c *cli.Command) (policy.Approval, error) {
	if name := c.String("signature"); name != "" {
		return a.takeSignature(name)
	}
	signer, closeAgent, err := a.signer(c.String("key"))
	if err != nil {
		return policy.Approval{}, err
	}
	defer closeAgent()
	if err := a.chooseIdentity(signer.PublicKey()); err != nil {
		return policy.Approval{}, err
	}
	text := policy.ApprovalText(a.plan.Digest(), a.identity, a.expires)
	sig, err := sshsig.Sign(bytes.NewReader(text), signer, sshsig.HashSHA512, policy.ApprovalNamespace)
	if err != nil {
		return policy.Approval{}, fail(exitError, fmt.Errorf("sign the plan: %w", err), "nothing was written")
	}
	return policy.Approval{Identity: a.identity, Expires: a.expires, Signature: string(sshsig.Armor(sig))}, nil
}

// takeSignature reads what ssh-keygen -Y sign wrote.
func (a *approving) takeSignature(name string) (policy.Approval, error) {
	text, err := os.ReadFile(a.path(name))
	if err != nil {
		return policy.Approval{}, fail(exitError, fmt.Errorf("read the signature %s: %w", name, plain(err)))
	}
	sig, err := sshsig.Unarmor(text)
	if err != nil {
		return policy.Approval{}, fail(exitRefused, fmt.Errorf("read the signature %s: %w", name, err), "nothing was written")
	}
	if err := a.chooseIdentity(sig.PublicKey); err != nil {
		return policy.Approval{}, err
	}
	return policy.Approval{Identity: a.identity, Expires: a.expires, Signature: string(sshsig.Armor(sig))}, nil
}

// chooseIdentity is the only one that the allowed signers know for a key, where
// -as does not name one.
func (a *approving) chooseIdentity(key ssh.PublicKey) error {
	if a.identity != "" {
		return nil
	}
	if a.signers == nil {
		return usage("the files here ask for no approvals: say who approves with -as=IDENTITY")
	}
	known := a.signers.Identities(key)
	switch len(known) {
	case 0:
		return fail(exitRefused, fmt.Errorf("approve %s: the allowed signers have no such key, %s", a.name, ssh.FingerprintSHA256(key)),
			"nothing was signed; the allowed signers stand in "+a.block.AllowedSigners+"; a key that stands behind a pattern needs -as=IDENTITY")
	case 1:
		a.identity = known[0]
		return nil
	}
	return usage("the key stands for %s: say which with -as=IDENTITY", strings.Join(known, ", "))
}

// signer finds the key to sign with: in a file, or in the agent.
func (a *approving) signer(name string) (ssh.Signer, func(), error) {
	if name == "" {
		return a.agentSigner(nil)
	}
	text, err := os.ReadFile(a.path(name))
	if err != nil {
		return nil, nil, fail(exitError, fmt.Errorf("read the key %s: %w", name, plain(err)))
	}
	if public, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
		return a.agentSigner(public)
	}
	signer, err := a.privateKey(name, text)
	if err == nil {
		return signer, func() {}, nil
	}
	// A file of a hardware key holds a handle alone: the agent knows its use.
	if public, missing := publicKey(a.path(name)); missing == nil && strings.HasPrefix(public.Type(), "sk-") {
		return a.agentSigner(public)
	}
	return nil, nil, err
}

// privateKey reads a private key, and asks for its passphrase where it has one.
func (a *approving) privateKey(name string, text []byte) (ssh.Signer, error) {
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if !errors.As(err, &locked) {
		if err != nil {
			return nil, fail(exitError, fmt.Errorf("read the key %s: it is no private key that can be used", name), "nothing was signed; a hardware key works through the agent: ssh-add, then -key=FILE.pub")
		}
		return signer, nil
	}
	f, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, fail(exitError, fmt.Errorf("read the key %s: it has a passphrase, and there is no terminal to ask at", name), "nothing was signed; load it into the agent: ssh-add "+name)
	}
	fmt.Fprintf(a.stderr, "Passphrase of %s: ", name)
	secret, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(a.stderr)
	if err == nil {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, secret)
		clear(secret)
	}
	if err != nil {
		return nil, fail(exitError, fmt.Errorf("read the key %s: the passphrase does not open it", name), "nothing was signed")
	}
	return signer, nil
}

// publicKey reads FILE.pub, or FILE itself where it is a public key.
func publicKey(path string) (ssh.PublicKey, error) {
	for _, name := range []string{path, path + ".pub"} {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if public, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
			return public, nil
		}
	}
	return nil, fmt.Errorf("read the public key: it stands neither in the file nor beside it as .pub")
}

// agentSigner finds a key of the agent: the wanted one, or the only one that the
// allowed signers know.
func (a *approving) agentSigner(wanted ssh.PublicKey) (ssh.Signer, func(), error) {
	socket, ok := a.getenv("SSH_AUTH_SOCK")
	if !ok || socket == "" {
		return nil, nil, fail(exitError, errors.New("sign the plan: no key is named, and no agent runs (SSH_AUTH_SOCK is not set)"), "nothing was signed; name a key: -key=FILE")
	}
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return nil, nil, fail(exitError, errors.New("sign the plan: the agent of SSH_AUTH_SOCK does not answer"), "nothing was signed; name a key: -key=FILE")
	}
	signers, err := agent.NewClient(connection).Signers()
	if err == nil {
		signers = slices.DeleteFunc(signers, func(s ssh.Signer) bool { return !a.fits(s.PublicKey(), wanted) })
	}
	if err == nil && len(signers) == 1 {
		return signers[0], func() { connection.Close() }, nil
	}
	connection.Close()
	if err != nil {
		return nil, nil, fail(exitError, fmt.Errorf("sign the plan: ask the agent: %w", err), "nothing was signed")
	}
	return nil, nil, fail(exitError, fmt.Errorf("sign the plan: the agent holds %s that could sign it", counted(len(signers), "key")), "nothing was signed; name one: -key=FILE.pub")
}

// fits says whether a key of the agent may be the one to sign with.
func (a *approving) fits(key, wanted ssh.PublicKey) bool {
	switch {
	case wanted != nil:
		return bytes.Equal(key.Marshal(), wanted.Marshal())
	case strings.Contains(key.Type(), "-cert-"):
		return false
	case a.signers == nil:
		return true
	case a.identity == "":
		return len(a.signers.Identities(key)) > 0
	}
	return a.signers.Allows(a.identity, key, time.Now()) == nil
}
