package policy_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"

	"payrun/planner/policy"
)

const (
	plan      = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	otherPlan = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
	tomorrow  = "2026-11-23T12:00:00Z"
)

// approve is an approval signed in a namespace.
func approve(t testing.TB, key ssh.Signer, identity, namespace string) policy.Approval {
	t.Helper()
	sig, err := sshsig.Sign(bytes.NewReader(policy.ApprovalText(plan, identity, tomorrow)), key, sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Approval{Identity: identity, Expires: tomorrow, Signature: string(sshsig.Armor(sig))}
}

func TestApprovalText(t *testing.T) {
	want := "payrun approval v1\nplan " + plan + "\nidentity aigul@example.kz\nexpires " + tomorrow + "\n"
	if got := string(policy.ApprovalText(plan, "aigul@example.kz", tomorrow)); got != want {
		t.Errorf("got %q", got)
	}
}

// judged is the world of the tests below: three people with a key each.
type judged struct {
	aigul, berik, clara ssh.Signer
	in                  policy.ApprovalInput
}

func newJudged(t testing.TB, required int) *judged {
	j := &judged{aigul: keyPair(t), berik: keyPair(t), clara: keyPair(t)}
	text := "aigul@x " + line(j.aigul.PublicKey()) + "\nberik@x " + line(j.berik.PublicKey()) + "\nclara@x " + line(j.clara.PublicKey()) + "\n"
	j.in = policy.ApprovalInput{
		Plan: plan, Now: day, File: &policy.ApprovalFile{Plan: plan},
		Rules: []policy.ApprovalRule{{Name: "the policy", Required: required, Signers: signers(t, text)}},
	}
	return j
}

func (j *judged) give(approvals ...policy.Approval) *policy.ApprovalVerdict {
	j.in.File.Approvals = approvals
	return policy.JudgeApprovals(j.in)
}

func TestApproved(t *testing.T) {
	j := newJudged(t, 2)
	v := j.give(approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace), approve(t, j.berik, "berik@x", policy.ApprovalNamespace))
	if !v.Approved() || v.Judged[0].Reason != "" || v.Judged[0].Key != ssh.FingerprintSHA256(j.aigul.PublicKey()) {
		t.Errorf("verdict is %+v", v)
	}
	if got := v.Judged[0].Approval.Evidence(); !strings.HasPrefix(got, "aigul@x "+tomorrow+" U1NIU0lH") {
		t.Errorf("evidence is %q", got)
	}
	j.in.File = nil
	if v := policy.JudgeApprovals(j.in); v.Approved() || v.Missing[0] != "the policy asks for 2 approvals, and 0 count" {
		t.Errorf("verdict is %+v", v)
	}
}

// What does not count has its reason, and takes nothing from what does.
func TestDoesNotCount(t *testing.T) {
	for _, tt := range []struct {
		name string
		want string
		edit func(j *judged, a *policy.Approval)
	}{
		{"another namespace", `signed for "git"`, func(j *judged, a *policy.Approval) { *a = approve(t, j.berik, "berik@x", "git") }},
		{"another plan", "does not fit", func(j *judged, a *policy.Approval) {
			text := policy.ApprovalText(otherPlan, "berik@x", tomorrow)
			sig, err := sshsig.Sign(bytes.NewReader(text), j.berik, sshsig.HashSHA512, policy.ApprovalNamespace)
			if err != nil {
				t.Fatal(err)
			}
			a.Signature = string(sshsig.Armor(sig))
		}},
		{"as somebody else", "no such key for clara@x", func(j *judged, a *policy.Approval) {
			*a = approve(t, j.berik, "clara@x", policy.ApprovalNamespace)
		}},
		{"another name on the signature", "does not fit", func(_ *judged, a *policy.Approval) { a.Identity = "clara@x" }},
		{"a later expiry", "does not fit", func(_ *judged, a *policy.Approval) { a.Expires = "2027-11-23T12:00:00Z" }},
		{"no expiry", "no time", func(_ *judged, a *policy.Approval) { a.Expires = "" }},
		{"an expiry of another form", "no time", func(_ *judged, a *policy.Approval) { a.Expires = "2026-11-23T17:00:00+05:00" }},
		{"a name of two lines", "has a character", func(_ *judged, a *policy.Approval) { a.Identity = "berik@x\nexpires 2027" }},
		{"no name", "1 to 200", func(_ *judged, a *policy.Approval) { a.Identity = "" }},
		{"a name that looks alike", "has a character", func(_ *judged, a *policy.Approval) { a.Identity = "berik\u200b@x" }},
		{"no signature", "cannot be read", func(_ *judged, a *policy.Approval) { a.Signature = "yes" }},
		{"a cut signature", "cannot be read", func(_ *judged, a *policy.Approval) { a.Signature = a.Signature[:200] }},
		{"headers in the armour", "as ssh-keygen writes it", func(_ *judged, a *policy.Approval) {
			a.Signature = strings.Replace(a.Signature, "SIGNATURE-----\n", "SIGNATURE-----\nBy: me\n\n", 1)
		}},
		{"text before the armour", "as ssh-keygen writes it", func(_ *judged, a *policy.Approval) { a.Signature = "hello\n" + a.Signature }},
		{"an unknown key", "no such key", func(_ *judged, a *policy.Approval) { *a = approve(t, keyPair(t), "berik@x", policy.ApprovalNamespace) }},
		{"an author", "berik@x wrote what is approved", func(j *judged, _ *policy.Approval) { j.in.Excluded = []string{"Berik@X"} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := newJudged(t, 1)
			bad := approve(t, j.berik, "berik@x", policy.ApprovalNamespace)
			tt.edit(j, &bad)
			v := j.give(bad)
			if v.Approved() || !strings.Contains(v.Judged[0].Reason, tt.want) {
				t.Errorf("reason is %q, want %q", v.Judged[0].Reason, tt.want)
			}
			if v = j.give(bad, approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace)); !v.Approved() || v.Judged[1].Reason != "" {
				t.Errorf("it spoils the other: %+v", v)
			}
		})
	}
}

