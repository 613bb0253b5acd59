package hclconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bombs are short texts that make much work or much data.
func (k *kindsOf) bombs() {
	loop := "local.big"
	nested := func(depth int) string {
		return strings.Repeat("[for i in "+loop+" : ", depth) + "1" + strings.Repeat("]", depth)
	}
	k.local("loop", nested(1), "")
	k.local("loop in loop", nested(2), "Too much")
	k.local("loops of three", nested(3), "Too much work")
	k.local("loops of eight", nested(8), "Too much work")
	k.local("loop that is counted only", "length("+nested(3)+")", "Too much work")
	k.local("loop with a false condition", "[for a in local.big : [for b in local.big : [for c in local.big : 1 if false] if false] if length([for d in local.big : [for e in local.big : 1]]) < 0]", "Too much work")
	k.local("loop in a condition", "length("+nested(4)+") > 0 ? 1 : 2", "Too much work")
	k.local("loop in can", "can("+nested(4)+")", "Too much work")
	k.local("loop in try", "try("+nested(4)+", 1)", "Too much work")
	k.local("loop in a template", `"${length(`+nested(4)+`)}"`, "Too much work")
	k.local("loop as a directive", `"%{ for a in local.big }%{ for b in local.big }%{ for c in local.big }x%{ endfor }%{ endfor }%{ endfor }"`, "Too much work")
	k.local("object of loops", "{ for a in local.big : a => { for b in local.big : b => { for c in local.big : c => 1 } } }", "Too much work")
	k.local("grouped loops", "{ for a in local.big : \"x\" => [for b in local.big : [for c in local.big : 1]]... }", "Too much work")
	k.local("splats in loops", "[for a in local.big : [for b in local.big : local.big[*]]]", "Too much work")
	k.local("sort in loops", "[for a in local.big : [for b in local.big : sort(local.big)]]", "Too much work")
	k.local("equality in loops", "[for a in local.big : [for b in local.big : local.big == local.big]]", "Too much work")
	k.local("conditions in loops", "[for a in local.big : [for b in local.big : true ? local.big : []]]", "Too much work")
	k.local("copies in loops", `length([for a in local.big : [for b in local.big : "${local.text}${local.text}"]])`, "Too much work")
	k.local("joins in loops", `length([for a in local.big : [for b in local.big : join(local.text, local.big)]])`, "Too much work")
	k.local("distinct", "distinct(flatten([for a in range(100) : [for b in range(100) : \"${a} ${b}\"]]))", "Too much work")
	k.local("setproduct", "setproduct(local.big, local.big, local.big)", "more than 1000000 elements")
	k.local("range", "range(1000000000)", "1024")
	k.local("range backwards", "range(0, -1000000000, -1)", "1024")
	k.local("range without an end", "range(0, 10, 0)", "Error in function call")
	k.local("pow", "pow(10, 1000000000)", "a whole number from 0 to 1000")
	k.local("exponent", "1e999999999", "Number too large")
	k.local("small exponent", "1e-999999999", "Number too large")
	k.local("exponent as a text", `tonumber("1e999999999")`, "too many digits")
	k.local("digits", strings.Repeat("9", 100_000), "digits")
	k.local("division by zero", "1 / 0", "divided by zero")
	k.local("remainder of zero", "1 % 0", "")
	k.local("format width", `format("%999999999d", 1)`, "three digits")
	k.local("format precision", `format("%.999999999f", 1.5)`, "three digits")
	k.local("format of copies", `length(format(join("", [for i in range(1000) : "%[1]s%[1]s%[1]s%[1]s%[1]s%[1]s"]), local.text))`, "more than 64 MiB")
	k.local("formatlist of copies", `length(formatlist("%s%s%s%s%s", `+grown(100)+`, local.big))`, "more than 64 MiB")
	k.local("indent", `indent(1000000000, "a\nb")`, "at most 1000 spaces")
	k.local("indent of lines", `indent(1000, replace(local.text, "0", "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"))`, "too many lines")
	k.local("replace", `replace(local.text, "", local.text)`, "more than 64 MiB")
	k.local("regexreplace", `regexreplace(local.text, "", local.text)`, "more than 64 MiB")
	k.local("join", `join(`+grown(100)+`, [for i in local.big : "x"])`, "more than 64 MiB")
	k.local("regex of repeats", `regex("((a{1000}){1000}){1000}", "aaa")`, "invalid regexp pattern")
	k.local("regex of brackets", `regex("`+strings.Repeat("(", 5000)+strings.Repeat(")", 5000)+`", "aaa")`, "invalid regexp pattern")
	k.local("regex that goes back", `can(regex("^(a+)+$", "`+strings.Repeat("a", 5000)+`b"))`, "")
	k.local("regex in loops", `[for a in local.big : regexall("[a-z0-9]+x?[a-z0-9]+", local.text)]`, "Too much work")
	k.local("yaml aliases", `yamldecode("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]")`, "aliases can multiply")
	k.local("yaml of itself", `yamldecode("a: &a [*a]")`, "")
	k.all["hcl local yaml of itself"] = hostile{files: map[string]string{"main.hcl": "locals {\n  a = yamldecode(\"a: &a [*a]\")\n}\n"}, want: "Error in function call"}
	k.local("yaml size", `yamldecode(`+grown(1200)+`)`, "more than 1048576 bytes")
	k.local("csv rows", `csvdecode("a,a\n1,2")`, "Error in function call")
	k.local("json numbers", `jsondecode("1e999999999")`, "")
	k.all["hcl local json numbers"] = hostile{files: map[string]string{"main.hcl": "locals {\n  a = jsondecode(\"1e99999\") + 1\n}\n"}, want: "too many digits"}
	k.hcl("doubling locals", doublingLocals(64), "Too much")
	k.hcl("doubling texts", "locals {\n  t0 = \"xxxxxxxx\"\n"+doubled(64, "  t%d = \"${local.t%[2]d}${local.t%[2]d}\"\n")+"}\n", "Too much")
	k.hcl("default of loops", "variable \"v\" {\n  default = [for a in [1,2] : [for b in [1,2] : 1]]\n}\n", "A constant may have one short loop")
	k.hcl("default of a long loop", "variable \"v\" {\n  default = [for a in ["+strings.Repeat("1,", 10_000)+"] : 1]\n}\n", "A constant may have one short loop")
	k.hcl("validation of loops", "variable \"v\" {\n  default = 1\n  validation {\n    condition = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : var.v]]]) > 0\n    error_message = \"x\"\n  }\n}\n", "Too much work")
	k.hcl("check of loops", okConfig+"check \"c\" {\n  assert {\n    condition = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) > 0\n    error_message = \"x\"\n  }\n}\n", "Too much work")
	k.hcl("output of loops", okConfig+"output \"o\" { value = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]) }\n", "Too much work")
	k.hcl("for_each of loops", benchHead+"payout \"p\" {\n  for_each = { for a in range(1000) : \"${a}\" => [for b in range(1000) : [for c in range(1000) : 1]] }\n  amount = 1\n  user_id = 1\n  card_token = \"t\"\n}\n}\n", "Too much work")
	k.hcl("loops in every element", benchHead+"payout \"p\" {\n  for_each = toset([for a in range(1000) : \"x${a}\"])\n  amount = length([for b in range(1000) : [for c in range(100) : each.key]])\n  user_id = 1\n  card_token = \"t\"\n}\n}\n", "Too much work")
	k.json("loops", `{"locals":{"a":["${[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]}"]}}`, "Too much work")
	k.json("loops in an object", `{"locals":{"a":{"b":{"c":"${[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]}"}}}}`, "Too much work")
	k.json("loops in a key", `{"locals":{"a":{"${length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]])}":1}}}`, "Too much work")
	k.json("exponent", `{"locals":{"a":1e999999999}}`, "Number too large")
}

