package scenarios

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform"
	"faaslab/sim"
	"faaslab/sim/tests"
)

// p90Of returns a platform's p90 of the responses of replications.
func p90Of(t testing.TB, replications []platform.Observations) NamedEstimate {
	t.Helper()
	i := slices.IndexFunc(KindOf(ContainerPlatform).Metrics(), func(m platform.Metric) bool { return m.Name == "response_time_p90" })
	require.GreaterOrEqual(t, i, 0)
	m := KindOf(ContainerPlatform).Metrics()[i]
	return NamedEstimate{m, platform.Estimate([]platform.Metric{m}, replications)[0]}
}

// The paired intervals of B − A and (B − A)/A cover the true difference of two quantiles, where both come from the
// same random numbers: of laws with a density about as often as they say, and much narrower than both sides' own;
// beside a gap, where hardly a request differs and the quantiles do, at least as often.
// False alarms: four standard deviations of the count.
func TestPairedIntervalsOfQuantilesCoverTheTruth(t *testing.T) {
	tests.Slow(t)
	const seeds, replications, requests = 100, 16, 400
	least := 0.95 - 4*math.Sqrt(0.95*0.05/seeds)
	for name, c := range map[string]struct {
		a, b        func(u, v float64) float64 // responses in seconds, of uniform numbers
		p90a, p90b  float64
		worthPaired bool
	}{
		"densities": {
			func(u, _ float64) float64 { return -math.Log1p(-u) },
			func(u, v float64) float64 { // one in fifty has nothing to do with the other side
				if v < 0.02 {
					u = 50 * v
				}
				return -1.05 * math.Log1p(-u)
			},
			math.Log(10), 1.05 * math.Log(10), true,
		},
		"a gap between the two": {
			func(u, _ float64) float64 { return atoms(u, 0.9) },
			func(u, _ float64) float64 { return atoms(u, 0.899) },
			1, 10, false,
		},
		"beside a gap, and no difference": {
			func(u, _ float64) float64 { return atoms(u, 0.902) },
			func(u, _ float64) float64 { return atoms(u, 0.9) },
			1, 1, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 7))
			covered, relative, narrow := 0, 0, 0
			for range seeds {
				a, b := make([]platform.Observations, replications), make([]platform.Observations, replications)
				for i := range a {
					for range requests {
						u, v := rng.Float64(), rng.Float64()
						a[i].Responses.Add(sim.FromSeconds(c.a(u, v)))
						b[i].Responses.Add(sim.FromSeconds(c.b(u, v)))
					}
					a[i], b[i] = a[i].Clone(), b[i].Clone()
				}
				from, to := p90Of(t, a), p90Of(t, b)
				d, r := to.minus(from), to.relativeTo(from)
				if math.Abs(d.Mean-(c.p90b-c.p90a)) <= d.HalfWidth {
					covered++
				}
				if math.IsNaN(r.HalfWidth) || math.Abs(r.Mean-(c.p90b/c.p90a-1)) <= r.HalfWidth {
					relative++
				}
				if d.HalfWidth < from.HalfWidth/2 {
					narrow++
				}
				same := from.minus(from)
				assert.Zero(t, same.Mean)
				assert.LessOrEqual(t, same.HalfWidth, 2*from.Estimated.Resolution, "nothing differs")
			}
			t.Logf("%d and %d of %d, %d narrow", covered, relative, seeds, narrow)
			assert.GreaterOrEqual(t, float64(covered), least*seeds)
			assert.GreaterOrEqual(t, float64(relative), least*seeds)
			if c.worthPaired {
				assert.Greater(t, narrow, seeds*9/10)
			}
		})
	}
}

// atoms is 1 with a probability, else 10.
func atoms(u, short float64) float64 {
	if u < short {
		return 1
	}
	return 10
}
