// Payrun pays batches of payouts that files declare, and pays each of them
// once.
//
// This package is the program: the table of commands, their options, the
// wiring of the layers below, hints for people, and the one place that maps
// outcomes to exit codes. It decides nothing about money itself: the plan comes
// from package planner, the guards from planner/policy, the calls from package
// executor, the records from package statefile, and every screen from
// cmd/payrun/view.
//
// Each command stands in a file of its own, named after it.
package main
