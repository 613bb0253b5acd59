package hclconfig

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// version is MAJOR.MINOR.PATCH; what follows a dash or plus is not compared.
type version [3]int

// constraint is one part of required_version, such as ">= 0.1.0".
type constraint struct {
	operator string
	version  version
	parts    int // numbers written, for "~>"
}

func parseVersion(text string) (version, error) {
	v, _, err := versionParts(text)
	return v, err
}

func versionParts(text string) (v version, parts int, err error) {
	core, _, _ := strings.Cut(strings.TrimPrefix(text, "v"), "+")
	core, _, _ = strings.Cut(core, "-")
	numbers := strings.Split(core, ".")
	if len(numbers) > len(v) {
		return v, 0, fmt.Errorf("%q has more than three numbers", text)
	}
	for i, n := range numbers {
		u, err := strconv.ParseUint(n, 10, 31)
		if err != nil {
			return v, 0, fmt.Errorf("%q is not a version such as 0.1.0", text)
		}
		v[i] = int(u)
	}
	return v, len(numbers), nil
}

// parseConstraints reads constraints that are joined by commas, as Terraform
// writes them.
func parseConstraints(text string) ([]constraint, error) {
	var out []constraint
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		number := strings.TrimLeft(part, "<>=!~")
		c := constraint{operator: part[:len(part)-len(number)]}
		if !slices.Contains([]string{"", "=", "!=", ">", ">=", "<", "<=", "~>"}, c.operator) {
			return nil, fmt.Errorf("%q is not a comparison", c.operator)
		}
		var err error
		if c.version, c.parts, err = versionParts(strings.TrimSpace(number)); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (c constraint) allows(v version) bool {
	order := slices.Compare(v[:], c.version[:])
	switch c.operator {
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case "!=":
		return order != 0
	case "~>":
		// "~> 0.1.2" lets the last number written grow, and nothing else.
		fixed := max(c.parts-1, 1)
		return order >= 0 && slices.Equal(v[:fixed], c.version[:fixed])
	}
	return order == 0
}
