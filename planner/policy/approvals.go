package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// ApprovalRule is the policy of an approvals block at one commit.
type ApprovalRule struct {
	Name     string // for people: "the policy of the files", "the policy of the last apply"
	Required int
	Signers  *Signers
}

// ApprovalInput is all that the judgment of approvals depends on.
type ApprovalInput struct {
	Plan     string    // digest of the plan to be applied
	Now      time.Time // of the real clock
	File     *ApprovalFile
	Rules    []ApprovalRule // every one must be satisfied
	Excluded []string       // identities and names whose approval does not count: they wrote what is approved
}

// JudgedApproval is one approval and why it does not count.
type JudgedApproval struct {
	Approval *Approval
	Key      string // fingerprint, "SHA256:…"; empty where the signature is not good
	Reason   string // empty = it counts, under every rule
}

// ApprovalVerdict is the outcome.
type ApprovalVerdict struct {
	Judged  []JudgedApproval // in the order of the file
	Missing []string         // rules that are not satisfied, one line each; none = approved
}

// Approved says whether every rule is satisfied.
func (v *ApprovalVerdict) Approved() bool { return len(v.Missing) == 0 }

// vote is an approval whose signature is good.
type vote struct {
	identity string // in lower case: two spellings are one person
	key      string
	public   ssh.PublicKey
	judged   *JudgedApproval
}

// JudgeApprovals says which approvals count and whether they are enough. One
// that does not count has its reason and takes nothing from the others. Two keys
// of one identity count once, and one key counts for one identity.
func JudgeApprovals(in ApprovalInput) *ApprovalVerdict {
	out := &ApprovalVerdict{}
	var good []vote
	if in.File != nil {
		out.Judged = make([]JudgedApproval, len(in.File.Approvals))
		for i := range in.File.Approvals {
			j := &out.Judged[i]
			j.Approval = &in.File.Approvals[i]
			if v := in.vote(j); v != nil {
				good = append(good, *v)
			}
		}
	}
	for _, rule := range in.Rules {
		var allowed []vote
		for _, v := range good {
			if reason := in.objection(rule, v); reason == "" {
				allowed = append(allowed, v)
			} else if v.judged.Reason == "" {
				v.judged.Reason = reason
			}
		}
		chosen := distinct(allowed)
		for i, v := range allowed {
			if !chosen[i] && v.judged.Reason == "" {
				v.judged.Reason = "its identity or key is counted already"
			}
		}
		if n := len(chosen); n < rule.Required {
			out.Missing = append(out.Missing, fmt.Sprintf("%s asks for %s, and %d count", rule.Name, plural(rule.Required, "approval"), n))
		}
	}
	return out
}

// vote checks what does not depend on a rule.
func (in *ApprovalInput) vote(j *JudgedApproval) *vote {
	if in.File.Plan != in.Plan {
		j.Reason = "the file is about another plan, " + in.File.Plan
		return nil
	}
	public, err := j.Approval.Verify(in.Plan)
	if err != nil {
		j.Reason = err.Error()
		return nil
	}
	j.Key = ssh.FingerprintSHA256(public)
	if until, _ := j.Approval.expires(); !in.Now.Before(until) { // Verify has read it
		j.Reason = "it expired at " + j.Approval.Expires
		return nil
	}
	return &vote{identity: strings.ToLower(j.Approval.Identity), key: j.Key, public: public, judged: j}
}

// objection says why a good signature does not count under a rule, or returns "".
func (in *ApprovalInput) objection(rule ApprovalRule, v vote) string {
	if err := rule.Signers.Allows(v.judged.Approval.Identity, v.public, in.Now); err != nil {
		return rule.Name + ": " + err.Error()
	}
	for _, one := range in.Excluded {
		if strings.EqualFold(one, v.identity) {
			return v.judged.Approval.Identity + " wrote what is approved, since the last apply"
		}
		if slices.ContainsFunc(in.Rules, func(r ApprovalRule) bool { return r.Signers.holds(one, v.public) }) {
			return "the key is that of " + one + ", who wrote what is approved, since the last apply"
		}
	}
	return ""
}

// Allows says why a key may not sign for an identity at a moment, or returns
// nil.
func (s *Signers) Allows(identity string, key ssh.PublicKey, at time.Time) error {
	reason := ""
	for i := range s.lines {
		one := &s.lines[i]
		if !sameKey(one.key, key) || !matchPatterns(one.principals, identity) {
			continue
		}
		switch {
		case one.namespaces != nil && !matchPatterns(one.namespaces, ApprovalNamespace):
			reason = fmt.Sprintf("line %d allows the key for other namespaces alone", one.line)
		case at.Before(one.validAfter):
			reason = fmt.Sprintf("line %d: the key is valid after %s", one.line, one.validAfter.UTC().Format(time.RFC3339))
		case !one.validBefore.IsZero() && !at.Before(one.validBefore):
			reason = fmt.Sprintf("line %d: the key was valid before %s", one.line, one.validBefore.UTC().Format(time.RFC3339))
		default:
			return nil
		}
	}
	if reason == "" {
		reason = "the allowed signers have no such key for " + identity
	}
	return fmt.Errorf("%s", reason)
}

// Identities are the principals without patterns that may sign with a key, in the
// order of the file.
func (s *Signers) Identities(key ssh.PublicKey) []string {
	var out []string
	for i := range s.lines {
		if !sameKey(s.lines[i].key, key) {
			continue
		}
		for _, p := range s.lines[i].principals {
			if CheckIdentity(p) == nil && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// holds says whether a key may belong to a name, whatever it is valid for: who
// holds two names on one key is one person.
func (s *Signers) holds(name string, key ssh.PublicKey) bool {
	name = strings.ToLower(name)
	for i := range s.lines {
		if !sameKey(s.lines[i].key, key) {
			continue
		}
		for _, p := range s.lines[i].principals {
			if !strings.HasPrefix(p, "!") && matchPattern(strings.ToLower(p), name) {
				return true
			}
		}
	}
	return false
}

func sameKey(a, b ssh.PublicKey) bool { return string(a.Marshal()) == string(b.Marshal()) }

// distinct chooses as many votes as it can, no two with one identity or one
// key: a largest matching, so that no vote more makes it smaller.
func distinct(votes []vote) map[int]bool {
	byKey := make(map[string]int) // key → index of the vote that uses it
	var place func(identity string, tried map[string]bool) bool
	place = func(identity string, tried map[string]bool) bool {
		for i, v := range votes {
			if v.identity != identity || tried[v.key] {
				continue
			}
			tried[v.key] = true
			holder, taken := byKey[v.key]
			if !taken || place(votes[holder].identity, tried) {
				byKey[v.key] = i
				return true
			}
		}
		return false
	}
	var seen []string
	for _, v := range votes {
		if !slices.Contains(seen, v.identity) {
			seen = append(seen, v.identity)
			place(v.identity, make(map[string]bool))
		}
	}
	chosen := make(map[int]bool, len(byKey))
	for _, i := range byKey {
		chosen[i] = true
	}
	return chosen
}
