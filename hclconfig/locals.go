package hclconfig

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// loadLocals evaluates the locals in the order in which they need each other.
func (l *loader) loadLocals() {
	attrs := hcl.Attributes{}
	for _, b := range l.blocks["locals"] {
		found, diags := b.Body.JustAttributes()
		l.noteAttributes(found)
		l.add(diags...)
		for _, name := range sortedKeys(found) {
			if first, ok := attrs[name]; ok {
				l.fail(msgDeclaredTwice, found[name].NameRange, "local", name, position(first.NameRange))
				continue
			}
			attrs[name] = found[name]
		}
	}
	l.localAttrs = attrs
	w := &localWalk{loader: l, attrs: attrs, values: map[string]cty.Value{}, names: sortedKeys(attrs)}
	for _, name := range w.names {
		w.visit(name, nil)
	}
	l.scope = l.vars.child(map[string]cty.Value{"local": cty.ObjectVal(w.values)})
	l.scope.names["local"] = w.names
}

// localWalk visits locals depth first.
type localWalk struct {
	*loader
	attrs  hcl.Attributes
	values map[string]cty.Value
	names  []string
}

// visit evaluates a local after those that it needs. A local that is on the
// path already needs itself.
func (w *localWalk) visit(name string, path []string) {
	if _, done := w.values[name]; done {
		return
	}
	attr := w.attrs[name]
	if i := slices.Index(path, name); i >= 0 {
		w.fail(msgLocalCycle, attr.NameRange, strings.Join(append(path[i:], name), " → local."))
		w.values[name] = cty.DynamicVal
		return
	}
	for _, need := range w.needs(attr.Expr) {
		// A chain as long as this is not written by people; it would use the stack.
		if len(path) > MaxOperators {
			w.fail(msgNesting, attr.NameRange, MaxNesting)
			break
		}
		w.visit(need, append(path, name))
	}
	if _, done := w.values[name]; !done {
		w.values[name] = w.evaluateLocal(name, attr)
	}
}

// needs lists the locals that an expression refers to.
func (w *localWalk) needs(expr hcl.Expression) []string {
	var out []string
	for _, t := range expr.Variables() {
		if t.RootName() != "local" {
			continue
		}
		if name, ok := secondStep(t); ok && w.attrs[name] != nil {
			out = append(out, name)
		} else if !ok {
			// The whole object: everything is needed.
			out = append(out, w.names...)
		}
	}
	return out
}

func (w *localWalk) evaluateLocal(name string, attr *hcl.Attribute) cty.Value {
	// Only what is needed: all of them for each would be quadratic.
	needed := map[string]cty.Value{}
	for _, need := range w.needs(attr.Expr) {
		if v, ok := w.values[need]; ok {
			needed[need] = v
		}
	}
	s := w.vars.child(map[string]cty.Value{"local": cty.ObjectVal(needed)})
	s.names["local"] = w.names
	v, ok := w.evaluate(s, attr.Expr)
	if !ok || !w.boundValue("local."+name, v, attr.Expr.Range()) {
		return cty.DynamicVal
	}
	return v
}
