package validate_test

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
)

// A sabotage breaks the simulator on purpose, by edits to one of its files.
type sabotage struct {
	name  string
	file  string
	edits []string // old, new, old, new …
	suite string   // empty: laws
	only  string   // the scenarios that the sabotage is tried on
	// caught is a law whose case, or "identity", must fail.
	caught string
	// command: try the whole command, which takes longer to build than the laws alone.
	command bool
}

var sabotages = []sabotage{
	{
		name: "routing swapped", file: "platform/pool/idle.go", only: "level crossing 2", caught: "level-crossing",
		edits: []string{"case MRU:\n\t\treturn s.line.PopBack().instance", "case MRU:\n\t\treturn s.line.PopFront().instance"},
	},
	{
		name: "keep-alive 2 % long", file: "platform/pool/pool.go", only: "level crossing 2", caught: "level-crossing",
		edits: []string{"\tp := &Pool{\n", "\tconfig.KeepAlive += config.KeepAlive / 50\n\tp := &Pool{\n"},
	},
	{
		name: "expiry from the start of service", file: "platform/pool/pool.go", only: "level crossing 1", caught: "level-crossing",
		edits: []string{
			"\tcreated []sim.Time // by instance\n", "\tcreated []sim.Time // by instance\n\tstarted [1 << 16]sim.Time\n",
			"\to.Warm++\n", "\to.Warm++\n\tp.started[instance] = now\n",
			"\to.Cold++\n", "\to.Cold++\n\tp.started[instance] = now\n",
			"p.idle.put(idler{now, instance})", "p.idle.put(idler{p.started[instance], instance})",
			"p.engine.SetTimer(loop.Expiry, now.Plus(p.config.KeepAlive))", "p.engine.SetTimer(loop.Expiry, max(now, p.started[instance].Plus(p.config.KeepAlive)))",
			"if p.idle.oldest().since.Plus(p.config.KeepAlive) == now {", "if p.idle.oldest().since.Plus(p.config.KeepAlive) <= now {",
			"p.engine.SetTimer(loop.Expiry, p.idle.oldest().since.Plus(p.config.KeepAlive))", "p.engine.SetTimer(loop.Expiry, max(now, p.idle.oldest().since.Plus(p.config.KeepAlive)))",
		},
	},
	{
		name: "cap off by one", file: "platform/pool/pool.go", only: "level crossing with a cap 1", caught: "level-crossing",
		edits: []string{"o.Instances.Count() < p.config.MaxInstances", "o.Instances.Count() <= p.config.MaxInstances"},
	},
	{
		name: "cold service drawn from warm", file: "platform/pool/pool.go", only: "level crossing 1", caught: "level-crossing",
		edits: []string{"loop.Sampler{Law: config.Cold,", "loop.Sampler{Law: config.Warm,"},
	},
	{
		name: "warm-up kept", file: "scenarios/study.go", only: "warm-up", caught: "always-cold",
		edits: []string{"\t\t\trun.Restart()\n", ""},
	},
	{
		name: "purposes seeded alike", file: "sim/random/stream.go", only: "Erlang B 3", caught: "erlang-b",
		edits: []string{"\tfor i := range len(purpose) {\n", "\tfor i := range min(0, len(purpose)) {\n"},
	},
	{
		name: "rejected counted as served", file: "platform/pool/pool.go", only: "Erlang B 1", caught: "erlang-b", command: true,
		edits: []string{"\t\to.Rejected++\n", "\t\to.Warm++\n\t\to.Completed++\n\t\to.Responses.Add(0)\n"},
	},
	{
		name: "processor sharing with a rate floor", file: "platform/internal/loop/sharedcores.go", only: "processor sharing 2", caught: "processor-sharing",
		edits: []string{
			"float64(elapsed)*s.rate(n)/float64(n)", "float64(elapsed)*max(s.rate(n)/float64(n), 0.6)",
			"* float64(n) / s.rate(n))", "/ max(s.rate(n)/float64(n), 0.6))",
		},
	},
	{
		name: "a second thread as good as a core", file: "platform/cores.go", only: "cut at the cap 1", caught: "processor-sharing",
		edits: []string{"rate += float64(c.Yield * float64(", "rate += float64(1 * float64("},
	},
	{
		name: "no release after a cold start", file: "platform/pool/release.go", only: "always cold with releases 1", caught: "always-cold",
		edits: []string{"\tif p.releases == nil {\n", "\tif p.releases == nil || cold {\n"},
	},
	{
		name: "no release where a request waits", file: "platform/pool/release.go", only: "one instance with releases 1", caught: "pollaczek-khinchine",
		edits: []string{"\tif p.releases == nil {\n", "\tif p.releases == nil || p.waiting.Len() > 0 {\n"},
	},
	{
		name: "releases 3 % long", file: "platform/pool/release.go", only: "Erlang B with releases 2", caught: "erlang-b",
		edits: []string{"completion.Plus(r.law.Draw(r.requests[instance]))", "completion.Plus(r.law.Draw(r.requests[instance]) / 100 * 103)"},
	},
	{
		name: "keep-alive from the response", file: "platform/pool/release.go", only: "sliding maximum with releases on a path 1", caught: "identity",
		edits: []string{
			"p.idle.put(idler{now, instance})", "p.idle.put(idler{now - p.releases.always, instance})",
			"p.engine.SetTimer(loop.Expiry, now.Plus(p.config.KeepAlive))", "p.engine.SetTimer(loop.Expiry, now.Plus(p.config.KeepAlive)-p.releases.always)",
		},
	},
	{
		name: "a clock that never rises", file: "platform/cores.go", only: "with a clock of its own 2", caught: "processor-sharing",
		edits: []string{"rate *= c.Speeds[min(busy, len(c.Speeds))-1]", "rate *= min(1, c.Speeds[min(busy, len(c.Speeds))-1])"},
	},
	{
		name: "users who think from their arrival on", file: "platform/pool/pool.go", only: "interactive response time 3", caught: "interactive-response-time",
		edits: []string{"p.workload.Answer(id, answered)", "p.workload.Answer(id, r.Arrival+0*answered)"},
	},
	{
		name: "users answered when their service begins", file: "platform/executors/executors.go", only: "finite source of executors 1", caught: "finite-source",
		edits: []string{"e.workload.Answer(x.id, completion)", "e.workload.Answer(x.id, start)"},
	},
	{
		name: "rejected users never come back", file: "platform/pool/pool.go", only: "finite source of a pool 5", caught: "engset",
		edits: []string{"\tp.Log(r)\n\tif next", "\tp.Log(r)\n\tif r.Outcome == platform.OutcomeRejected {\n\t\treturn\n\t}\n\tif next"},
	},
	{
		name: "streams share a generator", file: "dist/superpose.go", only: "Poisson streams 1", caught: "erlang-b",
		edits: []string{"\t\t\town = family.Member(uint64(i))\n", "\t\t\town, _ = g, family\n"},
	},
	{
		name: "the last level 5 % long", file: "dist/levels.go", only: "periodic 1", caught: "little",
		edits: []string{"\t\treturn l.repeat() - l.begin(i)\n", "\t\treturn 1.05 * (l.repeat() - l.begin(i))\n"},
	},
	{
		name: "a provisioned instance lives like another after its first request", file: "platform/cluster/instances.go", only: "kept ready 1", caught: "provisioned",
		edits: []string{"\tif x.set == provisioned {\n\t\tc.keep(i, at)\n", "\tif x.set == provisioned && false {\n\t\tc.keep(i, at)\n"},
	},
	{
		name: "one spare instance too many", file: "platform/cluster/instances.go", only: "kept ready 5", caught: "spare",
		edits: []string{"for int(c.pools[i].spares) < c", "for int(c.pools[i].spares) <= c"},
	},
	{
		name: "idle instances counted for the minimum, in place of all", file: "platform/cluster/instances.go", only: "kept ready 4", caught: "min-instances",
		edits: []string{"if p.alive() <= p.min {", "if p.idle <= p.min {"},
	},
	{
		name: "a keep-alive that use does not renew", file: "platform/cluster/instances.go", only: "time to live 1", caught: "time-to-live",
		edits: []string{"x.order, x.since, x.older, x.newer = c.order, since,", "x.order, x.since, x.older, x.newer = c.order, x.created+0*since,"},
	},
	{
		name: "requests in turn, two to each node", file: "platform/cluster/place.go", only: "placement round-robin", caught: "thinning",
		edits: []string{"+ r.own) % uint64(p.nodes))", "+ r.own/2) % uint64(p.nodes))"},
	},
	{
		name: "the instance that became idle last goes first", file: "platform/cluster/evict.go", only: "eviction 1", caught: "king",
		edits: []string{"\t\treturn e.first\n", "\t\treturn e.last\n"},
	},
	{
		name: "a price in place of a price for memory", file: "platform/cluster/cluster.go", only: "memory is scaled, greedy-dual", caught: "identity",
		edits: []string{".cost / float64(function.Memory)", ".cost - float64(function.Memory)/100"},
	},
	{
		name: "idle memory in the way", file: "platform/cluster/instances.go", only: "multirate 2", caught: "kaufman-roberts",
		edits: []string{"n.used-n.idle+p.memory > c.config.Memory", "n.used-n.idle/2+p.memory > c.config.Memory"},
	},
	{
		name: "a histogram without its margin", file: "platform/cluster/keepalive.go", only: "histogram 2", caught: "hybrid-histogram",
		edits: []string{"head*p.Bin*sim.Time(100-p.Margin)/100", "head*p.Bin"},
	},
	{
		name: "start-ups take CPU alone", file: "platform/cluster/cores.go", only: "one function on shared cores is the pool", caught: "identity",
		edits: []string{"delayed, loop.Fraction(startup, s.startupCPU)", "delayed, loop.Fraction(startup, 1)"},
	},
	{
		name: "warm starts on the cores of the first node", file: "platform/cluster/cores.go", only: "nodes do not share cores", caught: "identity",
		edits: []string{"\tnode := c.pools[i].node\n", "\tnode := 0 * c.pools[i].node\n"},
	},
	{
		name: "even places at the beginnings", file: "dist/trace/spread.go", only: "counts by the minute", caught: "identity",
		edits: []string{"mulDiv(2*i+1, width, 2*n)", "mulDiv(2*i, width, 2*n)"},
	},
	{
		name: "time average not closed at the end", file: "platform/observations.go", only: "always cold 1", caught: "identity",
		edits: []string{"\to.closeInstances(at)\n\to.RunningCold", "\to.RunningCold"},
	},
	{
		name: "requests that wait are no load", file: "platform/autoscaler/scaler.go", suite: "scaling", only: "a burst into nothing", caught: "identity",
		edits: []string{"s.record(now, max(mean-s.adjust, 0))", "s.record(now, max(mean-s.adjust-float64(f.waiting.Len()), 0))"},
	},
	{
		name: "a place too many in each instance", file: "platform/autoscaler/instances.go", suite: "scaling", only: "places that turn away 1", caught: "erlang-b",
		edits: []string{"\tif i.held == f.config.Concurrency {\n", "\tif i.held == f.config.Concurrency+1 {\n", "\tif i.held == f.config.Concurrency-1 {\n", "\tif i.held == f.config.Concurrency {\n"},
	},
	{
		name: "a window a second short", file: "platform/scaling/window.go", suite: "scaling", only: "decisions of Knative", caught: "identity",
		edits: []string{"sums: make([]float64, seconds)", "sums: make([]float64, max(1, seconds-1))"},
	},
	{
		name: "instances wanted are rounded down", file: "platform/scaling/decider.go", suite: "scaling", only: "scaling by arrivals 2", caught: "poisson-window",
		edits: []string{"math.Ceil(load.Stable/target)", "math.Floor(load.Stable/target)"},
	},
	{
		name: "panic forgets how many it wanted", file: "platform/scaling/decider.go", suite: "scaling", only: "a staircase", caught: "identity",
		edits: []string{"max(d.panicMost, desired,", "max(desired,"},
	},
	{
		name: "a utilization is not cut to whole per cent", file: "platform/scaling/hpa.go", suite: "scaling", only: "decisions of an HPA", caught: "identity",
		edits: []string{"math.Floor(float64(100*usage/float64(instances))+1e-9) /", "(math.Floor(0) + float64(100*usage/float64(instances))) /"},
	},
	{
		name: "seconds without a request are not measured", file: "platform/autoscaler/scaler.go", suite: "scaling", only: "a staircase", caught: "identity",
		edits: []string{"\tif o.Ready.Count() > 0 {\n\t\ts.record(now, 0)\n", "\tif o.Ready.Count() < 0 {\n\t\ts.record(now, 0)\n"},
	},
	{
		name: "a core of its own for each request", file: "platform/autoscaler/cores.go", suite: "scaling", only: "own cores 1", caught: "processor-sharing",
		edits: []string{"loop.NewSharedCores(c.cores)", "loop.NewSharedCores(platform.Cores{Physical: 1000})"},
	},
	{
		name: "an instance more than may be", file: "platform/autoscaler/scaler.go", suite: "scaling", only: "conservation 1", caught: "identity",
		edits: []string{"wanted := min(max(desired, f.config.MinInstances), f.config.MaxInstances)", "wanted := min(max(desired, f.config.MinInstances), f.config.MaxInstances+1)"},
	},
	{
		name: "waiting requests are not served when an instance is ready", file: "platform/autoscaler/instances.go", suite: "scaling", only: "conservation 2", caught: "identity",
		edits: []string{"\tf.joinBound(now, slot)\n\tf.dispatch(now)\n", "\tf.joinBound(now, slot)\n"},
	},
}

