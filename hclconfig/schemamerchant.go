package hclconfig

import (
	"fmt"
	"time"

	"payrun/planner"
)

var merchantSchema = newBlock(blockType{
	kind: "merchant", labels: []string{"name"}, many: true,
	about: "One merchant account at Freedom Pay. Secrets are named, never written.",
	attrs: []attribute{
		{name: "environment", kind: kindText, need: `write "sandbox", "test" or "production"`,
			words: []string{string(planner.Sandbox), string(planner.Test), string(planner.Production)},
			about: "`\"sandbox\"`: the gateway that is built in, without money or network; `\"test\"`: the vendor's test host; `\"production\"`: money"},
		{name: "region", kind: kindText, words: []string{"kz", "kg", "uz"},
			about: "Host, currency and zone: kz KZT Asia/Almaty, kg KGS Asia/Bishkek, uz UZS Asia/Tashkent. `test` in uz needs `base_url`"},
		{name: "base_url", kind: kindText, fallback: "by region and environment",
			about: "The gateway's address; https, or plain http on this machine. In the sandbox on this machine only"},
		{name: "merchant_id", kind: kindNumber, need: "it is the number of your shop at the gateway", about: "The shop's number at the gateway"},
		{name: "secret_key_env", kind: kindText, about: "The environment variable that holds the key for payouts. Exactly one of the two, except in the sandbox"},
		{name: "secret_key_file", kind: kindText, about: "The file that holds it, relative to the directory"},
		{name: "currency", kind: kindText, fallback: "by region", about: "ISO 4217; its minor digits bound every amount"},
		{name: "time_zone", kind: kindText, fallback: "by region", about: "Of the gateway's times, of times without offset and of printed ones; a name of the IANA database"},
		{name: "api", kind: kindText, words: []string{"gateway", "merchant"},
			about: "`\"gateway\"`: calls to `/g2g/…`, user ids are integers; `\"merchant\"`: `/api/…`, user ids are `[A-Za-z0-9_-]{1,50}`"},
		{name: "post_link", kind: kindText, fallback: "required outside the sandbox",
			about: fmt.Sprintf("An https URL of yours that answers 200: at most %d characters, a path that does not end in `/`, no query", maxPostLink)},
		{name: "order_prefix", kind: kindText, fallback: "required outside the sandbox",
			about: "`[a-z0-9]{1,12}`, begins every order id; keeps apart repositories that share a merchant"},
		{name: "former_prefixes", kind: kindTexts, fallback: "none", about: "Prefixes that were used before; payments are looked for under them too"},
		{name: "max_in_flight", kind: kindNumber, fallback: fmt.Sprintf("`%d`", DefaultMaxInFlight),
			about: fmt.Sprintf("Calls at once, 1 to %d; `-parallelism` lowers it", MaxInFlight)},
		{name: "rate", kind: kindText, fallback: "`\"" + rateText(DefaultRate()) + "\"`, sandbox `\"unlimited\"`", about: "Payout calls: `\"N/s\"`, `\"N/m\"` or `\"unlimited\"`"},
		{name: "status_rate", kind: kindText, fallback: "`\"" + rateText(DefaultStatusRate()) + "\"`, sandbox `\"unlimited\"`", about: "Look-ups and status calls, which run beside the payouts"},
		{name: "timeout", kind: kindDuration, fallback: "`\"" + shortDuration(DefaultTimeout) + "\"`",
			about: fmt.Sprintf("Of one call as a whole, %s to %s", shortDuration(minTimeout), shortDuration(maxTimeout))},
		{name: "lookup_before_send", kind: kindText, words: []string{"always", "off"},
			about: "Ask for every payout before it is sent. `\"off\"` in the sandbox and on this machine only"},
	},
	blocks: []*blockType{limitsSchema},
})

// rateText writes a rate that is not unlimited as the language does.
func rateText(r Rate) string {
	if r.Per == time.Minute {
		return fmt.Sprintf("%d/m", r.Calls)
	}
	return fmt.Sprintf("%d/s", r.Calls)
}
