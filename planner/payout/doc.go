// Package payout is the vocabulary of payrun: money, currency, address, order
// id, card token, the statuses of a payout and the legal ways between them,
// attempts, and the ledger that holds all records.
//
// It is a leaf: it imports nothing of this module, reads no clock, does no
// input or output and knows neither files nor wire. Callers bring the time and
// the answers; the package says what follows from them.
//
//	amount, err := payout.ParseMoney("1200000.00", payout.MustCurrency("KZT"))
//	address := payout.NewAddress("salaries", "2026-11", "staff").WithKey("1001")
//	id := payout.DeriveOrderID(payout.OrderIDInput{MerchantID: 9970, Prefix: "acme", Address: address, Attempt: 1})
//
// Invariants:
//
//   - Amounts are integer minor units; no floating point anywhere.
//   - A status changes only along a row of Transitions.
//   - An order id belongs to one attempt of one record of a merchant, ignoring
//     case, for ever.
//   - A card token prints masked, whatever prints it.
//   - A payout is not sent again while money of any of its attempts left or may
//     have, except after not found, by a person.
//   - Weigh gives the same final status for any order of the same answers. A
//     refusal that not-found answers confirmed too early stays failed and raises
//     an alarm when the payment shows itself.
package payout
