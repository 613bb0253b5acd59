package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"payrun/freedompay"
	"payrun/freedompay/sandbox"
)

// benchGateway is the name of the command that serves benchmarks: a gateway
// that says yes to everything, in a process of its own, so that a client's
// share of the processor can be told.
const benchGateway = "payrun-bench-gateway"

// serveBenchGateway answers every payout after a latency, the first argument,
// until its standard input ends.
func serveBenchGateway() {
	latency, err := time.ParseDuration(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("http://" + l.Addr().String())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	var payments atomic.Int64
	log.Fatal(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := formOf(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		time.Sleep(latency)
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, yes(sent, payments.Add(1)))
	})))
}

func formOf(r *http.Request) (map[string]string, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	form := make(map[string]string)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		form[part.FormName()] = string(value)
	}
}

// yes is the answer of the Token Payout page, signed.
func yes(sent map[string]string, payment int64) string {
	fields := []freedompay.Field{
		{Name: "pg_payment_id", Value: strconv.FormatInt(payment, 10)}, {Name: "pg_merchant_id", Value: sent["pg_merchant_id"]},
		{Name: "pg_status", Value: "ok"}, {Name: "pg_order_id", Value: sent["pg_order_id"]},
		{Name: "pg_payment_amount", Value: sent["pg_amount"]}, {Name: "pg_payment_date", Value: "2026-11-21 18:00:01"},
		{Name: "pg_error_code", Value: "0"}, {Name: "pg_salt", Value: freedompay.NewSalt()},
	}
	fields = append(fields, freedompay.Field{Name: "pg_sig", Value: freedompay.Sign("reg2reg", fields, sandbox.Key)})
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><response>`)
	for _, f := range fields {
		b.WriteString("<" + f.Name + ">" + f.Value + "</" + f.Name + ">")
	}
	return b.String() + "</response>"
}

// startBenchGateway starts one and returns its URL.
func startBenchGateway(tb testing.TB, latency time.Duration) string {
	tb.Helper()
	c := exec.Command(benchGateway, latency.String())
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait() // it ends with its input
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(url)
}
