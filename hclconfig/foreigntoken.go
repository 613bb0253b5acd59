package hclconfig

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"payrun/planner"
)

// tokenText finds what is written like the gateway's card tokens.
var tokenText = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// foreignTokens refuses a payout that holds the card token of another payout
// in a key or a text: it would be recorded and shown whole. Texts that look
// like tokens are collected first, as there are none in nearly all files, and
// a set of all tokens would be the largest thing in memory.
func (l *loader) foreignTokens() {
	seen := l.tokenTexts()
	if len(seen) == 0 {
		return
	}
	for i := range l.cfg.Batches {
		for j := range l.cfg.Batches[i].Payouts {
			token := strings.ToLower(l.cfg.Batches[i].Payouts[j].Token.Reveal())
			if places, found := seen[token]; found {
				for _, p := range places {
					l.fail(msgForeignToken, hcl.Range{}, p.attribute, p.at)
				}
				delete(seen, token)
			}
		}
	}
}

// tokenPlace is where a text that looks like a token stands.
type tokenPlace struct {
	attribute string
	at        planner.Position // of the payout
}

// tokenTexts are the texts of all payouts that look like card tokens, and where
// each stands.
func (l *loader) tokenTexts() map[string][]tokenPlace {
	seen := make(map[string][]tokenPlace)
	last := "" // thousands of payouts share the text of their batch
	for i := range l.cfg.Batches {
		b := &l.cfg.Batches[i]
		for j := range b.Payouts {
			p := &b.Payouts[j]
			for _, text := range [...]struct{ name, value string }{
				{"key", p.Address.Key}, {"description", p.Description}, {"label", p.Label}, {"order_id", p.OrderID}, {"hold", p.Hold},
				{"hold", b.Hold}, {"allow_duplicate", p.AllowDuplicate}, {"user_id", p.UserID},
			} {
				if len(text.value) < 36 || text.value == last {
					continue
				}
				last = text.value
				for _, found := range tokenText.FindAllString(text.value, -1) {
					found = strings.ToLower(found)
					seen[found] = append(seen[found], tokenPlace{text.name, p.Position})
				}
			}
		}
	}
	return seen
}
