package hclconfig

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

const envPrefix = "PAYRUN_VAR_"

// givenValue is a value from outside of the configuration.
type givenValue struct {
	value  cty.Value
	source string // "" = none was given
	broken bool   // it was given, and a problem was reported
}

// valueFaults are problems with the sources of values. A variable may have no
// value because of them, and is not reported again.
type valueFaults struct {
	unread bool     // some source could not be read
	meant  []string // variables whose names were misspelt
}

// givenValues collects the values, the later ones winning: environment, files,
// command line.
func (l *loader) givenValues(declared map[string]*variable) map[string]givenValue {
	given := map[string]givenValue{}
	for _, entry := range l.opts.Env {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, envPrefix) {
			short := strings.TrimPrefix(name, envPrefix)
			l.giveText(declared, given, short, value, name)
		}
	}
	for _, file := range l.opts.VarFiles {
		l.giveFile(declared, given, file)
	}
	for _, entry := range l.opts.VarFlags {
		name, value, ok := strings.Cut(entry, "=")
		if !ok {
			l.unread = true
			l.fail(msgVarFlagShape, hcl.Range{}, name)
			continue
		}
		l.giveText(declared, given, name, value, "-var")
	}
	l.giveTest(declared, given)
	return given
}

// known finds a declared variable, or reports that there is none.
func (l *loader) known(declared map[string]*variable, name, source string, at hcl.Range) *variable {
	v := declared[name]
	if v == nil {
		l.misnamed(declared, name)
		l.fail(msgVariableUnknown, at, name, source, suggest(name, sortedKeys(declared)))
	}
	return v
}

// misnamed notes which variable a misspelt name means: that it has no value is
// no news then.
func (l *loader) misnamed(declared map[string]*variable, name string) {
	if near := closest(name, sortedKeys(declared)); near != "" {
		l.meant = append(l.meant, near)
	}
}

// giveText takes a value of the environment or the command line. A variable of
// a simple type takes the text as it is; another one takes an expression.
func (l *loader) giveText(declared map[string]*variable, given map[string]givenValue, name, text, source string) {
	v := l.known(declared, name, source, hcl.Range{})
	if v == nil {
		return
	}
	value := cty.StringVal(text)
	ok := l.guardText(v, text, source)
	if ok && v.typed && !v.wanted.IsPrimitiveType() {
		value, ok = l.expressionText(v, text, source)
	}
	l.give(given, v, value, ok, source)
}

// guardText holds a value to the rules of a file's bytes, without showing it.
func (l *loader) guardText(v *variable, text, source string) bool {
	probe := &collector{sources: newSources()}
	if len(text) > MaxFileBytes || !probe.guard(source, []byte(text)) {
		reason := "it is too long"
		for _, d := range probe.all {
			reason = d.Summary
		}
		l.fail(msgVariableText, v.at, v.name, source, reason)
		return false
	}
	return true
}

func (l *loader) expressionText(v *variable, text, source string) (cty.Value, bool) {
	probe := &collector{sources: newSources()}
	if !probe.guardNesting(source, []byte(text)) {
		l.fail(msgVariableText, v.at, v.name, source, msgNesting.summary)
		return cty.DynamicVal, false
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), source, hcl.InitialPos)
	value := cty.DynamicVal
	if !diags.HasErrors() && l.constantLoop(expr) {
		return value, false
	}
	if !diags.HasErrors() {
		value, diags = expr.Value(nil)
	}
	if diags.HasErrors() {
		l.fail(msgVariableText, v.at, v.name, source, diags[0].Summary)
		return cty.DynamicVal, false
	}
	if found := sameKeys(expr); len(found) > 0 {
		// There is no file to point into, and the value may be a secret.
		at := fmt.Sprintf("an object in it names one key at the characters %d and %d", found[0].first.Start.Byte+1, found[0].again.Start.Byte+1)
		l.fail(msgVariableText, v.at, v.name, source, at)
		return cty.DynamicVal, false
	}
	return value, true
}

// give converts a value and keeps it.
func (l *loader) give(given map[string]givenValue, v *variable, value cty.Value, ok bool, source string) {
	if ok = ok && l.boundLists("The value of "+v.name, value, v.wanted, v.defaults != nil, v.at); ok {
		converted, err := v.convert(value)
		if err != nil {
			l.fail(msgVariableValue, v.at, v.name, source, v.given(value)+v.why(err))
			ok = false
		}
		value = converted
	}
	given[v.name] = givenValue{value: value, source: source, broken: !ok}
}

// giveFile takes the values of a *.vars.hcl or *.vars.json file.
func (l *loader) giveFile(declared map[string]*variable, given map[string]givenValue, file string) {
	isJSON := strings.HasSuffix(file, ".vars.json")
	if !isJSON && !strings.HasSuffix(file, ".vars.hcl") {
		l.unread = true
		l.fail(msgVarFileName, hcl.Range{}, file)
		return
	}
	text, err := l.readOutside(file, InputVars, MaxFileBytes)
	if err != nil {
		l.unread = true
		l.fail(msgVarFileUnreadable, hcl.Range{}, err)
		return
	}
	name := l.shown(file)
	l.sources.add(name, text)
	attrs := l.parseVarFile(name, text, isJSON)
	for _, key := range sortedKeys(attrs) {
		l.giveAttribute(declared, given, attrs[key])
	}
}

func (l *loader) parseVarFile(name string, text []byte, isJSON bool) hcl.Attributes {
	before := l.unread
	l.unread = true
	if !l.guard(name, text) {
		return nil
	}
	var file *hcl.File
	var diags hcl.Diagnostics
	switch {
	case isJSON && !l.guardJSON(name, text), !isJSON && !l.guardNesting(name, text):
		return nil
	case isJSON:
		file, diags = json.Parse(text, name)
	default:
		file, diags = hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	}
	l.add(diags...)
	if diags.HasErrors() {
		return nil
	}
	if body, native := file.Body.(*hclsyntax.Body); native {
		l.noteNative(body)
	}
	attrs, diags := file.Body.JustAttributes()
	l.noteAttributes(attrs)
	l.add(diags...)
	l.unread = before || diags.HasErrors()
	return attrs
}

func (l *loader) giveAttribute(declared map[string]*variable, given map[string]givenValue, attr *hcl.Attribute) {
	source := attr.NameRange.Filename
	v := l.known(declared, attr.Name, source, attr.NameRange)
	if v == nil {
		return
	}
	if v.sensitive {
		l.sources.hide(attr.Expr.Range())
	}
	if expr, native := attr.Expr.(hclsyntax.Expression); native {
		l.noteNative(expr)
	}
	if l.constantLoop(attr.Expr) {
		l.give(given, v, cty.DynamicVal, false, source)
		return
	}
	value, diags := attr.Expr.Value(nil)
	l.add(diags...)
	l.give(given, v, value, !diags.HasErrors(), source)
}
