package sandbox

import (
	"strconv"

	"payrun/freedompay"
)

// route is what a path stands for.
type route struct {
	call   string
	api    string
	script string // signs the call and its answer: the last segment of the path
}

// routes are the paths served, from the pages "Token Payout", "Get payout
// status" and "Balance" of the Gateway API and their Merchant API twins.
var routes = map[string]route{
	"/g2g/reg2reg":         {CallPayout, APIGateway, "reg2reg"},
	"/g2g/payout_status2":  {CallStatus, APIGateway, "payout_status2"},
	"/g2g/balance_status":  {CallBalance, APIGateway, "balance_status"},
	"/api/reg2reg":         {CallPayout, APIMerchant, "reg2reg"},
	"/api/payment_status2": {CallStatus, APIMerchant, "payment_status2"},
	"/api/balance_status":  {CallBalance, APIMerchant, "balance_status"},
}

// call is one call as received.
type call struct {
	route
	fields   []freedompay.Field
	repeated string // name of a field that came twice, "" if none
	merchant int64  // 0 if pg_merchant_id is no positive integer
	minor    int64  // pg_amount in minor units, 0 if unreadable
	signed   bool
	key      orderKey // as in the ledger, so that a replay counts the same
}

func newCall(rt route, fields []freedompay.Field, key string) *call {
	c := &call{route: rt, fields: fields}
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		if seen[f.Name] {
			c.repeated = f.Name
		}
		seen[f.Name] = true
	}
	if id, err := strconv.ParseInt(c.get("pg_merchant_id"), 10, 64); err == nil && id > 0 {
		c.merchant = id
	}
	if minor, err := parseMinor(c.get("pg_amount")); err == nil {
		c.minor = minor
	}
	c.signed = freedompay.Verify(rt.script, fields, key)
	c.key = orderKey{clean(c.get("pg_merchant_id")), plain(c.get("pg_order_id"))}
	if c.merchant > 0 {
		c.key.merchant = strconv.FormatInt(c.merchant, 10)
	}
	return c
}

// get returns the first field of a name, "" if there is none.
func (c *call) get(name string) string {
	for _, f := range c.fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// line is the ledger's record of what was received.
func (c *call) line(currency string) Line {
	line := Line{
		Call: c.call, API: c.api, MerchantID: c.key.merchant, OrderID: c.key.order, Signature: c.signed,
		UserID: clean(c.get("pg_user_id")), Description: clean(c.get("pg_description")),
		OrderTimeLimit: clean(c.get("pg_order_time_limit")), Currency: clean(c.get("pg_currency")),
	}
	if c.call != CallPayout {
		return line
	}
	line.Currency = currency
	line.Amount = clean(c.get("pg_amount"))
	if c.minor > 0 {
		line.Amount = formatMinor(c.minor)
	}
	if token := c.get("pg_card_token_to"); token != "" {
		line.Destination, line.Fingerprint = maskToken(token), Fingerprint(c.merchant, token)
	}
	return line
}
