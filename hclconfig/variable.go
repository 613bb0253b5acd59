package hclconfig

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// variable is a variable block.
type variable struct {
	name      string
	at        hcl.Range
	wanted    cty.Type // cty.DynamicPseudoType = any
	typed     bool     // a type is written
	defaults  *typeexpr.Defaults
	fallback  cty.Value // cty.NilVal = required
	sensitive bool
	nullable  bool
	rules     []*hcl.Block
}

// loadVariables declares the variables, gives them their values and checks
// their validation blocks.
func (l *loader) loadVariables() {
	declared := map[string]*variable{}
	for _, b := range l.blocks["variable"] {
		v := l.declareVariable(b)
		if first, ok := declared[v.name]; ok {
			l.fail(msgDeclaredTwice, b.DefRange, "variable", v.name, position(first.at))
			continue
		}
		declared[v.name] = v
	}
	given := l.givenValues(declared)
	values := map[string]cty.Value{}
	for _, name := range sortedKeys(declared) {
		values[name] = l.assignVariable(declared[name], given[name])
	}
	l.vars = newScope(l.functions, map[string]map[string]cty.Value{"var": values})
	l.scope = l.vars
	for _, name := range sortedKeys(declared) {
		l.validateVariable(declared[name])
	}
}

func (l *loader) declareVariable(b *hcl.Block) *variable {
	l.scope = newScope(nil, nil)
	r := l.read(b, variableSchema)
	l.label(b.Labels[0], b.LabelRanges[0])
	v := &variable{name: b.Labels[0], at: b.DefRange, wanted: cty.DynamicPseudoType, nullable: true,
		sensitive: r.boolean("sensitive"), rules: r.body.Blocks.OfType("validation")}
	if attr, ok := r.attrs["type"]; ok {
		wanted, defaults, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		l.add(diags...)
		v.wanted, v.defaults, v.typed = wanted, defaults, true
	}
	if r.has("nullable") {
		v.nullable = r.boolean("nullable")
	}
	r.text("description")
	if attr, ok := r.attrs["default"]; ok {
		v.fallback = l.defaultValue(v, attr)
	}
	return v
}

// defaultValue evaluates a default without any names: it is a constant.
func (l *loader) defaultValue(v *variable, attr *hcl.Attribute) cty.Value {
	if v.sensitive {
		l.sources.hide(attr.Expr.Range())
	}
	if l.constantLoop(attr.Expr) {
		return cty.DynamicVal
	}
	value, diags := attr.Expr.Value(nil)
	l.add(diags...)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	if !l.boundLists("The default of "+v.name, value, v.wanted, v.defaults != nil, attr.Expr.Range()) {
		return cty.DynamicVal
	}
	converted, err := v.convert(value)
	if err != nil {
		l.fail(msgVariableType, attr.Expr.Range(), v.name, v.why(err))
		return cty.DynamicVal
	}
	return converted
}

// why is a reason that cannot repeat a sensitive value.
func (v *variable) why(err error) string {
	if v.sensitive {
		return "the value does not fit the type"
	}
	return err.Error()
}

// given shows a text that does not fit, where it is no secret.
func (v *variable) given(value cty.Value) string {
	const longest = 40
	if v.sensitive || value.IsMarked() || value.Type() != cty.String || !value.IsKnown() || value.IsNull() || len(value.AsString()) > longest {
		return ""
	}
	return fmt.Sprintf("it is %q, and ", value.AsString())
}

// convert brings a value to the variable's type.
func (v *variable) convert(value cty.Value) (cty.Value, error) {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	return convert.Convert(value, v.wanted)
}

