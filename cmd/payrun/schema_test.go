package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"payrun/planner/planfile"
	"payrun/planner/policy"
)

// schemaPath finds a schema by its name: those of a file beside the package of
// the file, all others beside view.
func schemaPath(name string) string {
	switch name {
	case "plan-file":
		return filepath.Join("..", "..", "planner", "planfile", "plan.schema.json")
	case "approvals":
		return filepath.Join("..", "..", "planner", "policy", "approvals.schema.json")
	case "state-file":
		return filepath.Join("..", "..", "statefile", "state.schema.json")
	}
	return filepath.Join("view", "schema", name+".schema.json")
}

// compileSchema compiles a schema of the repository; a strict one takes no
// member that the schema does not name, so that nothing we write is left
// undescribed.
func compileSchema(path string, strict bool) (*jsonschema.Schema, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if strict {
		closeObjects(document)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(path, document); err != nil {
		return nil, err
	}
	return c.Compile(path)
}

// closeObjects forbids unnamed members in every object that a schema describes
// as a whole. What stands below if, then and allOf is a part of the object
// above it.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, one := range s {
			closeObjects(one)
		}
	case map[string]any:
		if s["type"] == "object" && s["properties"] != nil {
			s["unevaluatedProperties"] = false
		}
		for _, one := range s {
			closeObjects(one)
		}
	}
}

// matches says what of a text a schema does not take. With lines, each line is
// a document of its own.
func matches(path, text string, strict, lines bool) error {
	schema, err := compileSchema(path, strict)
	if err != nil {
		return err
	}
	documents := []string{text}
	if lines {
		documents = slices.Collect(strings.Lines(text))
	}
	for i, one := range documents {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(one))
		if err != nil {
			return fmt.Errorf("document %d: %w", i+1, err)
		}
		if err := schema.Validate(value); err != nil {
			return fmt.Errorf("document %d: %w\n%s", i+1, err, one)
		}
	}
	return nil
}

// schemaVerb holds a file to a schema, every member of it: schema NAME FILE.
// Of "apply" every line is a document.
func schemaVerb(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: schema NAME FILE")
	}
	text := ts.ReadFile(args[1])
	if text == "" {
		ts.Fatalf("%s is empty", args[1])
	}
	err := matches(schemaPath(args[0]), text, true, args[0] == "apply")
	if neg && err == nil {
		ts.Fatalf("%s fits the schema %s", args[1], args[0])
	}
	if !neg {
		ts.Check(err)
	}
}

// The golden documents of every package, each member of which a schema names.
func TestGoldenDocumentsFitTheirSchemas(t *testing.T) {
	golden := func(name string) string { return filepath.Join("view", "testdata", name) }
	for file, schema := range map[string]string{
		golden("plan_troubled.json"):  "plan",
		golden("saved-troubled.json"): "plan",
		golden("apply.jsonl"):         "apply",
		golden("diagnostics.json"):    "validate",
		golden("report.json"):         "report",
		golden("balances.json"):       "balance",
		golden("state.json"):          "state",
		golden("state_list.json"):     "state-list",
		golden("state_show.json"):     "state-show",
		golden("run_summary.json"):    "run-summary",
		filepath.Join("..", "..", "planner", "planfile", "testdata", "example.json"): "plan-file",
		filepath.Join("..", "..", "planner", "planfile", "testdata", "empty.json"):   "plan-file",
		filepath.Join("..", "..", "statefile", "testdata", "state.golden.json"):      "state-file",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := matches(schemaPath(schema), string(text), true, schema == "apply"); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// everySchema are the paths of all schemas of the repository.
func everySchema(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("view", "schema", "*.schema.json"))
	if err != nil || len(found) < 11 {
		t.Fatalf("found %d schemas: %v", len(found), err)
	}
	return append(found, schemaPath("plan-file"), schemaPath("approvals"), schemaPath("state-file"))
}

// Every schema is one of draft 2020-12, has a name of its own, says of every
// format whether another version may come, and has no member that is a JSON
// number and an amount.
func TestSchemas(t *testing.T) {
	names := make(map[string]bool)
	for _, path := range everySchema(t) {
		if _, err := compileSchema(path, false); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			Schema string `json:"$schema"`
			ID     string `json:"$id"`
			Title  string `json:"title"`
		}
		if err := json.Unmarshal(text, &head); err != nil {
			t.Fatal(err)
		}
		if head.Schema != "https://json-schema.org/draft/2020-12/schema" || !strings.HasPrefix(head.ID, "urn:payrun:schema:") || head.Title == "" || names[head.ID] {
			t.Errorf("%s begins with %+v", path, head)
		}
		names[head.ID] = true
		if strings.Contains(string(text), `"number"`) {
			t.Errorf("%s takes a JSON number that is no integer", path)
		}
	}
}

