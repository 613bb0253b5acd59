package hclconfig

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxNearFiles bounds the search for a file that was meant.
const maxNearFiles = 1000

// nearFile says which row file of the same folder may be meant by the name of
// one that does not exist.
func (l *loader) nearFile(name string, err error) string {
	if !strings.HasSuffix(err.Error(), "does not exist") || !fs.ValidPath(path.Clean(name)) {
		return ""
	}
	folder := path.Dir(path.Clean(name))
	entries, wrong := fs.ReadDir(l.root.FS(), folder)
	if wrong != nil || len(entries) > maxNearFiles {
		return ""
	}
	var names []string
	for _, e := range entries {
		if plain := strings.TrimSuffix(e.Name(), ageEnding); slices.Contains(rowFormats, strings.TrimPrefix(path.Ext(plain), ".")) {
			names = append(names, path.Join(folder, e.Name()))
		}
	}
	if near := suggest(name, names); near != "" || len(names) == 0 {
		return near
	}
	return " Row files there are: " + headings(names) + "."
}
