package hclconfig

import (
	"regexp"
	"strings"
)

var (
	// plainToken finds a card token that is no key of an address: ["…"] is what
	// people copy into the next command, and the loader lets no token be a key.
	plainToken = regexp.MustCompile(`(?i)(\[")?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	// accounts find what may be an IBAN; its check digits decide.
	accounts = regexp.MustCompile(`(?i)\b[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}\b`)
)

// Scrub masks what looks like a card token, a card number or an IBAN in a text
// that is about to be shown or recorded, such as what a person typed as a
// reason. Numbers are masked only where their check digits are right, so that
// order ids, digests and numbers of statements stay.
func Scrub(text string) string {
	b := []byte(text)
	for _, at := range plainToken.FindAllSubmatchIndex(b, -1) {
		if at[2] < 0 {
			maskBytes(b, at[0], at[1])
		}
	}
	for _, at := range accounts.FindAllIndex(b, -1) {
		if isIBAN(strings.ToUpper(string(b[at[0]:at[1]]))) {
			maskBytes(b, at[0], at[1])
		}
	}
	for from, to := range cardNumbers(text) {
		if alone(text, from, to) {
			maskAll(b, from, to-4)
		}
	}
	for from, to := range groupedCards(text) {
		maskAll(b, from, to-4)
	}
	return string(b)
}

// alone says that no letter touches a run of digits, as in a digest.
func alone(text string, from, to int) bool {
	letter := func(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
	return (from == 0 || !letter(text[from-1])) && (to == len(text) || !letter(text[to]))
}
