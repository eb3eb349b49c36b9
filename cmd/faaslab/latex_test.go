package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
)

// LaTeX takes the tables with the packages that their comments name.
func TestLaTeXTakesTheTables(t *testing.T) {
	tests.Slow(t)
	compiler, err := exec.LookPath("pdflatex")
	if err != nil {
		t.Skip("there is no pdflatex here; apt-get install texlive-science brings it with the packages")
	}
	t.Chdir(t.TempDir())
	text := `\documentclass{article}
\usepackage{booktabs, siunitx}
\begin{document}
`
	for _, command := range [][]string{
		{"run", "float"},
		{"run", "patterns"}, // many functions, with prices and metrics of memory
		{"sweep", "float", "--vary=container.keep_alive=1s,never", "--vary=container.max_instances=1,2", "--metrics=response_time,cold_start_probability"},
		{"compare", "float", "--b=container.keep_alive=1s"},
		{"compare", "float", "--b=container.keep_alive=1s", "--percent"},
	} {
		flags := short
		if command[0] == "compare" {
			flags = short[:3]
		}
		out, err := exec.Command("faaslab", append(append(command, "--format=latex"), flags...)...).Output()
		require.NoError(t, err, "%s", command)
		text += "\\clearpage\n" + string(out)
	}
	require.NoError(t, os.WriteFile("tables.tex", []byte(text+"\\end{document}\n"), 0o644))
	output, err := exec.Command(compiler, "-interaction=nonstopmode", "-halt-on-error", "tables.tex").CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.NotContains(t, string(output), "Missing character")
}
