package model_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

func TestADeadlineOfZeroIsErlangB(t *testing.T) {
	for _, load := range []float64{1e-6, 0.5, 3, 4, 40, 1e6} {
		r, err := model.MMcD(load/2, 2, 4, 0)
		require.NoError(t, err)
		b, err := model.ErlangB(load, 4)
		require.NoError(t, err)
		assert.InEpsilon(t, b, r.TimeoutProbability, 1e-11, "load %v", load)
		assert.Zero(t, r.WaitingTime, "load %v", load)
		assert.Zero(t, r.Queue, "load %v", load)
	}
}

func TestADeadlineOfNeverIsErlangC(t *testing.T) {
	for _, load := range []float64{1e-6, 0.5, 3, 3.99} {
		c, err := model.ErlangC(load, 4)
		require.NoError(t, err)
		for _, deadline := range []float64{1e7, never} {
			r, err := model.MMcD(load/2, 2, 4, deadline)
			require.NoError(t, err)
			assert.InEpsilon(t, c, r.WaitProbability, 1e-11, "load %v", load)
			assert.InEpsilon(t, c*2/(4-load), r.WaitingTime, 1e-11, "load %v: mean wait", load)
			assert.InDelta(t, c*math.Exp(-(4-load)/2*3), r.WaitAbove(3), 1e-12, "load %v: wait above 3 s", load)
			assert.InDelta(t, 0, r.TimeoutProbability, 1e-15)
		}
	}
}

func TestTheQueueWithADeadlineKeepsItsLaws(t *testing.T) {
	const service = 1.5
	for _, servers := range []int{1, 3, 50} {
		for _, utilization := range []float64{0.01, 0.7, 1 - 1e-12, 1, 1 + 1e-12, 1.5, 30} {
			for _, deadline := range []float64{1e-6, 0.1, 2, 1000} {
				name := fmt.Sprintf("%d servers, %v busy, deadline %v", servers, utilization, deadline)
				rate := utilization * float64(servers) / service
				r, err := model.MMcD(rate, service, servers, deadline)
				require.NoError(t, err, name)
				sane(t, name, r.Metrics(), r.Busy)
				assert.InEpsilon(t, rate*(1-r.TimeoutProbability)*service, r.Running, 1e-9, "%s: Little's law of the servers", name)
				waited := (1-r.TimeoutProbability)*r.WaitingTime + r.TimeoutProbability*deadline
				assert.InEpsilon(t, rate*waited, r.Queue, 1e-9, "%s: Little's law of the queue", name)
				assert.InEpsilon(t, r.WaitingTime+service, r.ResponseTime, 1e-12, name)

				// The mean wait is the integral of its tail, up to the order of the rule.
				const steps = 2000
				integral := 0.0
				for i := range steps {
					integral += r.WaitAbove((float64(i)+0.5)/steps*deadline) * deadline / steps
				}
				if deadline/steps < 0.01*service/float64(servers)/math.Max(1, utilization) {
					assert.InEpsilon(t, waited, integral, 1e-4, "%s: mean wait", name)
				}
				assert.InEpsilon(t, r.WaitProbability, r.WaitAbove(0), 1e-12, name)
				assert.Equal(t, 1.0, r.WaitAbove(-1), name)
				assert.Zero(t, r.WaitAbove(deadline), name)
			}
		}
	}
}

// Arrivals see the earliest of the servers' free times (Kiefer and Wolfowitz, 1955): the same queue
// without a formula. False alarms: five standard errors of 50 batches on each of three numbers,
// under 1e-4 in all; the seed is fixed.
func TestTheQueueWithADeadlineAgreesWithItsSamplePath(t *testing.T) {
	const (
		rate, service, servers, deadline = 2.2, 1.0, 2, 0.8
		batches, perBatch                = 50, 20_000
	)
	want, err := model.MMcD(rate, service, servers, deadline)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(5, 6))
	var free [servers]float64
	now := 0.0
	var timeouts, waits, above []float64
	for range batches {
		lost, waited, long := 0.0, 0.0, 0.0
		for range perBatch {
			now += r.ExpFloat64() / rate
			first := 0
			for i := range free {
				if free[i] < free[first] {
					first = i
				}
			}
			wait := math.Max(0, free[first]-now)
			if wait > deadline/2 {
				long++
			}
			if wait > deadline {
				lost++
				continue
			}
			waited += wait
			free[first] = now + wait + service*r.ExpFloat64()
		}
		timeouts = append(timeouts, lost/perBatch)
		waits = append(waits, waited/(perBatch-lost))
		above = append(above, long/perBatch)
	}
	for _, x := range []struct {
		name   string
		sample []float64
		want   float64
	}{
		{"timeout probability", timeouts, want.TimeoutProbability},
		{"mean wait of the served", waits, want.WaitingTime},
		{"probability of half the deadline", above, want.WaitAbove(deadline / 2)},
	} {
		mean, square := 0.0, 0.0
		for _, s := range x.sample {
			mean += s / batches
			square += s * s / batches
		}
		standardError := math.Sqrt((square - mean*mean) / (batches - 1))
		assert.InDelta(t, x.want, mean, 5*standardError, x.name)
		assert.Less(t, standardError, 0.01*x.want, "%s: precise enough to tell", x.name)
	}
}

func TestMMcHasAGeometricTail(t *testing.T) {
	r, err := model.MMc(3, 1, 4)
	require.NoError(t, err)
	assert.InDelta(t, 1, r.Present.Above(-1), 1e-14)
	assert.InEpsilon(t, r.WaitProbability, r.Present.Above(3), 1e-12, "an arrival sees what is there")
	assert.InEpsilon(t, r.Running+r.Queue, r.Present.Mean(), 1e-12)
	assert.InEpsilon(t, 3*r.ResponseTime, r.Present.Mean(), 1e-12, "Little's law")
	assert.InEpsilon(t, 0.75, r.Present.Probability(9)/r.Present.Probability(8), 1e-12)
}

