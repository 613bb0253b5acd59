package freedompay

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSignVectors holds signatures that others published with their concatenations.
func TestSignVectors(t *testing.T) {
	tests := map[string]struct {
		script string
		fields []Field
		secret string
		want   string
	}{
		"nested sample of the vendor": {
			script: "script.php", secret: "mypasskey", want: "a8a4d5a9188f24038a14a4d65c387bf7",
			fields: []Field{
				{Name: "pg_t_param", Value: "value3"},
				{Name: "pg_z_param", Children: []Field{{Name: "pg_q_subparam", Value: "subvalue2"}, {Name: "pg_m_subparam", Value: "subvalue1"}}},
				{Name: "pg_a_param", Value: "value1"},
				{Name: "pg_salt", Value: "9imM909TH820jwk387"},
				{Name: "pg_b_param", Value: "value2"},
			},
		},
		"purchase": {
			script: "init_payment.php", secret: "test_secret_key", want: "1d602ce1af2d04738e5840ff8562963f",
			fields: []Field{
				{Name: "pg_salt", Value: "some_random_string"}, {Name: "pg_order_id", Value: "23"}, {Name: "pg_merchant_id", Value: "123456"},
				{Name: "pg_description", Value: "Order description"}, {Name: "pg_amount", Value: "25"}, {Name: "pg_sig", Value: "ignored"},
			},
		},
		"saved card": {
			script: "add", secret: "test_secret_key", want: "337282103cc59ce0ecd3e21b8942ce06",
			fields: []Field{
				{Name: "pg_user_id", Value: "1234"}, {Name: "pg_merchant_id", Value: "123456"}, {Name: "pg_salt", Value: "some random string"},
				{Name: "pg_post_link", Value: "http://site.kz/post"}, {Name: "pg_back_link", Value: "http://site.kz/back"},
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(tt.fields)
			if got := Sign(tt.script, tt.fields, tt.secret); got != tt.want {
				t.Errorf("Sign = %s, want %s", got, tt.want)
			}
			if !slices.EqualFunc(before, tt.fields, func(a, b Field) bool { return a.Name == b.Name && a.Value == b.Value }) {
				t.Error("Sign changed the order of its argument")
			}
		})
	}
}

