package hclconfig

// What is said about test files, keyed by code as all messages are.
var (
	msgTestCommand    = message{"test_command", "Option of another command", "%s is for %s; a run with command = %q does not take it."}
	msgTestRunTwice   = message{"test_run_twice", "Declared twice", "The run %q is declared already at %s. Names are unique in a test file; rename or remove one."}
	msgTestNothing    = message{"test_nothing", "Nothing is run", "%s has no run block, so it tests nothing. Write run \"NAME\" { command = plan }."}
	msgTestFault      = message{"test_fault", "Unusable fault", "%s.%s"}
	msgTestFaultBoth  = message{"test_fault_both", "Two ways to say which", "match says which payouts a fault meets, and so does from. Write one of them."}
	msgTestFaultFrom  = message{"test_fault_from", "Only payout and status calls have an order", "from = ADDRESS is for calls about a payout; call = %q is not about one. Leave from out."}
	msgTestNoSuch     = message{"test_no_such", "Fault meets nothing", "%s = %s fits no payout that this run declares, so the fault would test nothing.%s"}
	msgTestTime       = message{"test_time", "Not a time", "at = %q: write a time with its offset, such as 2026-11-28T18:00:00+05:00."}
	msgTestReason     = message{"test_reason", "No reason", "override lifts a limit and needs a reason beside it, as on the command line: reason = \"…\" of at least %d characters."}
	msgTestAssert     = message{"test_assert", "Assertion does not hold", "%s"}
	msgTestNotKnown   = message{"test_not_known", "Not known in this run", "%s depends on something that this run does not give: %s."}
	msgTestMissing    = message{"test_missing", "Unknown name", "%s has no %q after this run.%s"}
	msgTestExit       = message{"test_exit", "Another exit code", "The run %q ended with exit code %d, and %d is expected%s."}
	msgTestSafe       = message{"test_safe", "Another answer", "The run %q was to say %q, and it said %s."}
	msgTestTwice      = message{"test_twice", "The gateway saw what must never happen", "%s."}
	msgTestUnreadable = message{"test_unreadable", "Test file cannot be read", "The file cannot be used: %s."}
)
