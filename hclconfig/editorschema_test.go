package hclconfig

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestEditorSchema makes the JSON Schema of *.hcl.json files.
func TestEditorSchema(t *testing.T) {
	s := bodySchema(language)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "payrun: a payout file (*.hcl.json)"
	s["description"] = "Blocks and attributes as hclconfig/REFERENCE.md describes them."
	defs := map[string]any{}
	walkBlocks(func(b *blockType) {
		if inLanguage(b) {
			if defs[b.kind] != nil {
				t.Errorf("two kinds of block have the name %s", b.kind)
			}
			defs[b.kind] = bodySchema(b)
		}
	})
	s["$defs"] = defs
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "payouts.schema.json", out.String())
}

// inLanguage says whether a kind of block is one of configuration files.
func inLanguage(wanted *blockType) bool {
	var within func(b *blockType) bool
	within = func(b *blockType) bool {
		for _, inner := range b.blocks {
			if inner == wanted || within(inner) {
				return true
			}
		}
		return false
	}
	return within(language)
}

type object = map[string]any

// bodySchema is the schema of what stands in a block.
func bodySchema(b *blockType) object {
	if b.free != "" {
		return object{"type": "object", "description": plain(b.about)}
	}
	properties := object{"//": object{"description": "A comment"}}
	var required []string
	for _, a := range b.attrs {
		properties[a.name] = attributeSchema(a)
		if a.need != "" {
			required = append(required, a.name)
		}
	}
	for _, inner := range b.blocks {
		properties[inner.kind] = blocksSchema(inner)
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if b.about != "" {
		out["description"] = plain(b.about)
	}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// blocksSchema is where blocks of a kind stand: an object with a member for
// every label, and at the end one body or an array of them.
func blocksSchema(b *blockType) object {
	body := object{"$ref": "#/$defs/" + b.kind}
	if !b.many && len(b.labels) == 0 {
		return body
	}
	s := object{"anyOf": []any{body, object{"type": "array", "items": body}}}
	for range b.labels {
		labelled := object{"type": "object", "additionalProperties": s, "properties": object{"//": object{"description": "A comment"}}}
		s = object{"anyOf": []any{labelled, object{"type": "array", "items": labelled}}}
	}
	return s
}

// attributeSchema lets every attribute be an expression in a string.
func attributeSchema(a attribute) object {
	s := object{"description": plain(a.about)}
	expression := object{"type": "string", "pattern": `[$%]\{`}
	switch {
	case len(a.words) > 0:
		s["anyOf"] = []any{object{"enum": a.words}, expression}
		return s
	case a.kind == kindNumber:
		s["anyOf"] = []any{object{"type": "number"}, object{"type": "string", "pattern": `^[0-9]+$`}, expression}
	case a.kind == kindBool:
		s["anyOf"] = []any{object{"type": "boolean"}, object{"enum": []string{"true", "false"}}, expression}
	case a.kind == kindCondition:
		s["type"] = []string{"boolean", "string"}
	case a.kind == kindTexts:
		s["anyOf"] = []any{object{"type": "array", "items": object{"type": "string"}}, expression}
	case a.kind == kindAmount, a.kind == kindKey:
		s["type"] = []string{"string", "number"}
	case a.kind == kindLimit, a.kind == kindCount:
		s["anyOf"] = []any{object{"type": []string{"string", "number"}}, object{
			"type": "object", "required": []string{"value"}, "additionalProperties": false,
			"properties": object{"value": object{"type": []string{"string", "number"}}, "hard": object{"type": []string{"boolean", "string"}}},
		}}
	case a.kind == kindElements:
		s["anyOf"] = []any{object{"type": "object"}, expression}
	case a.kind == kindAny:
	default:
		s["type"] = "string"
	}
	return s
}

// plain takes the marks of the page out of a sentence.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }
