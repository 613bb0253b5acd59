package hclconfig

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// nativeTree turns a list or an object of JSON into the expression that it
// stands for, so that what is in it is counted like everything else.
func (c *collector) nativeTree(expr hcl.Expression) hcl.Expression {
	if _, native := expr.(hclsyntax.Expression); native {
		return expr
	}
	if items, diags := hcl.ExprList(expr); !diags.HasErrors() {
		out := &hclsyntax.TupleConsExpr{SrcRange: expr.Range(), OpenRange: expr.StartRange()}
		for _, item := range items {
			out.Exprs = append(out.Exprs, c.syntaxExpr(item))
		}
		return out
	}
	if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
		out := &hclsyntax.ObjectConsExpr{SrcRange: expr.Range(), OpenRange: expr.StartRange()}
		keys := newKeySet(len(pairs))
		for _, pair := range pairs {
			key := c.syntaxExpr(pair.Key)
			keys.constant(key, pair.Key.Range())
			out.Items = append(out.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: c.syntaxExpr(pair.Value)})
		}
		c.noteKeys(keys.found)
		return out
	}
	return c.nativeExpr(expr)
}

// inJSON says whether an expression stands in a JSON file.
func inJSON(expr hcl.Expression) bool {
	_, native := expr.(hclsyntax.Expression)
	return !native
}

// syntaxExpr is an expression of JSON in the syntax of HCL.
func (c *collector) syntaxExpr(expr hcl.Expression) hclsyntax.Expression {
	if made, ok := c.nativeTree(expr).(hclsyntax.Expression); ok {
		return made
	}
	// A number, a truth value or null; or a text that cannot be read, which its
	// evaluation reports.
	v, diags := expr.Value(nil)
	if diags.HasErrors() {
		c.add(diags...)
	}
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: expr.Range()}
}
