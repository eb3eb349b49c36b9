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

// A replaced file stays a link, or private, if the user made it so.
func TestAFileThatIsReplacedKeepsItsLinkAndPermissions(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(file, []byte("old, and longer"), 0o600))
	require.NoError(t, os.Symlink("file", link))
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	require.NoError(t, Write(link, hello))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "new", string(text))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.Equal(t, fs.ModeSymlink, info.Mode().Type())
	info, err = os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 2, "no temporary file is left")
}

func TestADeviceIsWrittenToAndNotReplaced(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	link := filepath.Join(t.TempDir(), "plot.svg")
	require.NoError(t, os.Symlink("/dev/full", link))
	err := Write(link, func(w io.Writer) error { _, err := io.WriteString(w, "figure"); return err })
	coded := new(exit.Error)
	require.ErrorAs(t, err, &coded)
	assert.Equal(t, exit.IO, coded.Code)
	assert.ErrorContains(t, err, "no space left on device")
}

// A link to a file that does not exist stays a link: the file is written, or nothing is.
func TestALinkToNoFileStaysALink(t *testing.T) {
	directory := t.TempDir()
	link := filepath.Join(directory, "link")
	for target, ok := range map[string]bool{"file": true, filepath.Join(directory, "absent", "file"): false} {
		require.NoError(t, os.Symlink(target, link))
		err := Write(link, func(w io.Writer) error { _, err := io.WriteString(w, "text"); return err })
		assert.Equal(t, ok, err == nil, "%v", err)
		info, err := os.Lstat(link)
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&os.ModeSymlink)
		require.NoError(t, os.Remove(link))
	}
	text, err := os.ReadFile(filepath.Join(directory, "file"))
	require.NoError(t, err)
	assert.Equal(t, "text", string(text))
}
