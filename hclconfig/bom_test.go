package hclconfig

import "testing"

// TestByteOrderMark: a file as Excel's "CSV UTF-8" writes it is read where its
// encoding says so, and so is one without the mark.
func TestByteOrderMark(t *testing.T) {
	for name, mark := range map[string]string{"with the mark": "\xef\xbb\xbf", "without": ""} {
		dir := t.TempDir()
		write(t, dir, "main.hcl", `merchant "m" {
  environment = "sandbox"
  merchant_id = 1
}
batch "b" {
  period      = "1"
  description = "Pay"
  payout "p" {
    rows {
      path     = "r.csv"
      encoding = "utf-8-bom"
    }
    key        = row.id
    amount     = row.pay
    user_id    = row.id
    card_token = row.token
  }
}
`)
		write(t, dir, "r.csv", mark+"id,pay,token\n7,10.00,0b9f2f6a-58c1-4c5e-9d2b-7a1f0c3e4d52\n")
		cfg, _, diags := Load(Options{Dir: dir})
		if diags.HasErrors() {
			t.Fatalf("%s: %v", name, diags)
		}
		if got := cfg.Batches[0].Payouts; len(got) != 1 || got[0].Address.Key != "7" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
