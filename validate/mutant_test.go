package validate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A workshop builds programs with one source file changed.
type workshop struct {
	root string
	// packages are what testdata/laws is linked from, by import path, as the go command has compiled them.
	packages map[string]compiled
}

// A compiled package: its archive in the build cache, its directory, and its source files there.
type compiled struct {
	archive, dir string
	files        []string
	embeds       bool // other files, which only the go command knows to hand to the compiler
}

const lawsProgram = "faaslab/validate/testdata/laws"

func newWorkshop(t *testing.T) workshop {
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	listing := exec.Command("go", "list", "-buildvcs=false", "-pgo=off", "-deps", "-export",
		"-f", "{{.ImportPath}}\t{{.Export}}\t{{.Dir}}\t{{range .GoFiles}}{{.}} {{end}}\t{{len .EmbedFiles}}", lawsProgram)
	listing.Dir = root
	output, err := listing.Output()
	require.NoError(t, err)
	w := workshop{root, map[string]compiled{}}
	for line := range strings.Lines(string(output)) {
		fields := strings.Split(line, "\t")
		require.Len(t, fields, 5)
		w.packages[fields[0]] = compiled{fields[1], fields[2], strings.Fields(fields[3]), strings.TrimSpace(fields[4]) != "0"}
	}
	return w
}

// laws builds testdata/laws with source in place of path. Packages that import the changed one are compiled again only if the
// linker finds that it shows them something else, such as a function that they inline: that takes ten times as long.
func (w workshop) laws(t *testing.T, path, source string) string {
	name := "faaslab/" + filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), w.root+string(filepath.Separator)))
	changed, ok := w.packages[name]
	require.True(t, ok, name)
	dir := t.TempDir()
	archive, program := filepath.Join(dir, "changed.a"), filepath.Join(dir, "program")
	var files []string
	for _, file := range changed.files {
		text, err := os.ReadFile(filepath.Join(changed.dir, file))
		require.NoError(t, err)
		if file == filepath.Base(path) {
			text = []byte(source)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), text, 0o600))
		files = append(files, filepath.Join(dir, file))
	}
	replaced := map[string]string{path: filepath.Join(dir, filepath.Base(path))}
	if changed.embeds {
		return w.whole(t, lawsProgram, replaced)
	}
	w.tool(t, append([]string{"compile", "-p", name, "-lang=go1.26", "-complete", "-trimpath", dir + "=>" + changed.dir,
		"-importcfg", w.imports(t, dir, "", ""), "-pack", "-o", archive}, files...)...)
	linking := exec.Command("go", "tool", "link", "-importcfg", w.imports(t, dir, name, archive), "-s", "-w", "-o", program, w.packages[lawsProgram].archive)
	output, err := linking.CombinedOutput()
	if err != nil && bytes.Contains(output, []byte("fingerprint mismatch")) {
		return w.whole(t, lawsProgram, replaced)
	}
	require.NoError(t, err, string(output))
	return program
}

// imports writes where the compiler and the linker find all packages, with another archive for the changed one.
func (w workshop) imports(t *testing.T, dir, changed, archive string) string {
	var text strings.Builder
	for name, p := range w.packages {
		if name == changed {
			p.archive = archive
		}
		if p.archive != "" { // unsafe has none
			fmt.Fprintf(&text, "packagefile %s=%s\n", name, p.archive)
		}
	}
	path := filepath.Join(dir, "importcfg")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	return path
}

func (w workshop) tool(t *testing.T, arguments ...string) {
	output, err := exec.Command("go", append([]string{"tool"}, arguments...)...).CombinedOutput()
	require.NoError(t, err, string(output))
}

// whole builds a program as go build does, with files replaced.
func (w workshop) whole(t *testing.T, source string, replaced map[string]string) string {
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	program := filepath.Join(dir, "program")
	building := exec.Command("go", "build", "-buildvcs=false", "-pgo=off", "-ldflags=-s -w", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, source)
	building.Dir = w.root
	output, err := building.CombinedOutput()
	require.NoError(t, err, string(output))
	return program
}
