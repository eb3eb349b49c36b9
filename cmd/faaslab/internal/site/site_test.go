package site

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/explorer"
)

// filesWith returns a site whose simulator is some text.
func filesWith(t *testing.T, simulator string) map[string][]byte {
	t.Helper()
	files, err := Files(Simulator{[]byte(simulator), []byte("glue")})
	require.NoError(t, err)
	return files
}

func TestASiteReplacesAnOlderOneWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "course", "lab")
	older := filesWith(t, "older")
	older["only-there.js"] = []byte("an older version had it")
	require.NoError(t, complete(older))
	require.NoError(t, Write(path, older))
	assert.FileExists(t, filepath.Join(path, "only-there.js"))
	assert.FileExists(t, filepath.Join(path, "lessons", "figures", "little.svg"))

	files := filesWith(t, "newer")
	require.NoError(t, Write(path, files))
	found := 0
	require.NoError(t, filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(path, at)
		require.NoError(t, err)
		text, err := os.ReadFile(at)
		assert.Equal(t, string(files[filepath.ToSlash(name)]), string(text), name)
		found++
		return err
	}))
	assert.Equal(t, len(files), found)
	beside, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, beside, 1, "nothing is left beside it")
}

func TestADirectoryOfOthersIsNoSite(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, Write(path, filesWith(t, "older")))
	require.NoError(t, os.WriteFile(filepath.Join(path, "thesis.tex"), nil, 0o644))
	assert.ErrorContains(t, Check(path), "the directory has files of its own, such as thesis.tex")
	assert.Error(t, Write(path, filesWith(t, "newer")))
	text, err := os.ReadFile(filepath.Join(path, "simulator.bin"))
	require.NoError(t, err)
	assert.Equal(t, "older", string(text), "nothing was replaced")

	require.NoError(t, os.Remove(filepath.Join(path, "thesis.tex")))
	own := filepath.Join(path, "lessons", "figures", "own.svg")
	require.NoError(t, os.WriteFile(own, nil, 0o644))
	assert.ErrorContains(t, Write(path, filesWith(t, "newer")), "the directory has files of its own, such as lessons/figures/own.svg")
	assert.FileExists(t, own)
	require.NoError(t, os.Remove(own))

	require.NoError(t, os.WriteFile(filepath.Join(path, ListFile), []byte("{"), 0o644))
	assert.ErrorContains(t, Check(path), ListFile+": is not the list of a site")
}

func TestTheVersionIsThatOfAllFiles(t *testing.T) {
	version := func(files map[string][]byte) string {
		found := regexp.MustCompile(`^const site = {"version":"(\w{16})"`).FindSubmatch(files["offline.js"])
		require.NotNil(t, found)
		return string(found[1])
	}
	assert.Equal(t, version(filesWith(t, "one")), version(filesWith(t, "one")))
	assert.NotEqual(t, version(filesWith(t, "one")), version(filesWith(t, "two")))
}

// The page imports from server.js the same names, whichever of both it has.
func TestBothServersHaveTheSameNames(t *testing.T) {
	exported := regexp.MustCompile(`(?m)^export (?:const|async function|function) (\w+)`)
	names := func(text []byte) (all []string) {
		for _, found := range exported.FindAllSubmatch(text, -1) {
			all = append(all, string(found[1]))
		}
		return all
	}
	served, err := fs.ReadFile(explorer.Page(), "server.js")
	require.NoError(t, err)
	assert.NotEmpty(t, names(served))
	assert.ElementsMatch(t, names(served), names(filesWith(t, "")["server.js"]))
}

// No file refers to the root of the server: a site may be anywhere.
func TestASiteWorksBelowAnyPath(t *testing.T) {
	rooted := regexp.MustCompile(`(?:src|href)="/|(?:fetch|import|Worker|register|get|reach)\(['"` + "`" + `]/`)
	for name, text := range filesWith(t, "") {
		if strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".html") {
			assert.Empty(t, rooted.FindAllString(string(text), -1), name)
		}
	}
}

func TestTheSourceIsFoundAbove(t *testing.T) {
	root, err := sourceAbove(".")
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(root, "cmd", "faaslab", "main.go"))
	_, err = sourceAbove(t.TempDir())
	assert.ErrorIs(t, err, errNoSource)
}
