package main

import (
	"testing"

	"payrun/planner/payout"
)

func TestPatternHint(t *testing.T) {
	known := []payout.Address{
		payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001"),
		payout.NewAddress("salaries", "2026-11", "staff").WithKey("aidar"),
		payout.NewAddress("salaries", "2026-11", "director"),
	}
	general := "write a batch, or an address such as 'salaries[\"2026-11\"].staff[\"1001\"]', where * stands for anything and ? for one character"
	for pattern, want := range map[string]string{
		`salary`:                            `did you mean -exclude='salaries'?`,
		`salaris*`:                          `did you mean -exclude='salaries*'?`,
		`*.stafff[*]`:                       `did you mean -exclude='*.staff[*]'?`,
		`salaries["2026-10"].staff`:         `did you mean -exclude='salaries["2026-11"].staff'?`,
		`salaries["2026-11"].staf["adar"]`:  `did you mean -exclude='salaries["2026-11"].staff["aidar"]'?`,
		`salaries[2026-11].staff[1001]`:     `the shell has taken the quotation marks away; put the address into single ones: -exclude='salaries["2026-11"].staff["1001"]'`,
		`salaries["2026-11"].staff["1003"]`: general,
		`bonus`:                             general,
		``:                                  general,
		`"`:                                 general,
	} {
		if got := patternHint("exclude", pattern, known); got != want {
			t.Errorf("%s: %s, want %s", pattern, got, want)
		}
	}
	if got := patternHint("target", "x", nil); got != general {
		t.Errorf("of nothing: %s", got)
	}
}
