package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"payrun/planner/policy"
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

// armourVerb writes the first signature of a file of approvals to a file: armour
// APPROVALS FILE.
func armourVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: armour APPROVALS FILE")
	}
	f, err := policy.ParseApprovals([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(f.Approvals[0].Signature), 0o644))
}

// agentVerb serves keys as an agent does, until the script ends: agent KEY….
func agentVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: agent KEY…")
	}
	keys := agent.NewKeyring()
	for _, name := range args {
		private, err := ssh.ParseRawPrivateKey([]byte(ts.ReadFile(name)))
		ts.Check(err)
		ts.Check(keys.Add(agent.AddedKey{PrivateKey: private}))
	}
	// The path of a socket is short, and that of a script's folder need not be.
	dir, err := os.MkdirTemp("", "agent")
	ts.Check(err)
	listener, err := net.Listen("unix", dir+"/s")
	ts.Check(err)
	ts.Setenv("SSH_AUTH_SOCK", dir+"/s")
	ts.Defer(func() {
		listener.Close()
		os.RemoveAll(dir)
	})
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // the script has ended
			}
			go func() {
				_ = agent.ServeAgent(keys, connection) // ends when the caller has hung up
				connection.Close()
			}()
		}
	}()
}

// callsVerb counts the payout calls that the sandboxes of folders received
// together: calls N DIR….
func callsVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: calls N DIR…")
	}
	got := 0
	for _, dir := range args[1:] {
		got += payoutCalls(ts, ts.MkAbs(filepath.Join(dir, ".payrun", "sandbox")))
	}
	if want := number(ts, args[0]); got != want {
		ts.Fatalf("the sandboxes received %d payout calls, want %d", got, want)
	}
}

// publishVerb lets the clone that paid push its state, and the other one take it
// and apply the plan again: publish ONE TWO.
func publishVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: publish ONE TWO")
	}
	first, second := args[0], args[1]
	if payoutCalls(ts, ts.MkAbs(filepath.Join(first, ".payrun", "sandbox"))) == 0 {
		first, second = second, first
	}
	ts.Check(ts.Exec("git", "-C", ts.MkAbs(first), "commit", "-qam", "paid"))
	ts.Check(ts.Exec("git", "-C", ts.MkAbs(first), "push", "-q", "origin", "HEAD:main"))
	ts.Check(ts.Exec("git", "-C", ts.MkAbs(second), "fetch", "-q", "origin"))
	ts.Check(ts.Exec("git", "-C", ts.MkAbs(second), "reset", "-q", "--hard", "origin/main"))
	ts.Check(ts.Exec("payrun", "-chdir="+ts.MkAbs(second), "apply", ts.MkAbs("one.plan"), "-auto-approve"))
}

// clockVerb names a moment from now: clock NAME OFFSET.
func clockVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: clock NAME OFFSET")
	}
	offset, err := time.ParseDuration(args[1])
	ts.Check(err)
	ts.Setenv(args[0], time.Now().Add(offset).UTC().Format(time.RFC3339))
}

// putVerb writes the value of a variable where its name stands in a file: put
// FILE NAME.
func putVerb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: put FILE NAME")
	}
	tamperVerb(ts, false, []string{args[0], args[1], ts.Getenv(args[1])})
}
