package model_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/sim/tests"
	"faaslab/validate/model"
)

// Feller's example of six machines that one repairman serves, with E[S]/E[Z] = 0.1 (XVII.7).
func TestMachineRepairHasItsKnownValues(t *testing.T) {
	r, err := model.MachineRepair(6, 10, 1, 1)
	require.NoError(t, err)
	for k, p := range []float64{0.4845, 0.2907, 0.1454, 0.0582, 0.0174, 0.0035, 0.0003} {
		assert.InDelta(t, p, r.Present.Probability(k), 6e-5, "%d broken", k)
	}
	assert.InDelta(t, 0.3297, r.Queue, 5e-5)
}

// meanValues returns the response time and the throughput of users by mean value analysis with a
// station whose speed depends on its load (M. Reiser and S. S. Lavenberg, J. ACM 1980): from one
// user to N, an arriving request sees the station as it is with one user less.
func meanValues(users int, think, service float64, rate func(present int) float64) (response, throughput float64) {
	present := make([]float64, users+1) // P(j present) with n users
	present[0] = 1
	for n := 1; n <= users; n++ {
		response = 0
		for j := 1; j <= n; j++ {
			response += float64(j) * service / rate(j) * present[j-1]
		}
		throughput = float64(n) / (think + response)
		total := 0.0
		for j := n; j > 0; j-- {
			present[j] = throughput * service / rate(j) * present[j-1]
			total += present[j]
		}
		present[0] = 1 - total
	}
	return response, throughput
}

func TestFiniteSourcesHaveTheirMeanValues(t *testing.T) {
	for _, users := range []int{1, 2, 7, 40} {
		for _, think := range []float64{0.3, 4, 50} {
			for _, cores := range []model.Cores{{Physical: 1}, {Physical: 3}, {Physical: 60}, {Physical: 4, SMTYield: 0.25, AllCoreSpeed: 0.8}} {
				name := fmt.Sprintf("%d users, think %v, %+v", users, think, cores)
				response, throughput := meanValues(users, think, 1.7, cores.Rate)
				shared, err := model.FiniteSharing(model.FiniteSource{Users: users, Think: think, Service: 1.7, Speed: cores})
				require.NoError(t, err)
				sane(t, name, shared.Metrics(), shared.Present)
				assert.InEpsilon(t, response, shared.ResponseTime, 1e-8, name)
				assert.InEpsilon(t, throughput, shared.Throughput, 1e-8, name)
				assert.InEpsilon(t, float64(users)/throughput-think, shared.ResponseTime, 1e-7, "%s: the interactive response time law", name)
				assert.InEpsilon(t, shared.Throughput*shared.ResponseTime, shared.Running, 1e-12, "%s: Little's law", name)
				if cores.SMTYield > 0 {
					continue
				}
				queue, err := model.MachineRepair(users, think, 1.7, cores.Physical)
				require.NoError(t, err)
				sane(t, name, queue.Metrics(), queue.Present, queue.Busy)
				assert.InEpsilon(t, response, queue.ResponseTime, 1e-8, name)
				assert.InEpsilon(t, throughput, queue.Throughput, 1e-8, name)
				assert.InEpsilon(t, throughput*1.7, queue.Running, 1e-8, "%s: Little's law of service", name)
				assert.InDelta(t, queue.Present.Mean(), queue.Running+queue.Queue, 1e-9, name)
				assert.InDelta(t, queue.Busy.Mean(), queue.Running, 1e-12, name)
				held, err := model.FiniteCores(users, think, 1.7, cores.Physical)
				require.NoError(t, err)
				assert.InDelta(t, queue.Present.Mean(), held.Instances, 1e-12, name)
				assert.Equal(t, queue.WaitingTime, held.WaitingTime, name)

				// A request that waits has seen all servers busy, with one user less (K. C. Sevcik and
				// I. Mitrani, J. ACM 1981).
				if users > cores.Physical {
					fewer, err := model.MachineRepair(users-1, think, 1.7, cores.Physical)
					require.NoError(t, err)
					assert.InEpsilon(t, fewer.Present.Above(cores.Physical-1), queue.WaitingProbability, 1e-9, name)
				} else {
					assert.Zero(t, queue.WaitingProbability, name)
				}
			}
		}
	}
}

