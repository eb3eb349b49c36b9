package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/explorer"
	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/scenarios"
	"faaslab/sim"
)

const (
	fakeKind   = "fake"
	fakeMetric = "fake_time"
)

// A fake is the configuration of the kind of platform that registerFakes adds: executors without
// limits.
type fake struct {
	Service dist.Distribution
}

func (f *fake) wasm() executors.Config { return executors.Config{Service: f.Service} }

// registerFakes adds a metric and a kind of platform until the test ends: a new metric or kind
// needs no more than these values.
func registerFakes(t *testing.T) {
	t.Helper()
	catalogue := platform.Catalogue
	platform.Catalogue = append(slices.Clone(catalogue), platform.Metric{
		Name: fakeMetric, Words: "mean fake time", Doc: "what nothing measures", Unit: platform.Seconds,
		Roles: platform.Headline | platform.Tabled | platform.Charted | platform.PerSlot, Place: 7,
		Of: func(o *platform.Observations) float64 { return 1 + float64(o.Arrivals%7)/100 },
	})
	of := func(s scenarios.Scenario) *fake { return s.Others[fakeKind].(*fake) }
	undo := scenarios.Register(&scenarios.Kind{
		Name: fakeKind, Label: "fakes", Title: "Fakes", One: "fake", Whole: "fake", Subject: "fakes",
		Block: scenarios.InOthers[fake](fakeKind),
		Keys: []scenarios.Key{scenarios.LawKey("fake.service", "Fake service", "Time that a fake needs.",
			func(s *scenarios.Scenario) *dist.Distribution { return &of(*s).Service })},
		Service: "fake.service",
		Start: func(s scenarios.Scenario, replication int, to scenarios.Settings) (scenarios.Simulation, error) {
			e, err := executors.New(of(s).wasm(), s.Arrivals, s.Run.Seed, replication)
			if err != nil {
				return nil, err
			}
			e.Log, e.Interrupted, e.MostLive, e.Meter = to.Log, to.Interrupted, to.MostLive, to.Meter
			e.Limit(to.Responses, to.Waits)
			return e, nil
		},
		History: func(s scenarios.Scenario, replication int) (*platform.History, error) {
			return executors.NewHistory(of(s).wasm(), s.Arrivals, s.Run.Seed, replication)
		},
		Describe: func(s scenarios.Scenario, _ func(sim.Time) string) []string {
			return []string{"fakes of " + of(s).Service.String()}
		},
	})
	t.Cleanup(func() {
		undo()
		platform.Catalogue = catalogue
	})
}

