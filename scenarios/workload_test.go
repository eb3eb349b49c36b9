package scenarios

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform/cluster"
	"faaslab/sim"
)

// fleetTraces has synthetic traces in the formats of the published ones.
const fleetTraces = "../../shared/specs/fleet/traces"

func needsTraces(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(fleetTraces)
	require.NoError(t, err)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no ", fleetTraces)
	}
	return dir
}

const shopTable = `# a comment
name,arrivals,warm,startup,memory,app,keep_alive,provisioned
checkout, poisson(rate=2/s), "lognormal(mean=80ms, cv=1.5)", constant(600ms), 256MB, shop, , 2
report,constant(rate=1/h),constant(20s),,1GB,,histogram(range=2h),
thumbnail,poisson(rate=4/m),empirical(times.csv),constant(2s),512MB,shop,5m,
`

// listedIn writes a table beside a scenario, and returns the scenario.
func listedIn(t *testing.T, dir, text, arguments string, overrides ...Override) (Scenario, error) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "functions.csv"), []byte(text), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "times.csv"), []byte("1\n2\n"), 0o600))
	return Parse("shop.yaml", dir, []byte("workload: table(functions.csv"+arguments+")\nnodes: {memory: 4GB}\ncontainer: {startup: constant(1s), keep_alive: 1m}\nrun: {warmup: 0s, duration: 1h, replications: 2}\n"), overrides)
}

func TestATableOfFunctionsIsRead(t *testing.T) {
	dir := t.TempDir()
	s, err := listedIn(t, dir, shopTable, "")
	require.NoError(t, err)
	all, many := s.Many()
	require.True(t, many)
	two := 2
	law := all[2].Warm
	assert.Equal(t, Functions{
		{Name: "checkout", App: "shop", Arrivals: dist.Poisson{PerSecond: 2}, Warm: dist.Lognormal{Mean: 0.08, CV: 1.5}, Startup: dist.Constant{Value: 0.6}, Memory: 256, Provisioned: &two},
		{Name: "report", Arrivals: dist.Regular{PerSecond: 1. / 3600}, Warm: dist.Constant{Value: 20}, Memory: 1024, KeepAlive: func() cluster.KeepAlive { h := cluster.NewHistogram(); h.Bins = 120; return h }()},
		{Name: "thumbnail", App: "shop", Arrivals: dist.Poisson{PerSecond: 4. / 60}, Warm: law, Startup: dist.Constant{Value: 2}, Memory: 512, KeepAlive: cluster.Fixed(300 * sim.Second)},
	}, all)
	assert.Equal(t, "empirical(times.csv)", law.String())
	assert.Equal(t, []string{"functions.csv", "times.csv"}, s.Files())
	assert.Equal(t, "table(functions.csv)", s.Arrivals.String())
	require.NoError(t, s.Check())
	again, err := Parse("shop.yaml", dir, s.YAML(), nil)
	require.NoError(t, err)
	assert.Equal(t, s, again)

	// The same functions in a block give the same numbers.
	block := "functions:\n" +
		"  checkout: {arrivals: poisson(rate=2/s), warm: lognormal(mean=80ms, cv=1.5), startup: constant(600ms), memory: 256MB, provisioned: 2}\n" +
		"  report: {arrivals: constant(rate=1/h), warm: constant(20s), memory: 1GB, keep_alive: histogram(range=2h)}\n" +
		"  thumbnail: {arrivals: poisson(rate=4/m), warm: empirical(times.csv), startup: constant(2s), memory: 512MB, keep_alive: 5m}\n" +
		"nodes: {memory: 4GB}\ncontainer: {startup: constant(1s), keep_alive: 1m}\nrun: {warmup: 0s, duration: 1h, replications: 2}\n"
	written, err := Parse("shop.yaml", dir, []byte(block), nil)
	require.NoError(t, err)
	a, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	b, err := Simulate(context.Background(), written, Options{})
	require.NoError(t, err)
	assert.Equal(t, b.Platforms[0].Metrics[0].Mean, a.Platforms[0].Metrics[0].Mean)
	assert.Equal(t, b.Platforms[0].Replications[0].Functions.Counts, a.Platforms[0].Replications[0].Functions.Counts)

	// A part of them, by override too.
	few, err := listedIn(t, dir, shopTable, ", top=1")
	require.NoError(t, err)
	functions, _ := few.Many()
	assert.Equal(t, all[:1], functions)
	few, err = listedIn(t, dir, shopTable, "", set("workload.top", "2"))
	require.NoError(t, err)
	functions, _ = few.Many()
	assert.Equal(t, Functions{all[0], all[2]}, functions)
	assert.Equal(t, []string{"functions.csv: 2 of 3 functions, with 2.067 of 2.067 requests/s"}, few.Arrivals.(Workload).Notes())
}

