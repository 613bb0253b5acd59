package statefile

import (
	"strings"

	"payrun/planner/payout"
)

// Parts is what a ledger says, as it stands in a state file: the line of each
// payout by its address, and each other member by its name.
func Parts(l *payout.Ledger) (map[string]string, error) {
	d := &document{ledger: l}
	if err := d.complete(); err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := d.encode(&b, fileForm); err != nil {
		return nil, err
	}
	parts, section := make(map[string]string), ""
	for line := range strings.Lines(b.String()) {
		name, isMember := strings.CutPrefix(line, `  "`)
		switch address, isRecord := strings.CutPrefix(line, `    {"address":"`); {
		case isMember:
			section, _, _ = strings.Cut(name, `"`)
			parts[section] += line
		case isRecord && section == "payouts":
			address, _, _ = strings.Cut(address, `","`)
			parts["payout "+strings.ReplaceAll(address, `\"`, `"`)] = strings.TrimRight(line, ",\n")
		default:
			parts[section] += line
		}
	}
	// These follow from the rest.
	delete(parts, "totals")
	delete(parts, "payouts")
	return parts, nil
}

// Fixtures that the tests outside of the package share.
var (
	StaffAddress = staffAddress
	NewIntent    = testIntent
	NewMerchant  = testMerchant
	NewRun       = testRun
)