// A metric that is one value of the catalogue, and a platform that is one value of its kind, appear
// everywhere.
func TestAFakeMetricAndAFakePlatformAreEverywhere(t *testing.T) {
	registerFakes(t)
	directory := t.TempDir()
	file := filepath.Join(directory, "fake.yaml")
	const text = "arrivals: poisson(rate=5/s)\ncontainer: {warm: exponential(mean=1s), cold: exponential(mean=2s)}\nfake: {service: exponential(mean=1s)}\n" +
		"pricing: {preset: aws-lambda, container_memory: 1GB, fake_memory: 512MB}\nrun: {replications: 4, warmup: 10s, duration: 5m}\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	faaslab := func(args ...string) string {
		t.Helper()
		var out, said bytes.Buffer
		require.Zero(t, execute(t.Context(), append([]string{"faaslab"}, args...), &out, &said), "%v: %s", args, said.String())
		return out.String()
	}
	figure := filepath.Join(directory, "figure.svg")
	drawn := func() string {
		t.Helper()
		svg, err := os.ReadFile(figure)
		require.NoError(t, err)
		return string(svg)
	}

	run := faaslab("run", file, "--plot", figure)
	assert.Contains(t, run, "\nfakes  fakes of exponential(mean=1s) · 512MB at the prices of aws-lambda")
	assert.Contains(t, run, "\nfakes − containers, on the same requests")
	assert.Equal(t, 3, strings.Count(run, "\n  fake time"), "of both platforms, and their difference")
	assert.Contains(t, run, "A response takes", "the answer is about it, too")
	assert.Contains(t, drawn(), "Instances: fakes")
	assert.NotContains(t, run, fakeMetric)

	var found struct {
		Scenario struct {
			Fake struct{ Service string }
		}
		Platforms map[string]struct {
			Metrics       map[string]struct{ Mean float64 }
			Distributions map[string][]float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(faaslab("run", file, "--format", "json")), &found))
	assert.Equal(t, "exponential(mean=1s)", found.Scenario.Fake.Service)
	assert.InDelta(t, 5, found.Platforms[fakeKind].Metrics["instances"].Mean, 1)
	assert.GreaterOrEqual(t, found.Platforms[fakeKind].Metrics[fakeMetric].Mean, 1.0)
	assert.GreaterOrEqual(t, found.Platforms[scenarios.ContainerPlatform].Metrics[fakeMetric].Mean, 1.0)
	assert.Contains(t, found.Platforms[fakeKind].Metrics, "user_cost")
	assert.NotContains(t, found.Platforms[fakeKind].Metrics, "cold_start_probability")
	assert.Contains(t, found.Platforms[fakeKind].Distributions, "running")

	for _, args := range [][]string{{"run", file}, {"run", file, "--transient", "1m"}, {"sweep", file, "--vary", "fake.service.mean=1s,2s"}} {
		header, _, _ := strings.Cut(faaslab(append(args, "--format", "csv")...), "\n")
		columns := strings.Split(header, ",")
		for _, column := range []string{"fake.instances", "fake.fake_time", "fake.fake_time.half_width", "container.fake_time"} {
			assert.Contains(t, columns, column, args)
		}
	}
	sweep := faaslab("sweep", file, "--vary", "fake.service.mean=1s,2s", "--plot", figure)
	assert.Contains(t, sweep, "\nfakes  2 points")
	assert.Contains(t, sweep, "fake time")
	assert.Contains(t, drawn(), "mean fake time")
	assert.Contains(t, drawn(), "fakes, simulated")
	transient := faaslab("run", file, "--transient", "1m", "--plot", figure)
	assert.Contains(t, transient, "\nfakes  fakes of exponential(mean=1s) · from empty")
	assert.Contains(t, transient, "fake time")
	assert.Contains(t, drawn(), "mean fake time")
	assert.Contains(t, faaslab("run", file, "--metrics", "fake.fake_time"), "fake time")
	assert.Contains(t, faaslab("compare", file, file, "--b", "fake.service=constant(1s)", "--plot", figure), "\nfakes  ")
	assert.Contains(t, drawn(), ">fakes<")
	assert.Contains(t, faaslab("tune", file, "--vary", "fake.service.mean=1s..4s", "--goal", "fake.instances <= 12"), "fake.service.mean=")
	assert.Contains(t, faaslab("trace", file, "--platform", fakeKind, "--events", "3"), "request 1, fake 1")
	assert.Contains(t, faaslab("model", file), "containers")
	assert.Contains(t, faaslab("scenarios", "show", file), "fake")
	assert.Contains(t, faaslab("scenarios", "schema"), `"Time that a fake needs."`)

	server := startExplorer(t, testBudget)
	status, answer := ask(t, server.URL+"/api/run", fmt.Sprintf(`{"file": %q, "figure": true}`, text))
	require.Equal(t, http.StatusOK, status, answer)
	assert.Contains(t, answer, `"heading":"fakes: fakes of`)
	assert.Contains(t, answer, `"fake_time":{"mean":1`)
	assert.Contains(t, answer, "Instances: fakes")
	response, err := http.Get(server.URL + "/api/metrics")
	require.NoError(t, err)
	defer response.Body.Close()
	var known explorer.CatalogueJSON
	require.NoError(t, json.NewDecoder(response.Body).Decode(&known))
	last := known.Metrics[len(known.Metrics)-1]
	assert.Equal(t, explorer.KnownMetric{MetricJSON: explorer.MetricJSON{Name: fakeMetric, Label: "fake time", Unit: "seconds", Text: "what nothing measures"}, Axis: "mean fake time",
		Platforms: []string{scenarios.ContainerPlatform, scenarios.WasmPlatform, fakeKind}, Roles: []string{"headline", "tabled", "charted", "per_slot"}, Always: true}, last)
	assert.Equal(t, []string{scenarios.ContainerPlatform, scenarios.WasmPlatform, fakeKind}, scenarios.KindNames())
	assert.Equal(t, "Fakes", known.Platforms[2].Title)
	assert.NotEmpty(t, known.Platforms[2].States)
}
