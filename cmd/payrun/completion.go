package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// The scripts ask the program itself what fits: "payrun __complete WORDS…",
// the last word being the one at the cursor. They hand words over as they are:
// nothing that stands on a command line is ever evaluated by pressing Tab.
//
//go:embed completion
var completionScripts embed.FS

// shells are those that completion knows.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func completionCommand() command {
	return command{
		name: "completion", args: "SHELL", min: 1, max: 1, summary: "prints a script that completes commands and options in a shell",
		about: "  bash         source <(payrun completion bash)      in ~/.bashrc\n" +
			"  zsh          source <(payrun completion zsh)       in ~/.zshrc, after compinit\n" +
			"  fish         payrun completion fish > ~/.config/fish/completions/payrun.fish\n" +
			"  powershell   payrun completion powershell | Out-String | Invoke-Expression   in $PROFILE",
		run: (*program).completion,
	}
}

func (p *program) completion(c *cli.Command) error {
	shell := c.Args().First()
	script, err := completionScripts.ReadFile("completion/" + shell)
	if err != nil || strings.ContainsAny(shell, `./\`) {
		if near := nearest(shell, shells()); near != "" {
			return usage("complete %s: payrun knows no such shell; did you mean %q?", shell, near)
		}
		return usage("complete %s: payrun knows no such shell; it knows %s", shell, strings.Join(shells(), ", "))
	}
	if p.json {
		p.printJSON(map[string]any{"type": "completion", "shell": shell, "script": string(script)})
		return nil
	}
	_, err = fmt.Fprintf(p.stdout, "%s", script)
	return err
}
