package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/format"
)

// A terminal of 80 columns shows the help of every command without breaking a line.
func TestTheHelpOfEveryCommandFitsATerminal(t *testing.T) {
	var visit func(path []string, commands []*cli.Command)
	visit = func(path []string, commands []*cli.Command) {
		var text bytes.Buffer
		require.Zero(t, faaslab(append(append([]string{"faaslab"}, path...), "--help"), &text, &text))
		for line := range strings.Lines(text.String()) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), format.LeastColumns, "%v: %s", path, line)
		}
		for _, c := range commands {
			visit(append(path[:len(path):len(path)], c.Name), c.Subcommands)
		}
	}
	visit(nil, newApp(&bytes.Buffer{}, &bytes.Buffer{}).Commands)
}

func TestAFlagStandsBesideWhatItDoesOrAboveIt(t *testing.T) {
	assert.Equal(t, "--out FILE, -o FILE     write to FILE (default: stdout)",
		flagHelp(&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE`", DefaultText: "stdout"}))
	assert.Equal(t, "--all                   show all", flagHelp(&cli.BoolFlag{Name: "all", Usage: "show all"}))
	assert.Equal(t, "--requests KEY=NUMBER, -r KEY=NUMBER\n                     the KEY=NUMBER",
		flagHelp(&cli.StringSliceFlag{Name: "requests", Aliases: []string{"r"}, Usage: "the `KEY=NUMBER`"}))
}
