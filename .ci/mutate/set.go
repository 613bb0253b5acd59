package main

import "slices"

// all lists every mutation, in the order of the layers.
func all() []mutation {
	return slices.Concat(
		statusSet(), ledgerSet(), weighSet(), identitySet(),
		plannerSet(), policySet(),
		answerSet(), wireSet(),
		classifySet(), lookupSet(), sendSet(),
		durableSet(), replaySet(), lockSet(), memorySet(),
	)
}
