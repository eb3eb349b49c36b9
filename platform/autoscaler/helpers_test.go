package autoscaler

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/scaling"
	"faaslab/sim"
	"faaslab/sim/random"
	"faaslab/sim/stats"
)

func seconds(s float64) sim.Time { return sim.FromSeconds(s) }

func law(t testing.TB, notation string) dist.Distribution {
	t.Helper()
	d, err := dist.Parse(notation)
	require.NoError(t, err)
	return d
}

func process(t testing.TB, notation string) dist.Arrivals {
	t.Helper()
	a, err := dist.ParseArrivals(notation)
	require.NoError(t, err)
	return a
}

// schedule are arrivals at given times, in order, which may fix their service times.
type schedule struct {
	at, services []sim.Time
}

func (s *schedule) Rate() float64         { return math.NaN() }
func (s *schedule) Pattern() dist.Pattern { return dist.Pattern{} }
func (s *schedule) String() string        { return "schedule" }
func (s *schedule) Start(random.Generator) (dist.Source, error) {
	return &path{s, 0}, nil
}

type path struct {
	*schedule
	next int
}

func (p *path) Fill(gaps, services []int64) (n int, err error) {
	for ; n < len(gaps) && p.next < len(p.at); n++ {
		last := sim.Time(0)
		if p.next > 0 {
			last = p.at[p.next-1]
		}
		gaps[n] = int64(p.at[p.next] - last)
		if p.services != nil {
			services[n] = int64(p.services[p.next])
		}
		p.next++
	}
	return n, nil
}

// at returns arrivals at given times in seconds.
func at(times ...float64) *schedule {
	s := &schedule{}
	for _, t := range times {
		s.at = append(s.at, seconds(t))
	}
	return s
}

// knative is a service on a fresh installation of Knative: a target per instance, and one of them ready.
func knative(concurrency int, target float64) Config {
	return Config{Concurrency: concurrency, MaxInstances: platform.Unlimited, InitialReady: 1, QueueTimeout: sim.Never,
		Scaling: &Scaling{Rule: scaling.Knative(target)}}
}

// run simulates one replication to a time, and returns it with its log and its decisions.
func run(t *testing.T, config Config, arrivals dist.Arrivals, until sim.Time) (*Fleet, []platform.Request, []scaling.Evaluation) {
	t.Helper()
	f, err := New(config, arrivals, 1, 0)
	require.NoError(t, err)
	var log []platform.Request
	var decisions []scaling.Evaluation
	f.Log = func(r platform.Request) { log = append(log, r) }
	f.Evaluated = func(e scaling.Evaluation) { decisions = append(decisions, e) }
	require.NoError(t, f.Run(until))
	f.check(f.Now())
	o := f.Observations()
	require.NoError(t, o.Check())
	return f, log, decisions
}

// replicate simulates replications, each measured for span after warmup, and checks the identities that
// hold on every path.
func replicate(t *testing.T, n int, config Config, arrivals dist.Arrivals, warmup, span float64) []platform.Observations {
	t.Helper()
	observed, errs := make([]platform.Observations, n), make([]error, n)
	var group sync.WaitGroup
	for r := range n {
		group.Go(func() {
			f, err := New(config, arrivals, 1, r)
			if err == nil {
				err = f.Run(seconds(warmup))
			}
			if err == nil {
				f.Restart()
				err = f.Run(seconds(warmup + span))
			}
			if err == nil {
				observed[r] = f.Observations()
			}
			errs[r] = err
		})
	}
	group.Wait()
	for r := range observed {
		require.NoError(t, errs[r])
		require.NoError(t, observed[r].Check())
	}
	return observed
}

// of returns the computation of a metric.
func of(t testing.TB, name string) func(*platform.Observations) float64 {
	t.Helper()
	m, ok := platform.Find(name)
	require.True(t, ok, name)
	return m.Of
}

// holds requires that a law is within four and a half standard errors of the mean over replications, which
// a right simulation misses once in some thousands of times, and that a difference of the given size
// would be seen.
func holds(t *testing.T, observed []platform.Observations, what string, exact, resolved float64, of func(*platform.Observations) float64) {
	t.Helper()
	var tally stats.Tally
	for i := range observed {
		tally.Add(of(&observed[i]))
	}
	e := 4.5 * math.Sqrt(tally.Variance()/float64(len(observed)))
	t.Logf("%-40s %.6g ± %.2g, exact %.6g", what, tally.Mean(), e, exact)
	assert.InDelta(t, exact, tally.Mean(), e+1e-12, what)
	assert.LessOrEqual(t, e, resolved, "%s: too few requests to see a difference", what)
}
