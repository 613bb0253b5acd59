package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"payrun":     func() { os.Exit(realMain()) },
		benchGateway: serveBenchGateway,
	})
}

// TestScripts runs the whole program, as people start it, on real files and
// real sockets. Scripts are named after the command they are about.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	// Where time is short, as under the race detector, only what sends runs.
	dir, pattern := filepath.Join("testdata", "script"), "*.txtar"
	if testing.Short() {
		pattern = "apply_*.txtar"
	}
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			env.Setenv("NO_COLOR", "1")
			// git and ssh-agent, whatever is set up on this machine.
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sandbox":  sandboxVerb,
			"agree":    agreeVerb,
			"tamper":   tamperVerb,
			"example":  exampleVerb,
			"readme":   readmeVerb,
			"approved": approvedVerb,
			"code":     codeVerb,
			"says":     saysVerb,
			"gateway":  gatewayVerb,
			"schema":   schemaVerb,
			"policy":   policyVerb,
			"key":      keyVerb,
			"signer":   signerVerb,
			"commit":   commitVerb,
			"relabel":  relabelVerb,
			"armour":   armourVerb,
			"agent":    agentVerb,
			"calls":    callsVerb,
			"clock":    clockVerb,
			"put":      putVerb,
			"publish":  publishVerb,
			"rewrite":  rewriteVerb,
			"ends":     endsVerb,
			"answers":  answersVerb,
			"seal":     sealVerb,
			"sheet":    sheetVerb,
		},
	})
}
