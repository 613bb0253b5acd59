package hclconfig

// Attributes that a literal payout block may have.
const (
	literalAmount = iota
	literalUser
	literalToken
	literalDescription
	literalLabel
	literalAttributes
)

// literalBlock is a payout block in which every value is a plain text or
// number, as a program writes it that exports payouts.
type literalBlock struct {
	name   string
	head   int // bytes, and characters, from the type to the end of the label
	values [literalAttributes]literalValue
}

// literalValue is a text between quotation marks that stands for itself, or
// the digits of a number.
type literalValue struct {
	text   string
	number bool
	there  bool
}

// plain is the value as the evaluation of the parsed block gives it. There is
// no card number in it: the guard has looked at the file.
func (v literalValue) plain() (string, bool) { return normal(v.text), v.there }

// literalReader reads literal blocks: it knows a small part of HCL by heart,
// and takes nothing else. Reading a block so takes a thirtieth of the time
// that parsing and evaluating it takes. A test compares the two on whatever
// the fuzzer makes up.
type literalReader struct {
	scanner
	source string // the text
}

// block reads the block at hand to the end of its line, or nothing.
func (r *literalReader) block() (literalBlock, bool) {
	from := r.at
	b, ok := r.literal()
	if !ok || r.bad {
		r.at, r.bad = from, false
		return b, false
	}
	return b, true
}

func (r *literalReader) literal() (literalBlock, bool) {
	var b literalBlock
	from := r.at
	if r.name() != "payout" {
		return b, false
	}
	r.spaces()
	if !r.has(`"`) {
		return b, false
	}
	r.at++
	b.name = r.name()
	if !r.has(`"`) || b.name == "" {
		return b, false
	}
	r.at++
	b.head = r.at - from
	r.spaces()
	if !r.has("{") {
		return b, false
	}
	r.at++
	r.lineEnd()
	for r.blank(); r.at < len(r.text) && r.text[r.at] != '}'; r.blank() {
		if !r.attribute(&b) {
			return b, false
		}
	}
	if r.at >= len(r.text) {
		return b, false
	}
	r.at++
	r.lineEnd()
	return b, true
}

// name is word without a copy.
func (r *literalReader) name() string {
	from := r.at
	for r.at < len(r.text) && (isLetter(r.text[r.at]) || r.at > from && (isDigit(r.text[r.at]) || r.text[r.at] == '-')) {
		r.at++
	}
	return r.source[from:r.at]
}

// attribute reads `name = value` and the end of its line.
func (r *literalReader) attribute(b *literalBlock) bool {
	i := literalIndex(r.name())
	r.spaces()
	if i < 0 || b.values[i].there || !r.has("=") {
		return false
	}
	r.at++
	r.spaces()
	v, ok := r.value()
	if !ok {
		return false
	}
	b.values[i] = v
	r.lineEnd()
	return !r.bad
}

func literalIndex(name string) int {
	switch name {
	case "amount":
		return literalAmount
	case "user_id":
		return literalUser
	case "card_token":
		return literalToken
	case "description":
		return literalDescription
	case "label":
		return literalLabel
	}
	return -1
}

// value reads a text or a number.
func (r *literalReader) value() (literalValue, bool) {
	if r.at < len(r.text) && r.text[r.at] == '"' {
		return r.plainText()
	}
	from, point := r.at, -1
	for r.at < len(r.text) && (isDigit(r.text[r.at]) || r.text[r.at] == '.' && point < 0 && r.at > from) {
		if r.text[r.at] == '.' {
			point = r.at
		}
		r.at++
	}
	return literalValue{text: r.source[from:r.at], number: true, there: true}, r.at > from && point != r.at-1
}

// plainText reads a text without escapes and templates.
func (r *literalReader) plainText() (literalValue, bool) {
	r.at++
	from := r.at
	for r.at < len(r.text) {
		switch b := r.text[r.at]; {
		case b == '"':
			r.at++
			return literalValue{text: r.source[from : r.at-1], there: true}, true
		case b == '\\' || b == '$' || b == '%' || b < ' ':
			return literalValue{}, false
		}
		r.at++
	}
	return literalValue{}, false
}
