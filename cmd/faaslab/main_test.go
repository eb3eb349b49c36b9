package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/scenarios"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"faaslab": main})
}

// Each script in testdata shows commands and what they print. UPDATE_SCRIPTS=1
// rewrites the outputs, to be read before they are committed.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != ""})
}

// Everything that the README and the manual show after "$ faaslab …" is what the
// command prints to stdout.
func TestTheDocumentationShowsRealOutput(t *testing.T) {
	shows := 0
	for _, file := range []string{"../../README.md", "../../docs/manual.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		blocks := regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(text), -1)
		shows += len(blocks)
		for _, block := range blocks {
			for _, shown := range strings.Split("\n"+block[1], "\n$ ")[1:] {
				command, output, _ := strings.Cut(shown, "\n")
				words := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(command, -1)
				for i := range words {
					words[i] = strings.Trim(words[i], "'")
				}
				args := words
				if strings.HasPrefix(command, "go run ./cmd/faaslab") {
					args = append([]string{"faaslab"}, words[3:]...)
				}
				require.Equal(t, "faaslab", args[0], "%s shows a command that is not faaslab's: %s", file, command)
				var stdout, stderr bytes.Buffer
				require.Zero(t, faaslab(args, &stdout, &stderr), "%s: %s\n%s", file, command, stderr.String())
				assert.Equal(t, strings.TrimSpace(output), strings.TrimSpace(stdout.String()), "%s shows another output of: %s", file, command)
			}
		}
	}
	assert.Positive(t, shows)
}

// The scenario files and the notations that the documentation shows are accepted.
func TestTheDocumentationShowsRealScenarios(t *testing.T) {
	files, notations := 0, 0
	for _, file := range []string{"../../README.md", "../../docs/manual.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			_, err := scenarios.Parse(file, "", []byte(block[1]), nil)
			assert.NoError(t, err)
			files++
		}
		for _, row := range regexp.MustCompile(`(?m)^\| `+"`([a-z]+\\(.*\\))`").FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(row[1], ".csv") {
				continue
			}
			_, err := dist.Parse(row[1])
			if err != nil {
				_, err = dist.ParseArrivals(row[1])
			}
			assert.NoError(t, err, row[1])
			notations++
		}
	}
	assert.Equal(t, 2, files)
	assert.Equal(t, 18, notations)
}

func TestFlagsMayStandAfterTheScenario(t *testing.T) {
	app := newApp(&bytes.Buffer{}, &bytes.Buffer{})
	for _, c := range []struct{ given, want string }{
		{"faaslab run float --format json", "faaslab run --format json float"},
		{"faaslab run float --set a=b --workers 2", "faaslab run --set a=b --workers 2 float"},
		{"faaslab run float --format=csv", "faaslab run --format=csv float"},
		{"faaslab scenarios show float --set a=b", "faaslab scenarios show --set a=b float"},
		{"faaslab run -- --odd-name.yaml", "faaslab run --odd-name.yaml"},
		{"faaslab run a --help", "faaslab run --help a"},
		{"faaslab --version", "faaslab --version"},
		{"faaslab", "faaslab"},
		{"faaslab nosuch --x y", "faaslab nosuch --x y"},
	} {
		assert.Equal(t, c.want, strings.Join(permute(app, strings.Fields(c.given)), " "))
	}
}
