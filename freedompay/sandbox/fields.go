package sandbox

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"
)

// Codes the gateway answers with by its own rules.
const (
	codeBadField     = 200   // first generation: missing or bad parameter
	codeBadSignature = 1100  // HTTP 401, unsigned
	codeLowBalance   = 8888  // the payout balance is too low
	codeNoPostLink   = 9993  // the post link is missing
	codeNoMerchant   = 9998  // the merchant is not identified, unsigned
	codeMinimum      = 10030 // less than the minimum amount
	codeExpired      = 10018 // the order's time limit has passed
	codeUnknown      = 11068 // no such payment
	codeUnpaid       = 10001 // how an ok-unpaid payment ends
)

// Bounds from the Merchant API's payout pages.
const (
	amountMinMinor     = 1
	amountMaxMinor     = 99_999_999_00 // Merchant API alone
	orderIDMaxRunes    = 50
	descriptionMax     = 255
	postLinkMax        = 255
	timeLimitLayout    = "2006-01-02 15:04:05"
	merchantUserIDRule = `^[A-Za-z0-9_-]{1,50}$`
)

var merchantUserID = regexp.MustCompile(merchantUserIDRule)

// fieldError is a field that a page's rules refuse.
type fieldError struct {
	code int
	text string // never the value: it may be a secret in the wrong place
}

func badField(name, want string) *fieldError {
	return &fieldError{codeBadField, fmt.Sprintf("%s: want %s", name, want)}
}

// check applies the field rules of the call's page; nil means sound.
func (c *call) check(zone *time.Location) *fieldError {
	switch {
	case c.repeated != "":
		return badField(clean(c.repeated), "the field once")
	case c.get("pg_salt") == "":
		return badField("pg_salt", "a salt")
	case c.call == CallBalance:
		return c.checkBalance()
	}
	if n := utf8.RuneCountInString(c.get("pg_order_id")); n < 1 || n > orderIDMaxRunes {
		return badField("pg_order_id", "1 to 50 characters")
	}
	if c.call == CallStatus {
		return c.checkStatus()
	}
	if err := c.checkMoney(); err != nil {
		return err
	}
	if _, err := c.timeLimit(zone); err != nil {
		return badField("pg_order_time_limit", "Y-m-d H:i:s")
	}
	return c.checkPayee()
}

func (c *call) checkBalance() *fieldError {
	currency := c.get("pg_currency")
	if currency == "" && c.api == APIMerchant {
		return nil
	}
	if len(currency) != 3 {
		return badField("pg_currency", "three letters")
	}
	return nil
}

func (c *call) checkStatus() *fieldError {
	id := c.get("pg_payment_id")
	if id == "" {
		return nil
	}
	if n, err := strconv.ParseInt(id, 10, 64); err != nil || n < 0 {
		return badField("pg_payment_id", "an integer")
	}
	return nil
}

func (c *call) checkMoney() *fieldError {
	minor, err := parseMinor(c.get("pg_amount"))
	switch {
	case err != nil:
		return badField("pg_amount", "a decimal with at most two fraction digits")
	case minor < amountMinMinor:
		return &fieldError{codeMinimum, "pg_amount: want at least 0.01"}
	case minor > amountMaxMinor && c.api == APIMerchant:
		return badField("pg_amount", "at most 99999999")
	}
	return nil
}

// checkPayee holds what the two flavours disagree about.
func (c *call) checkPayee() *fieldError {
	user, link, words := c.get("pg_user_id"), c.get("pg_post_link"), c.get("pg_description")
	_, notInteger := strconv.ParseInt(user, 10, 64)
	switch {
	case words == "" || utf8.RuneCountInString(words) > descriptionMax:
		return badField("pg_description", "1 to 255 characters")
	case link == "":
		return &fieldError{codeNoPostLink, "pg_post_link: missing"}
	case c.api == APIGateway && notInteger != nil:
		return badField("pg_user_id", "an integer")
	case c.api == APIMerchant && !merchantUserID.MatchString(user):
		return badField("pg_user_id", "1 to 50 of A-Z a-z 0-9 _ -")
	case c.api == APIMerchant && len(link) > postLinkMax:
		return badField("pg_post_link", "at most 255 characters")
	case c.api == APIMerchant && c.get("pg_card_token_to") == "":
		return badField("pg_card_token_to", "a card token")
	}
	return nil
}

// timeLimit reads pg_order_time_limit: local time of the zone, or on /g2g,
// whose page gives no format, also RFC 3339.
func (c *call) timeLimit(zone *time.Location) (time.Time, error) {
	text := c.get("pg_order_time_limit")
	at, err := time.ParseInLocation(timeLimitLayout, text, zone)
	if err != nil && c.api == APIGateway {
		at, err = time.Parse(time.RFC3339, text)
	}
	return at, err
}
