package hclconfig

import "github.com/hashicorp/hcl/v2"

// blockType is one kind of block: the words that the loader takes in it, and
// what the reference page and the schema for editors say about them. There is
// no other list of them.
type blockType struct {
	kind   string
	labels []string
	about  string // sentences of the reference
	many   bool   // it may stand more than once
	free   string // what its attributes are, where every name is allowed
	attrs  []attribute
	blocks []*blockType
	others []string // words that are refused by name

	body *hcl.BodySchema
}

// attribute is one attribute of a block.
type attribute struct {
	name     string
	kind     valueKind
	need     string   // why it cannot be left out; "" = it can
	words    []string // the only values; the first holds where it is left out
	fallback string   // what holds where it is left out, as a person reads it
	about    string   // what it is, its rule and bounds
}

// valueKind says which values an attribute takes.
type valueKind string

const (
	kindText      valueKind = "string"
	kindNumber    valueKind = "number"
	kindBool      valueKind = "bool"
	kindTexts     valueKind = "list of string"
	kindAmount    valueKind = "amount"
	kindKey       valueKind = "string or number"
	kindLimit     valueKind = "amount or { value, hard }"
	kindCount     valueKind = "number or { value, hard }"
	kindCondition valueKind = "bool expression"
	kindReference valueKind = "reference"
	kindAddress   valueKind = "address"
	kindType      valueKind = "type"
	kindDuration  valueKind = "duration"
	kindTime      valueKind = "time"
	kindElements  valueKind = "map, or set of string"
	kindAny       valueKind = "any"
)

// newBlock completes a kind of block. Reserved attributes are part of it, so
// that they get an error of their own.
func newBlock(t blockType) *blockType {
	t.others = sortedKeys(reservedAttributes)
	return t.complete()
}

// newTestBlock completes a kind of block of test files. The reserved words are
// no part of it, since their cures are about payouts.
func newTestBlock(t blockType) *blockType { return t.complete() }

func (t blockType) complete() *blockType {
	t.body = &hcl.BodySchema{}
	for _, a := range t.attrs {
		t.body.Attributes = append(t.body.Attributes, hcl.AttributeSchema{Name: a.name})
	}
	for _, name := range t.others {
		if t.attribute(name) == nil {
			t.body.Attributes = append(t.body.Attributes, hcl.AttributeSchema{Name: name})
		}
	}
	for _, inner := range t.blocks {
		t.body.Blocks = append(t.body.Blocks, block(inner.kind, inner.labels...))
	}
	if t.kind == "batch" || t.kind == "payout" {
		t.body.Blocks = append(t.body.Blocks, block("dynamic", "type"), block("provisioner", "type"))
	}
	return &t
}

// attribute finds an attribute by its name, or is nil.
func (t *blockType) attribute(name string) *attribute {
	for i := range t.attrs {
		if t.attrs[i].name == name {
			return &t.attrs[i]
		}
	}
	return nil
}

func block(kind string, labels ...string) hcl.BlockHeaderSchema {
	return hcl.BlockHeaderSchema{Type: kind, LabelNames: labels}
}

// reservedBlocks are words of Terraform whose absence has a reason.
var reservedBlocks = []string{"resource", "data", "provider", "module", "terraform", "provisioner", "dynamic"}

// reservedAttributes are likewise refused by name wherever they stand.
var reservedAttributes = map[string]message{
	"count":       msgReservedCount,
	"iban":        msgReservedDestination,
	"card_number": msgReservedDestination,
	"secret_key":  msgReservedSecret,
	"depends_on":  msgReservedDependsOn,
}

// language is everything that a configuration file may hold.
var language = newBlock(blockType{blocks: []*blockType{
	settingsSchema, variableSchema, localsSchema, merchantSchema, batchSchema, checkSchema, outputSchema, approvalsSchema,
	movedSchema, importSchema,
}})

var topSchema = &hcl.BodySchema{Blocks: append(language.body.Blocks, reservedTop()...)}

func reservedTop() []hcl.BlockHeaderSchema {
	labels := map[string][]string{"resource": {"type", "name"}, "data": {"type", "name"}, "provider": {"name"},
		"module": {"name"}, "provisioner": {"type"}, "dynamic": {"type"}}
	var out []hcl.BlockHeaderSchema
	for _, kind := range reservedBlocks {
		out = append(out, hcl.BlockHeaderSchema{Type: kind, LabelNames: labels[kind]})
	}
	return out
}