// The suites must be able to fail: each sabotage of the simulator is caught, by the law that it
// breaks. The product needs no switch for a fault. Without LONG_TESTS some are tried, and the others must have their place.
func TestSabotageIsCaught(t *testing.T) {
	tests.Slow(t)
	w := newWorkshop(t)
	// failed returns the laws of the failed cases, and the number of cases tried.
	failed := func(t *testing.T, program string, s sabotage, seed string) (laws []string, cases int) {
		suite := cmp.Or(s.suite, "laws")
		arguments := []string{suite, s.only, seed}
		if s.command {
			arguments = []string{"validate", suite, "--only", s.only, "--seed", seed, "--format", "json"}
		}
		output, err := exec.Command(program, arguments...).Output()
		var report struct {
			Cases []struct{ Scenario, Model, Metric, Verdict string }
		}
		require.NoError(t, json.Unmarshal(output, &report), "%v", err)
		for _, c := range report.Cases {
			if c.Verdict == "broken" {
				laws = append(laws, c.Model)
				t.Logf("%s: %s, %s is broken", c.Scenario, c.Model, c.Metric)
			}
		}
		exit := 0
		if exited := new(exec.ExitError); err != nil {
			require.ErrorAs(t, err, &exited)
			exit = exited.ExitCode()
		}
		assert.Equal(t, len(laws) > 0, exit == 1, "exit code %d with %d broken laws", exit, len(laws))
		return laws, len(report.Cases)
	}
	type trial struct {
		suite, only string
		command     bool
	}
	const command = "faaslab/cmd/faaslab"
	sound, tried := map[bool]string{false: w.whole(t, lawsProgram, nil), true: w.whole(t, command, nil)}, map[trial]bool{}
	for i, s := range sabotages {
		t.Run(s.name, func(t *testing.T) {
			path := filepath.Join(w.root, filepath.FromSlash(s.file))
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			text := string(source)
			for edit := range slices.Chunk(s.edits, 2) {
				require.Equal(t, 1, strings.Count(text, edit[0]), "%s must hold once: %s", s.file, edit[0])
				text = strings.Replace(text, edit[0], edit[1], 1)
			}
			if i%9 != 0 {
				tests.Long(t)
			}

			if trial := (trial{s.suite, s.only, s.command}); !tried[trial] {
				// By chance, one of a hundred sound trials finds something: it does not find it again.
				laws, cases := failed(t, sound[s.command], s, "1")
				if len(laws) > 0 {
					laws, cases = failed(t, sound[s.command], s, "2")
				}
				require.Empty(t, laws, "without the sabotage")
				require.Positive(t, cases)
				tried[trial] = true
			}

			program := ""
			if s.command {
				broken := filepath.Join(t.TempDir(), filepath.Base(path))
				require.NoError(t, os.WriteFile(broken, []byte(text), 0o600))
				program = w.whole(t, command, map[string]string{path: broken})
			} else {
				program = w.laws(t, path, text)
			}
			laws, _ := failed(t, program, s, "1")
			assert.Contains(t, laws, s.caught)
		})
	}
}
