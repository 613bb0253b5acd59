package sandbox

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"payrun/freedompay"
)

// Bounds of a received body, far above anything a payout needs.
const (
	bodyMax   = 1 << 20
	fieldsMax = 128
)

// readFields reads a form body with its fields in the order received, repeats
// included: both matter to the signature.
func readFields(w http.ResponseWriter, r *http.Request) ([]freedompay.Field, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("read content type: %w", err)
	}
	body := http.MaxBytesReader(w, r.Body, bodyMax)
	switch kind {
	case "multipart/form-data":
		fields, err := readParts(multipart.NewReader(body, params["boundary"]))
		if err != nil {
			return nil, err
		}
		// To the end: net/http watches for a client that leaves only after it.
		if _, err := io.Copy(io.Discard, body); err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		return fields, nil
	case "application/x-www-form-urlencoded":
		return readPairs(body)
	}
	return nil, fmt.Errorf("read body: want a form, not %s", clean(kind))
}

func readParts(parts *multipart.Reader) ([]freedompay.Field, error) {
	var fields []freedompay.Field
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return fields, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read form part: %w", err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("read form part: %w", err)
		}
		if part.FileName() != "" {
			return nil, errors.New("read form part: want a field, not a file")
		}
		if fields, err = addField(fields, part.FormName(), string(value)); err != nil {
			return nil, err
		}
	}
}

func readPairs(body io.Reader) ([]freedompay.Field, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	var fields []freedompay.Field
	for pair := range strings.SplitSeq(string(text), "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return nil, errors.New("read form: bad escape in a name")
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, errors.New("read form: bad escape in a value")
		}
		if fields, err = addField(fields, name, value); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

func addField(fields []freedompay.Field, name, value string) ([]freedompay.Field, error) {
	if name == "" {
		return nil, errors.New("read form: a field has no name")
	}
	if len(fields) == fieldsMax {
		return nil, fmt.Errorf("read form: more than %d fields", fieldsMax)
	}
	return append(fields, freedompay.Field{Name: name, Value: value}), nil
}
