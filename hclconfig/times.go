package hclconfig

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"payrun/planner"
)

const maxDays = 3660

// parseDuration reads a duration of Go, such as "90m", or whole days: "35d".
func parseDuration(text string) (time.Duration, error) {
	days, ok := strings.CutSuffix(text, "d")
	if !ok {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil || n > maxDays {
		return 0, fmt.Errorf("read duration %q: a number of days has at most the digits of %d", text, maxDays)
	}
	return time.Duration(n) * 24 * time.Hour, nil
}

// shortDuration is a duration for people: "72h", not "72h0m0s".
func shortDuration(d time.Duration) string {
	text := d.String()
	if s, ok := strings.CutSuffix(text, "m0s"); ok {
		text = s + "m"
	}
	if s, ok := strings.CutSuffix(text, "h0m"); ok {
		text = s + "h"
	}
	return text
}

// timeLayouts are the forms of a time without offset.
var timeLayouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// parseTime reads RFC 3339, or a time or date without offset in a zone.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range timeLayouts {
		t, err := time.ParseInLocation(layout, text, zone)
		// A time that a change of the clock leaves out would be moved silently.
		if err == nil && t.Format(layout) == text {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf(`read time %q: write "2026-11-28 18:00", "2026-11-28" or 2026-11-28T18:00:00+05:00`, text)
}

// meantTime is " Did you mean …?" for a time as people write it here.
func meantTime(text string) string {
	for from, to := range map[string]string{"02.01.2006 15:04": "2006-01-02 15:04", "02.01.2006": "2006-01-02"} {
		if t, err := time.Parse(from, text); err == nil {
			return ` Did you mean "` + t.Format(to) + `"?`
		}
	}
	return ""
}

// periodBegins is when a period begins that is a month or a day.
func periodBegins(period string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{"2006-01", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, period, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// position is a place in the shape that plans record.
func position(r hcl.Range) planner.Position {
	return planner.Position{File: r.Filename, Line: r.Start.Line, Column: r.Start.Column}
}

// quotedList is `"a", "b" or "c"`.
func quotedList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