func TestWhatIsWrongInATableIsSaidWithItsPlace(t *testing.T) {
	dir := t.TempDir()
	const head = "name,arrivals,warm,startup,memory\n"
	for name, c := range map[string]struct{ text, want string }{
		"nothing":              {"", "functions.csv: is empty; want a header such as name,arrivals,warm,startup,memory"},
		"a header alone":       {head, "functions.csv: has no functions"},
		"no header":            {"f,poisson(rate=1/s),constant(1s),,1GB\n", `functions.csv:1: column 1: found the column "f"; want some of name, app, arrivals, warm, startup, memory, keep_alive`},
		"a column twice":       {"name,warm,name\n", "functions.csv:1: column 11: the column name is there twice"},
		"a missing column":     {"name,warm,memory\n", "functions.csv:1: the column arrivals is missing"},
		"an unquoted comma":    {head + "f,poisson(rate=1/s),lognormal(mean=1s, cv=2),,1GB\n", "functions.csv:2: column 1: name: 6 cells, and the header has 5; want a text with commas, such as a law, in double quotes"},
		"no law":               {head + "# skipped\nf,poisson(rate=1/s),constant(1),,1GB\n", "functions.csv:3: column 21: warm: "},
		"no arrivals":          {head + "f,,constant(1s),,1GB\n", "functions.csv:2: column 3: arrivals: missing; want an arrival process"},
		"a trace":              {head + "f,trace(times.csv),constant(1s),,1GB\n", "functions.csv:2: column 3: arrivals: found trace(times.csv), whose rate is not known"},
		"no memory":            {head + "f,poisson(rate=1/s),constant(1s),,1.5MB\n", `functions.csv:2: column 35: memory: found "1.5MB"; want a memory size of whole MB`},
		"too much memory":      {head + "f,poisson(rate=1/s),constant(1s),,2000GB\n", `functions.csv:2: column 35: memory: found "2000GB"; want`},
		"a name with a space":  {head + "my f,poisson(rate=1/s),constant(1s),,1GB\n", `functions.csv:2: column 1: name: found "my f"; want up to 100 letters`},
		"a name twice":         {head + "f,poisson(rate=1/s),constant(1s),,1GB\nf,poisson(rate=1/s),constant(1s),,1GB\n", `functions.csv:3: column 1: name: "f" is on line 2, too`},
		"a quote in the midst": {head + "f,poisson(rate=1/s),con\"stant(1s),,1GB\n", "functions.csv:2: column 24: bare \" in non-quoted-field"},
		"a larger function":    {head + "f,poisson(rate=1/s),constant(1s),,5GB\n", "shop.yaml:1: workload: function f has 5GB, more than the memory of a node, 4GB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := listedIn(t, dir, c.text, "")
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.Contains(t, err.Error(), "shop.yaml:1: workload: ")
		})
	}
	_, err := listedIn(t, dir, shopTable, ", sample=1/1000000000")
	require.ErrorContains(t, err, "no function is in the sample of 1/1000000000")
}

