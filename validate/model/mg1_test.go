package model_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

// Laws of service for these tests, each with its two functions.
func exponentialService(mean float64) model.ServiceLaw {
	return model.ServiceLaw{Mean: mean, Variance: mean * mean,
		CDF:         func(x float64) float64 { return -math.Expm1(-max(x, 0) / mean) },
		LimitedMean: func(x float64) float64 { return -mean * math.Expm1(-x/mean) }}
}

func constantService(value float64) model.ServiceLaw {
	return model.ServiceLaw{Mean: value,
		CDF: func(x float64) float64 {
			if x < value {
				return 0
			}
			return 1
		},
		LimitedMean: func(x float64) float64 { return min(x, value) }}
}

func paretoService(shape, mean float64) model.ServiceLaw {
	least := mean * (shape - 1) / shape
	variance := math.Inf(1)
	if shape > 2 {
		variance = mean * mean / (shape * (shape - 2))
	}
	return model.ServiceLaw{Mean: mean, Variance: variance,
		CDF: func(x float64) float64 { return 1 - math.Pow(max(1, x/least), -shape) },
		LimitedMean: func(x float64) float64 {
			if x < least {
				return x
			}
			return least + least/(shape-1)*(1-math.Pow(x/least, 1-shape))
		}}
}

var probabilities = []float64{0.5, 0.9, 0.95, 0.99}

func TestPollaczekKhinchineOfExponentialServiceIsErlangC(t *testing.T) {
	for _, busy := range []float64{0.01, 0.3, 0.6, 0.9, 0.99} {
		const service = 2.5
		r, err := model.PollaczekKhinchine(busy/service, exponentialService(service))
		require.NoError(t, err)
		want, err := model.MMc(busy/service, service, 1)
		require.NoError(t, err)
		assert.InEpsilon(t, want.ResponseTime, r.ResponseTime, 1e-12)
		assert.InEpsilon(t, want.WaitingTime, r.WaitingTime, 1e-12)
		assert.InEpsilon(t, want.Queue, r.Queue, 1e-12)
		assert.InEpsilon(t, want.WaitingProbability, r.WaitingProbability, 1e-12)
		for _, p := range probabilities {
			assert.InDelta(t, want.Waiting.Quantile(p), r.Waiting.Quantile(p), 3e-4*want.Waiting.Quantile(p), "ρ %v, p %v of the wait", busy, p)
			assert.InEpsilon(t, want.Response.Quantile(p), r.Response.Quantile(p), 3e-4, "ρ %v, p %v of the response", busy, p)
		}
		assert.Less(t, r.Error(), 0.02, "ρ %v", busy)
		for _, x := range []float64{0, 0.1, 1, 7, 20} {
			assert.InDelta(t, want.Waiting.Above(x), r.Waiting.Above(x), 1e-5, "ρ %v, wait above %v s", busy, x)
			assert.InDelta(t, want.Response.Above(x), r.Response.Above(x), 1e-5, "ρ %v, response above %v s", busy, x)
		}
	}
}

// With constant service the wait has a law in closed form: A. K. Erlang, 1909. Its terms alternate,
// so the form is good only for up to a dozen services.
func TestPollaczekKhinchineOfConstantServiceIsErlangs(t *testing.T) {
	waitUpTo := func(rate, d, x float64) float64 {
		sum := 0.0
		for k := 0.0; k*d <= x; k++ {
			lg, _ := math.Lgamma(k + 1)
			term := math.Exp(k*math.Log(rate*(x-k*d)) - lg + rate*(x-k*d))
			if k == 0 {
				term = math.Exp(rate * x)
			}
			if int(k)%2 == 1 {
				term = -term
			}
			sum += term
		}
		return (1 - rate*d) * sum
	}
	for _, busy := range []float64{0.2, 0.6, 0.85} {
		const d = 0.3
		rate := busy / d
		r, err := model.PollaczekKhinchine(rate, constantService(d))
		require.NoError(t, err)
		assert.InEpsilon(t, busy*d/(2*(1-busy)), r.WaitingTime, 1e-12)
		for _, x := range []float64{0.1, 0.3, 0.45, 0.7, 1.1, 2} {
			assert.InDelta(t, 1-waitUpTo(rate, d, x), r.Waiting.Above(x), 2e-5, "ρ %v, wait above %v s", busy, x)
			assert.InDelta(t, 1-waitUpTo(rate, d, x), r.Response.Above(x+d), 2e-4, "ρ %v, response above %v s", busy, x+d)
		}
		for _, p := range probabilities {
			if w := r.Waiting.Quantile(p); w > 0 {
				assert.InDelta(t, p, waitUpTo(rate, d, w), 1e-5, "ρ %v", busy)
			}
			assert.InEpsilon(t, r.Waiting.Quantile(p)+d, r.Response.Quantile(p), 5e-4, "ρ %v", busy)
		}
	}
}

