package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/narration"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/scenarios"
	"faaslab/sim"
)

// timeline is the Trace Event Format as a reader decodes it.
type timeline struct {
	Events []struct {
		Phase    string         `json:"ph"`
		Name     string         `json:"name"`
		Time     json.Number    `json:"ts"`
		Duration json.Number    `json:"dur"`
		Process  int            `json:"pid"`
		Thread   int64          `json:"tid"`
		Args     map[string]any `json:"args"`
	} `json:"traceEvents"`
	Other struct {
		Told   int                  `json:"told"`
		Ending string               `json:"ending"`
		Totals narration.TotalsJSON `json:"totals"`
	} `json:"otherData"`
}

// spanOf is a span in nanoseconds.
type spanOf struct {
	name       string
	start, end sim.Time
}

func readTimeline(t *testing.T, text []byte) timeline {
	t.Helper()
	var line timeline
	require.NoError(t, json.Unmarshal(text, &line))
	return line
}

// nanoseconds reads microseconds.
func nanoseconds(t *testing.T, n json.Number) sim.Time {
	whole, fraction, ok := strings.Cut(n.String(), ".")
	require.True(t, ok)
	require.Len(t, fraction, 3)
	ns, err := strconv.ParseInt(whole+fraction, 10, 64)
	require.NoError(t, err)
	return sim.Time(ns)
}

