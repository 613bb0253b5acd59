package main

import (
	"path/filepath"
	"testing"
)

var editorSchemaPath = filepath.Join("..", "..", "hclconfig", "payouts.schema.json")

// TestEditorSchemaRefuses shows what an editor underlines.
func TestEditorSchemaRefuses(t *testing.T) {
	const merchant = `"merchant": {"main": {"environment": "sandbox", "merchant_id": 1}}`
	for name, c := range map[string]struct {
		text string
		fits bool
	}{
		"a whole file":       {`{` + merchant + `, "batch": {"b": [{"period": "2026-11", "payout": {"p": {"amount": 1.50, "user_id": 1, "card_token": "t"}}}]}}`, true},
		"an array of blocks": {`{"locals": [{"a": 1}, {"b": "${local.a}"}], "variable": [{"x": {}}, {"y": {"type": "number"}}]}`, true},
		"a comment":          {`{"//": "note", ` + merchant + `}`, true},
		"an expression":      {`{"merchant": {"main": {"environment": "${var.where}", "merchant_id": "${var.id}"}}}`, true},
		"a hard limit":       {`{"batch": {"b": {"period": "1", "limits": {"max_total": {"value": "1 000", "hard": true}}}}}`, true},
		"no such block":      {`{"batches": {}}`, false},
		"no such attribute":  {`{"merchant": {"main": {"environment": "sandbox", "merchant_id": 1, "currencies": "KZT"}}}`, false},
		"a word unknown":     {`{"merchant": {"main": {"environment": "sandbx", "merchant_id": 1}}}`, false},
		"a missing period":   {`{"batch": {"b": {"description": "x"}}}`, false},
		"a missing amount":   {`{"batch": {"b": {"period": "1", "payout": {"p": {"user_id": 1, "card_token": "t"}}}}}`, false},
		"no label":           {`{"batch": {"period": "1"}}`, false},
		"a number as a text": {`{"merchant": {"main": {"environment": "sandbox", "merchant_id": "one"}}}`, false},
		"a truth as a text":  {`{"output": {"o": {"value": 1, "sensitive": "yes"}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := matches(editorSchemaPath, c.text, false, false)
			if (err == nil) != c.fits {
				t.Errorf("fits = %v, and it should be %v: %v", err == nil, c.fits, err)
			}
		})
	}
}
