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
	p := newProgram(os.Stdin, os.Stdout, os.Stderr, os.Environ())
	go p.listen(signals)
	return p.run(os.Args)
}
