package hclconfig

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// formatKind says what the format of a cell makes of a number.
type formatKind byte

const (
	formatPlain formatKind = iota
	formatDate             // the number is days since 1900, and a date is seen
	formatZeros            // zeros are seen that the number has not
)

// readFormats reads the formats of cells, by the number of their style.
func (w *workbook) readFormats(part string) ([]formatKind, error) {
	if part == "" {
		return nil, nil
	}
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode(part, &sheet); err != nil {
		return nil, err
	}
	own := map[int]formatKind{}
	for _, f := range sheet.Formats {
		own[f.ID] = kindOf(f.Code)
	}
	out := make([]formatKind, len(sheet.Cells))
	for i, c := range sheet.Cells {
		kind, found := own[c.Format]
		if !found && builtInDate(c.Format) {
			kind = formatDate
		}
		out[i] = kind
	}
	return out, nil
}

// builtInDate says whether a format without a code shows dates or times
// (ECMA-376, Part 1, 18.8.30; 27 to 36 and 50 to 58 do in some languages).
func builtInDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

var (
	zerosFormat = regexp.MustCompile(`^0{2,}$`)
	// unseenFormat are the parts of a code that are shown as they stand, or not.
	unseenFormat = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|[\\_*].`)
)

func kindOf(code string) formatKind {
	if zerosFormat.MatchString(code) {
		return formatZeros
	}
	elapsed := strings.Contains(strings.ToLower(code), "[h]") || strings.Contains(strings.ToLower(code), "[m")
	first, _, _ := strings.Cut(unseenFormat.ReplaceAllString(code, ""), ";")
	first = strings.ToLower(first)
	if elapsed || first != "general" && strings.ContainsAny(first, "dmyhs") {
		return formatDate
	}
	return formatPlain
}

// A number of a sheet is kept in binary. Fifteen digits survive that, and no
// more: the file says 1234.5599999999999 where 1234.56 was entered and is seen.
const sheetDigits, sheetBits = 15, 53

var sheetNumber = regexp.MustCompile(`^-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?$`)

// enteredNumber is a number as it was entered: the only one of at most fifteen
// digits that is kept as the given one. Not ok means that there is none, so
// that digits were lost or the number was computed.
func enteredNumber(raw string) (text string, ok bool) {
	if !sheetNumber.MatchString(raw) {
		return raw, false
	}
	raw = withoutZeros(raw)
	if !strings.ContainsAny(raw, "eE") && digitCount(raw) <= sheetDigits {
		return raw, true
	}
	kept, _, err := big.ParseFloat(raw, 10, sheetBits, big.ToNearestEven)
	if err != nil {
		return raw, false
	}
	short := kept.Text('g', sheetDigits)
	back, _, err := big.ParseFloat(short, 10, sheetBits, big.ToNearestEven)
	if err != nil || back.Cmp(kept) != 0 {
		return raw, false
	}
	d, _, err := apd.NewFromString(short)
	if err != nil {
		return raw, false
	}
	d, _ = d.Reduce(d)
	text = d.Text('f')
	// A whole number of more digits may have lost its last ones.
	whole, _, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return text, len(whole) <= sheetDigits && len(text) <= 2*sheetDigits
}

// withoutZeros takes the zeros off the end of a fraction: a number has none,
// they are its writer's.
func withoutZeros(raw string) string {
	if strings.Contains(raw, ".") && !strings.ContainsAny(raw, "eE") {
		return strings.TrimSuffix(strings.TrimRight(raw, "0"), ".")
	}
	return raw
}

// digitCount counts digits; zeros in front do not count.
func digitCount(raw string) int {
	return len(strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(raw), "0"))
}
