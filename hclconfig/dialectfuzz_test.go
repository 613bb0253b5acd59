package hclconfig

import (
	"fmt"
	"testing"
)

// FuzzDialect: a row file in any dialect, declared rightly or wrongly, is read
// whole or refused with a message; no row is lost and no amount is guessed.
func FuzzDialect(f *testing.F) {
	const rows = "id;sum;token\n1;1 000,50;ef741cfc-f85e-41a0-84e6-2ba964912182\n2;2000,5;ef741cfc-f85e-41a0-84e6-2ba964912183\n"
	f.Add(rows, uint8(1), uint8(1), uint8(1), uint8(0), uint8(1), uint8(0))
	f.Add("x\n"+rows+"total;3\n", uint8(1), uint8(1), uint8(1), uint8(0), uint8(2), uint8(1))
	f.Add("id\tsum\ttoken\n\"1\"\t5\t\"a\"\"b\"\n", uint8(2), uint8(0), uint8(0), uint8(1), uint8(1), uint8(0))
	f.Add("\ufeffid,sum,token\r\n1,1e3,t\r\n", uint8(0), uint8(0), uint8(0), uint8(0), uint8(1), uint8(0))
	f.Add("\xff\xfei\x00d\x00", uint8(0), uint8(0), uint8(0), uint8(2), uint8(1), uint8(0))
	f.Fuzz(func(t *testing.T, text string, delimiter, point, group, encoding, header, ignore uint8) {
		dir := t.TempDir()
		write(t, dir, "r.csv", text)
		write(t, dir, "main.hcl", fmt.Sprintf(benchHead+`
  payout "p" {
    rows {
      path              = "r.csv"
      delimiter         = %q
      decimal_separator = %q
      group_separator   = %q
      encoding          = %q
      header_row        = %d
      ignore_last       = %d
    }
    key        = row.id
    amount     = row.sum
    user_id    = row.id
    card_token = row.token
  }
}
`, pick(delimiter, ",", ";", "\t", "|"), pick(point, ".", ","), pick(group, "", " ", ".", "'"), pick(encoding, "utf-8", "windows-1251", "utf-16le"), 1+header%4, ignore%4))
		cfg := checkLoad(t, dir)
		if cfg == nil {
			return
		}
		b := cfg.Batches[0]
		if len(b.Payouts) != cfg.Counts.Rows {
			t.Fatalf("%d payouts of %d rows", len(b.Payouts), cfg.Counts.Rows)
		}
		for _, p := range b.Payouts {
			if !p.Address.HasKey || p.Amount.CheckPayable() != nil || p.Token.IsZero() {
				t.Fatalf("%+v", p)
			}
		}
	})
}

// pick chooses one of several texts by a number.
func pick(n uint8, of ...string) string { return of[int(n)%len(of)] }
