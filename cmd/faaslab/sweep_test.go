package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/sweep"
	"faaslab/scenarios"
	"faaslab/sim/tests"
	"faaslab/validate"
)

// A real process is killed again and again, at random moments; at each of them the file is the
// beginning of the output of an undisturbed sweep, and in the end all of it.
func TestASweepContinuesAfterItWasKilled(t *testing.T) {
	tests.Slow(t)
	dir := t.TempDir()
	for _, format := range []string{"csv", "json"} {
		out := filepath.Join(dir, "out."+format)
		command := func(out string) *exec.Cmd {
			return exec.Command("faaslab", "sweep", "float", "--vary", "container.keep_alive=1s..100s:60log", "--set", "run.warmup=1m",
				"--set", "run.duration=4h", "--set", "run.replications=4", "--models", "smp", "--out", out)
		}
		whole := filepath.Join(dir, "whole."+format)
		output, err := command(whole).CombinedOutput()
		require.NoError(t, err, "%s", output)
		want, err := os.ReadFile(whole)
		require.NoError(t, err)

		rng := rand.New(rand.NewPCG(1, 2))
		kills, sizes, patience := 0, map[int]bool{}, 150
		for {
			c := command(out)
			require.NoError(t, c.Start())
			ended := make(chan error, 1)
			go func() { ended <- c.Wait() }()
			select {
			case err = <-ended:
				require.NoError(t, err)
			case <-time.After(time.Duration(20+rng.IntN(patience)) * time.Millisecond):
				require.NoError(t, c.Process.Signal(syscall.SIGKILL))
				<-ended
				kills++
			}
			got, readErr := os.ReadFile(out)
			if readErr != nil {
				continue // killed before it began
			}
			if sizes[len(got)] {
				patience += patience / 4 // on a busy computer not even one point is done in time
			}
			sizes[len(got)] = true
			got = bytes.TrimSuffix(got, []byte("\n]}\n"))
			require.True(t, bytes.HasPrefix(want, got), "after %d kills the file is not the beginning of the whole", kills)
			if c.ProcessState.Success() {
				break
			}
		}
		final, err := os.ReadFile(out)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, final), "another file than that of an undisturbed sweep")
		assert.Greater(t, kills, 3)
		assert.Greater(t, len(sizes), 3, "the file grew from one kill to the next")
	}
}

// A kill in the middle of a write leaves the beginning of a row, whatever its length.
func TestEveryTornFileIsContinued(t *testing.T) {
	tests.Slow(t)
	dir := t.TempDir()
	for _, format := range []string{"csv", "json"} {
		whole := filepath.Join(dir, "whole."+format)
		args := []string{"faaslab", "sweep", "float", "--vary", "arrivals.rate=1/s..3/s:3", "--set", "run.warmup=1s",
			"--set", "run.duration=1m", "--set", "run.replications=2", "--models", "none", "--out"}
		require.Zero(t, faaslab(append(args, whole), &bytes.Buffer{}, &bytes.Buffer{}))
		want, err := os.ReadFile(whole)
		require.NoError(t, err)
		out := filepath.Join(dir, "out."+format)
		for length := 0; length <= len(want); length += 1 + length%97 {
			require.NoError(t, os.WriteFile(out, want[:length], 0o644))
			var stderr bytes.Buffer
			require.Zero(t, faaslab(append(args, out), &bytes.Buffer{}, &stderr), "%d bytes: %s", length, stderr.String())
			got, err := os.ReadFile(out)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), "%d bytes", length)
		}
		// Every changed file is refused, and left unchanged.
		for at := 0; at < len(want)-1; at += len(want) / 57 {
			changed := bytes.Clone(want)
			if changed[at] = 'X'; want[at] == 'X' {
				continue
			}
			require.NoError(t, os.WriteFile(out, changed, 0o644))
			code := faaslab(append(args, out), &bytes.Buffer{}, &bytes.Buffer{})
			got, err := os.ReadFile(out)
			require.NoError(t, err)
			assert.Equal(t, exit.BadInput, code, "byte %d", at)
			assert.Equal(t, string(changed), string(got))
		}
	}
}

func TestOneSweepWritesAFileAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, outfile.Lock(f))
	var stderr bytes.Buffer
	code := faaslab([]string{"faaslab", "sweep", "float", "--vary", "arrivals.rate=1/s,2/s", "--out", path}, &bytes.Buffer{}, &stderr)
	assert.Equal(t, exit.BadInput, code)
	assert.Contains(t, stderr.String(), "another sweep is writing it")
}

// A full disk ends the sweep with the code of a failed write, and the points written before stay.
func TestASweepOnAFullDiskEndsWithItsOwnCode(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	var stderr bytes.Buffer
	assert.Equal(t, exit.IO, faaslab([]string{"faaslab", "sweep", "float", "--vary", "arrivals.rate=1/s,2/s", "--format", "csv",
		"--set", "run.duration=1m"}, full, &stderr))
	assert.Contains(t, stderr.String(), "writing the results: ")
}

// The log of requests is written beside its name first; the error names the file that was asked for, and the reason.
func TestALogOnAFullDiskSaysSo(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	folder := t.TempDir()
	for _, ending := range []string{".csv", ".parquet"} {
		log := filepath.Join(folder, "log"+ending)
		require.NoError(t, os.Symlink("/dev/full", log))
		var stderr bytes.Buffer
		assert.Equal(t, exit.IO, faaslab([]string{"faaslab", "run", "float", "--requests", log, "--set", "run.duration=1m", "--set", "run.replications=2"}, io.Discard, &stderr))
		assert.Contains(t, stderr.String(), "faaslab: --requests "+log+": cannot be written: no space left on device\n")
	}
}

// Help, versions and lists that cannot be written are failed writes, too.
func TestWhateverIsPrintedToAFullDiskEndsWithItsOwnCode(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	for _, arguments := range []string{"", "--help", "--version", "scenarios", "scenarios list", "scenarios show float", "scenarios schema",
		"sweep --help", "scenarios show --help", "model erlang-b", "completion bash"} {
		var stderr bytes.Buffer
		assert.Equal(t, exit.IO, faaslab(append([]string{"faaslab"}, strings.Fields(arguments)...), full, &stderr), arguments)
		assert.Contains(t, stderr.String(), "no space left on device", arguments)
	}
}

// A signal ends the planning of a grid.
func TestPlanningIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	for _, vary := range []string{"container.keep_alive=1s..1h:1000000", "container.keep_alive=1s,2s"} {
		err := newApp(&bytes.Buffer{}, &bytes.Buffer{}).RunContext(ctx, []string{"faaslab", "sweep", "--vary", vary, "float"})
		var coded *exit.Error
		require.ErrorAs(t, err, &coded, vary)
		assert.Equal(t, exit.Interrupted, coded.Code)
	}
	for n, plan := range map[int]func(context.Context, *sweep.Plan) error{
		0: func(ctx context.Context, p *sweep.Plan) error { return p.CheckValues(ctx) },
		1: func(ctx context.Context, p *sweep.Plan) error { return p.LayOut(ctx) },
	} {
		text, err := scenarios.Read("float")
		require.NoError(t, err)
		p := &sweep.Plan{Text: text, Grid: scenarios.Grid{{Key: "container.keep_alive", Values: []string{"1s", "2s"}}}, Shard: sweep.Shard{Index: 0, Of: 1}}
		assert.ErrorIs(t, plan(ctx, p), context.Canceled, "step %d", n)
		assert.NoError(t, plan(context.Background(), p))
	}
}

