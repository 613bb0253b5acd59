// Package freedompay is the client of the Freedom Pay payout APIs: it builds and signs calls, sends each of them once,
// and reads the answers strictly.
//
// It owns the wire: field order, pg_sig, the one-shot transport with its count of bytes offered, the strict XML
// decoder, and the table of the gateway's codes. It takes decimal strings and knows nothing of payouts, plans or
// ledgers; it imports the standard library only.
//
// It never repeats a call, follows a redirect, uses a proxy that was not configured, skips certificate verification,
// guesses an amount, logs or prints. It never says that a payout succeeded or failed: it says what one whole document
// held and whether that document was signed, or that no such document could be read and how many bytes of the request
// had been offered by then. Judging that is the caller's work.
//
//	client := &freedompay.Client{
//		BaseURL:    "https://api.freedompay.kz",
//		MerchantID: 12345,
//		Secret:     func() (freedompay.Secret, error) { return freedompay.NewSecret(key), nil },
//	}
//	defer client.Close()
//	answer, err := client.Payout(ctx, &freedompay.PayoutRequest{OrderID: "salary-1", Amount: "100.00", CardToken: token})
//	var failure *freedompay.CallError
//	if errors.As(err, &failure) && failure.Sent == 0 {
//		// proof: not one byte of the request left
//	}
//
// Invariants:
//   - One call of Payout, Status or Balance offers its request at most once, on one connection, in one write.
//   - Either the Answer or the *CallError is nil, and never both.
//   - CallError.Sent == 0 means that nothing of the request was offered and nothing will be after the call returned.
//   - An Answer comes from a document that was consumed to its last byte; a cut answer is never half a result.
//   - No error text and no formatted value of this package holds a secret key, a whole card token, or text of an answer
//     (ErrorDescription, the gateway's own words, is a plain field of Answer).
package freedompay
