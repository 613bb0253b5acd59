package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/urfave/cli/v3"

	"payrun/freedompay/sandbox"
)

func sandboxCommand() command {
	return command{
		name: "sandbox", summary: "serves the gateway simulation until it is stopped",
		about: "The simulation takes any merchant; its key is " + sandbox.Key + ".\n" +
			"A faults file is a JSON array of\n" +
			`  {"match": ORDER-ID OR GLOB, "call": "payout"|"status"|"balance", "nth": N, "do": …, "then": …}` + "\n" +
			"do:   accept, reject:CODE, drop-before, drop-after, delay:D, hold, truncate:N, bad-signature, …\n" +
			"then: success, error:CODE, process:N",
		flags: []cli.Flag{
			text("listen", "HOST:PORT", "listen on `HOST:PORT` of loopback; default 127.0.0.1 and a free port"),
			text("faults", "FILE", "take faults from `FILE`"),
			text("ledger", "FILE", "keep the ledger in `FILE`; default: in memory"),
		},
		run: (*program).sandbox,
	}
}

func (p *program) sandbox(c *cli.Command) error {
	address := c.String("listen")
	if address == "" {
		address = "127.0.0.1:0"
	}
	if err := loopbackOnly(address); err != nil {
		return err
	}
	config := sandbox.Config{}
	if c.IsSet("ledger") {
		config.Ledger = p.path(c.String("ledger"))
	}
	if c.IsSet("faults") {
		config.Faults = p.path(c.String("faults"))
		if _, err := os.Stat(config.Faults); err != nil {
			return fail(exitError, fmt.Errorf("read the faults: %w", err))
		}
	}
	gateway, err := sandbox.New(config)
	if err != nil {
		return sandboxError(err)
	}
	defer gateway.Close()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fail(exitError, fmt.Errorf("start the sandbox: %w", err))
	}
	url := "http://" + listener.Addr().String()
	if p.json {
		p.printJSON(map[string]any{"type": "listening", "url": url})
	} else {
		fmt.Fprintf(p.stdout, "listening on %s\n", url)
	}
	ctx, cancel := context.WithCancel(p.admit)
	defer cancel()
	return sandbox.Serve(ctx, listener, gateway)
}

// loopbackOnly keeps a simulated gateway away from other machines: who can
// reach it could believe that it pays.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usage("-listen=%s: write HOST:PORT, such as 127.0.0.1:8089", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usage("-listen=%s: the sandbox listens on loopback only, such as 127.0.0.1:8089", address)
	}
	return nil
}