// assignVariable decides on the value and records where it came from. A
// variable without a usable value is unknown, so that the rest is checked.
func (l *loader) assignVariable(v *variable, g givenValue) cty.Value {
	value, source := v.fallback, "default"
	if g.source != "" {
		value, source = g.value, g.source
	}
	switch {
	case g.broken:
		return l.mark(v, cty.UnknownVal(v.wanted))
	case value == cty.NilVal:
		if !l.unread && !slices.Contains(l.meant, v.name) {
			l.fail(msgVariableMissing, v.at, v.name)
		}
		return l.mark(v, cty.UnknownVal(v.wanted))
	case value.IsKnown() && value.IsNull() && !v.nullable && v.fallback != cty.NilVal && !v.fallback.IsNull():
		value, source = v.fallback, "default"
	case value.IsKnown() && value.IsNull() && !v.nullable:
		l.fail(msgVariableNull, v.at, v.name)
		return l.mark(v, cty.UnknownVal(v.wanted))
	}
	if value.IsWhollyKnown() {
		l.boundValue("var."+v.name, value, v.at)
		l.cfg.Variables = append(l.cfg.Variables, VariableValue{Name: v.name, Sensitive: v.sensitive, Source: source})
	}
	return l.mark(v, value)
}

// mark makes a sensitive value known to everything that prints.
func (l *loader) mark(v *variable, value cty.Value) cty.Value {
	if v.sensitive {
		l.hideValue(value)
		return value.Mark(sensitiveMark{})
	}
	return value
}

// printVariables writes the values as plans show them. It runs last, when it
// is known which names hold card tokens.
func (l *loader) printVariables() {
	for i := range l.cfg.Variables {
		v := &l.cfg.Variables[i]
		if v.Sensitive {
			continue
		}
		value := cty.ObjectVal(map[string]cty.Value{v.Name: l.vars.ctx.Variables["var"].GetAttr(v.Name)})
		safe := l.sources.scrubValue(value).AsValueMap()[v.Name]
		// Every type that a variable can have is known to JSON.
		if text, err := ctyjson.Marshal(safe, safe.Type()); err == nil {
			v.Printed = string(text)
		}
	}
}

func (l *loader) validateVariable(v *variable) {
	for _, b := range v.rules {
		l.assert(l.read(b, validationSchema), msgValidation)
	}
}

// assert evaluates a condition and reports the error_message when it is false.
func (l *loader) assert(r *reader, m message) {
	held, ok := r.condition("condition")
	if !ok || held {
		return
	}
	if text, ok := r.publicText("error_message"); ok {
		l.failValue(m, r.attrs["condition"].Expr, r.scope.ctx, text)
	}
}

// condition is a truth value; ok is false where it is unknown or broken.
func (r *reader) condition(name string) (held, ok bool) {
	attr, found := r.attrs[name]
	if !found {
		return false, false
	}
	v, ok := r.evaluate(r.scope, attr.Expr)
	if !ok {
		return false, false
	}
	v, _ = v.UnmarkDeep()
	if !v.IsKnown() {
		return false, false
	}
	converted, err := convert.Convert(v, cty.Bool)
	if err != nil && inJSON(attr.Expr) && v.Type() == cty.String && len(attr.Expr.Variables()) == 0 {
		r.fail(msgTextJSON, attr.Expr.Range(), name, v.AsString())
		return false, false
	}
	if err != nil || converted.IsNull() {
		r.failValue(msgWrongType, attr.Expr, r.scope.ctx, name, "bool", v.Type().FriendlyName())
		return false, false
	}
	if !converted.IsKnown() {
		return false, false
	}
	return converted.True(), true
}

// publicText is a text that will be shown, and so must not hold anything
// sensitive.
func (r *reader) publicText(name string) (string, bool) {
	v, ok := r.value(name)
	switch {
	case !ok:
		return "", false
	case v.HasMark(sensitiveMark{}):
		return sensitiveText, true
	}
	return r.text(name)
}

// label checks the label of a block: an identifier, as an address needs it.
func (l *loader) label(name string, at hcl.Range) bool {
	if !isIdentifier(name) {
		l.fail(msgLabel, at, name)
		return false
	}
	return true
}
