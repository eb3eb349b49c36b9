package validate_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/autoscaler"
	"faaslab/platform/scaling"
	"faaslab/sim"
	"faaslab/validate/model"
)

// Where the model of an autoscaler has no doubts, its instances are within 2 % of the simulation. Where it has,
// they need not be: the largest deviation is told.
func TestTheModelOfAnAutoscalerKnowsWhereItCanBeTrusted(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: without -short it runs")
	}
	trusted, worst := 0, 0.0
	for _, c := range []struct {
		concurrency   int
		target        float64
		service, load float64
	}{
		{1, 0.7, 1, 100}, {1, 0.7, 0.1, 10}, {1, 0.7, 1, 10}, {1, 0.7, 1, 1}, {2, 1.4, 0.1, 3}, {2, 1.4, 1, 100}, {2, 1.4, 10, 3}, {10, 7, 1, 100},
		{10, 7, 0.1, 10}, {10, 7, 10, 0.3}, {10, 7, 10, 10}, {platform.Unlimited, 70, 1, 30}, {platform.Unlimited, 70, 10, 0.3},
	} {
		k := model.KnativeService{ArrivalRate: c.load / c.service, Service: c.service, ServiceCV: 1, Startup: 3, Target: c.target, Window: 60, Interval: 2,
			MaxUp: 1000, MaxDown: 2, PanicWindow: 6, PanicThreshold: 2, MaxInstances: int(math.Ceil(2*c.load/c.target)) + 20}
		m, err := k.Model().Solve()
		require.NoError(t, err)
		f, err := autoscaler.New(autoscaler.Config{Warm: dist.Exponential{Mean: c.service}, Startup: dist.Constant{Value: 3}, Concurrency: c.concurrency, MaxInstances: platform.Unlimited,
			InitialReady: 1, QueueTimeout: sim.Never, Scaling: &autoscaler.Scaling{Rule: scaling.Knative(c.target)}}, dist.Poisson{PerSecond: k.ArrivalRate}, 1, 0)
		require.NoError(t, err)
		require.NoError(t, f.Run(600*sim.Second))
		f.Restart()
		require.NoError(t, f.Run(600*sim.Second+sim.FromSeconds(math.Max(3000, math.Min(20_000, 5e5/k.ArrivalRate)))))
		o := f.Observations()
		error := m.Instances/(o.Scaling.Starting.Mean()+o.Scaling.Ready.Mean()) - 1
		doubts := k.Doubts()
		t.Logf("target %4.1f, service %4.1f s, load %5.1f: %5.1f %%, %v", c.target, c.service, c.load, 100*error, doubts)
		if len(doubts) == 0 {
			trusted++
			assert.LessOrEqual(t, math.Abs(error), 0.02, "%+v", c)
		} else {
			worst = max(worst, math.Abs(error))
			assert.False(t, slices.Contains(doubts, model.DoubtSharing))
		}
	}
	assert.GreaterOrEqual(t, trusted, 5)
	assert.Greater(t, worst, 0.4, "the doubts are not for nothing")
}
