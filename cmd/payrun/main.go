package main

import (
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones of the gateway's times, wherever the program runs
)

func main() {
	os.Exit(realMain())
}

func realMain() int {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// A terminal that is closed asks for the same, unless nohup said that it does
	// not count.
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	// A reader that leaves, as head does, must not kill a run in the middle: the
	// write fails instead, and the run ends as one whose output was lost.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	p := newProgram(os.Stdin, os.Stdout, os.Stderr, os.Environ())
	go p.listen(signals)
	return p.run(os.Args)
}