func TestWhatIsWrongWithAWorkloadIsSaid(t *testing.T) {
	dir := needsTraces(t)
	azure := filepath.Join(dir, "azure2019")
	for workload, want := range map[string]string{
		"azure2020(x)":                                                                 "want one of zipf, azure2019, azure2021, huawei2023, huawei2025 and table",
		"azure2019()":                                                                  "the file is missing; azure2019 takes a folder and, where wanted, days, by",
		"azure2019(" + azure + ", days=0..2)":                                          `days: found "0..2"; want a day or a range from 1 on`,
		"azure2019(" + azure + ", days=2..1)":                                          `days: found "2..1"; want a day or a range`,
		"azure2019(" + azure + ", day=1)":                                              `azure2019 has no parameter "day"`,
		"azure2019(" + azure + ", by=owner)":                                           `by: found "owner"; want app or function`,
		"azure2019(" + azure + ", by=app, by=app)":                                     "by is given twice",
		"azure2019(" + azure + ", app)":                                                `found "app" without a name`,
		"azure2019(" + azure + ", spread=poisson)":                                     "want uniform, even or start",
		"azure2019(" + azure + ", durations=gamma)":                                    "want percentiles, average or lognormal",
		"azure2019(" + azure + ", memory=lots)":                                        "want average, pct100, or a memory size",
		"azure2019(" + azure + ", missing=skip)":                                       "want fit or drop",
		"azure2019(" + azure + ", from=2h, to=1h)":                                     "to=60m is not after from=2h",
		"azure2019(" + azure + ", sample=10)":                                          "want 1/N, of one app in N",
		"azure2019(" + azure + ", top=0)":                                              "want a whole number from 1 to 1000000",
		"azure2019(" + azure + ", days=7)":                                             "has no invocations of day 7; want some of days 1, 2",
		"azure2019(" + azure + "/nowhere)":                                             "cannot be read",
		"huawei2023(" + dir + "/huawei2023, days=1)":                                   "has no file of day 1; want some of day 0",
		"huawei2023(" + dir + "/huawei2023, set=own)":                                  "want private or public",
		"huawei2023(" + dir + "/huawei2023, delay_unit=min)":                           "want s, ms, us or ns",
		"huawei2025(" + dir + "/huawei2025)":                                           "region is missing",
		"huawei2025(" + dir + "/huawei2025, region=R9)":                                "want R1, R2, R3, R4 or R5",
		"zipf(functions=3, rate=1/s, warm=constant(1s), memory=1MB, sample=1/1000000)": "no function is in the sample",
	} {
		_, err := Parse("many.yaml", "", []byte("workload: "+workload+"\nnodes: {}\ncontainer: {startup: constant(1s)}\n"), nil)
		require.Error(t, err, workload)
		assert.Contains(t, err.Error(), want)
		assert.Contains(t, err.Error(), "many.yaml:1: workload: ")
	}
	for container, want := range map[string]string{
		"{keep_alive: 1m}": "container.startup: missing, and not every function of the workload has one",
		"{keep_alive: 1m, startup: constant(1s), warm: constant(1s)}": "container.warm: the workload has service times of its own; want it without",
	} {
		_, err := Parse("many.yaml", "", []byte("workload: azure2019("+azure+")\nnodes: {}\ncontainer: "+container+"\n"), nil)
		assert.ErrorContains(t, err, want)
	}
	_, err := Sealed("many.yaml", []byte("workload: azure2019("+azure+")\nnodes: {}\ncontainer: {startup: constant(1s)}\n")).Scenario(nil)
	assert.ErrorContains(t, err, "files are not read here")
}

// azureDay is a scenario of two days of Azure's functions.
func azureDay(t *testing.T, arguments string, overrides ...Override) Scenario {
	t.Helper()
	dir := needsTraces(t)
	s, err := Parse("azure.yaml", dir, []byte("workload: azure2019(azure2019"+arguments+")\nnodes: {memory: 1500MB}\ncontainer: {startup: constant(1s), keep_alive: 10m}\n"), overrides)
	require.NoError(t, err)
	return s
}

