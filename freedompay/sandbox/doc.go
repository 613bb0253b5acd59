// Package sandbox is the other side of the wire: the payout gateway simulated
// over real HTTP, with scripted faults and a durable ledger of its own.
//
// It owns what a gateway would own: payments, balances, the answers of the
// six payout calls in both API flavours, and the record of every call as it
// was received. That record is the oracle of the safety tests: what the
// sender believes is compared with what the other side saw.
//
// It never contacts anybody, never calls a post link, never logs or prints,
// and never writes a whole card token, a key or a card number to its ledger.
// It is no model of the real gateway's opinions: a card token is not checked,
// no fee is taken, and every limit it keeps is named here.
//
// # Use
//
//	g, err := sandbox.New(sandbox.Config{Ledger: "ledger.jsonl", Faults: "faults.json"})
//	if err != nil {
//		return err
//	}
//	defer g.Close()
//	err = sandbox.Serve(ctx, listener, g)
//
// In a Go test, [NewServer] does all of it and cleans up.
//
// # Calls
//
//	POST /g2g/reg2reg          POST /api/reg2reg           pays
//	POST /g2g/payout_status2   POST /api/payment_status2   asks about a payment
//	POST /g2g/balance_status   POST /api/balance_status    asks for the balance
//
// A wrong signature gets HTTP 401 with an unsigned error 1100, a merchant that
// is not served an unsigned 9998, a bad field a signed error, an unknown path
// 404. An accepted payout is `success` at its first status call unless a fault
// says otherwise. A repeated order id pays again, since the gateway promises
// no idempotency; [Gateway.Verify] reports it.
//
// pg_payment_date has the documented RFC 3339 form on /g2g and the local form
// without offset (Config.Zone) on /api, so that a client meets both.
//
// # Faults
//
// A [Fault] says what is done to the N-th call of a kind for an order id. The
// file of Config.Faults is a JSON array of them; the first that fits wins,
// those of [Gateway.Inject] before those of the file. "paid" says whether the
// payment is made:
//
//	do               calls            paid   what happens
//	accept           all              yes    the plain answer
//	reject:CODE      payout           no     a signed error
//	reject-paid:CODE payout           yes    a signed error, and yet the money moves
//	ok-unpaid        payout           never  a signed ok; status says error 10001
//	late:D           payout           later  paid after D, answered after that
//	http-paid:STATUS payout           yes    paid, then that status with an HTML page
//	drop-before      all              no     closed without an answer
//	drop-after       all              yes    paid, then closed without an answer
//	delay:D          all              yes    the answer comes after D
//	hold             all              yes    the answer waits for Release
//	truncate:N       all              yes    N bytes of the answer, then closed
//	bad-signature    all              yes    pg_sig is wrong
//	no-signature     all              yes    pg_salt and pg_sig are missing
//	wrong-echo:FIELD all              yes    FIELD lies, rightly signed
//	double-field     all              yes    the first field twice, rightly signed
//	garbage          all              yes    bytes that are no XML
//	http:STATUS      all              no     that status with an HTML page
//	redirect:STATUS  all              no     to the same path: a follower calls twice
//	401              all              no     as if the signature were wrong
//	not-found        status                  as if the payment were unknown
//	not-found:zero   status                  the same, said by payment id 0
//	error:CODE       status                  a signed error about the question
//	status:WORD      status                  pg_payment_status is WORD
//	lag, lag:D       status                  unknown while younger than D (1m)
//	blind            status                  unknown when asked by order id alone
//	amount:DECIMAL   balance                 that balance
//
// "then" is the fate of a payment that is made: success (default), error:CODE,
// process:N (N status answers say process, then success), or
// process:N,error:CODE.
//
// # Invariants
//
//   - A ledger line is durable before the answer to its call leaves.
//   - All state is what a replay of the lines gives, so it survives a restart,
//     a late landing that was still to come included.
//   - One ledger has one gateway at a time: LEDGER.lock is held for its life.
//   - Money is integer minor units inside and a decimal string outside.
package sandbox