// grown is an expression of a text that is so many thousand characters long.
func grown(thousands int) string {
	return `replace(local.text, "0123456789abcdef", "` + strings.Repeat("x", thousands) + `")`
}

func doublingLocals(n int) string {
	return "locals {\n  t0 = [1, 1]\n" + doubled(n, "  t%d = concat(local.t%[2]d, local.t%[2]d)\n") + "}\n"
}

func doubled(n int, line string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, line, i, i-1)
	}
	return b.String()
}

// values are attributes with too much or too odd values.
func (k *kindsOf) values() {
	with := func(old, new string) string { return strings.Replace(okConfig, old, new, 1) }
	for name, tt := range map[string]struct{ text, want string }{
		"huge amount":            {with("amount     = 1", "amount = 99999999999999999999999999"), "too large"},
		"negative amount":        {with("amount     = 1", "amount = -1"), "Unusable amount"},
		"tiny amount":            {with("amount     = 1", "amount = 0.00000001"), "fraction digits"},
		"amount of a list":       {with("amount     = 1", "amount = [1]"), "Unusable amount"},
		"amount of a third":      {with("amount     = 1", "amount = 1 / 3"), "money_round"},
		"amount of nothing":      {with("amount     = 1", "amount = null"), "No value"},
		"long period":            {with("2026-11", strings.Repeat("1", 100)), "period"},
		"period of a path":       {with("2026-11", "../../etc"), "period"},
		"long description":       {with("Salary", strings.Repeat("x", 10_000)), "at most 255"},
		"long label":             {with("amount     = 1", "amount = 1\n    label = \""+strings.Repeat("x", 10_000)+"\""), "at most 80"},
		"long hold":              {with("amount     = 1", "amount = 1\n    hold = \""+strings.Repeat("x", 10_000)+"\""), "at most 1000"},
		"long order id":          {with("amount     = 1", "amount = 1\n    order_id = \""+strings.Repeat("x", 10_000)+"\""), "order id"},
		"time limit for ever":    {with("amount     = 1", "amount = 1\n    time_limit = \"99999999h\""), "Not a fitting duration"},
		"retry for ever":         {with("amount     = 1", "amount = 1\n    retry = 1000000"), "Not a fitting number"},
		"merchant id of letters": {with("merchant_id = 1", "merchant_id = \"x\""), "Wrong type"},
		"huge merchant id":       {with("merchant_id = 1", "merchant_id = 99999999999999999999"), "Not a fitting number"},
		"zone of a path":         {with("merchant_id = 1", "merchant_id = 1\n  time_zone = \"../../etc/passwd\""), "Unknown time zone"},
		"loopback far away":      {with("merchant_id = 1", "merchant_id = 1\n  base_url = \"https://example.kz\""), "Sandbox is on this machine"},
		"in flight":              {with("merchant_id = 1", "merchant_id = 1\n  max_in_flight = 1000000"), "Not a fitting number"},
		"rate of nothing":        {with("merchant_id = 1", "merchant_id = 1\n  rate = \"0/s\""), "Not a rate"},
		"label of a path":        {with(`payout "p"`, `payout "../p"`), "Not a name"},
		"blank label":            {with(`payout "p"`, `payout ""`), "Not a name"},
		"long label of a block":  {with(`payout "p"`, `payout "`+strings.Repeat("p", 100_000)+`"`), ""},
		"many attributes":        {with("amount     = 1", "amount = 1\n"+manyRows(2_000, "    a%d = 1\n")), "Unsupported argument"},
		"repeated attribute":     {with("amount     = 1", "amount = 1\n"+strings.Repeat("    amount = 1\n", 2_000)), "Attribute redefined"},
		"many payouts of a name": {benchHead + strings.Repeat("payout \"p\" {\n  amount = 1\n  user_id = 1\n  card_token = \"t\"\n}\n", 2_000) + "}\n", "Payout declared twice"},
		"many merchants":         {strings.Repeat("merchant \"m\" {\n  environment = \"sandbox\"\n  merchant_id = 1\n}\n", 2_000), "Declared twice"},
		"many unknown blocks":    {strings.Repeat("resource \"a\" \"b\" {}\n", 2_000), "Block not supported"},
		"unknown function":       {with("amount     = 1", "amount = exec(\"rm\")"), "There is no function"},
		"meter by name":          {with("amount     = 1", "amount = a counted value(1)"), "Missing newline"},
		"environment":            {with("amount     = 1", "amount = env.HOME"), "Unknown name"},
		"secret key":             {with("merchant_id = 1", "merchant_id = 1\n  secret_key = \"s3cretKeyCanary\""), "Secret in a file"},
		"iban":                   {with("card_token = \"t\"", "card_token = \"KZ86125KZT5004100100\""), "Account in place of a token"},
		"reserved iban":          {with("card_token = \"t\"", "iban = \"KZ86125KZT5004100100\""), "Destination not supported"},
		"moved to itself":        {"moved {\n  from = a[\"1\"].b\n  to = a[\"1\"].b\n}\n", "Moved to itself"},
		"import of expressions":  {okConfig + "import {\n  to = b[\"1\"].p[file(\"/etc/passwd\")]\n  payment_id = 1\n  amount = 1\n  reason = \"x\"\n}\n", "Not an address"},
		"version of letters":     {"payrun {\n  required_version = \"" + strings.Repeat("9", 1000) + "\"\n}\n", "Not a version"},
		"signers of nobody":      {"approvals {\n  required = 1000\n  allowed_signers = \"x\"\n}\n", "Not a fitting number"},
	} {
		k.hcl("value "+name, tt.text, tt.want)
	}
}

// TestSteps says that Load counts as well, with all the steps that it has.
func TestSteps(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "main.hcl", "locals {\n  a = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]\n}\n")
	_, _, diags := Load(Options{Dir: dir})
	if got := show(diags); !strings.Contains(got, "Too much work") {
		t.Error(got)
	}
}

// TestEndOfWorkIsOneMessage: what is left out because no steps are left is not
// missing in the files.
func TestEndOfWorkIsOneMessage(t *testing.T) {
	dir := t.TempDir()
	text := okConfig + "locals {\n  a = [for x in range(1000) : [for y in range(1000) : [for z in range(1000) : x]]]\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, diags := loadWithin(Options{Dir: dir}, 100_000)
	if len(diags) != 1 || !strings.Contains(show(diags), "Too much work") {
		t.Errorf("%d diagnostics: %s", len(diags), show(diags))
	}
}
