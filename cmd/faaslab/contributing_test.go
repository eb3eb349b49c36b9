package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Everything that docs/contributing.md names exists: files, variables that tests read, and flags of
// commands.
func TestThePageForContributorsNamesWhatThereIs(t *testing.T) {
	page, err := os.ReadFile("../../docs/contributing.md")
	require.NoError(t, err)
	links := regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, links)
	for _, link := range links {
		assert.FileExists(t, filepath.Join("../../docs", link[1]))
	}
	for _, path := range regexp.MustCompile("`((?:cmd|validate|docs)/[a-z./_]+|\\.ci/[a-z]+)`").FindAllStringSubmatch(string(page), -1) {
		_, err := os.Stat(filepath.Join("../..", path[1]))
		assert.NoError(t, err)
	}
	var readers strings.Builder
	for _, pattern := range []string{"*/*_test.go", "*/*/*_test.go", "*/*/*/*/*_test.go", ".ci/release"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			readers.Write(text)
		}
	}
	variables := regexp.MustCompile(`\b([A-Z]+_[A-Z]+)=`).FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, variables)
	for _, v := range variables {
		read := regexp.MustCompile(`os\.Getenv\("` + v[1] + `"\)|\$\{` + v[1] + `-`)
		assert.True(t, read.MatchString(readers.String()), "nothing reads %s", v[1])
	}
	commands := regexp.MustCompile("`faaslab ([a-z ]+) --page").FindAllStringSubmatch(string(page), -1)
	require.Len(t, commands, 2)
	for _, c := range commands {
		all, found := newApp(nil, nil).Commands, strings.Fields(c[1])
		command := findCommand(all, found[0])
		for _, name := range found[1:] {
			require.NotNil(t, command, c[1])
			command = findCommand(command.Subcommands, name)
		}
		require.NotNil(t, command, c[1])
		assert.True(t, takesValue(command.Flags, "--page"), c[1])
	}
}
