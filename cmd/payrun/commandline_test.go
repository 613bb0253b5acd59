package main

import (
	"context"
	"errors"
	"testing"

	"github.com/urfave/cli/v3"
)

func TestEmptyOption(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"payrun", "apply", "-auto-approve="}, "auto-approve"},
		{[]string{"payrun", "--chdir=", "plan"}, "chdir"},
		{[]string{"payrun", "plan", "-var=name="}, ""},
		{[]string{"payrun", "plan", "-var", "name="}, ""},
		{[]string{"payrun", "show", "--", "-odd="}, ""},
		{[]string{"payrun"}, ""},
	} {
		if got := emptyOption(tt.args); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.args, got, tt.want)
		}
	}
}

func TestAsksForJSON(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want bool
	}{
		{[]string{"payrun", "plan", "-json", "-bogus"}, true},
		{[]string{"payrun", "plan", "--json=true"}, true},
		{[]string{"payrun", "plan", "-json=false"}, false},
		{[]string{"payrun", "show", "--", "-json"}, false},
	} {
		if got := asksForJSON(tt.args); got != tt.want {
			t.Errorf("%q: got %t", tt.args, got)
		}
	}
}

// What the parser may say in another version still ends as a usage error.
func TestUsageErrorOfAnotherKind(t *testing.T) {
	err := usageError(context.Background(), &cli.Command{Name: "payrun"}, errors.New("something new"), false)
	if codeOf(err) != exitError || err.Error() != "read the command line: something new" {
		t.Errorf("got %d, %v", codeOf(err), err)
	}
}
