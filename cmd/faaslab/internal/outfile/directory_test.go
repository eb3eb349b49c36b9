package outfile

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
)

var ours = []string{"main.yaml", "data.csv"}

// written writes a directory with one file, and commits it.
func written(t *testing.T, path, name, text string, replace bool) error {
	d, err := NewDirectory(path, replace, ours)
	if err != nil {
		return err
	}
	defer d.Abandon()
	f, err := d.Create(name)
	require.NoError(t, err)
	_, err = io.WriteString(f, text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return d.Commit()
}

func TestADirectoryIsReplacedWhole(t *testing.T) {
	parent := t.TempDir()
	dir, link := filepath.Join(parent, "dir"), filepath.Join(parent, "link")
	require.NoError(t, os.Symlink("dir", link))
	require.NoError(t, os.Mkdir(dir, 0o755))
	require.NoError(t, written(t, dir, "main.yaml", "first", false), "an empty directory is as good as none")
	assert.ErrorContains(t, written(t, link, "main.yaml", "second", false), "there is a main.yaml already; --force replaces the directory")
	require.NoError(t, written(t, link, "main.yaml", "second", true))
	text, err := os.ReadFile(filepath.Join(dir, "main.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "second", string(text))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&fs.ModeSymlink, "a link stays one")
	info, err = os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o755), info.Mode().Perm())
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, left, 2)
}

// What is not of an earlier writing is never replaced.
func TestADirectoryOfOthersIsNotReplaced(t *testing.T) {
	for _, entries := range [][]string{{"main.yaml", "notes"}, {"data.csv"}, {"main.yaml", "data.csv/"}} {
		dir := t.TempDir()
		for _, name := range entries {
			if clean := filepath.Clean(name); clean != name {
				require.NoError(t, os.Mkdir(filepath.Join(dir, clean), 0o755))
			} else {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
			}
		}
		assert.ErrorContains(t, written(t, dir, "main.yaml", "", true), "the directory has files of its own", entries)
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.ErrorContains(t, written(t, file, "main.yaml", "", true), "found a file; want a directory")
	assert.ErrorContains(t, written(t, filepath.Join(file, "below"), "main.yaml", "", true), "cannot be")
}

// Until it is committed there is no directory, and an abandoned one leaves nothing.
func TestAnAbandonedDirectoryLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "dir")
	d, err := NewDirectory(dir, false, ours)
	require.NoError(t, err)
	f, err := d.Create("main.yaml")
	require.NoError(t, err)
	_, err = io.WriteString(f, "half")
	require.NoError(t, err)
	assert.NoDirExists(t, dir)
	d.Abandon()
	d.Abandon()
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Empty(t, left)
	_, err = d.Create("data.csv")
	coded := new(exit.Error)
	require.ErrorAs(t, err, &coded)
	assert.Equal(t, exit.IO, coded.Code)
}