// The spans of an instance follow each other without a gap from its beginning to its end, and the
// time in them is the time that an ordinary run observes; the counters agree with the numbers of
// spans.
func TestTheTimelineIsThatOfAnOrdinaryRun(t *testing.T) {
	for _, command := range []string{
		"float",
		"float --events 0",
		"float --from 10m",
		"float --set container.keep_alive=never",
		"float --set container.keep_alive=0s",
		"float --set container.max_instances=1",
		"float --set container.max_instances=1 --set container.keep_alive=0s --seed 3",
		"float --set container.initial.idle=3 --set container.initial.running=2 --set container.routing=random --set container.keep_alive=1s",
		"float --set container.cores=2 --set container.startup_cpu=0.3 --set arrivals.rate=1.2/s",
		"float --set container.dispatch.interval=2s",
		"overload --set arrivals.rate=3/s --set container.max_instances=3 --set container.queue_timeout=2s",
		"float --set container.release=exponential(mean=1s) --set arrivals.rate=3/s",
		"overload --set arrivals.rate=3/s --set container.max_instances=3 --set container.queue_timeout=2s --set container.release=constant(300ms)",
		"float --set container.cores=2 --set container.cores.speeds=[0.8,1.5] --set container.release=uniform(0s,1s) --set container.keep_alive=3s",
		"float --platform wasm",
		"float --platform wasm --set wasm.startup=constant(300ms)",
		"float --platform wasm --set wasm.cores=6 --from 1m",
		"float --platform wasm --set wasm.cores=6 --set wasm.discipline=fcfs --set wasm.startup=exponential(mean=300ms)",
	} {
		t.Run(command, func(t *testing.T) {
			args := "faaslab trace " + command
			if !strings.Contains(args, "--events") {
				args += " --events 400"
			}
			line := readTimeline(t, []byte(output(t, args+" --format perfetto")))
			var document struct {
				Events []narration.EventJSON
				From   sim.Time `json:"from_ns"`
				Totals narration.TotalsJSON
			}
			require.NoError(t, json.Unmarshal([]byte(output(t, args+" --format json")), &document))
			require.Equal(t, document.Totals, line.Other.Totals)
			require.Len(t, document.Events, line.Other.Told)
			end := document.From
			if n := len(document.Events); n > 0 {
				end = document.Events[n-1].Time
			}

			// The whole timeline.
			threads, names, counters := map[int64][]spanOf{}, map[int64]string{}, map[string]float64{}
			for _, e := range line.Events {
				require.Equal(t, narration.TimelineProcess, e.Process)
				switch e.Phase {
				case "X":
					start := nanoseconds(t, e.Time)
					threads[e.Thread] = append(threads[e.Thread], spanOf{e.Name, start, start + nanoseconds(t, e.Duration)})
				case "C":
					counters[e.Name] = e.Args[e.Name].(float64)
				case "M":
					if e.Name == "thread_name" {
						require.NotContains(t, names, e.Thread)
						names[e.Thread] = e.Args["name"].(string)
					}
				default:
					require.Equal(t, "i", e.Phase)
					require.Contains(t, names, e.Thread)
				}
			}
			totals := line.Other.Totals
			require.Equal(t, float64(totals.Instances), counters["instances"])
			require.Equal(t, float64(totals.Running), counters["running"])
			require.Equal(t, float64(totals.Idle), counters["idle"])
			require.Equal(t, float64(totals.Waiting), counters["waiting"])
			require.Equal(t, float64(totals.Releasing), counters["releasing"])
			require.Len(t, names, len(threads)+1)

			// Each track.
			alive, colds := 0, int64(0)
			spent := map[string]sim.Time{}
			for thread, spans := range threads {
				require.True(t, strings.HasSuffix(names[thread], " "+strconv.FormatInt(thread-1, 10)), names[thread])
				slices.SortStableFunc(spans, func(a, b spanOf) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
				for k, s := range spans {
					if k > 0 {
						require.Equal(t, spans[k-1].end, s.start, "%s", names[thread])
					}
					spent[s.name] += s.end - s.start
					if s.name == "cold start" {
						colds++
					}
				}
				born, died := document.From, end
				for _, e := range document.Events {
					if e.Instance == thread-1 && e.Before == "gone" {
						born = e.Time
					}
					if e.Instance == thread-1 && e.After == "gone" || e.Released == thread-1 {
						died = e.Time
					}
				}
				require.Equal(t, []sim.Time{born, died}, []sim.Time{spans[0].start, spans[len(spans)-1].end}, names[thread])
				if died == end {
					alive++
				}
			}
			require.GreaterOrEqual(t, alive, totals.Instances)
			if document.From == 0 {
				require.Equal(t, totals.Cold, colds)
			}

			observed := observe(t, strings.Fields(command), document.From, end)
			if end > document.From {
				idle := spent["idle"] + spent["releasing"]
				all := spent["cold start"] + spent["warm"] + idle + spent["start-up"] + spent["running"] + spent["waiting for a core"]
				assert.InDelta(t, observed.Instances.Area(), all.Seconds(), 1e-6)
				assert.InDelta(t, observed.Idle.Area(), idle.Seconds(), 1e-6)
				assert.InDelta(t, observed.Releasing.Area(), spent["releasing"].Seconds(), 1e-6)
				assert.InDelta(t, observed.Running.Area(), (all - idle).Seconds(), 1e-6)
				if totals.Cold > 0 {
					assert.InDelta(t, observed.RunningCold.Mean()*observed.Span.Seconds(), spent["cold start"].Seconds(), 1e-6)
				}
			}
		})
	}
}

// observe runs the platform that a command traces in the ordinary way, and returns its observations
// of a period.
func observe(t *testing.T, args []string, from, end sim.Time) platform.Observations {
	t.Helper()
	var overrides []string
	name := scenarios.ContainerPlatform
	for i, a := range args {
		switch a {
		case "--set":
			overrides = append(overrides, args[i+1])
		case "--seed":
			overrides = append(overrides, "run.seed="+args[i+1])
		case "--platform":
			name = args[i+1]
		}
	}
	parsed, err := scenarios.ParseOverrides("--set", overrides)
	require.NoError(t, err)
	s, err := scenarios.Load(args[0], parsed)
	require.NoError(t, err)
	var run interface {
		Run(sim.Time) error
		Restart()
		Observations() platform.Observations
	}
	if name == scenarios.WasmPlatform {
		run, err = executors.New(*s.Wasm, s.Arrivals, s.Run.Seed, 0)
	} else {
		run, err = pool.New(*s.Container, s.Arrivals, s.Run.Seed, 0)
	}
	require.NoError(t, err)
	require.NoError(t, run.Run(from))
	run.Restart()
	require.NoError(t, run.Run(end))
	return run.Observations()
}

// An interrupter ends a context at the first write.
type interrupter struct {
	bytes.Buffer
	stop context.CancelFunc
}

// Write implements io.Writer.
func (i *interrupter) Write(p []byte) (int, error) {
	i.stop()
	return i.Buffer.Write(p)
}

// The output before Ctrl-C is complete and says that it was interrupted, whether after some events
// or before any.
func TestAnInterruptedTraceIsValid(t *testing.T) {
	for _, format := range []string{"json", "perfetto", "text"} {
		for name, args := range map[string]string{
			"while telling": "faaslab trace float --events 1000000000 --format " + format,
			// So many events cannot be skipped within the test's time.
			"while skipping": "faaslab trace float --from 100000d --format " + format,
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				ctx, stop := context.WithCancel(context.Background())
				defer stop()
				if name == "while skipping" {
					stop()
				}
				out := &interrupter{stop: stop}
				app := newApp(out, io.Discard)
				err := app.RunContext(ctx, permute(app, strings.Fields(args)))
				coded := new(exit.Error)
				require.True(t, errors.As(err, &coded), "%v", err)
				require.Equal(t, exit.Interrupted, coded.Code)
				switch format {
				case "json":
					var document struct {
						Told   int
						Ending string
						Events []narration.EventJSON
					}
					require.NoError(t, json.Unmarshal(out.Bytes(), &document))
					require.Equal(t, "interrupted", document.Ending)
					require.Len(t, document.Events, document.Told)
					require.Equal(t, name == "while telling", document.Told > 0)
				case "perfetto":
					line := readTimeline(t, out.Bytes())
					require.Equal(t, "interrupted", line.Other.Ending)
					require.Equal(t, name == "while telling", line.Other.Told > 0)
				default:
					require.Contains(t, out.String(), "· interrupted\n")
				}
			})
		}
	}
}

// A file of --out is complete, or does not exist.
func TestAnInterruptedTraceCompletesItsFile(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	file := filepath.Join(t.TempDir(), "trace.json")
	app := newApp(io.Discard, io.Discard)
	require.Error(t, app.RunContext(ctx, permute(app, []string{"faaslab", "trace", "--format", "perfetto", "--out", file})))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "interrupted", readTimeline(t, text).Other.Ending)
}

// A full disk is reported once, though buffered text is flushed after the write that failed.
func TestATraceOnAFullDiskSaysSoOnce(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	for _, format := range []string{"text", "json", "perfetto"} {
		var stderr bytes.Buffer
		assert.Equal(t, exit.IO, faaslab([]string{"faaslab", "trace", "--events", "2000", "--format", format}, full, &stderr))
		assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), "%s: %s", format, &stderr)
	}
}
