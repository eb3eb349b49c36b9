package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The rooms below the command, lowest first: each imports only rooms before its own.
var rooms = []string{"exit", "format", "outfile", "arrayjob", "words", "tables", "chart", "narration", "measured", "importing", "report", "sweep", "fitting", "trustpage", "reproduction", "explorer", "site", "site/simulator", "servetest"}

// The rooms of the whole program, lowest first; a room below another one may be named by its folder alone.
var floors = []string{"sim/tests", "sim/random", "sim", "sim/stats", "dist", "platform", "scenarios", "validate/model", "validate", "docs/lessons", "docs", "cmd"}

// A goPackage is what go list says of a package.
type goPackage struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) (all []goPackage) {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,GoFiles,Imports", "faaslab/...")
	out, err := list.Output()
	require.NoError(t, err)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		all = append(all, p)
	}
}

// floorOf returns the floor of a package, which is the floor of the longest name above with which
// its path begins; -1 if there is none.
func floorOf(path string) int {
	found := -1
	for i, room := range floors {
		if (path == room || strings.HasPrefix(path, room+"/")) && (found < 0 || len(room) > len(floors[found])) {
			found = i
		}
	}
	return found
}

func TestImportsPointDownwards(t *testing.T) {
	const command = "faaslab/cmd/faaslab"
	for _, p := range packages(t) {
		room, below := strings.CutPrefix(p.ImportPath, command+"/internal/")
		if below {
			assert.Contains(t, rooms, room, "a room that the list of rooms does not have")
		}
		here := floorOf(strings.TrimPrefix(p.ImportPath, "faaslab/"))
		assert.GreaterOrEqual(t, here, 0, "%s is on no floor", p.ImportPath)
		for _, imported := range p.Imports {
			if other, ok := strings.CutPrefix(imported, command+"/internal/"); ok && below {
				assert.Less(t, slices.Index(rooms, other), slices.Index(rooms, room), "%s imports %s", room, other)
			}
			if path, ok := strings.CutPrefix(imported, "faaslab/"); ok {
				assert.LessOrEqual(t, floorOf(path), here, "%s imports %s", p.ImportPath, imported)
			}
			if strings.HasPrefix(imported, "github.com/urfave/cli") {
				assert.Equal(t, command, p.ImportPath, "only the command knows flags")
			}
		}
	}
}

func TestNoRoomIsTooFull(t *testing.T) {
	const most = 30
	for _, p := range packages(t) {
		if p.ImportPath != "faaslab/dist" { // it has a file for each distribution
			assert.LessOrEqual(t, len(p.GoFiles), most, "files of %s that are no tests", p.ImportPath)
		}
	}
}

// The page on the architecture names every room.
func TestTheArchitectureNamesEveryRoom(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	require.NoError(t, err)
	for _, p := range packages(t) {
		room := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "faaslab/"), "cmd/faaslab/internal/")
		if !strings.Contains(room, "testdata") {
			assert.Contains(t, string(page), "`"+room+"`")
		}
	}
}
