package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/scenarios"
	"faaslab/sim/tests"
)

func TestMain(m *testing.M) {
	_ = os.Unsetenv("COLUMNS") // outputs as in a file
	testscript.Main(m, map[string]func(){"faaslab": main})
}

// Each script in testdata shows commands and their output. UPDATE_SCRIPTS=1 rewrites the outputs,
// to be read before they are committed.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Condition: func(name string) (bool, error) { // of a script that takes long: [!long] skip
			if name != "long" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return os.Getenv("LONG_TESTS") != "", nil
		}})
}

// Everything that the README and the manual show after "$ faaslab …" is the output of the command, in a directory with
// the CSV files that the page shows. UPDATE_SCRIPTS=1 rewrites it.
func TestTheDocumentationShowsRealOutput(t *testing.T) {
	tests.Slow(t)
	shows := 0
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	for _, name := range []string{"README.md", "docs/manual.md"} {
		file := filepath.Join(root, name)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, shown := range shownFile.FindAllStringSubmatch(string(text), -1) {
			require.NoError(t, os.WriteFile(shown[1], []byte(shown[2]), 0o644))
		}
		now := shownCommand.ReplaceAllStringFunc(string(text), func(shown string) string {
			shows++
			parts := shownCommand.FindStringSubmatch(shown)
			return parts[1] + parts[2] + "\n" + output(t, parts[2]) + parts[4]
		})
		if os.Getenv("UPDATE_SCRIPTS") != "" {
			require.NoError(t, os.WriteFile(file, []byte(now), 0o644))
			continue
		}
		assert.Equal(t, now, string(text), "%s shows another output", file)
	}
	assert.Positive(t, shows)
}

// shownCommand is a block that shows a command and its output; its parts are the text before the
// command, the command, the output and the end.
var shownCommand = regexp.MustCompile("(?s)(```(?:console|session)\n\\$ )([^\n]*)\n(.*?)(```)")

// shownFile is a block that shows a file; its parts are the name and the contents.
var shownFile = regexp.MustCompile("(?s)```(?:csv|yaml) ([a-z]+\\.(?:csv|yaml))\n(.*?)```")

// output returns the output of a shown command.
func output(t *testing.T, command string) string {
	command = strings.Replace(command, "go run ./cmd/faaslab", "faaslab", 1)
	args := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(command, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], "'")
	}
	require.Equal(t, "faaslab", args[0], "a command that is not faaslab's: %s", command)
	var stdout, stderr bytes.Buffer
	require.Zero(t, faaslab(args, &stdout, &stderr), "%s\n%s", command, stderr.String())
	return stdout.String()
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
	assert.Equal(t, 3, files)
	assert.Equal(t, 22, notations)
}

// The manual lists every key with its default, from the schema. UPDATE_SCRIPTS=1 rewrites the list.
func TestTheManualListsEveryKey(t *testing.T) {
	const file, begin, end = "../../docs/manual.md", "<!-- keys -->\n", "<!-- end of keys -->"
	type property struct {
		Description string
		Default     any
		Properties  map[string]*property
		Each        json.RawMessage `json:"additionalProperties"` // false, or what each name has
	}
	var schema property
	decoder := json.NewDecoder(bytes.NewReader(scenarios.Schema()))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&schema))
	table := "| key | default | is |\n|---|---|---|\n"
	for _, key := range scenarios.Keys() {
		p := &schema
		for _, name := range strings.Split(key, ".") {
			if name == "NAME" {
				each := new(property)
				require.NoError(t, json.Unmarshal(p.Each, each))
				p = each
				continue
			}
			p = p.Properties[name]
			require.NotNil(t, p, key)
		}
		standard := ""
		if p.Default != nil {
			standard = fmt.Sprintf("`%v`", p.Default)
		}
		table += fmt.Sprintf("| `%s` | %s | %s |\n", key, standard, p.Description)
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found)
	now := before + begin + "\n" + table + "\n" + end + after
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		require.NoError(t, os.WriteFile(file, []byte(now), 0o644))
		return
	}
	assert.Equal(t, now, string(text), "%s lists other keys", file)
}

func TestFlagsMayStandAfterTheScenario(t *testing.T) {
	app := newApp(&bytes.Buffer{}, &bytes.Buffer{})
	for _, c := range []struct{ given, want string }{
		{"faaslab run float --format json", "faaslab run --format json -- float"},
		{"faaslab run float --set a=b --workers 2", "faaslab run --set a=b --workers 2 -- float"},
		{"faaslab run float --format=csv", "faaslab run --format=csv -- float"},
		{"faaslab scenarios show float --set a=b", "faaslab scenarios show --set a=b -- float"},
		{"faaslab run -- --odd-name.yaml", "faaslab run -- --odd-name.yaml"},
		{"faaslab run a --help", "faaslab run --help"},
		{"faaslab --version", "faaslab --version"},
		{"faaslab", "faaslab"},
		{"faaslab nosuch --x y", "faaslab nosuch --x y"},
	} {
		assert.Equal(t, c.want, strings.Join(permute(app, strings.Fields(c.given)), " "))
	}
}
