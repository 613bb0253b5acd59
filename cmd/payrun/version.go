package main

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v3"
)

// version is the program's version. It stands in states and plans.
const version = "0.1.0"

func versionCommand() command {
	return command{
		name: "version", summary: "prints the version",
		run: func(p *program, _ *cli.Command) error {
			if p.json {
				p.printJSON(map[string]any{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "_" + runtime.GOARCH})
				return nil
			}
			_, err := fmt.Fprintf(p.stdout, "payrun %s\n", version)
			return err
		},
	}
}