// What a later minor version adds is ignored in what programs read; a plan file
// of this version has no unknown member, and decoding it says the same.
func TestUnknownMembers(t *testing.T) {
	open := map[string]string{
		"plan": "plan_troubled.json", "validate": "diagnostics.json", "report": "report.json", "state": "state.json", "state-list": "state_list.json",
	}
	for schema, file := range open {
		text, err := os.ReadFile(filepath.Join("view", "testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		checkOpen(t, schemaPath(schema), string(text))
	}
	checkOpen(t, schemaPath("apply"), `{"@level":"info","@message":"m","type":"unheard_of"}`)
	state, err := os.ReadFile(filepath.Join("..", "..", "statefile", "testdata", "state.golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkOpen(t, schemaPath("state-file"), string(state))
	plan, err := os.ReadFile(filepath.Join("..", "..", "planner", "planfile", "testdata", "example.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{{"{\n", "{\n\"later\":1,"}, {`{"action":"pay",`, `{"action":"pay","later":1,`}, {`"format_version": "1.0"`, `"format_version": "1.1"`}} {
		changed := strings.Replace(string(plan), edit[0], edit[1], 1)
		if changed == string(plan) {
			t.Fatalf("%q is not in the plan file", edit[0])
		}
		if matches(schemaPath("plan-file"), changed, false, false) == nil {
			t.Errorf("the schema of plan files takes %s", edit[1])
		}
		if _, err := planfile.Decode([]byte(changed)); err == nil {
			t.Errorf("a plan file is read with %s", edit[1])
		}
	}
}

// A PLAN.approvals file has no unknown member, and reading it says the same.
func TestUnknownMembersOfApprovals(t *testing.T) {
	digest, armour := "sha256:"+strings.Repeat("0", 64), "-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----\n"
	file := policy.ApprovalFile{Plan: digest, Approvals: []policy.Approval{{Identity: "aigul@example.kz", Expires: "2026-11-25T12:00:00Z", Signature: armour}}}
	text := string(file.Encode())
	if err := matches(schemaPath("approvals"), text, false, false); err != nil {
		t.Error(err)
	}
	for _, edit := range [][2]string{{"{", `{"later":1,`}, {`"identity"`, `"later":1,"identity"`}} {
		changed := strings.Replace(text, edit[0], edit[1], 1)
		if matches(schemaPath("approvals"), changed, false, false) == nil {
			t.Errorf("the schema of approvals takes %s", edit[1])
		}
		if _, err := policy.ParseApprovals([]byte(changed)); err == nil {
			t.Errorf("approvals are read with %s", edit[1])
		}
	}
}

func checkOpen(t *testing.T, path, text string) {
	t.Helper()
	later := strings.Replace(text, "{", `{"later":{"x":1},`, 1)
	if err := matches(path, later, false, false); err != nil {
		t.Errorf("%s does not take a later member: %v", path, err)
	}
	if matches(path, later, true, false) == nil {
		t.Errorf("%s, closed, takes an unknown member: the tests see nothing", path)
	}
	major := strings.Replace(text, `"format_version": "1.0"`, `"format_version": "2.0"`, 1)
	if major != text && matches(path, major, false, false) == nil {
		t.Errorf("%s takes another major version", path)
	}
}

// A schema that took anything would prove nothing: these are wrong.
func TestSchemasRefuse(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("view", "testdata", "plan_troubled.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{`"amount": "100.00"`, `"amount": 100.00`},
		{`"amount": "100.00"`, `"amount": "1e2"`},
		{`"mode": "managed"`, `"mode": "data"`},
		{`"no-op"`, `"delete"`},
		{`"applyable": false`, `"applyable": "no"`},
		{`"applyable": false,`, ``},
		{`"currency": "KZT"`, `"currency": "tenge"`},
		{`"status": "paid"`, `"status": "payed"`},
	} {
		changed := strings.Replace(string(text), edit[0], edit[1], 1)
		if changed == string(text) {
			t.Fatalf("%q is not in the plan", edit[0])
		}
		if matches(schemaPath("plan"), changed, false, false) == nil {
			t.Errorf("the schema of plans takes %s", edit[1])
		}
	}
	for _, line := range []string{
		`{"@level":"info","@message":"m"}`,
		`{"@level":"debug","@message":"m","type":"log"}`,
		`{"@level":"info","@message":"m","type":"version","payrun":"1"}`,
		`{"@level":"info","@message":"m","type":"apply_start","hook":{}}`,
		`{"@level":"info","@message":"m","@timestamp":"yesterday","type":"log"}`,
	} {
		if matches(schemaPath("apply"), line, false, true) == nil {
			t.Errorf("the schema of lines takes %s", line)
		}
	}
}