func TestApprovalExpires(t *testing.T) {
	j := newJudged(t, 1)
	a := approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace)
	j.in.Now = time.Date(2026, 11, 23, 11, 59, 59, 0, time.UTC)
	if v := j.give(a); !v.Approved() {
		t.Errorf("verdict is %+v", v)
	}
	j.in.Now = j.in.Now.Add(time.Second)
	if v := j.give(a); v.Approved() || v.Judged[0].Reason != "it expired at "+tomorrow {
		t.Errorf("verdict is %+v", v)
	}
}

// One person counts once, with two keys, in two spellings, or with two names on
// one key.
func TestOnePersonCountsOnce(t *testing.T) {
	first, second := keyPair(t), keyPair(t)
	text := "aigul@x,Aigul@x,other@x " + line(first.PublicKey()) + "\naigul@x " + line(second.PublicKey()) + "\n"
	j := newJudged(t, 2)
	j.in.Rules[0].Signers = signers(t, text)
	one := approve(t, first, "aigul@x", policy.ApprovalNamespace)
	for name, other := range map[string]policy.Approval{
		"two keys":      approve(t, second, "aigul@x", policy.ApprovalNamespace),
		"two spellings": approve(t, first, "Aigul@x", policy.ApprovalNamespace),
		"two names":     approve(t, first, "other@x", policy.ApprovalNamespace),
		"twice":         one,
	} {
		v := j.give(one, other)
		if v.Approved() || v.Judged[0].Reason+v.Judged[1].Reason != "its identity or key is counted already" {
			t.Errorf("%s: %+v", name, v)
		}
	}
	// Somebody's second approval does not take another's place.
	if v := j.give(one, approve(t, second, "aigul@x", policy.ApprovalNamespace), approve(t, first, "other@x", policy.ApprovalNamespace)); !v.Approved() {
		t.Errorf("verdict is %+v", v)
	}
}

// Who wrote it does not approve it under another name on the same key.
func TestAuthorUnderAnotherName(t *testing.T) {
	j := newJudged(t, 1)
	j.in.Rules[0].Signers = signers(t, "boss@x "+line(j.aigul.PublicKey()))
	j.in.Rules = append(j.in.Rules, policy.ApprovalRule{Name: "the old one", Required: 0, Signers: signers(t, "aigul@x "+line(j.aigul.PublicKey()))})
	j.in.Excluded = []string{"aigul@x"}
	v := j.give(approve(t, j.aigul, "boss@x", policy.ApprovalNamespace))
	if v.Approved() || !strings.Contains(v.Judged[0].Reason, "the key is that of aigul@x") {
		t.Errorf("verdict is %+v", v)
	}
}

func TestEveryRuleCounts(t *testing.T) {
	j := newJudged(t, 1)
	j.in.Rules = append(j.in.Rules, policy.ApprovalRule{Name: "the old one", Required: 2, Signers: signers(t, "aigul@x "+line(j.aigul.PublicKey())+"\nberik@x "+line(j.berik.PublicKey()))})
	v := j.give(approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace), approve(t, j.clara, "clara@x", policy.ApprovalNamespace))
	if len(v.Missing) != 1 || v.Missing[0] != "the old one asks for 2 approvals, and 1 count" {
		t.Errorf("missing is %q", v.Missing)
	}
	if v.Judged[1].Reason == "" {
		t.Error("what one rule does not allow counts")
	}
}

