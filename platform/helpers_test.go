package platform_test

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/pool"
	"faaslab/sim"
)

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

// simulated is what Pool and Executors have in common.
type simulated interface {
	Run(until sim.Time) error
	Restart()
	Observations() platform.Observations
}

// replicate simulates independent replications, each measured for span after warmup, and checks the
// identities that hold on every path: no request is lost and no time is missing.
func replicate(t testing.TB, replications int, warmup, span sim.Time, start func(replication int) (simulated, error)) []platform.Observations {
	t.Helper()
	observed := make([]platform.Observations, replications)
	errs := make([]error, replications)
	var group sync.WaitGroup
	limit := make(chan struct{}, 4)
	for r := range replications {
		group.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			s, err := start(r)
			if err == nil {
				err = s.Run(warmup)
			}
			if err == nil {
				s.Restart()
				err = s.Run(warmup + span)
			}
			if err == nil {
				observed[r] = s.Observations()
			}
			errs[r] = err
		})
	}
	group.Wait()
	for r, o := range observed {
		require.NoError(t, errs[r])
		require.NoError(t, o.Check())
	}
	return observed
}

func poolsOf(config pool.Config, arrivals dist.Arrivals, seed uint64) func(int) (simulated, error) {
	return func(replication int) (simulated, error) { return pool.New(config, arrivals, seed, replication) }
}

func executorsOf(config executors.Config, arrivals dist.Arrivals, seed uint64) func(int) (simulated, error) {
	return func(replication int) (simulated, error) { return executors.New(config, arrivals, seed, replication) }
}

// familyAlpha is the probability that a correct simulator fails a family of
// comparisons, for one choice of seeds.
const familyAlpha = 1e-3

// A family is a set of simulated values with their values in theory. It fails as a whole at the
// false-alarm rate familyAlpha (Bonferroni).
type family struct {
	comparisons []comparison
}

type comparison struct {
	name             string
	simulated, exact float64
	halfWidth, p     float64
}

// compare adds the comparison of a metric over replications with its exact value, by
// Student's t. The replications must resolve a difference of the given fraction of the
// value: a comparison too wide to fail for that is an error of the test.
func (f *family) compare(t testing.TB, name string, observed []platform.Observations, exact, resolution float64, of func(*platform.Observations) float64) {
	t.Helper()
	e := platform.Estimate([]platform.Metric{{Name: name, Of: of}}, observed)[0]
	require.Len(t, e.Pseudo, len(observed), name)
	n := float64(e.N)
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}
	standardError := e.HalfWidth / student.Quantile(0.975)
	p := 1.0
	if standardError > 0 {
		p = 2 * student.Survival(math.Abs(e.Mean-exact)/standardError)
	} else if math.Abs(e.Mean-exact) > 1e-12*math.Abs(exact) {
		p = 0
	}
	require.LessOrEqual(t, e.HalfWidth, resolution*math.Abs(exact)+1e-12, "%s: too few requests to tell", name)
	f.comparisons = append(f.comparisons, comparison{name: name, simulated: e.Mean, exact: exact, halfWidth: e.HalfWidth, p: p})
}

func (f *family) check(t testing.TB) {
	t.Helper()
	require.NotEmpty(t, f.comparisons)
	limit := familyAlpha / float64(len(f.comparisons))
	for _, c := range f.comparisons {
		t.Logf("%-60s simulated %.6g ± %.2g, exact %.6g, p = %.3g", c.name, c.simulated, c.halfWidth, c.exact, c.p)
		if c.p < limit {
			t.Errorf("%s: simulated %.6g ± %.2g, exact %.6g: p = %.3g < %.3g", c.name, c.simulated, c.halfWidth, c.exact, c.p, limit)
		}
	}
}

// metric returns a metric's function by its name.
func metric(metrics []platform.Metric, name string) func(*platform.Observations) float64 {
	for _, m := range metrics {
		if m.Name == name {
			return m.Of
		}
	}
	panic("no metric " + name)
}
