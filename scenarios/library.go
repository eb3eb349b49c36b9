package scenarios

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"faaslab/scenarios/internal/keyfile"
)

//go:embed library/*.yaml
var library embed.FS

// A Builtin is a scenario of the built-in library.
type Builtin struct {
	Name        string
	Description string // one line
}

// List returns the built-in library in the order of its names.
func List() []Builtin {
	names := builtinNames()
	all := make([]Builtin, len(names))
	for i, name := range names {
		s, err := Load(name, nil)
		if err != nil {
			panic("scenarios: " + err.Error()) // a test loads them all
		}
		all[i] = Builtin{name, s.Description}
	}
	return all
}

// Source returns the file of a built-in scenario, with its comments.
func Source(name string) ([]byte, error) {
	if data, err := library.ReadFile(libraryPath(name)); err == nil {
		return data, nil
	}
	return nil, fmt.Errorf("%s is not a built-in scenario%s", keyfile.Quoted(name), builtinHint(name))
}

// builtinNames returns the names of the library, sorted.
func builtinNames() []string {
	files, err := library.ReadDir("library")
	if err != nil {
		panic("scenarios: " + err.Error()) // it is in the binary
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f.Name(), ".yaml")
	}
	return names
}

func isBuiltin(name string) bool { return slices.Contains(builtinNames(), name) }

func libraryPath(name string) string { return path.Join("library", name+".yaml") }

// builtinHint continues the error of a name that is neither a file nor built in.
func builtinHint(name string) string {
	names := builtinNames()
	built := "; built in are " + keyfile.List(names, "and")
	if i := keyfile.Nearest(name, keyfile.FewEdits(name), names); i >= 0 {
		return fmt.Sprintf("; did you mean %s?%s", names[i], strings.TrimPrefix(built, ";"))
	}
	return built
}