func TestSignDistinguishes(t *testing.T) {
	base := []Field{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}
	same := Sign("s", base, "k")
	tests := map[string]struct {
		fields []Field
		equal  bool
	}{
		"order of distinct names does not matter":       {[]Field{{Name: "b", Value: "2"}, {Name: "a", Value: "1"}}, true},
		"pg_sig is skipped":                             {append([]Field{{Name: "pg_sig", Value: "x"}}, base...), true},
		"empty value keeps its slot":                    {append([]Field{{Name: "c"}}, base...), false},
		"order of repeated names matters":               {[]Field{{Name: "a", Value: "2"}, {Name: "a", Value: "1"}}, false},
		"a nested pg_sig is part of what is signed":     {append([]Field{{Name: "c", Children: []Field{{Name: "pg_sig", Value: "x"}}}}, base...), false},
		"names sort by bytes, capitals before the rest": {[]Field{{Name: "a", Value: "2"}, {Name: "B", Value: "1"}}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Sign("s", tt.fields, "k") == same; got != tt.equal {
				t.Errorf("same signature = %t, want %t", got, tt.equal)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	fields := []Field{{Name: "pg_status", Value: "ok"}, {Name: "pg_salt", Value: "x"}}
	right := Field{Name: "pg_sig", Value: Sign("reg2reg", fields, "key")}
	tests := map[string]struct {
		script, key string
		fields      []Field
		want        bool
	}{
		"right":              {"reg2reg", "key", append([]Field{right}, fields...), true},
		"other script":       {"reg2nonreg", "key", append([]Field{right}, fields...), false},
		"other key":          {"reg2reg", "kez", append([]Field{right}, fields...), false},
		"absent":             {"reg2reg", "key", fields, false},
		"repeated":           {"reg2reg", "key", append([]Field{right, right}, fields...), false},
		"nested":             {"reg2reg", "key", append([]Field{{Name: "pg_sig", Value: right.Value, Children: []Field{{Name: "a"}}}}, fields...), false},
		"upper case":         {"reg2reg", "key", append([]Field{{Name: "pg_sig", Value: strings.ToUpper(right.Value)}}, fields...), false},
		"cut":                {"reg2reg", "key", append([]Field{{Name: "pg_sig", Value: right.Value[:31]}}, fields...), false},
		"empty":              {"reg2reg", "key", append([]Field{{Name: "pg_sig"}}, fields...), false},
		"unknown field more": {"reg2reg", "key", append([]Field{right, {Name: "new", Value: "1"}}, fields...), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Verify(tt.script, tt.fields, tt.key); got != tt.want {
				t.Errorf("Verify = %t, want %t", got, tt.want)
			}
		})
	}
}

func TestScriptName(t *testing.T) {
	tests := map[string]string{
		"https://api.freedompay.kz/g2g/reg2reg":     "reg2reg",
		"/api/reg2reg":                              "reg2reg",
		"/g2g/payout_status2?x=/y":                  "payout_status2",
		"https://api.freedompay.kz/get_status2.php": "get_status2.php",
		"https://shop.example/hook/":                "",
		"reg2reg":                                   "reg2reg",
		"":                                          "",
	}
	for url, want := range tests {
		if got := ScriptName(url); got != want {
			t.Errorf("ScriptName(%q) = %q, want %q", url, got, want)
		}
	}
}

func TestNewSalt(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]bool{}
	for range 1000 {
		salt := NewSalt()
		if len(salt) != saltLength || strings.Trim(salt, saltAlphabet) != "" {
			t.Fatalf("NewSalt = %q, want %d letters and digits", salt, saltLength)
		}
		if seen[salt] {
			t.Fatalf("NewSalt repeated %q", salt)
		}
		seen[salt] = true
		for _, r := range salt {
			letters[r] = true
		}
	}
	if len(letters) != len(saltAlphabet) {
		t.Errorf("1000 salts use %d letters, want all %d", len(letters), len(saltAlphabet))
	}
}

// TestSignIgnoresOrder: the order of fields with distinct names never changes a signature.
func TestSignIgnoresOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z_]{1,6}`)
		fields := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Field {
			return Field{Name: name.Draw(t, "name"), Value: rapid.String().Draw(t, "value")}
		}), 0, 12, func(f Field) string { return f.Name }).Draw(t, "fields")
		shuffled := rapid.Permutation(fields).Draw(t, "shuffled")
		if Sign("s", fields, "k") != Sign("s", shuffled, "k") {
			t.Fatal("order of distinct names changed the signature")
		}
	})
}

// FuzzSign: what Sign makes, Verify takes, and with another script or key it does not.
func FuzzSign(f *testing.F) {
	f.Add("reg2reg", "pg_status", "ok", "pg_salt", "abc", "key")
	f.Add("", "", "", "", "", "k")
	f.Add("a", "pg_sig", "ok", "pg_sig", ";", "key")
	f.Add("reg2reg", "z", "\xff", "a", "", ";")
	f.Fuzz(func(t *testing.T, script, name1, value1, name2, value2, key string) {
		fields := []Field{{Name: name1, Value: value1}, {Name: "n", Children: []Field{{Name: name2, Value: value2}}}}
		sig := Sign(script, fields, key)
		if len(sig) != 32 || strings.Trim(sig, "0123456789abcdef") != "" {
			t.Fatalf("Sign = %q, want 32 lower-case hex characters", sig)
		}
		signed := append(slices.Clone(fields), Field{Name: "pg_sig", Value: sig})
		if want := name1 != "pg_sig"; Verify(script, signed, key) != want {
			t.Fatalf("Verify of an own signature = %t, want %t", !want, want)
		}
		if Verify(script+"x", signed, key) || Verify(script, signed, key+"x") {
			t.Fatal("Verify took another script or key")
		}
	})
}
