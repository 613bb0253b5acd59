package main

const (
	answerFile   = "freedompay/answer.go"
	decodeFile   = "freedompay/decode.go"
	decimalFile  = "freedompay/decimal.go"
	signFile     = "freedompay/sign.go"
	codesFile    = "freedompay/codetable.go"
	exchangeFile = "freedompay/exchange.go"
	clientFile   = "freedompay/client.go"
	poolFile     = "freedompay/pool.go"
)

// answerSet breaks how an answer is read.
func answerSet() []mutation {
	return []mutation{
		{
			name: "signature-not-checked", why: "anybody on the way may say that a payout was refused",
			edits: in(answerFile, `case Verify(script, fields, key):`, `case a.Has(signatureField):`), tests: by("freedompay", "TestReadAnswerSignatureStates"),
		},
		{
			name: "signature-twice", why: "a document with two signatures is believed by the last",
			edits: in(signFile, `return count == 1 && subtle`, `return count > 0 && subtle`), tests: by("freedompay", "TestVerify"),
		},
		{
			name: "signature-without-script", why: "the signed answer to one call is believed as the answer to another",
			edits: in(signFile, `form = append(form, script...)`, `_ = script`), tests: by("freedompay", "TestSignVectors"),
		},
		{
			name: "truncated-document", why: "an ok that was cut off is believed",
			edits: in(decodeFile, `err = errors.New("malformed xml or no root") // encoding/xml quotes the document`, `return d.root.Children, nil`), tests: by("freedompay", "TestDecodeDocumentCutAnywhere"),
		},
		{
			name: "doctype-taken", why: "a document may define its own entities, and so its own amounts",
			edits: in(decodeFile, `return errors.New("refuse directive")`, `return nil`), tests: by("freedompay", "TestDecodeDocumentRefuses"),
		},
		{
			name: "repeated-field-taken", why: "of two payment ids the reader chooses one",
			edits: in(decodeFile, `return errors.New("refuse repeated field")`, `_ = name`), tests: by("freedompay", "TestDecodeDocumentRefuses"),
		},
		{
			name: "second-root-taken", why: "a second document behind the first changes what it said",
			edits: in(decodeFile, `case d.done:`, `case false:`), tests: by("freedompay", "TestDecodeDocumentRefuses"),
		},
		{
			name: "namespace-taken", why: "a field of another namespace stands for ours",
			edits: in(decodeFile, `t.Name.Space != "" || `, ``), tests: by("freedompay", "TestDecodeDocumentRefuses"),
		},
		{
			name: "two-amounts-taken", why: "of two amounts that differ the reader chooses one",
			edits: in(answerFile, `valid && !equal {`, `valid && equal && false {`), tests: by("freedompay", "TestReadAnswerTwoAmounts"),
		},
		{
			name: "amounts-as-floats", why: "amounts that differ by little are equal",
			edits: []edit{
				{decimalFile, `import "strings"`, "import (\n\t\"strconv\"\n\t\"strings\"\n)"},
				{decimalFile, `return valid && x == y, valid`, "f, _ := strconv.ParseFloat(x, 64)\n\tg, _ := strconv.ParseFloat(y, 64)\n\treturn valid && f == g, valid"},
			}, tests: by("freedompay", "TestEqualDecimal"),
		},
		{
			name: "code-not-unique-is-refusal", why: "an order id that an earlier payout has counts as proof that nothing was paid",
			edits: in(codesFile, `{[]int{9991}, Ambiguous`, `{[]int{9991}, NotExecuted`), tests: by("freedompay", "TestNotExecutedList"),
		},
		{
			name: "code-unavailable-is-refusal", why: "a service that broke down half-way counts as proof that nothing was paid",
			edits: in(codesFile, `{[]int{10000}, Ambiguous`, `{[]int{10000}, NotExecuted`), tests: by("freedompay", "TestNotExecutedList"),
		},
		{
			name: "code-balance-goes-on", why: "a run goes on sending into an empty balance",
			edits: in(codesFile, `{[]int{8888}, NotExecuted, true`, `{[]int{8888}, NotExecuted, false`), tests: by("freedompay", "TestRunsFaultList"),
		},
	}
}

