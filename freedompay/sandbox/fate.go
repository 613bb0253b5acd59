package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// The words of pg_payment_status that the gateway documents.
const (
	StatusSuccess = "success"
	StatusError   = "error"
	StatusProcess = "process"
)

// processMax bounds process:N; a payment that never settles needs no more.
const processMax = 1_000_000_000

// fate is what becomes of a payment: a number of status answers that say
// process, then success (code 0) or error.
type fate struct {
	process int
	code    int
}

// parseFate reads a "then": "", success, error:CODE, process:N, and
// process:N followed by a comma and one of the first two.
func parseFate(s string) (fate, error) {
	var f fate
	end := s
	if count, ok := strings.CutPrefix(s, "process:"); ok {
		digits, tail, more := strings.Cut(count, ",")
		n, err := parseCount(digits, 1, processMax)
		if err != nil {
			return fate{}, fmt.Errorf("read then %q: %w", s, err)
		}
		f.process, end = n, tail
		if !more {
			return f, nil
		}
	}
	if end == StatusSuccess || s == "" {
		return f, nil
	}
	digits, ok := strings.CutPrefix(end, "error:")
	if !ok {
		return fate{}, fmt.Errorf("read then %q: want success, error:CODE, process:N or process:N,error:CODE", s)
	}
	code, err := parseCount(digits, 1, codeMax)
	if err != nil {
		return fate{}, fmt.Errorf("read then %q: %w", s, err)
	}
	f.code = code
	return f, nil
}

func (f fate) String() string {
	end := StatusSuccess
	if f.code != 0 {
		end = fmt.Sprintf("error:%d", f.code)
	}
	switch {
	case f.process == 0:
		return end
	case f.code == 0:
		return fmt.Sprintf("process:%d", f.process)
	}
	return fmt.Sprintf("process:%d,%s", f.process, end)
}

// status is the word after told answers that said process.
func (f fate) status(told int) string {
	switch {
	case told < f.process:
		return StatusProcess
	case f.code != 0:
		return StatusError
	}
	return StatusSuccess
}

// parseCount reads an unsigned decimal between low and high, without sign,
// space or leading zero.
func parseCount(s string, low, high int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || n < low || n > high {
		return 0, fmt.Errorf("want a whole number from %d to %d, not %q", low, high, s)
	}
	return n, nil
}
