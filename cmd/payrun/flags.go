package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/urfave/cli/v3"

	"payrun/hclconfig"
)

// commonFlags are options of every command.
func commonFlags() []cli.Flag {
	return []cli.Flag{
		flag("json", "print machine output only"),
		flag("no-color", "print without colour"),
	}
}

// configFlags are options of the commands that read the configuration.
func configFlags(more ...cli.Flag) []cli.Flag {
	return append(more,
		list("var", "NAME=VALUE", "set a variable to `NAME=VALUE`; may be repeated"),
		list("var-file", "FILE", "read variables from `FILE`; may be repeated"),
		text("identity", "FILE", "open encrypted row files with the keys in `FILE`; else PAYRUN_AGE_IDENTITY"),
	)
}

// lockFlags are options of the commands that change the state.
func lockFlags(more ...cli.Flag) []cli.Flag {
	return append(more, span("lock-timeout", "wait as long as `DURATION` for the lock", 0))
}

// compactFlag shortens warnings that stand beside no error.
func compactFlag() cli.Flag {
	return flag("compact-warnings", "show warnings as one line each")
}

func flag(name, usage string) cli.Flag {
	return &cli.BoolFlag{Name: name, Usage: usage, OnlyOnce: true}
}

func text(name, _, usage string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: usage, OnlyOnce: true}
}

func list(name, _, usage string) cli.Flag {
	return &cli.StringSliceFlag{Name: name, Usage: usage}
}

func span(name, usage string, fallback time.Duration) cli.Flag {
	return &cli.GenericFlag{Name: name, Usage: usage, Value: &duration{Duration: fallback}, OnlyOnce: true}
}

// givenReason is the value of -reason. It is recorded and shown, so that what
// looks like a card or an account is masked in it.
func givenReason(c *cli.Command) string {
	return hclconfig.Scrub(strings.TrimSpace(c.String("reason")))
}

// duration is a time.Duration that also takes days: 35d.
type duration struct {
	time.Duration
}

// Set reads 90s, 2m, 1h30m or 35d.
func (d *duration) Set(text string) error {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 3650 {
			return fmt.Errorf("%q is no duration; write 90s, 2m, 1h30m or 35d", text)
		}
		d.Duration = time.Duration(n) * 24 * time.Hour
		return nil
	}
	if text == "0" {
		d.Duration = 0
		return nil
	}
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is no duration; write 90s, 2m, 1h30m or 35d", text)
	}
	d.Duration = parsed
	return nil
}

// Get returns the duration.
func (d *duration) Get() any { return d.Duration }

// durationOf reads an option made by span.
func durationOf(c *cli.Command, name string) time.Duration {
	if d, ok := c.Generic(name).(*duration); ok {
		return d.Duration
	}
	if d, ok := c.Value(name).(time.Duration); ok {
		return d
	}
	return 0
}

// nearest is the known word that a mistyped one most likely means, or "".
func nearest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(word, k, nil); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	return best
}
