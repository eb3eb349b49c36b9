package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/explorer"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/docs/lessons"
	"faaslab/scenarios"
	"faaslab/sim/tests"
)

const lessonsDirectory = "../../docs/lessons"

func lessonText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(lessonsDirectory, name+".md"))
	require.NoError(t, err)
	return string(text)
}

// shell returns the output of a shown command. Of the shell's syntax it understands | jq 'PATH' and
// > /dev/null.
func shell(t *testing.T, command string) string {
	t.Helper()
	if quiet, ok := strings.CutSuffix(command, " > /dev/null"); ok {
		output(t, quiet)
		return ""
	}
	if document, path, ok := strings.Cut(command, " | jq "); ok {
		return string(pick(t, []byte(output(t, document)), strings.Trim(path, "'"))) + "\n"
	}
	return output(t, command)
}

// pick returns the part of a JSON document at a path such as .points[3].values.
func pick(t *testing.T, document json.RawMessage, path string) json.RawMessage {
	t.Helper()
	for _, step := range regexp.MustCompile(`[^.\[\]]+`).FindAllString(path, -1) {
		if i, err := strconv.Atoi(step); err == nil {
			var list []json.RawMessage
			require.NoError(t, json.Unmarshal(document, &list), path)
			require.Less(t, i, len(list), path)
			document = list[i]
			continue
		}
		var object map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(document, &object), path)
		require.Contains(t, object, step, path)
		document = object[step]
	}
	return document
}

// The text after "$ faaslab …" in the lessons is the command's output, and their figures are, to
// the byte, the figures of the commands. UPDATE_SCRIPTS=1 rewrites both.
func TestTheLessonsShowRealOutput(t *testing.T) {
	tests.Long(t)
	home, err := filepath.Abs(lessonsDirectory)
	require.NoError(t, err)
	update := os.Getenv("UPDATE_SCRIPTS") != ""
	for _, l := range lessons.All() {
		t.Run(l.Name, func(t *testing.T) {
			text := lessonText(t, l.Name)
			t.Chdir(t.TempDir())
			now := shownCommand.ReplaceAllStringFunc(text, func(shown string) string {
				parts := shownCommand.FindStringSubmatch(shown)
				return parts[1] + parts[2] + "\n" + shell(t, parts[2]) + parts[4]
			})
			if update {
				require.NoError(t, os.WriteFile(filepath.Join(home, l.Name+".md"), []byte(now), 0o644))
			} else {
				assert.Equal(t, now, text)
			}
			drawn, err := filepath.Glob("*.svg")
			require.NoError(t, err)
			assert.NotEmpty(t, drawn)
			for _, figure := range drawn {
				assert.Contains(t, text, "](figures/"+figure+")")
				made, err := os.ReadFile(figure)
				require.NoError(t, err)
				committed := filepath.Join(home, "figures", figure)
				if update {
					require.NoError(t, os.WriteFile(committed, made, 0o644))
				}
				there, err := os.ReadFile(committed)
				require.NoError(t, err)
				assert.True(t, string(made) == string(there), "%s is not what the command draws", figure)
			}
		})
	}
}

// A link to the explorer opens the scenario that the lesson simulates, with settings that one of
// its commands also has.
func TestTheLessonsLinkToWhatTheySimulate(t *testing.T) {
	for _, l := range lessons.All() {
		text := lessonText(t, l.Name)
		links := regexp.MustCompile(`\[Open in the explorer\]\(#explore\?(.*)\)\n`).FindAllStringSubmatch(text, -1)
		require.Len(t, links, 1, l.Name)
		query, err := url.ParseQuery(links[0][1])
		require.NoError(t, err, l.Name)
		commands := ""
		for _, shown := range examplesOf(text) {
			commands += shown.command + "\n"
		}
		overrides, err := scenarios.ParseOverrides("the link", query["set"])
		require.NoError(t, err, l.Name)
		_, err = scenarios.Load(query.Get("scenario"), overrides)
		require.NoError(t, err, l.Name)
		assert.Regexp(t, `faaslab [a-z]+ `+query.Get("scenario")+` `, commands, l.Name)
		for _, o := range overrides {
			assert.Contains(t, commands, o.Key+"=", l.Name)
			assert.Contains(t, commands, o.Value, l.Name)
		}
		assert.Contains(t, words.Measurable(), query.Get("metric"), l.Name)
		if query.Has("vary") {
			key, values, _ := strings.Cut(query.Get("vary"), "=")
			assert.True(t, scenarios.IsKey(key), l.Name)
			assert.Contains(t, commands, values, l.Name)
		}
		for key := range query {
			assert.Contains(t, []string{"scenario", "set", "metric", "vary"}, key, l.Name)
		}
	}
}

// A shownExample is a command that a lesson shows, with the shown output.
// TestTheLessonsShowRealOutput checks that it is the command's output.
type shownExample struct{ command, output string }