func TestFirstComeCoresCountWhoWaitsAsRunning(t *testing.T) {
	queue, err := model.MMc(7.5, 1.2, 10)
	require.NoError(t, err)
	cores, err := model.FCFSCores(7.5, 1.2, 10)
	require.NoError(t, err)
	assert.Equal(t, queue.ResponseTime, cores.ResponseTime)
	assert.InEpsilon(t, 7.5*queue.ResponseTime, cores.Instances, 1e-12)
	assert.Equal(t, cores.Instances, cores.Running)
	assert.NotContains(t, cores.Metrics(), "cold_start_probability")
}

// The laws of both times are compared with the numerical integral of the mean and with Erlang's
// closed forms. At short deadlines, where the moments of the wait lose digits, they are compared
// with a rule that uses no exponentials beyond the density.
func TestTheTimesOfAQueueWithADeadline(t *testing.T) {
	const service = 1.5
	for _, servers := range []int{1, 3, 20} {
		for _, utilization := range []float64{0.3, 0.9, 1, 1.4} {
			for _, deadline := range []float64{0.05, 1, 6} {
				name := fmt.Sprintf("%d servers, %v busy, deadline %v", servers, utilization, deadline)
				r, err := model.MMcD(utilization*float64(servers)/service, service, servers, deadline)
				require.NoError(t, err, name)
				assert.InEpsilon(t, r.WaitingTime, integralOfTail(r.Waiting, deadline), 1e-6, "%s: mean wait", name)
				assert.InEpsilon(t, r.ResponseTime, integralOfTail(r.Response, 40*service), 1e-6, "%s: mean response", name)
				assert.InDelta(t, r.WaitingProbability, r.Waiting.Above(0), 1e-12, name)
				assert.InDelta(t, 1, r.Response.Above(0), 1e-12, name)
				for _, p := range probabilities {
					if w := r.Waiting.Quantile(p); w > 0 {
						assert.InEpsilon(t, 1-p, r.Waiting.Above(w), 1e-6, "%s: p %v", name, p)
						assert.LessOrEqual(t, w, deadline, name)
					} else {
						assert.LessOrEqual(t, r.WaitingProbability, 1-p, name)
					}
					assert.InEpsilon(t, 1-p, r.Response.Above(r.Response.Quantile(p)), 1e-9, "%s: p %v", name, p)
				}
			}
		}
	}
}

// integralOfTail returns the mean of a law of bounded support, by Simpson's rule.
func integralOfTail(law model.TimeLaw, end float64) float64 {
	const steps = 4000
	h := end / steps
	sum := law.Above(0)
	for i := 1; i < steps; i++ {
		sum += float64(2+2*(i%2)) * law.Above(float64(i)*h)
	}
	return sum * h / 3
}

// At a deadline of 1e-2 of the queue's relaxation time, the wait still has curvature of a part in a
// hundred, so an approximation would show in the mean.
func TestAShortDeadlineIsNotApproximated(t *testing.T) {
	for _, utilization := range []float64{0.4, 2.5} {
		for _, y := range []float64{1e-9, 1e-7, 1e-5, 1e-3, 5e-3, 9e-3, 2e-2} {
			const service, servers = 2.0, 4
			rate := utilization * servers / service
			decay := servers/service - rate
			deadline := y / math.Abs(decay)
			r, err := model.MMcD(rate, service, servers, deadline)
			require.NoError(t, err)
			// The mean wait of waiting requests that are served, E[V | 0 < V <= D], with a density
			// e^{−decay·v}: its Taylor series in y = decay·D has the terms D/2, −Dy/12, none,
			// Dy³/720.
			s := decay * deadline
			want := deadline * (0.5 - s/12 + s*s*s/720)
			assert.InEpsilon(t, want, r.WaitingTime/r.WaitingProbability, 1e-8, "utilization %v, decay × deadline %v", utilization, y)
		}
	}
}

func TestTheTimesOfErlangC(t *testing.T) {
	// In M/M/1 the response is exponential; with two servers the wait is Erlang's C times an
	// exponential, and the response has a closed form (Kleinrock 1975).
	one, err := model.MMc(0.6, 1, 1)
	require.NoError(t, err)
	for _, p := range probabilities {
		assert.InEpsilon(t, -math.Log(1-p)/0.4, one.Response.Quantile(p), 1e-12)
	}
	c, err := model.ErlangC(2, 3)
	require.NoError(t, err)
	three, err := model.MMc(2, 1, 3) // 3μ − λ = μ: the integrand neither rises nor falls
	require.NoError(t, err)
	assert.InEpsilon(t, c, three.WaitingProbability, 1e-12)
	assert.InEpsilon(t, math.Log(c/0.05), three.Waiting.Quantile(0.95), 1e-12)
	for _, x := range []float64{0.2, 1, 4} {
		assert.InEpsilon(t, (1+c*x)*math.Exp(-x), three.Response.Above(x), 1e-12)
	}
	cores, err := model.FCFSCores(2, 1, 3)
	require.NoError(t, err)
	metrics := cores.Metrics()
	assert.InEpsilon(t, c, metrics["waiting_probability"], 1e-12)
	assert.Contains(t, metrics, "response_time_p99")
	assert.InEpsilon(t, three.Queue, metrics["queue"], 1e-12)
}
