package statefile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A line is `LENGTH CRC32C JSON\n`: two numbers of 8 hex digits, the length of
// the JSON in bytes and its CRC-32C.
const (
	prefixBytes  = 18
	maxLineBytes = 1 << 20
)

// firstHash stands as prev where no line comes before.
var firstHash = strings.Repeat("0", 64)

// crcTable is computed once; crc32 keeps it.
var crcTable = crc32.MakeTable(crc32.Castagnoli)

// encodeBody writes the content of a line, which does not depend on its place.
func encodeBody(e *body) ([]byte, error) {
	data, err := json.Marshal(e, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("encode a journal line: %w", err)
	}
	if len(data) > maxLineBytes/2 {
		return nil, fmt.Errorf("encode a journal line: it has %d bytes, at most %d are allowed", len(data), maxLineBytes/2)
	}
	return data, nil
}

// appendLine writes a line and returns its hash. content is what encodeBody
// made, an object that is never empty.
func appendLine(b []byte, at link, content []byte) ([]byte, string) {
	start := len(b)
	b = append(b, "00000000 00000000 "...)
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, at.Seq, 10)
	b = append(b, `,"group":`...)
	b = strconv.AppendInt(b, at.Group, 10)
	b = append(b, `,"prev":"`...)
	b = append(b, at.Prev...)
	b = append(b, `",`...)
	if at.End {
		b = append(b, `"end":true,`...)
	}
	b = append(b, content[1:]...)
	data := b[start+prefixBytes:]
	putHex32(b[start:], uint32(len(data)))
	putHex32(b[start+9:], crc32.Checksum(data, crcTable))
	b = append(b, '\n')
	return b, lineHash(b[start:])
}

func putHex32(b []byte, n uint32) {
	for i := range 8 {
		b[i] = hexDigits[n>>(28-4*i)&15]
	}
}

func lineHash(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// cutLine returns the first line of data, if it is whole: length, CRC and line
// end right.
func cutLine(data []byte) (line []byte, ok bool) {
	if len(data) < prefixBytes+1 || data[8] != ' ' || data[17] != ' ' {
		return nil, false
	}
	length, ok1 := parseHex32(data[:8])
	sum, ok2 := parseHex32(data[9:17])
	if !ok1 || !ok2 || length > maxLineBytes || len(data) < prefixBytes+int(length)+1 {
		return nil, false
	}
	end := prefixBytes + int(length)
	if data[end] != '\n' || crc32.Checksum(data[prefixBytes:end], crcTable) != sum {
		return nil, false
	}
	return data[:end+1], true
}

func parseHex32(digits []byte) (uint32, bool) {
	n := uint32(0)
	for _, c := range digits {
		i := strings.IndexByte(hexDigits, c)
		if i < 0 {
			return 0, false
		}
		n = n<<4 | uint32(i)
	}
	return n, true
}

// parseLine reads the entry of a whole line.
func parseLine(line []byte) (*entry, error) {
	var e entry
	if err := json.Unmarshal(line[prefixBytes:len(line)-1], &e); err != nil {
		return nil, plain(err)
	}
	if e.Kind == "" || !isHash(e.Prev) {
		return nil, errors.New("it names no kind or no line before")
	}
	return &e, nil
}
