package examples

import (
	"embed"
	"io/fs"
	"strings"
)

// The patterns name what people and payrun read, never a whole folder: a run in a
// checkout leaves a state behind, which must not be copied along.
//
//go:embed */*.md */*.hcl */*/*.hcl */*.csv */*/*.csv */*.xlsx */*.age */EXAMPLE-KEY.txt
//go:embed */.payrun/sandbox/faults.json
//go:embed */allowed_signers */.gitignore */.gitattributes */plans/.gitignore
//go:embed */ci/*.sh */.github/workflows/*.yml */.gitlab-ci.yml
var files embed.FS

// File is one file of an example.
type File struct {
	Path string // inside the example, with '/'
	Text []byte
}

// Names lists the examples by name.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the root of an embedded file system is always there
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Files returns the files of an example by path, and false where there is no
// example of that name.
func Files(name string) ([]File, bool) {
	if strings.ContainsAny(name, `./\`) {
		return nil, false
	}
	var out []File
	err := fs.WalkDir(files, name, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		out = append(out, File{Path: strings.TrimPrefix(path, name+"/"), Text: text})
		return err
	})
	return out, err == nil && len(out) > 0
}
