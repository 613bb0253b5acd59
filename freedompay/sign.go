package freedompay

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
)

// signatureField is the one field that is never part of its own signature.
const signatureField = "pg_sig"

// saltLength is the number of characters NewSalt returns: 62^16 values, about 95 bits.
const saltLength = 16

// saltAlphabet holds what every page allows in a salt: Latin letters and digits.
const saltAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Field is one field of a gateway message, in the order of appearance.
//
// A field with Children is a nested XML element: it has no value of its own (Value is ignored) and takes its place
// among its siblings by Name. Form messages never nest.
type Field struct {
	Name     string  // as on the wire, for example "pg_order_id"
	Value    string  // exact text after entity or form decoding, white space kept
	Children []Field // nested elements, in the order of appearance
}

// Sign returns the pg_sig of a message: 32 lower-case hex characters.
//
// The MD5 is taken over script, the values of all fields sorted by name, and secret, joined by ";" (overview page
// doc-643556 and Merchant overview doc-741636). Names sort by bytes; repeated names keep their order of appearance;
// a nested field is replaced in place by its own sorted children; an empty value keeps its slot. A pg_sig at the top
// level is skipped; fields is not changed. MD5 is the gateway's choice and the only scheme it has for payouts.
func Sign(script string, fields []Field, secret string) string {
	sig := signature(script, fields, secret)
	return string(sig[:])
}

// signature is Sign without a string of its own.
func signature(script string, fields []Field, secret string) (sig [2 * md5.Size]byte) {
	form := make([]byte, 0, 1024)
	form = append(form, script...)
	form = appendValues(form, fields, signatureField)
	form = append(form, ';')
	form = append(form, secret...)
	sum := md5.Sum(form)
	clear(form)
	hex.Encode(sig[:], sum[:])
	return sig
}

// appendValues adds ";value" for each field but those named skip, in signing order. It sorts numbers of fields: a Field
// is large, and fields must not change.
func appendValues(form []byte, fields []Field, skip string) []byte {
	sorted := make([]int, 0, 32) // room for any documented message
	for i := range fields {
		sorted = append(sorted, i)
	}
	slices.SortStableFunc(sorted, func(a, b int) int { return strings.Compare(fields[a].Name, fields[b].Name) })
	for _, i := range sorted {
		field := &fields[i]
		switch {
		case skip != "" && field.Name == skip:
		case len(field.Children) > 0:
			form = appendValues(form, field.Children, "")
		default:
			form = append(form, ';')
			form = append(form, field.Value...)
		}
	}
	return form
}

// Verify reports whether fields carry exactly one pg_sig and it is the one Sign gives for script and secret.
//
// All fields take part, known or not: the vendor may add fields at any time and signs them too. The comparison takes
// constant time. An absent, repeated or nested pg_sig is false.
func Verify(script string, fields []Field, secret string) bool {
	got, count := "", 0
	for _, field := range fields {
		if field.Name == signatureField {
			got, count = field.Value, count+1+len(field.Children)
		}
	}
	want := signature(script, fields, secret)
	return count == 1 && subtle.ConstantTimeCompare([]byte(got), want[:]) == 1
}

// ScriptName returns the script name that signs a call to rawURL: what stands after the last "/" of the path, up to a
// "?" or the end. "https://host/g2g/reg2reg" gives "reg2reg"; "/get_status2.php?x=/y" gives "get_status2.php"; a URL
// that ends in "/" gives "" (and should never be registered as a callback for that reason).
func ScriptName(rawURL string) string {
	path, _, _ := strings.Cut(rawURL, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// NewSalt returns 16 fresh random characters of [A-Za-z0-9], from the system's secure source.
func NewSalt() string {
	salt := make([]byte, 0, saltLength)
	var random [2 * saltLength]byte
	for len(salt) < saltLength {
		// Never fails: since Go 1.24 a broken system source ends the program instead of giving an error.
		_, _ = rand.Read(random[:])
		for _, b := range random {
			// 248 is the largest multiple of 62 in a byte; what is above would favour the first letters.
			if b < 248 && len(salt) < saltLength {
				salt = append(salt, saltAlphabet[b%62])
			}
		}
	}
	return string(salt)
}
