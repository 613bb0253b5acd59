package statefile

import "payrun/planner/payout"

// appendAddress writes Address.String as a JSON string, without its
// allocations where nothing in the address needs an escape.
func appendAddress(b []byte, a *payout.Address) []byte {
	if !bare(a.Batch) || !bare(a.Period) || !bare(a.Name) || !bare(a.Key) {
		return appendString(b, a.String())
	}
	b = append(append(b, '"'), a.Batch...)
	b = append(append(b, `[\"`...), a.Period...)
	b = append(append(b, `\"].`...), a.Name...)
	if a.HasKey {
		b = append(append(append(b, `[\"`...), a.Key...), `\"]`...)
	}
	return append(b, '"')
}

// bare says whether neither an address nor JSON escapes anything in s.
func bare(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c >= 0x7f, c == '"', c == '\\', c == '$', c == '%':
			return false
		}
	}
	return true
}
