package freedompay

import (
	"errors"
	"fmt"
)

// Stage names how far a call came before it failed.
type Stage string

// The stages, in the order a call passes them.
const (
	// StagePrepare: a field, the key or a URL is unusable. Nothing was dialled.
	StagePrepare Stage = "prepare"
	// StageConnect: DNS, dial, proxy or TLS failed, or the context ended before the first byte.
	StageConnect Stage = "connect"
	// StageRefused: BeforeFirstByte said no; errors.Is and errors.As reach its error.
	StageRefused Stage = "refused"
	// StageWrite: the request was offered and the write failed. The gateway may hold all of it.
	StageWrite Stage = "write"
	// StageRead: the request was written and no whole HTTP answer came back.
	StageRead Stage = "read"
	// StageDecode: an HTTP answer came whose body is no well-formed document of ours, or a redirect.
	StageDecode Stage = "decode"
)

// CallError says that a call gave no document worth reading, and what that proves.
//
// Its text names the script, the stage, the HTTP status and the byte count; it never holds the request, the answer, a
// card token, the key or what was signed.
type CallError struct {
	// Script is the called script name, for example "reg2reg".
	Script string
	// Sent counts the request bytes offered to the TLS layer (on plain loopback: to the socket). The handshake and a
	// proxy's CONNECT do not count. 0 is proof that not one byte of the request left; anything else proves nothing.
	Sent int64
	// HTTPStatus is the status of the answer, 0 where none was read.
	HTTPStatus int
	// Stage is where the call ended.
	Stage Stage
	// Err is the cause; a context that ended is reachable as context.Canceled or context.DeadlineExceeded.
	Err error
}

// Error describes the failure in one line.
func (e *CallError) Error() string {
	text := fmt.Sprintf("call %s: %s stage: %v", e.Script, e.Stage, e.Err)
	if e.HTTPStatus != 0 {
		text += fmt.Sprintf(" (http status %d)", e.HTTPStatus)
	}
	if e.Sent == 0 {
		return text + "; nothing sent"
	}
	return fmt.Sprintf("%s; %d bytes offered", text, e.Sent)
}

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

// Causes that are made here. They are unexported: callers branch on Stage and Sent.
var (
	errRedirect     = errors.New("refuse redirect")
	errSwitch       = errors.New("refuse protocol switch")
	errBodyTooLarge = errors.New("read body: larger than 1 MiB")
	errHeadTooLarge = errors.New("read answer: more bytes than an answer may have")
	errBadHTTP      = errors.New("read answer: malformed http")
)