// Waits follow Lindley's recursion, W' = max(0, W + S − A) (D. V. Lindley, 1952): the same queue
// without a formula. Five standard errors of 50 batches on each number; the seed is fixed.
func TestPollaczekKhinchineAgreesWithLindleysRecursion(t *testing.T) {
	for name, c := range map[string]struct {
		law  model.ServiceLaw
		draw func(*rand.Rand) float64
	}{
		"pareto of a finite variance":    {paretoService(2.5, 1), func(r *rand.Rand) float64 { return 0.6 * math.Pow(1-r.Float64(), -1/2.5) }},
		"pareto of an infinite variance": {paretoService(1.5, 1), func(r *rand.Rand) float64 { return math.Pow(1-r.Float64(), -1/1.5) / 3 }},
		"an atom at 0 and one beyond": {
			model.ServiceLaw{Mean: 0.5, Variance: 0.75,
				CDF: func(x float64) float64 {
					if x < 2 {
						return 0.75
					}
					return 1
				},
				LimitedMean: func(x float64) float64 { return min(x, 2) / 4 }},
			func(r *rand.Rand) float64 { return float64(2 * (r.IntN(4) / 3)) }},
	} {
		t.Run(name, func(t *testing.T) {
			const rate, batches, perBatch = 0.5, 50, 40_000
			want, err := model.PollaczekKhinchine(rate, c.law)
			require.NoError(t, err)
			limits := []float64{0, want.Waiting.Quantile(0.9), want.Response.Quantile(0.5), want.Response.Quantile(0.99)}
			r := rand.New(rand.NewPCG(15, 1))
			wait := 0.0
			samples := make([][]float64, 4)
			for range batches {
				var above [4]float64
				for range perBatch {
					service := c.draw(r)
					for i, x := range limits {
						time := wait
						if i >= 2 {
							time += service
						}
						if time > x*(1+1e-9) {
							above[i] += 1. / perBatch
						}
					}
					wait = max(0, wait+service-r.ExpFloat64()/rate)
				}
				for i := range samples {
					samples[i] = append(samples[i], above[i])
				}
			}
			for i, sample := range samples {
				law := []model.TimeLaw{want.Waiting, want.Waiting, want.Response, want.Response}[i]
				mean, square := 0.0, 0.0
				for _, s := range sample {
					mean += s / batches
					square += s * s / batches
				}
				standardError := math.Sqrt((square - mean*mean) / (batches - 1))
				assert.InDelta(t, law.Above(limits[i]*(1+1e-9)), mean, 5*standardError+2e-4, "number %d, above %v", i, limits[i])
			}
			assert.Less(t, want.Error(), 0.01)
		})
	}
}

func TestAnInfiniteVarianceMakesTheMeanWaitInfinite(t *testing.T) {
	r, err := model.PollaczekKhinchine(0.5, paretoService(1.5, 1))
	require.NoError(t, err)
	assert.True(t, r.InfiniteWait)
	metrics := r.Metrics()
	for _, name := range []string{"waiting_time", "response_time", "queue"} {
		assert.NotContains(t, metrics, name)
	}
	assert.InDelta(t, 0.5, metrics["waiting_probability"], 1e-12)
	assert.Positive(t, metrics["waiting_time_p99"])
	assert.Greater(t, metrics["response_time_p99"], metrics["response_time_p95"])
	cores, err := model.FCFSCore(0.5, paretoService(1.5, 1))
	require.NoError(t, err)
	assert.NotContains(t, cores.Metrics(), "instances")

	// A tail that never ends has no quantile, and no number is made up.
	r, err = model.PollaczekKhinchine(0.9, paretoService(1.001, 1))
	require.NoError(t, err)
	assert.NotContains(t, r.Metrics(), "waiting_time_p99")
}

// The stated error is a bound: the closed form of M/M/1 lies within it.
func TestTheErrorOfPollaczekKhinchineIsABound(t *testing.T) {
	for _, busy := range []float64{0.3, 0.9, 0.99} {
		want, err := model.MMc(busy, 1, 1)
		require.NoError(t, err)
		for _, p := range probabilities {
			r, err := model.PollaczekKhinchine(busy, exponentialService(1))
			require.NoError(t, err)
			got := r.Response.Quantile(p)
			assert.LessOrEqual(t, math.Abs(got/want.Response.Quantile(p)-1), r.Error())
		}
	}
}
