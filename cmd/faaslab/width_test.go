package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/sim/tests"
)

// The output of every command fits a terminal of 80 columns, and has everything that it has without
// a terminal: every word in one piece, and at least as often.
func TestEightyColumnsShowAllThatAFileGets(t *testing.T) {
	tests.Slow(t)
	const quick = " --set run.duration=200s --set run.replications=4"
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("measured.csv", []byte("container.keep_alive,arrivals.rate,cold_start_probability,container.response_time,"+
		"wasm.response_time,container.instances\n10s,1/s,0.1,1.9,4.9,4.5\n60s,1.5/s,0.02,1.6,4.8,7\n"), 0o644))
	for _, command := range []string{
		"run float" + quick,
		"run float --transient 10m --set run.replications=4",
		"run bursty --models none" + quick,
		"sweep float --vary container.keep_alive=1s..60s:3 --vary container.routing=mru,lru" + quick,
		"sweep float --vary arrivals=poisson(rate=1/s),mmpp(rates=[1/s,~20/s],~sojourns=[60s,~5s]) --metrics response_time,response_time_p99,container.idle" + quick,
		"compare float --b container.keep_alive=10s" + quick,
		"compare float --a arrivals=mmpp(rates=[1/s,~20/s],~sojourns=[60s,~5s]) --b arrivals=daily(mean=1/s,~peak=3,~period=24h)" + quick,
		"tune float --vary container.keep_alive=1s..1m --goal cold_start_probability<=50% --goal idle<=3 --tolerance 20%" + quick,
		"fit float --vary container.warm.mean=1s..2s --vary wasm.service.mean=4s..6s --measured measured.csv --holdout 50%" + quick,
		"model float", "model erlang-c --distribution running",
		"trace float", "trace overload --events 60", "trace wasm-10-cores --events 60",
		"scenarios list",
	} {
		t.Run(command, func(t *testing.T) {
			args := strings.Fields("faaslab " + command)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "~", " ") // within an argument
			}
			show := func() string {
				var stdout, stderr bytes.Buffer
				require.Zero(t, faaslab(args, &stdout, &stderr), stderr.String())
				return stdout.String()
			}
			wide := show()
			t.Setenv("COLUMNS", "80")
			narrow := show()
			for line := range strings.Lines(narrow) {
				assert.LessOrEqual(t, format.Width(strings.TrimSuffix(line, "\n")), 80, line)
			}
			count := map[string]int{}
			for _, word := range strings.Fields(narrow) {
				count[word]++
			}
			if strings.HasPrefix(command, "trace") {
				return // it draws no picture of many instances
			}
			for _, word := range strings.Fields(wide) {
				if word == "·" { // left out where a line is broken
					continue
				}
				count[word]--
				assert.GreaterOrEqual(t, count[word], 0, "%s is missing", word)
			}
		})
	}
}

func TestLinesAreBrokenBetweenWords(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 8, "one two|three"},
		{"one · two three · four", 12, "one|two three|four"},
		{"one · two · three", 9, "one · two|three"},
		{"at 1.44 % now", 8, "at|1.44 %|now"},
		{"it is 1.5 ± 0.2 here", 10, "it is|1.5 ± 0.2|here"},
		{"averyveryverylongword short", 10, "averyveryverylongword|short"},
	} {
		assert.Equal(t, c.want, strings.Join(format.Fold(c.text, c.columns, 0), "|"))
	}
}

func TestAParagraphStandsBehindItsHead(t *testing.T) {
	p := &format.Page{Columns: 20}
	format.ParagraphBehind(p, "containers  ", "  ", "one two three four")
	format.ParagraphBehind(p, "            ", "  ", "five six seven")
	assert.Equal(t, "containers  one two\n              three\n              four\n            five six\n              seven\n", p.String())
}

func TestACommandIsBrokenAsAShellReadsIt(t *testing.T) {
	p := &format.Page{Columns: 30}
	format.Command(p, "So: ", []string{"faaslab run x", "--set a=1", "--set 'b=2 3'"})
	assert.Equal(t, "So:\n  faaslab run x --set a=1 \\\n    --set 'b=2 3'\n", p.String())
}

func TestColumnsAreAtLeastEighty(t *testing.T) {
	for value, want := range map[string]int{"": 0, "x": 0, "0": 0, "-5": 0, "20": 80, "80": 80, "133": 133} {
		t.Setenv("COLUMNS", value)
		assert.Equal(t, want, format.ColumnsOf(&bytes.Buffer{}), value)
	}
}

// A head such as "SMP: 1 %" stays with the heads after it, in one block.
func TestColumnsOfOneModelStayTogether(t *testing.T) {
	table := format.TextTable{Title: "title", Heads: []string{"", "SMP: 1 %", "5 %", "20 %", "SMP modified: 1 %", "5 %", "20 %"}}
	table.Rows = [][]string{{"cold start probability of a scenario", "13 %", "39 %", "83 %", "4 %", "9 %", "48 %"}}
	p := &format.Page{Columns: 80}
	table.Text(p)
	lines := strings.Split(p.String(), "\n")
	assert.Contains(t, lines, "  cold start probability of a scenario  13 %  39 %  83 %        4 %  9 %  48 %")
	p = &format.Page{Columns: 60}
	table.Text(p)
	lines = strings.Split(p.String(), "\n")
	assert.Contains(t, lines, "  cold start probability of a scenario  13 %  39 %  83 %")
	assert.Contains(t, lines, "  cold start probability of a scenario        4 %  9 %  48 %")
}

// Keys of points may be long notations: they are broken, and their numbers stand in the first of
// the lines.
func TestLongKeysAreBroken(t *testing.T) {
	table := format.Table{Keys: 1}
	table.Add(format.Left("arrivals"), format.Over(3, "idle"), format.Over(3, "response time"))
	table.Add(format.Left("mmpp(rates=[1/s, 20/s], sojourns=[60s, 5s])"), format.Right("1.5"), format.Unit(""), format.Left("± 0.1"), format.Right("12.25"), format.Unit("s"), format.Left("± 0.25"))
	p := &format.Page{Columns: 40}
	table.Write(p, "  ")
	assert.Equal(t, `  arrivals                 idle
  mmpp(rates=[1/s, 20/s],  1.5  ± 0.1
  sojourns=[60s, 5s])

  arrivals                 response time
  mmpp(rates=[1/s, 20/s],  12.25 s  ± 0.25
  sojourns=[60s, 5s])
`, p.String())
}
