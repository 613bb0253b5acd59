package policy

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// ApprovalNamespace is the namespace of the signatures: one that was made for
// anything else, a git commit for one, approves nothing.
const ApprovalNamespace = "payrun-plan"

// MaxApprovals bounds how many approvals a file may hold.
const MaxApprovals = 100

// Approval is one person's signature of a plan.
type Approval struct {
	Identity  string `json:"identity"`  // of allowed_signers
	Expires   string `json:"expires"`   // RFC 3339, UTC, whole seconds
	Signature string `json:"signature"` // sshsig, armoured
}

// ApprovalFile is what stands beside a plan file as PLAN.approvals.
type ApprovalFile struct {
	Plan      string     `json:"plan"` // digest, "sha256:…"
	Approvals []Approval `json:"approvals"`
}

// ApprovalText is what is signed. The same plan, identity and expiry give the
// same bytes whenever asked.
func ApprovalText(plan, identity, expires string) []byte {
	return fmt.Appendf(nil, "payrun approval v1\nplan %s\nidentity %s\nexpires %s\n", plan, identity, expires)
}

// CheckIdentity says whether a text can be an identity: what stands in a line of
// its own in what is signed, and as a principal in allowed_signers.
func CheckIdentity(identity string) error {
	if identity == "" || len(identity) > 200 {
		return fmt.Errorf("an identity has 1 to 200 characters, this has %d", len(identity))
	}
	if checkLine(identity) != nil || strings.ContainsAny(identity, " \t\"',*?!#\\") || strings.ContainsFunc(identity, isHidden) {
		return fmt.Errorf("the identity %q has a character that no identity has", identity)
	}
	return nil
}

// isHidden finds what two identities that look alike may differ in.
func isHidden(r rune) bool {
	return r >= 0x80 && (r <= 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202f || r >= 0x2060 && r <= 0x206f || r == 0xfeff)
}

// ParseApprovals reads a PLAN.approvals file. It says nothing about whether the
// approvals count.
func ParseApprovals(text []byte) (*ApprovalFile, error) {
	var f ApprovalFile
	if err := json.Unmarshal(text, &f, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("read approvals: %w", err)
	}
	if len(f.Approvals) > MaxApprovals {
		return nil, fmt.Errorf("read approvals: there are %d, at most %d are read", len(f.Approvals), MaxApprovals)
	}
	return &f, nil
}

// Put adds an approval. It takes the place of one by the same identity and key.
func (f *ApprovalFile) Put(a Approval) {
	key := func(a Approval) string {
		if public, err := a.Verify(f.Plan); err == nil {
			return ssh.FingerprintSHA256(public)
		}
		return ""
	}
	own := key(a)
	for i, have := range f.Approvals {
		if own != "" && have.Identity == a.Identity && key(have) == own {
			f.Approvals[i] = a
			return
		}
	}
	f.Approvals = append(f.Approvals, a)
}

// Encode writes the file.
func (f *ApprovalFile) Encode() []byte {
	text, err := json.Marshal(f, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		panic("policy: " + err.Error()) // texts alone, made valid before
	}
	return append(text, '\n')
}

// Verify checks the signature over a plan, and gives the key that made it. It
// says nothing about whose key that is.
func (a *Approval) Verify(plan string) (ssh.PublicKey, error) {
	if err := CheckIdentity(a.Identity); err != nil {
		return nil, err
	}
	if _, err := a.expires(); err != nil {
		return nil, err
	}
	sig, err := sshsig.Unarmor([]byte(a.Signature))
	if err != nil {
		return nil, fmt.Errorf("the signature cannot be read: %w", err)
	}
	if sig.Namespace != ApprovalNamespace {
		return nil, fmt.Errorf("it was signed for %q and not for %q", sig.Namespace, ApprovalNamespace)
	}
	if !sameArmour(a.Signature, sig) {
		return nil, fmt.Errorf("the signature is not written as ssh-keygen writes it")
	}
	text := ApprovalText(plan, a.Identity, a.Expires)
	if err := sshsig.Verify(bytes.NewReader(text), sig, sig.PublicKey, sig.HashAlgorithm, ApprovalNamespace); err != nil {
		return nil, fmt.Errorf("the signature does not fit plan, identity and expiry: %w", err)
	}
	return sig.PublicKey, nil
}

// sameArmour says whether a text is the armour of a signature and nothing else:
// what is read leniently here could be refused where it is checked again.
func sameArmour(text string, sig *sshsig.Signature) bool {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r", "")
	body, ok := strings.CutPrefix(text, "-----BEGIN SSH SIGNATURE-----\n")
	body, closed := strings.CutSuffix(body, "\n-----END SSH SIGNATURE-----")
	return ok && closed && strings.ReplaceAll(body, "\n", "") == base64.StdEncoding.EncodeToString(sig.Marshal())
}

// expires is the time until which the approval counts.
func (a *Approval) expires() (time.Time, error) {
	t, err := time.Parse(time.RFC3339, a.Expires)
	if err != nil || t.UTC().Format(time.RFC3339) != a.Expires {
		return time.Time{}, fmt.Errorf("expires is no time in whole seconds of UTC: %q", a.Expires)
	}
	return t, nil
}