// RSA keys sign with SHA-2, and count.
func TestApproveWithRSA(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	j := newJudged(t, 1)
	j.in.Rules[0].Signers = signers(t, "aigul@x "+line(key.PublicKey()))
	if v := j.give(approve(t, key, "aigul@x", policy.ApprovalNamespace)); !v.Approved() {
		t.Errorf("verdict is %+v", v)
	}
}

// hardware is a key of the kind that lives in a token and asks to be touched.
type hardware struct {
	private ed25519.PrivateKey
	public  ssh.PublicKey
	flags   byte
}

func newHardware(t *testing.T, flags byte) *hardware {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Kind        string
		Key         []byte
		Application string
	}{ssh.KeyAlgoSKED25519, public, "ssh:"}))
	if err != nil {
		t.Fatal(err)
	}
	return &hardware{private, key, flags}
}

func (h *hardware) PublicKey() ssh.PublicKey { return h.public }

func (h *hardware) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	app, message := sha256.Sum256([]byte("ssh:")), sha256.Sum256(data)
	rest := []byte{h.flags, 0, 0, 0, 7}
	signed := append(append(append([]byte(nil), app[:]...), rest...), message[:]...)
	return &ssh.Signature{Format: ssh.KeyAlgoSKED25519, Blob: ed25519.Sign(h.private, signed), Rest: rest}, nil
}

// A hardware key counts when it was touched.
func TestApproveWithHardwareKey(t *testing.T) {
	for flags, want := range map[byte]bool{1: true, 5: true, 0: false, 4: false} {
		key := newHardware(t, flags)
		j := newJudged(t, 1)
		j.in.Rules[0].Signers = signers(t, "aigul@x "+line(key.PublicKey()))
		if v := j.give(approve(t, key, "aigul@x", policy.ApprovalNamespace)); v.Approved() != want {
			t.Errorf("flags %d: %+v", flags, v)
		}
	}
}

func TestApprovalFile(t *testing.T) {
	j := newJudged(t, 1)
	a, b := approve(t, j.aigul, "aigul@x", policy.ApprovalNamespace), approve(t, j.berik, "berik@x", policy.ApprovalNamespace)
	f := &policy.ApprovalFile{Plan: plan}
	f.Put(a)
	f.Put(b)
	f.Put(a)
	f.Put(policy.Approval{Identity: "aigul@x"})
	back, err := policy.ParseApprovals(f.Encode())
	if err != nil || len(back.Approvals) != 3 || back.Plan != plan || back.Approvals[1] != b {
		t.Errorf("got %+v, %v", back, err)
	}
	for name, text := range map[string]string{
		"no JSON": "{", "unknown member": `{"plan": "x", "required": 0}`, "twice": `{"plan": "x", "plan": "y"}`,
		"too many": `{"plan": "x", "approvals": [` + strings.Repeat(`{"identity":"a"},`, policy.MaxApprovals) + `{"identity":"a"}]}`,
	} {
		if _, err := policy.ParseApprovals([]byte(text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Whatever is signed by whom: no two that count share an identity or a key, and
// one more approval never makes fewer count.
func TestCountIsFair(t *testing.T) {
	keys := []ssh.Signer{keyPair(t), keyPair(t), keyPair(t)}
	var text strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&text, "p?@x %s\n", line(k.PublicKey()))
	}
	all := signers(t, text.String())
	made := make(map[string]policy.Approval)
	for i, k := range keys {
		for p := range 3 {
			made[fmt.Sprint(i, p)] = approve(t, k, fmt.Sprintf("p%d@x", p), policy.ApprovalNamespace)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		picks := rapid.SliceOfN(rapid.IntRange(0, 8), 0, 8).Draw(t, "picks")
		before := 0
		file := &policy.ApprovalFile{Plan: plan}
		for _, p := range picks {
			file.Approvals = append(file.Approvals, made[fmt.Sprint(p/3, p%3)])
			v := policy.JudgeApprovals(policy.ApprovalInput{Plan: plan, Now: day, File: file, Rules: []policy.ApprovalRule{{Name: "it", Required: 9, Signers: all}}})
			seen, n := make(map[string]bool), 0
			for _, one := range v.Judged {
				if one.Reason != "" {
					continue
				}
				n++
				if seen[one.Key] || seen[one.Approval.Identity] {
					t.Fatalf("counted twice: %+v", v)
				}
				seen[one.Key], seen[one.Approval.Identity] = true, true
			}
			if n < before {
				t.Fatalf("%d count after one more approval, %d before", n, before)
			}
			if want := fmt.Sprintf("it asks for 9 approvals, and %d count", n); v.Missing[0] != want {
				t.Fatalf("said is %q, want %q", v.Missing[0], want)
			}
			before = n
		}
	})
}