func examplesOf(text string) (examples []shownExample) {
	for _, shown := range shownCommand.FindAllStringSubmatch(text, -1) {
		examples = append(examples, shownExample{shown[2], shown[3]})
	}
	return examples
}

// Number returns the output, if it is a number.
func (e shownExample) Number(t *testing.T) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(strings.TrimSpace(e.output), 64)
	require.NoError(t, err, e.command)
	return x
}

// Every number of two or more digits in the prose of a lesson is shown by its commands, or is a
// computed fact, and the prose has all facts. Thus no number outlives its source. UPDATE_SCRIPTS=1
// puts facts where the page has their {name}.
func TestTheNumbersInTheLessonsAreComputed(t *testing.T) {
	tests.Long(t)
	require.Len(t, lessonFacts, len(lessons.All()))
	for _, l := range lessons.All() {
		t.Run(l.Name, func(t *testing.T) {
			text := lessonText(t, l.Name)
			prose, _, found := strings.Cut(text, "\n## Sources\n")
			require.True(t, found)
			known := map[string]bool{}
			learn := func(text string) {
				for _, n := range numbersIn(text) {
					known[n] = true
				}
			}
			for name, fact := range lessonFacts[l.Name](t, examplesOf(text)) {
				if os.Getenv("UPDATE_SCRIPTS") != "" {
					text = strings.ReplaceAll(text, "{"+name+"}", fact)
					require.NoError(t, os.WriteFile(filepath.Join(lessonsDirectory, l.Name+".md"), []byte(text), 0o644))
				}
				assert.True(t, strings.Contains(text, fact), "%s.md should say of %q: %s", l.Name, name, fact)
				learn(fact)
			}
			formulas := regexp.MustCompile("(?s)\\$`[^`]*`\\$|```math.*?```")
			assert.NotRegexp(t, `\{[a-z0-9]+\}`, formulas.ReplaceAllString(text, ""), "a fact that there is not")
			for _, shown := range shownCommand.FindAllString(text, -1) {
				learn(shown)
			}
			for _, n := range numbersIn(shownCommand.ReplaceAllString(prose, "")) {
				assert.True(t, known[n], "%s.md: nothing computes the number %s", l.Name, n)
			}
		})
	}
}

// numbersIn returns the numbers of two or more digits in a text, without numbers in the
// destinations of links, and without years and laws by which sources are cited.
func numbersIn(text string) []string {
	text = regexp.MustCompile(`\]\([^)]*\)`).ReplaceAllString(text, "]")
	text = regexp.MustCompile(`\b1[89]\d\d\b|\b20[0-2]\d\b`).ReplaceAllString(text, "")
	found := regexp.MustCompile(`\d+(?:[.,]\d+)*`).FindAllString(text, -1)
	return slices.DeleteFunc(found, func(n string) bool { return len(n) < 2 })
}

// The page runs the commands of the lessons and no others; TestLearn checks their output.
func TestTheServerRunsTheCommandsOfLessonsAlone(t *testing.T) {
	server := startExplorer(t, testBudget)
	t.Chdir(t.TempDir())
	for _, command := range []string{"", "faaslab run float", "faaslab run float --requests log.csv", "faaslab serve", "rm -r .", lessons.Commands()[0] + " --out points.csv"} {
		status, answer := ask(t, server.URL+"/api/command", `{"command": `+strconv.Quote(command)+`}`)
		assert.Equal(t, http.StatusBadRequest, status, command)
		assert.Contains(t, answer, "want one that a lesson shows", command)
	}
	// Several at once write no file, and do not disturb each other.
	var done sync.WaitGroup
	for range 3 {
		for _, command := range lessons.Commands() {
			if !strings.Contains(command, "keep-alive-path.svg") && !strings.HasPrefix(command, "faaslab compare float") {
				continue
			}
			done.Go(func() {
				status, answer := ask(t, server.URL+"/api/command", `{"command": `+strconv.Quote(command)+`}`)
				assert.Equal(t, http.StatusOK, status, answer)
				var out explorer.CommandOutput
				assert.NoError(t, json.Unmarshal([]byte(answer), &out))
				assert.Zero(t, out.Exit)
				assert.Equal(t, strings.Contains(command, " --plot "), strings.HasPrefix(out.Figure, "<?xml"))
				assert.Equal(t, strings.HasSuffix(command, " > /dev/null"), out.Text == "")
				assert.NotEmpty(t, out.Notes)
			})
		}
	}
	done.Wait()
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestACommandOfALessonIsStopped(t *testing.T) {
	server := startExplorer(t, explorer.Budget{Requests: 1e6, Instances: 1000, Time: 50 * time.Millisecond})
	i := slices.IndexFunc(lessons.Commands(), func(c string) bool { return strings.HasPrefix(c, "faaslab tune ") })
	began := time.Now()
	_, answer := ask(t, server.URL+"/api/command", `{"command": `+strconv.Quote(lessons.Commands()[i])+`}`)
	assert.Contains(t, answer, "the time that a simulation has here, 50ms, was spent")
	assert.Less(t, time.Since(began), 10*time.Second)
}
