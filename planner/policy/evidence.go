package policy

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
)

// Evidence is the approval as the state keeps it, in one line: identity, expiry,
// and the signature in base64, which with the plan's digest can be verified
// again by whoever holds the public key.
func (a *Approval) Evidence() string {
	sig, err := sshsig.Unarmor([]byte(a.Signature))
	if err != nil {
		return a.Identity + " " + a.Expires
	}
	return a.Identity + " " + a.Expires + " " + base64.StdEncoding.EncodeToString(sig.Marshal())
}

// ParseEvidence reads the line that Evidence wrote. Whether the signature is
// good, and whose it is, JudgeApprovals says.
func ParseEvidence(line string) (*Approval, error) {
	fields := strings.Split(line, " ")
	if len(fields) != 3 {
		return nil, fmt.Errorf("read the evidence of an approval: it has %s, not identity, expiry and signature", plural(len(fields), "part"))
	}
	blob, err := base64.StdEncoding.Strict().DecodeString(fields[2])
	if err != nil {
		return nil, fmt.Errorf("read the evidence of an approval: the signature of %q is no base64", fields[0])
	}
	sig, err := sshsig.ParseSignature(blob)
	if err != nil {
		return nil, fmt.Errorf("read the evidence of an approval: the signature of %q cannot be read: %w", fields[0], err)
	}
	return &Approval{Identity: fields[0], Expires: fields[1], Signature: string(sshsig.Armor(sig))}, nil
}