// The columns of a model are those of its solutions, over the library and the ends of its range.
func TestTheColumnsOfModelsAreThoseTheyGive(t *testing.T) {
	given := map[string]map[string]bool{}
	var all []scenarios.Scenario
	for _, b := range scenarios.List() {
		for _, overrides := range [][]scenarios.Override{
			nil,
			{{Key: "container.keep_alive", Value: "0s"}},
			{{Key: "container.queue_timeout", Value: "10s"}},
			{{Key: "container.cold", Value: "exponential(mean=1.5288s)"}, {Key: "container.max_instances", Value: "unlimited"}},
			{{Key: "wasm.cores", Value: "60"}, {Key: "wasm.discipline", Value: "fcfs"}},
			{{Key: "wasm.cores", Value: "60"}},
			{{Key: "container.max_instances", Value: "1"}, {Key: "container.warm", Value: "uniform(0s, 200ms)"}, {Key: "arrivals", Value: "renewal(uniform(0s, 2s))"}},
		} {
			if s, err := scenarios.Load(b.Name, overrides); err == nil {
				all = append(all, s)
			}
		}
	}
	models := map[string]validate.Model{}
	for _, s := range all {
		for _, m := range validate.Models(s) {
			solution, err := m.Solve(validate.QuickWork)
			if err != nil {
				continue
			}
			models[m.Name] = m
			if given[m.Name] == nil {
				given[m.Name] = map[string]bool{}
			}
			for name := range solution.Metrics {
				given[m.Name][name] = true
			}
		}
	}
	assert.GreaterOrEqual(t, len(models), 10)
	for name, m := range models {
		want := map[string]bool{"user_cost": true, "user_cost_month": true, "provider_cost": true, "provider_cost_month": true}
		for metric := range given[name] {
			want[metric] = true
		}
		got := map[string]bool{}
		for _, metric := range m.MetricNames() {
			got[metric] = true
		}
		assert.Equal(t, want, got, name)
	}
}

func TestAMillionPointsAreSimulatedOneByOne(t *testing.T) {
	tests.Slow(t)
	dir := t.TempDir()
	out := filepath.Join(dir, "out.csv")
	c := exec.Command("faaslab", "sweep", "float", "--vary", "arrivals.rate=1/s..2/s:1000", "--vary", "container.keep_alive=1s..100s:1000",
		"--set", "run.duration=1h", "--set", "run.warmup=1m", "--models", "none", "--out", out)
	stderr, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	lines := bufio.NewScanner(stderr)
	require.True(t, lines.Scan())
	assert.Regexp(t, `^[0-9]+ points to go, about [0-9]+`, lines.Text())
	require.NoError(t, c.Process.Signal(syscall.SIGINT))
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	err = c.Wait()
	var code *exec.ExitError
	require.ErrorAs(t, err, &code)
	assert.Equal(t, exit.Interrupted, code.ExitCode())
	assert.Contains(t, last, fmt.Sprintf("of 1000000 points are in %s; the same command continues", out))
}

// The file may grow only to 8 blocks, as on a full disk: the sweep ends with its own code, the
// written part is complete, and with space it continues to the same bytes.
func TestASweepGoesOnAfterTheDiskWasFull(t *testing.T) {
	tests.Slow(t)
	dir := t.TempDir()
	for _, format := range []string{"csv", "json"} {
		args := "faaslab sweep float --vary container.keep_alive=1s..100s:30log --set run.warmup=1m --set run.duration=10m" +
			" --set run.replications=4 --models smp --out "
		whole, out := filepath.Join(dir, "whole."+format), filepath.Join(dir, "out."+format)
		output, err := exec.Command("sh", "-c", args+whole).CombinedOutput()
		require.NoError(t, err, "%s", output)
		want, err := os.ReadFile(whole)
		require.NoError(t, err)

		output, err = exec.Command("sh", "-c", "ulimit -f 40 && exec "+args+out).CombinedOutput()
		var code *exec.ExitError
		require.ErrorAs(t, err, &code, "%s", output)
		assert.Equal(t, exit.IO, code.ExitCode())
		assert.Contains(t, string(output), "points are in it, and the same command continues")
		got, err := os.ReadFile(out)
		require.NoError(t, err)
		assert.NotEmpty(t, got)
		assert.True(t, bytes.HasPrefix(want, bytes.TrimSuffix(got, []byte("\n]}\n"))), "%s", format)

		output, err = exec.Command("sh", "-c", args+out).CombinedOutput()
		require.NoError(t, err, "%s", output)
		assert.Contains(t, string(output), "of 30 points are in "+out+" already")
		got, err = os.ReadFile(out)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got), "another file than that of an undisturbed sweep")
	}
}
