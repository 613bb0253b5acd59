package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"
)

// emptyOption names the option of a command line that is written with "=" and
// nothing behind it, or "". The parser would take -auto-approve="$UNSET" for a
// yes, and pay.
func emptyOption(args []string) string {
	for _, arg := range args {
		if arg == "--" {
			return ""
		}
		name, ok := strings.CutSuffix(arg, "=")
		if ok && strings.HasPrefix(name, "-") && !strings.Contains(name, "=") {
			return strings.TrimLeft(name, "-")
		}
	}
	return ""
}

// asksForJSON says whether a command line asks for machine output, also where
// it cannot be parsed.
func asksForJSON(args []string) bool {
	for _, arg := range args {
		switch arg {
		case "--":
			return false
		case "-json", "--json", "-json=true", "--json=true":
			return true
		}
	}
	return false
}

// badValue is what the parser says about an option's value.
var badValue = regexp.MustCompile(`(?s)^invalid value (".*") for flag -+([a-z-]+): (.*)$`)

// usageError turns what the parser says into an error of ours.
func usageError(_ context.Context, c *cli.Command, err error, _ bool) error {
	message := strings.TrimSpace(err.Error())
	if name, ok := strings.CutPrefix(message, "flag provided but not defined: -"); ok {
		return unknownOption(c, name)
	}
	if name, ok := strings.CutPrefix(message, "flag needs an argument: "); ok {
		return usage("the option -%s needs a value: write -%[1]s=…", strings.TrimLeft(name, "-"))
	}
	if found := badValue.FindStringSubmatch(message); found != nil {
		value, err := strconv.Unquote(found[1])
		if err == nil {
			return valueError(found[2], value, found[3])
		}
	}
	return fail(exitError, fmt.Errorf("read the command line: %s", message))
}

// valueError says what is wrong with the value of an option.
func valueError(option, value, reason string) error {
	switch {
	case strings.Contains(reason, "duplicate this flag"):
		return usage("the option -%s is given twice; write it once", option)
	case value == "":
		return usage("the option -%s is empty", option)
	case strings.HasPrefix(reason, "strconv."):
		return usage("-%s=%s is no whole number that fits", option, value)
	case reason == "parse error":
		return usage("-%s=%s: write -%[1]s alone, or -%[1]s=false", option, value)
	}
	return usage("-%s: %s", option, reason)
}

// unknownOption names what a mistyped option most likely means.
func unknownOption(c *cli.Command, given string) error {
	name := strings.TrimLeft(given, "-")
	known := flagNames(c)
	switch near := nearest(name, known); {
	case slices.Contains(known, name):
		return usage("-%s: an option begins with one dash or two; write -%s", given, name)
	case near != "":
		return usage("%s has no option -%s; did you mean -%s?", c.FullName(), name, near)
	case c.FullName() == "payrun" && isCommandOption(commands(), name):
		return usage("payrun has no option -%s before the command; write it behind: payrun COMMAND -%[1]s", name)
	}
	return usage("%s has no option -%s; \"%s -help\" lists them", c.FullName(), name, c.FullName())
}

func isCommandOption(all []command, name string) bool {
	for _, c := range all {
		for _, f := range append(c.flags, commonFlags()...) {
			if slices.Contains(f.Names(), name) {
				return true
			}
		}
	}
	return false
}

func flagNames(c *cli.Command) []string {
	var names []string
	for _, f := range c.Flags {
		names = append(names, f.Names()...)
	}
	return names
}