func TestATraceOfManyFunctionsIsReplayed(t *testing.T) {
	s := azureDay(t, "")
	assert.Equal(t, "azure2019(azure2019)", s.Arrivals.String())
	assert.Len(t, s.Files(), 6)
	assert.True(t, slices.Contains(s.Files(), "azure2019/invocations_per_function_md.anon.d01.csv"), s.Files())
	again, err := Parse("azure.yaml", needsTraces(t), s.YAML(), nil)
	require.NoError(t, err)
	assert.Equal(t, s, again)

	// The places and the durations differ from one replication to another, and their numbers do not.
	s.Run.Replications = 2
	r, err := Simulate(context.Background(), s, Options{})
	require.NoError(t, err)
	require.Equal(t, 2, r.Replications)
	text := strings.Join(r.Warnings, "\n")
	assert.Contains(t, text, "the trace is one sample path, replayed whole in each replication: all 18619 requests of azure2019(azure2019), up to ")
	assert.Contains(t, text, "no durations of 1 function")
	first, second := r.Platforms[0].Replications[0].Functions.Counts, r.Platforms[0].Replications[1].Functions.Counts
	assert.NotEqual(t, first, second)
	for i := range first {
		assert.Equal(t, first[i].Arrivals, second[i].Arrivals)
	}
	assert.EqualValues(t, 2*18619, r.Platforms[0].Requests)

	// With nothing random there is one path, and no interval.
	fixed := azureDay(t, ", spread=even, durations=average, days=1..2")
	r, err = Simulate(context.Background(), fixed, Options{})
	require.NoError(t, err)
	assert.Equal(t, 1, r.Replications)
	assert.Contains(t, r.Warnings[0], "one path, replayed whole: all 18619 requests of azure2019(azure2019, spread=even, durations=average, days=1..2), up to ")
	assert.Contains(t, r.Warnings[0], "nothing is random, so that there is no interval")
	for _, o := range []Override{set("container.startup", "exponential(mean=1s)"), set("container.routing", "random"), set("container.evict", "random"), set("workload.spread", "uniform"), set("workload.durations", "lognormal")} {
		assert.False(t, azureDay(t, ", spread=even, durations=average", o).OnePath(), o)
	}
	assert.True(t, azureDay(t, ", spread=even, durations=average", set("nodes.count", "3")).OnePath())
	assert.False(t, azureDay(t, ", spread=even, durations=average", set("nodes.count", "3"), set("nodes.placement", "random")).OnePath())

	// A part of the time, after a warm-up.
	part := azureDay(t, ", spread=even, durations=average", set("run.warmup", "1d"), set("run.duration", "6h"))
	r, err = Simulate(context.Background(), part, Options{})
	require.NoError(t, err)
	assert.Contains(t, r.Warnings[0], "one path, cut off at 30h0m0s: ")
	assert.Equal(t, 6*3600*sim.Second, r.Duration)

	// Functions that no node has room for.
	small := azureDay(t, ", spread=even, durations=average", set("nodes.memory", "300MB"))
	r, err = Simulate(context.Background(), small, Options{})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "of the functions are larger than a node of 300MB: their requests, ")
}

// A sweep reads a trace once, and a function's requests do not depend on the others that are taken.
func TestAFunctionOfATraceHasItsOwnRequests(t *testing.T) {
	all, _ := azureDay(t, ", by=function, durations=average").Many()
	few, _ := azureDay(t, ", by=function, durations=average, sample=1/3").Many()
	require.Less(t, len(few), len(all))
	for _, f := range few {
		one := all.find(f.Name)
		require.NotNil(t, one)
		assert.Equal(t, one.Arrivals, f.Arrivals)
		assert.Equal(t, one.Memory, f.Memory)
	}
}

