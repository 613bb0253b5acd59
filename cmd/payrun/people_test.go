package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"
)

// keyVerb makes key pairs NAME and NAME.pub in the top folder of the script: key
// NAME….
func keyVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: key NAME…")
	}
	for _, name := range args {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		ts.Check(err)
		block, err := ssh.MarshalPrivateKey(private, "")
		ts.Check(err)
		key, err := ssh.NewPublicKey(public)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.Getenv("WORK")+"/"+name, pem.EncodeToMemory(block), 0o600))
		ts.Check(os.WriteFile(ts.Getenv("WORK")+"/"+name+".pub", ssh.MarshalAuthorizedKey(key), 0o600))
	}
}

// signerVerb adds a line to a file of allowed signers: signer FILE IDENTITY KEY
// [OPTIONS].
func signerVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: signer FILE IDENTITY KEY [OPTIONS]")
	}
	public, err := os.ReadFile(ts.Getenv("WORK") + "/" + args[2] + ".pub")
	ts.Check(err)
	old, err := os.ReadFile(ts.MkAbs(args[0]))
	if !os.IsNotExist(err) {
		ts.Check(err)
	}
	line := strings.Join(append([]string{args[1]}, args[3:]...), " ") + " " + strings.TrimSpace(string(public)) + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(old, line...), 0o644))
}

// commitVerb commits everything in the name of somebody: commit WHO MESSAGE.
func commitVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: commit WHO MESSAGE")
	}
	ts.Check(ts.Exec("git", "add", "-A"))
	who := []string{"-c", "user.name=" + args[0], "-c", fmt.Sprintf("user.email=%s@example.kz", args[0])}
	ts.Check(ts.Exec("git", append(who, "commit", "-q", "-m", args[1])...))
}

// relabelVerb makes a file of approvals say that it is about a plan: relabel PLAN
// APPROVALS.
func relabelVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: relabel PLAN APPROVALS")
	}
	digest := planDigestOf(ts.ReadFile(args[0]))
	text := ts.ReadFile(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Replace(text, planDigestOf(text), digest, 1)), 0o644))
}

// planDigestOf is the first digest of a text: that of the plan.
func planDigestOf(text string) string {
	at := strings.Index(text, "sha256:")
	return text[at : at+len("sha256:")+64]
}
