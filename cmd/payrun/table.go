package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// command is one row of the command table.
type command struct {
	name    string
	args    string // as the help shows them
	summary string
	about   string // more than the summary, for the command's help
	min     int    // arguments
	max     int
	flags   []cli.Flag
	run     func(p *program, c *cli.Command) error
	sub     []command
}

// commands is the table, in the order of the help.
func commands() []command {
	return []command{
		initCommand(), validateCommand(), fmtCommand(), planCommand(), approveCommand(), applyCommand(), reconcileCommand(), resolveCommand(),
		showCommand(), stateCommand(), logCommand(), outputCommand(), consoleCommand(), balanceCommand(),
		explainCommand(), lockCommand(), sandboxCommand(), testCommand(), versionCommand(), completionCommand(),
	}
}

// command builds the command line.
func (p *program) command() *cli.Command {
	root := &cli.Command{
		Name:                      "payrun",
		Usage:                     "pays batches of payouts that files declare, each of them once",
		UsageText:                 "payrun [-chdir=DIR] COMMAND [options] [arguments]",
		Flags:                     []cli.Flag{text("chdir", "DIR", "run as if started in `DIR`")},
		HideVersion:               true,
		HideHelpCommand:           true,
		Writer:                    singleDash{p.stdout},
		ErrWriter:                 p.stderr,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(context.Context, *cli.Command, error) {},
		OnUsageError:              usageError,
		Before:                    p.chdir,
		Action:                    p.unknown(commands()),
	}
	for _, c := range commands() {
		root.Commands = append(root.Commands, p.build(c))
	}
	return root
}

// chdir takes the directory that every other path is relative to.
func (p *program) chdir(ctx context.Context, c *cli.Command) (context.Context, error) {
	if !c.IsSet("chdir") {
		return ctx, nil
	}
	p.dir = c.String("chdir")
	info, err := os.Stat(p.dir)
	switch {
	case err != nil:
		return ctx, fail(exitError, fmt.Errorf("use -chdir=%s: %w", p.dir, plain(err)))
	case !info.IsDir():
		return ctx, usage("use -chdir=%s: it is not a directory", p.dir)
	}
	return ctx, nil
}

// build makes one command and those below it.
func (p *program) build(c command) *cli.Command {
	built := &cli.Command{
		Name:                      c.name,
		Usage:                     c.summary,
		Description:               c.about,
		ArgsUsage:                 c.args,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(context.Context, *cli.Command, error) {},
		OnUsageError:              usageError,
	}
	if c.run == nil {
		built.Action = p.unknown(c.sub)
		for _, s := range c.sub {
			built.Commands = append(built.Commands, p.build(s))
		}
		return built
	}
	built.Flags = append(slices.Clone(c.flags), commonFlags()...)
	built.Action = func(_ context.Context, parsed *cli.Command) error {
		p.json = parsed.Bool("json")
		p.noColor = parsed.Bool("no-color")
		if err := checkArguments(c, parsed); err != nil {
			return err
		}
		return c.run(p, parsed)
	}
	return built
}

// unknown answers a group that was called without a command, or with a word
// that is none.
func (p *program) unknown(known []command) cli.ActionFunc {
	return func(_ context.Context, c *cli.Command) error {
		if c.Args().Len() == 0 {
			if err := cli.ShowSubcommandHelp(c); err != nil {
				return err
			}
			return exit(exitError)
		}
		word := c.Args().First()
		names := make([]string, len(known))
		for i, k := range known {
			names[i] = k.name
		}
		if near := nearest(word, names); near != "" {
			return usage("%q is no command of %s; did you mean %q?", word, c.FullName(), near)
		}
		return usage("%q is no command of %s; known are: %s", word, c.FullName(), strings.Join(names, ", "))
	}
}

// checkArguments counts arguments and refuses empty ones and empty options.
func checkArguments(c command, parsed *cli.Command) error {
	for _, arg := range parsed.Args().Slice() {
		if arg == "" {
			return usage("an argument of %s is empty", c.name)
		}
	}
	n := parsed.Args().Len()
	switch {
	case n < c.min:
		return usage("%s takes %s: payrun %s", c.name, countedArguments(c), strings.TrimSpace(parsed.FullName()[len("payrun"):]+" "+c.args))
	case n > c.max:
		return usage("%s takes %s; the first too many is %q", c.name, countedArguments(c), parsed.Args().Get(c.max))
	}
	return checkOptions(parsed)
}

func countedArguments(c command) string {
	switch {
	case c.max == 0:
		return "no arguments"
	case c.min == 0 && c.max == 1:
		return "at most one argument"
	case c.min == c.max && c.max == 1:
		return "one argument"
	case c.min == c.max:
		return fmt.Sprintf("%d arguments", c.max)
	}
	return fmt.Sprintf("%d to %d arguments", c.min, c.max)
}

func checkOptions(parsed *cli.Command) error {
	for _, name := range parsed.FlagNames() {
		switch value := parsed.Value(name).(type) {
		case string:
			if value == "" && parsed.IsSet(name) {
				return usage("the option -%s is empty", name)
			}
		case []string:
			if slices.Contains(value, "") {
				return usage("an option -%s is empty", name)
			}
		}
	}
	return nil
}