// wireSet breaks the transport.
func wireSet() []mutation {
	return []mutation{
		{
			name: "redirect-followed", why: "a redirect sends the payout a second time",
			edits: in(exchangeFile, `r, failure = cn.receive(ctx)`,
				"r, failure = cn.receive(ctx)\n\t\tif failure != nil && failure.Err == errRedirect {\n\t\t\t_, _ = cn.offer(ctx, m)\n\t\t\tr, failure = cn.receive(ctx)\n\t\t}"), tests: by("freedompay", "TestRedirectsAreNotFollowed"),
		},
		{
			name: "redirect-believed", why: "whatever stands in a redirect counts as the answer",
			edits: in(exchangeFile, `case resp.StatusCode/100 == 3:`, `case false:`), tests: by("freedompay", "TestRedirectsAreNotFollowed"),
		},
		{
			name: "replay-on-a-dead-connection", why: "a payout whose connection died is sent once more, as net/http does",
			edits: in(exchangeFile, "\treturn r, sent, failure\n}",
				"\tif failure != nil && failure.Stage == StageRead && m.keep > 0 {\n\t\tm.keep = 0\n\t\treturn c.exchange(ctx, m)\n\t}\n\treturn r, sent, failure\n}"), tests: by("freedompay", "TestReusedConnectionThatDies", "TestServerThatDropsPartOfTheRequest"),
		},
		{
			name: "truncated-body", why: "an answer that was cut off is believed",
			edits: in(exchangeFile, "case err != nil:\n\t\treturn fail(StageRead, readable(ctx, err))", "case false:\n\t\treturn fail(StageRead, readable(ctx, err))"), tests: by("freedompay", "TestUnreadableAnswers", "TestAnswerCutAnywhere"),
		},
		{
			name: "broken-write-is-not-sent", why: "a write that broke half-way counts as proof that nothing left",
			edits: in(exchangeFile, `return sent, &CallError{Stage: StageWrite`, `return 0, &CallError{Stage: StageWrite`), tests: by("freedompay", "TestBrokenWriteCountsAsOffered"),
		},
		{
			name: "lost-answer-is-not-sent", why: "an answer that was lost counts as proof that nothing left",
			edits: in(clientFile, `failure.Script, failure.Sent = script, sent`, `failure.Script, failure.Sent = script, sent*int64(failure.HTTPStatus)`), tests: by("freedompay", "TestServerThatDropsPartOfTheRequest", "TestUnreadableAnswers"),
		},
		{
			name: "last-check-ignored", why: "the last check before the first byte stops nothing",
			edits: in(exchangeFile, `if err := m.before(); err != nil {`, `if err := m.before(); err != nil && false {`), tests: by("freedompay", "TestBeforeFirstByteRefuses"),
		},
		{
			name: "connection-kept-too-long", why: "a payout meets a connection that the gateway is closing",
			edits: in(clientFile, `keepForPayout = time.Second`, `keepForPayout = 30 * time.Second`), tests: by("freedompay", "TestPayoutConnectionLivesOneSecond"),
		},
		{
			name: "connection-to-elsewhere", why: "a payout goes out on the connection to another host",
			edits: in(poolFile, `if c.wake() && c.endpoint == e && `, `if c.wake() && `), tests: by("freedompay", "TestConnectionsAreKeptPerEndpoint"),
		},
		{
			name: "plain-http-anywhere", why: "card tokens travel unprotected, and anybody may answer",
			edits: in("freedompay/endpoint.go", `case u.Scheme == "http" && !isLoopback(u.Hostname()):`, `case false:`), tests: by("freedompay", "TestPayoutRefusesBeforeDialling"),
		},
		{
			name: "body-without-cap", why: "an endless answer fills the memory in the middle of a run",
			edits: in(exchangeFile, `maxBodyBytes = 1 << 20`, `maxBodyBytes = 7 << 20`), tests: by("freedompay", "TestDecodeDocumentRefuses"),
		},
		{
			name: "semicolon-sent", why: "the signature no longer says where a field ends",
			edits: in("freedompay/request.go", "s[i] == ';' {", "s[i] == 0 {"), tests: by("freedompay", "TestPayoutRefusesBeforeDialling"),
		},
	}
}
