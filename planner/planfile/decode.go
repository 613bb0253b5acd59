package planfile

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is the shape of the file for the decoder.
type document struct {
	FormatVersion string     `json:"format_version"`
	Digest        string     `json:"digest"`
	Version       string     `json:"payrun_version"`
	CreatedAt     string     `json:"created_at"`
	ExpiresAt     string     `json:"expires_at"`
	State         State      `json:"state"`
	Totals        []Total    `json:"totals"`
	Counts        Counts     `json:"counts"`
	Merchants     []Merchant `json:"merchants"`
	Batches       []Batch    `json:"batches"`
	Findings      []Finding  `json:"limits"`
	Options       Options    `json:"options"`
	Overrides     []Override `json:"overrides"`
	Inputs        []Input    `json:"inputs"`
	Variables     []Variable `json:"variables"`
	Changes       []Change   `json:"changes"`
}

// Decode reads a plan file. Broken JSON, repeated or missing members, content
// that contradicts itself, and bytes that Encode would not have written are a
// *FormatError; an unknown major version is a *VersionError; a content that
// does not fit the digest is a *DigestError. Of a newer minor version, unknown
// members are ignored; the digest covers them.
func Decode(data []byte) (*File, error) {
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, decodeError(data, err)
	}
	newer, err := checkVersion(doc.FormatVersion)
	if err != nil {
		return nil, err
	}
	f, err := doc.file()
	if err != nil {
		return nil, err
	}
	if newer {
		err = f.checkNewer(data, doc.Digest)
	} else if err = f.checkBytes(data, doc.Digest); err == nil {
		err = f.check()
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// decodeError prefers to name the version: another major version may have any
// shape.
func decodeError(data []byte, err error) error {
	var head struct {
		FormatVersion string `json:"format_version"`
	}
	if json.Unmarshal(data, &head) == nil {
		if _, unknown := checkVersion(head.FormatVersion); unknown != nil {
			return unknown
		}
	}
	return &FormatError{Reason: "broken JSON", Err: err}
}

// checkVersion says whether the version is a newer minor one.
func checkVersion(version string) (newer bool, err error) {
	major, minor, ok := strings.Cut(version, ".")
	ours, oursMinor, _ := strings.Cut(FormatVersion, ".")
	n, bad := strconv.ParseUint(minor, 10, 16)
	if !ok || major != ours || bad != nil || strconv.FormatUint(n, 10) != minor {
		return false, &VersionError{Version: version}
	}
	return minor != oursMinor, nil
}

func (d *document) file() (*File, error) {
	f := &File{
		Version: d.Version, State: d.State, Merchants: d.Merchants, Inputs: d.Inputs, Variables: d.Variables,
		Options: d.Options, Overrides: d.Overrides, Findings: d.Findings, Batches: d.Batches, Totals: d.Totals, Counts: d.Counts, Changes: d.Changes,
	}
	var err error
	if f.CreatedAt, err = parseMoment("created_at", d.CreatedAt); err != nil {
		return nil, err
	}
	if f.ExpiresAt, err = parseMoment("expires_at", d.ExpiresAt); err != nil {
		return nil, err
	}
	return f, nil
}

func parseMoment(name, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || moment(t) != text {
		return time.Time{}, &FormatError{Reason: fmt.Sprintf("%s is no time in whole seconds of UTC: %q", name, text)}
	}
	return t, nil
}

// checkBytes compares the file with what Encode writes. The digest alone would
// not see white space, order, repeated spellings of one character, or members
// that this version does not have.
func (f *File) checkBytes(data []byte, stated string) error {
	members := f.members()
	if actual := digestOf(members); actual != stated {
		return &DigestError{Stated: stated, Actual: actual}
	}
	written := encode(members, stated)
	if bytes.Equal(written, data) {
		return nil
	}
	at := 0
	for at < min(len(written), len(data)) && written[at] == data[at] {
		at++
	}
	return &FormatError{Reason: fmt.Sprintf("the file is not written as payrun writes it, from byte %d on", at)}
}

// checkNewer checks the digest of a file whose members are not all known here.
// The caller has decoded data before, so it is one JSON object.
func (f *File) checkNewer(data []byte, stated string) error {
	all := split(data)
	delete(all, "digest")
	rest := jsontext.Value(line(all))
	sure(rest.Canonicalize())
	h := sha256.New()
	h.Write(rest)
	f.newer = digestText(h)
	if f.newer != stated {
		return &DigestError{Stated: stated, Actual: f.newer}
	}
	return nil
}