// Engset's formulas: the fraction of time in which all servers are busy with N users is what a
// request sees with N + 1. The balance of the chain, solved as linear equations, gives the same.
func TestEngsetsLossSystem(t *testing.T) {
	for _, x := range []struct {
		users, servers int
		think          float64
	}{{5, 2, 3}, {20, 6, 4}, {9, 8, 0.5}, {3, 1, 10}} {
		loss := func(users int) model.FiniteSourceResult {
			r, err := model.FiniteSharing(model.FiniteSource{Users: users, Think: x.think, Service: 1.5, Speed: model.Cores{Physical: x.servers}, MaxPresent: x.servers})
			require.NoError(t, err)
			return r
		}
		name, r := fmt.Sprintf("%+v", x), loss(x.users)
		sane(t, name, r.Metrics(), r.Present)
		assert.InEpsilon(t, loss(x.users-1).Present.Probability(x.servers), r.RejectionProbability, 1e-9, name)
		assert.InEpsilon(t, 1.5, r.ResponseTime, 1e-12, name)
		// Users: those present, and those who think after an answer or a rejection.
		assert.InEpsilon(t, float64(x.users), r.Running+r.Throughput/(1-r.RejectionProbability)*x.think, 1e-10, name)

		n := x.servers + 1
		balance, right := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		for k := range n {
			up, down := float64(x.users-k)/x.think, float64(k)/1.5
			if k == x.servers {
				up = 0
			}
			balance.Set(k, k, balance.At(k, k)-up-down)
			if k < x.servers {
				balance.Set(k+1, k, up)
			}
			if k > 0 {
				balance.Set(k-1, k, down)
			}
		}
		for k := range n {
			balance.Set(0, k, 1)
		}
		right.SetVec(0, 1)
		var solved mat.VecDense
		require.NoError(t, solved.SolveVec(balance, right))
		for k := range n {
			assert.InDelta(t, solved.AtVec(k), r.Present.Probability(k), 1e-12, "%s: %d", name, k)
		}
	}
}

// With a server for each user, each is present with a probability of its own; without think time
// all are; many users who think long are Poisson arrivals.
func TestFiniteSourcesAtTheirEdges(t *testing.T) {
	own, err := model.FiniteSharing(model.FiniteSource{Users: 30, Think: 4, Service: 1, Speed: model.Cores{Physical: 30}})
	require.NoError(t, err)
	for k := range 31 {
		assert.InEpsilon(t, distuv.Binomial{N: 30, P: 0.2}.Prob(float64(k)), own.Present.Probability(k), 1e-9, k)
	}
	assert.InEpsilon(t, 1, own.ResponseTime, 1e-12)

	all, err := model.MachineRepair(8, 0, 2, 3)
	require.NoError(t, err)
	assert.InEpsilon(t, 1, all.Present.Probability(8), 1e-12)
	assert.InEpsilon(t, 1.5, all.Throughput, 1e-12)
	assert.InEpsilon(t, 8/1.5, all.ResponseTime, 1e-12)
	assert.InEpsilon(t, 1, all.WaitingProbability, 1e-12)
	_, err = model.FiniteSharing(model.FiniteSource{Users: 8, Service: 2, Speed: model.Cores{Physical: 3}, MaxPresent: 3})
	assert.ErrorContains(t, err, "think time is 0 s")

	const users = 1_000_000
	open, err := model.MMc(8, 1, 10)
	require.NoError(t, err)
	many, err := model.MachineRepair(users, users/8., 1, 10)
	require.NoError(t, err)
	assert.InEpsilon(t, open.WaitingTime, many.WaitingTime, 1e-3)
	loss, err := model.Loss(8, 1, 10)
	require.NoError(t, err)
	engset, err := model.FiniteSharing(model.FiniteSource{Users: users, Think: users / 8., Service: 1, Speed: model.Cores{Physical: 10}, MaxPresent: 10})
	require.NoError(t, err)
	assert.InEpsilon(t, loss.RejectionProbability, engset.RejectionProbability, 1e-4)
}

// Over the whole domain the measures are finite, or the error says what is wrong.
func TestFiniteSourcesAreSane(t *testing.T) {
	tests.Slow(t)
	r := rand.New(rand.NewPCG(5, 6))
	magnitude := func(most float64) float64 { return math.Pow(10, most*(2*r.Float64()-1)) }
	for range 2000 {
		width := []float64{2, 4, 12}[r.IntN(3)]
		source := model.FiniteSource{Users: 1 + r.IntN([]int{3, 100, 5000}[r.IntN(3)]), Think: magnitude(width), Service: magnitude(width),
			Speed:      model.Cores{Physical: 1 + r.IntN(64), SMTYield: r.Float64(), AllCoreSpeed: r.Float64()},
			MaxPresent: []int{model.Unlimited, 1, 1 + r.IntN(100)}[r.IntN(3)]}
		name := fmt.Sprintf("%+v", source)
		shared, err := model.FiniteSharing(source)
		require.NoError(t, err, name)
		sane(t, name, shared.Metrics(), shared.Present)
		queue, err := model.MachineRepair(source.Users, source.Think, source.Service, 1+r.IntN(64))
		require.NoError(t, err, name)
		sane(t, name, queue.Metrics(), queue.Present, queue.Busy)
	}
}