func TestTheOtherTracesRun(t *testing.T) {
	dir := needsTraces(t)
	for _, c := range []struct{ workload, container string }{
		{"azure2021(azure2021/AzureFunctionsInvocationTraceForTwoWeeksJan2021.txt, by=function, memory=128MB)", "{startup: constant(1s)}"},
		{"huawei2023(huawei2023, to=3h, sample=1/2)", "{startup: constant(1s)}"},
		{"huawei2023(huawei2023, set=public, to=3h)", "{startup: constant(1s), warm: exponential(mean=100ms)}"},
		{"huawei2025(huawei2025, region=R5, top=10)", "{keep_alive: 1m}"},
	} {
		s, err := Parse("many.yaml", dir, []byte("workload: "+c.workload+"\nnodes: {count: 2, memory: 8GB}\ncontainer: "+c.container+"\nrun: {replications: 2}\n"), nil)
		require.NoError(t, err)
		again, err := Parse("many.yaml", dir, s.YAML(), nil)
		require.NoError(t, err, string(s.YAML()))
		assert.Equal(t, s, again)
		r, err := Simulate(context.Background(), s, Options{})
		require.NoError(t, err)
		require.NoError(t, r.Broken)
		w := s.Arrivals.(Workload)
		assert.EqualValues(t, w.trace.Requests*int64(r.Replications), r.Platforms[0].Requests)
		for _, note := range w.Notes() {
			assert.Contains(t, r.Warnings, note)
		}
	}
	_, err := Parse("many.yaml", dir, []byte("workload: huawei2023(huawei2023, set=public)\nnodes: {}\ncontainer: {startup: constant(1s)}\n"), nil)
	assert.ErrorContains(t, err, "container.warm: missing, and the workload has no durations")
}

// The functions of a Zipf are made once, and samples of them nest.
func TestTheFunctionsOfAZipfAreHeld(t *testing.T) {
	z := Zipf{Count: 1000, PerSec: 10, Exponent: 1, Warm: dist.Constant{Value: 1}, Memory: 128}
	assert.Same(t, &z.Functions()[0], &z.Functions()[0])
	other := z
	other.Memory = 256
	assert.EqualValues(t, 256, other.Functions()[0].Memory)
	assert.EqualValues(t, 128, z.Functions()[0].Memory)
	for i := range 2 * mostZipfs {
		z.Count = 100 + i
		assert.Len(t, z.Functions(), 100+i)
	}
	assert.LessOrEqual(t, len(zipfs.made), mostZipfs)

	z.Count, z.Sample = 1000, 10
	tenth := z.Functions()
	assert.InDelta(t, 100, len(tenth), 45) // 4.5 standard deviations
	assert.InDelta(t, z.Rate(), tenth.Rate(), 1e-9)
	z.Sample = 20
	twentieth := z.Functions()
	for _, f := range twentieth {
		assert.Contains(t, tenth, f)
	}
	z.Top = 3
	assert.Equal(t, twentieth[:3], z.Functions())
	text := z.String()
	assert.Contains(t, text, "sample=1/20, top=3)")
	again, err := parseZipf(text, dist.Parser{})
	require.NoError(t, err)
	assert.Equal(t, z, again)
}

func FuzzTable(f *testing.F) {
	f.Add(shopTable)
	f.Add("name,arrivals,warm,memory\nf,poisson(rate=1/s),constant(1s),1MB\n")
	f.Fuzz(func(t *testing.T, text string) {
		table := tableOfFunctions{path: "f.csv", notation: dist.Parser{NoFiles: true}}
		if err := table.read(strings.NewReader(text)); err == nil {
			for _, one := range table.all {
				if one.Arrivals == nil || one.Warm == nil || !isMegabytes(one.Memory) {
					t.Fatalf("%+v", one)
				}
			}
		}
	})
}
