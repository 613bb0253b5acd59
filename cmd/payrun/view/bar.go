package view

import (
	"bytes"

	"github.com/schollz/progressbar/v3"
)

// barWidth is the width of the bar itself, in columns; narrowBar that on a
// terminal of fewer than wideScreen columns, where the words need the room;
// frameWidth that of all around it.
const (
	barWidth   = 20
	narrowBar  = 10
	wideScreen = 100
	frameWidth = 12
)

// bar is the one progress bar. It draws into memory: only its owner writes to
// the terminal, whole frames at a time, and only its owner has a clock. The
// library's own times and rates are off for the same reason.
type bar struct {
	inner *progressbar.ProgressBar
	frame bytes.Buffer
	last  []byte
	room  int // columns for the words
}

// newBar makes a bar of a number of steps, at least 1.
func newBar(steps, columns int) *bar {
	if columns <= 0 {
		columns = 80
	}
	width := barWidth
	if columns < wideScreen {
		width = narrowBar
	}
	b := &bar{room: max(columns-width-frameWidth, 1)}
	b.inner = progressbar.NewOptions(max(steps, 1),
		progressbar.OptionSetWriter(&b.frame),
		progressbar.OptionSetWidth(width),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: "│", BarEnd: "│"}),
	)
	return b
}

// draw returns the bytes that draw the bar over its last frame.
func (b *bar) draw(steps int, words string) []byte {
	// Each call below may render. Only the last frame counts, and the errors
	// are those of a buffer in memory and of steps past the end.
	b.inner.Describe(cut(words, b.room))
	b.frame.Reset()
	_ = b.inner.Set(min(max(steps, 0), b.inner.GetMax()))
	if b.frame.Len() == 0 {
		_ = b.inner.RenderBlank()
	}
	if b.frame.Len() > 0 {
		b.last = bytes.Clone(b.frame.Bytes())
	}
	return b.last
}

// clear returns the bytes that take the bar off the screen.
func (b *bar) clear() []byte {
	if b.last == nil {
		return nil
	}
	return []byte("\x1b[2K\r")
}

// end returns the bytes that leave the bar as it stands. Finish would fill it,
// so it is for a run that was not stopped and made all its steps.
func (b *bar) end(steps int, words string, stopped bool) []byte {
	frame := b.draw(steps, words)
	if !stopped && steps >= b.inner.GetMax() {
		_ = b.inner.Finish()
	} else {
		_ = b.inner.Exit()
	}
	return append(bytes.Clone(frame), '\n')
}
