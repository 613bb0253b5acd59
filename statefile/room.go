package statefile

import (
	"slices"
	"strings"

	"payrun/planner/payout"
)

// room holds what many payouts are made of side by side: a large state is some
// thousand pieces of memory then, and not millions. A piece lives as long as
// anything in it does, which for the records of one state is the same time.
type room struct {
	records  []payout.Record
	attempts []payout.Attempt
	events   []payout.Event
	texts    strings.Builder
}

// What a piece has room for at least.
const (
	roomElements = 64
	roomBytes    = 8 << 10
)

// rooms takes n zero elements, which nothing grows into what follows them.
func rooms[T any](free *[]T, n int) []T {
	if len(*free) < n {
		piece := slices.Grow([]T(nil), max(n, roomElements))
		*free = piece[:cap(piece)]
	}
	out := (*free)[:n:n]
	*free = (*free)[n:]
	return out
}

// text keeps a text. What a Builder has given out stays as it is while more is
// written behind it.
func (r *room) text(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if r.texts.Cap()-r.texts.Len() < len(text) {
		r.texts = strings.Builder{}
		r.texts.Grow(max(roomBytes, len(text)))
	}
	from := r.texts.Len()
	r.texts.Write(text)
	return r.texts.String()[from:]
}
