package sandbox_test

import (
	"context"
	"fmt"
	"net"
	"testing"

	"payrun/freedompay/sandbox"
)

// A test starts a gateway of its own and asks it at the end what it saw.
func ExampleNewServer() {
	test := func(t *testing.T) {
		gateway := sandbox.NewServer(t, sandbox.Config{Balance: "500000.00"})
		if err := gateway.Inject(sandbox.Fault{Match: "acme-*", Call: sandbox.CallPayout, Nth: 1, Do: "drop-after"}); err != nil {
			t.Fatal(err)
		}

		// … pay through gateway.URL, signing with sandbox.Key …

		if err := gateway.Verify(); err != nil {
			t.Error(err)
		}
		for _, p := range gateway.Payments() {
			t.Log(p.OrderID, p.Amount, p.Status, p.Paid)
		}
	}
	_ = test
}

// A program serves a gateway until it is told to stop.
func ExampleServe() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	g, err := sandbox.New(sandbox.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	stop() // a signal, say
	fmt.Println(sandbox.Serve(ctx, l, g), g.Close())
	// Output: <nil> <nil>
}
