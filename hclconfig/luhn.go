package hclconfig

import "iter"

// issuer is a range of first digits and the lengths that its cards have.
type issuer struct {
	low, high int // of the first `digits` digits
	digits    int
	shortest  int
	longest   int
}

// issuers are the ranges of ISO/IEC 7812 that cards of the region carry. Length
// 12 is left out: Kazakh personal numbers have it.
var issuers = []issuer{
	{4, 4, 1, 13, 13}, {4, 4, 1, 16, 16}, {4, 4, 1, 19, 19}, // Visa
	{51, 55, 2, 16, 16}, {2221, 2720, 4, 16, 16}, // Mastercard
	{34, 34, 2, 15, 15}, {37, 37, 2, 15, 15}, // American Express
	{2200, 2204, 4, 16, 19},                                                   // Mir
	{62, 62, 2, 16, 19},                                                       // UnionPay
	{5018, 5018, 4, 13, 19}, {5020, 5020, 4, 13, 19}, {5038, 5038, 4, 13, 19}, // Maestro
	{5893, 5893, 4, 13, 19}, {6304, 6304, 4, 13, 19}, {6759, 6763, 4, 13, 19},
	{6011, 6011, 4, 16, 19}, {644, 659, 3, 16, 19}, // Discover
	{3528, 3589, 4, 16, 19},                                         // JCB
	{300, 305, 3, 14, 19}, {36, 36, 2, 14, 19}, {38, 39, 2, 14, 19}, // Diners Club
	{8600, 8600, 4, 16, 16}, {5614, 5614, 4, 16, 16}, // Uzcard
	{9860, 9860, 4, 16, 16}, // Humo
	{9417, 9417, 4, 16, 16}, // Elkart
}

const (
	shortestCard = 13
	longestCard  = 19
)

// cardNumbers yields the byte range of every whole run of digits in text that
// is a card number: known first digits, their length, and a right check digit.
func cardNumbers(text string) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for i := 0; i < len(text); i++ {
			if !isDigit(text[i]) {
				continue
			}
			from := i
			for i < len(text) && isDigit(text[i]) {
				i++
			}
			if isCardNumber(text[from:i]) && !yield(from, i) {
				return
			}
		}
	}
}

// groupedCards yields the byte range of every card number that is grouped by
// spaces or dashes, as cards show them. Such a text is no reason to refuse a
// file, but nothing repeats it.
func groupedCards(text string) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for from := range len(text) {
			if !isDigit(text[from]) {
				continue
			}
			if to := embossed(text, from); to > 0 && !yield(from, to) {
				return
			}
		}
	}
}

// embossing is how cards show their digits: the lengths of the groups.
var embossing = [][]int{{4, 4, 4, 4}, {4, 6, 5}}

// embossed is the end of a grouped card number that begins at from, or 0.
func embossed(text string, from int) int {
	if from > 0 && !apart(text[from-1]) {
		return 0
	}
	for _, groups := range embossing {
		digits, at := make([]byte, 0, longestCard), from
		for i, n := range groups {
			if i > 0 && at < len(text) && (text[at] == ' ' || text[at] == '-') {
				at++
			}
			for range n {
				if at < len(text) && isDigit(text[at]) {
					digits = append(digits, text[at])
					at++
				}
			}
		}
		grouped := at-from == len(digits)+len(groups)-1
		if grouped && (at == len(text) || apart(text[at])) && isCardNumber(string(digits)) {
			return at
		}
	}
	return 0
}

// apart says whether a character cannot belong to a longer code, such as the
// groups of a card token.
func apart(b byte) bool {
	return b != '-' && !isDigit(b) && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') && b < 0x80
}

// cardNumber returns the first card number in text, masked.
func cardNumber(text string) (masked string, found bool) {
	for from, to := range cardNumbers(text) {
		return "…" + text[to-4:to], from < to
	}
	return "", false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isCardNumber(run string) bool {
	if len(run) < shortestCard || len(run) > longestCard {
		return false
	}
	for _, is := range issuers {
		first := 0
		for _, d := range []byte(run[:is.digits]) {
			first = first*10 + int(d-'0')
		}
		if first >= is.low && first <= is.high && len(run) >= is.shortest && len(run) <= is.longest {
			return luhn(run)
		}
	}
	return false
}

// luhn says whether the last digit is the check digit of ISO/IEC 7812-1.
func luhn(run string) bool {
	sum := 0
	for i := range len(run) {
		d := int(run[len(run)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
