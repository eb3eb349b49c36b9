package main

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/platform/scaling"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/sim/stats"
	"faaslab/validate/model"
)

// evaluations returns the decisions of a built-in scenario's autoscaler up to a time.
func evaluations(t *testing.T, name string, until sim.Time) (all []scaling.Evaluation) {
	t.Helper()
	s, err := scenarios.Load(name, nil)
	require.NoError(t, err)
	history, err := s.History(scenarios.ContainerPlatform, 0)
	require.NoError(t, err)
	for {
		e, ok, err := history.Next(until)
		require.NoError(t, err)
		if !ok {
			return all
		}
		if e.Evaluation != nil {
			all = append(all, *e.Evaluation)
		}
	}
}

func panicFacts(t *testing.T, shown []shownExample) map[string]string {
	const window, short, target, step = 60, 6, 7.0, 120
	series := func(command int, metric string) (values []float64) {
		for slot := range 120 {
			values = append(values, shownNumber(t, shown[command].command, fmt.Sprintf("platforms.container.metrics.%s.mean[%d]", metric, slot)))
		}
		return values
	}
	most := func(values []float64) (x float64) {
		for _, v := range values {
			x = max(x, v)
		}
		return x
	}
	// The seconds from the step until fewer than one request waits.
	gone := func(queue []float64) int {
		for slot := step/2 + 1; ; slot++ {
			if queue[slot-1] > 1 && queue[slot] < 1 {
				return 2*slot - step
			}
		}
	}
	desired, queue := series(0, "desired"), series(0, "queue")
	calm, long := series(2, "desired"), series(2, "queue")
	assert.Greater(t, most(long), 1.2*most(queue), "without panic more wait")
	all := evaluations(t, "load-step", 240*sim.Second)
	var begun, last, end sim.Time
	peak, at124 := 0.0, scaling.Evaluation{}
	for _, e := range all {
		peak = max(peak, e.Load.Panic)
		switch {
		case e.Over && begun == 0 && e.Time >= step*sim.Second:
			begun = e.Time
		case e.Time == 124*sim.Second:
			at124 = e
		}
		if e.Over {
			last = e.Time
		}
		if !e.Panicking && last > 0 && e.Time > step*sim.Second && end == 0 {
			end = e.Time
		}
	}
	require.True(t, at124.Over)
	assert.Equal(t, begun, 122*sim.Second, "the first evaluation after the step")
	assert.Equal(t, last+(window+2)*sim.Second, end, "strictly later than a window")
	assert.Equal(t, 3, at124.Raw)
	assert.Equal(t, at124.Raw, int(math.Ceil(at124.Stable/target)))
	assert.Equal(t, at124.RawPanic, int(math.Ceil(at124.Load.Panic/target)))

	// The exercise: 140 requests, and 560 from second 0 on.
	reaches := func(rule scaling.Rule) (at int64) {
		stable, panics := scaling.NewWindow(rule.Window, false), scaling.NewWindow(max(rule.PanicWindow, 1), false)
		decider := scaling.NewDecider(rule, 0, 0)
		const begin = 100
		for second := int64(1); ; second++ {
			present := 140.0
			if second > begin {
				present = 560
			}
			stable.Record(second, present)
			panics.Record(second, present)
			if second%2 > 0 {
				continue
			}
			if decider.Decide(sim.Time(second)*sim.Second, scaling.Load{Stable: stable.Average(second), Panic: panics.Average(second), Ready: 2}).Desired >= 8 {
				return second - begin
			}
		}
	}
	rule := scaling.Knative(70)
	withPanic := reaches(rule)
	rule.PanicWindow = 0
	without := reaches(rule)
	return map[string]string{
		"number":  "Lesson 15",
		"setting": "A service gets 10 requests a second, and from the second minute on 60.",
		"target":  "Knative wants 70 % of that",
		"need":    fmt.Sprintf("it needs %.0f", math.Ceil(60/target)),
		"most":    fmt.Sprintf("asks for %.0f", most(desired)),
		"windows": fmt.Sprintf("%d seconds and of %d", window, short),
		"window":  fmt.Sprintf("Panic ends %d s after", window),
		"byhand": fmt.Sprintf("%.2f / 7 = %.2f, rounded up %d, and %.2f / 7 = %.2f, rounded up %d. Two instances are ready, and %d / 2 = %d is more than 2",
			at124.Stable, at124.Stable/target, at124.Raw, at124.Load.Panic, at124.Load.Panic/target, at124.RawPanic, at124.RawPanic, at124.RawPanic/2),
		"ratio":   fmt.Sprintf("The average over %d s moves by a sixtieth of the difference each second, and that over %d s by a sixth, ten times as fast", window, short),
		"without": fmt.Sprintf("Then %.0f requests wait at the worst moment instead of %.0f, and the queue is gone after %d s instead of %d. But the autoscaler asks for %.0f instances at most, instead of %.0f", most(long), most(queue), gone(long), gone(queue), most(calm), most(desired)),
		"waiting": fmt.Sprintf("%.0f requests", most(queue)),
		"peak":    fmt.Sprintf("%.0f requests, which ask for %.0f instances", peak, math.Ceil(peak/target)),
		"last":    fmt.Sprintf("the last evaluation over the threshold came %d s after the step, and panic lasted until %d s after it", (last-step*sim.Second)/sim.Second, (end-step*sim.Second)/sim.Second),
		"zero":    "$`T`$ is 0.7. The first request after a rest gives $`p`$ = 1 / 0.7, rounded up 2,",
		"seventy": "each instance is meant for 70",
		"jump":    "from 140 to 560",
		"answer": fmt.Sprintf("Without panic, $`S(t)`$ = 140 + 7 $`t`$ has to be above 7 × 70 = 490, which it is after 50 s: at the evaluation after %d s. With panic, the short average is 280 after 2 s. That asks for 4 instances where 2 are ready, so there is panic. After 4 s it is 420 and asks for 6, and after %d s it is 560 and asks for 8.",
			without, withPanic),
	}
}

// toZero returns what Knative makes of requests at a rate per second that one instance serves: the cold ones and the
// mean number of instances, by the formulas of the page.
func toZero(rate, service, startup, window float64) (q, lives, cold, instances float64) {
	q = math.Exp(-rate*service) * math.Exp(-rate*window) * -math.Expm1(-2*rate) / (2 * rate)
	lives = rate*startup + 1/q
	return q, lives, (1 + rate*startup) / lives, 1 - 1/lives
}

func waitingOrStartingFacts(t *testing.T, shown []shownExample) map[string]string {
	side := func(side, metric string) stats.Estimate {
		path := side + ".platforms.container.metrics." + metric
		return stats.Estimate{Mean: shownNumber(t, shown[0].command, path+".mean"), HalfWidth: shownNumber(t, shown[0].command, path+".half_width")}
	}
	for _, metric := range []string{"cold_start_probability", "response_time_p99", "idle"} {
		a, b := side("a", metric), side("b", metric)
		assert.Greater(t, b.Mean-b.HalfWidth, a.Mean+a.HalfWidth, "it loses on %s", metric)
	}
	point := func(point int, metric string) float64 {
		return estimated(t, shown[1].command, point, "container."+metric).Mean
	}
	for i := 1; i < 5; i++ {
		assert.Greater(t, point(i, "waiting_probability"), point(i-1, "waiting_probability"))
		assert.Less(t, point(i, "idle"), point(i-1, "idle"))
	}
	const rate, service, startup = 0.01, 1.0, 2.0
	q, lives, cold, instances := toZero(rate, service, startup, 60)
	agrees(t, cold, estimated(t, shown[2].command, 0, "container.cold_start_probability"), "to zero")
	agrees(t, instances, estimated(t, shown[2].command, 0, "container.instances"), "to zero")
	agrees(t, 1000/lives, estimated(t, shown[2].command, 0, "container.starts"), "to zero")
	longer := strings.Replace(shown[2].command, "run.precision=3%", "run.duration=12d --set container.scaling.window=600s", 1)
	_, _, rare, kept := toZero(rate, service, startup, 600)
	agrees(t, rare, estimated(t, longer, 0, "container.cold_start_probability"), "to zero after ten minutes")
	agrees(t, kept, estimated(t, longer, 0, "container.instances"), "to zero after ten minutes")
	return map[string]string{
		"number": "Lesson 16",
		"bursts": "20 requests a second",
		"lost": fmt.Sprintf("%s of its requests feel a start, and %s of those of the pool, its 99th percentile is %.1f s longer, and it has %.0f idle instances where the pool has %.0f", inPercent("%.0f", side("b", "cold_start_probability").Mean), inPercent("%.0f", side("a", "cold_start_probability").Mean),
			side("b", "response_time_p99").Mean-side("a", "response_time_p99").Mean, side("b", "idle").Mean, side("a", "idle").Mean),
		"target":     "At a target of 100 % it takes an instance for each request, and at 20 % five",
		"trade":      fmt.Sprintf("From 20 %% to 100 %% the fraction of requests that wait rises from %s to %s, and the idle instances fall from %.0f to %.0f", inPercent("%.0f", point(0, "waiting_probability")), inPercent("%.0f", point(4, "waiting_probability")), point(0, "idle"), point(4, "idle")),
		"fifteen":    "([lesson 15](panic.md))",
		"law":        fmt.Sprintf("a service of one second and a start of two, $`q`$ is %.3f and $`K`$ is %.2f, so that %s of the requests are cold and %.3f instances are there on average", q, lives, inPercent("%.1f", cold), instances),
		"rare":       "With a request every 100 seconds",
		"same":       fmt.Sprintf("A keep-alive of 61 s would give %s here: going down, Knative's minute is a keep-alive of a minute", inPercent("%.1f", math.Exp(-61*rate))),
		"answer":     fmt.Sprintf("The same formulas with $`W`$ = 600 give %s, and %.3f instances: nearly one all the time, for a function that runs for 1 %% of it.", inPercent("%.2f", rare), kept),
		"percentile": "99th percentile",
	}
}

func concurrencyFacts(t *testing.T, shown []shownExample) map[string]string {
	const rate, service, rho = 3.0, 0.2, 0.6
	queue := func(cv float64) float64 { return service * (1 + rho/(1-rho)*(1+cv*cv)/2) }
	const shared = service / (1 - rho)
	sharing, err := model.ProcessorSharing(model.Sharing{ArrivalRate: rate, Service: service, Speed: model.Cores{Physical: 1}})
	require.NoError(t, err)
	assert.InEpsilon(t, sharing.ResponseTime, shared, 1e-9)
	table := []string{"| service times | $`c`$ | one at a time: formula | simulated | all at once: formula | simulated |", "|---|---|---|---|---|---|"}
	of := func(law string) string {
		return strings.NewReplacer("hyperexponential(mean=200ms, cv=2)", law, "concurrency=1,2,4,8,16,unlimited", "concurrency=1,unlimited").Replace(shown[0].command)
	}
	for _, c := range []struct {
		law, name string
		cv        float64
	}{{"constant(200ms)", "constant", 0}, {"exponential(mean=200ms)", "exponential", 1}, {"hyperexponential(mean=200ms, cv=2)", "hyperexponential", 2}} {
		command, last := of(c.law), 1
		if c.cv == 2 {
			command, last = shown[0].command, 5
		}
		one, all := estimated(t, command, 0, "container.response_time"), estimated(t, command, last, "container.response_time")
		agrees(t, queue(c.cv), one, "Pollaczek and Khinchine")
		agrees(t, shared, all, "processor sharing")
		table = append(table, fmt.Sprintf("| %s | %.0f | %.0f ms | %.0f ms | %.0f ms | %.0f ms |", c.name, c.cv, 1000*queue(c.cv), 1000*one.Mean, 1000*shared, 1000*all.Mean))
	}
	mean := func(command, point int, metric string) float64 {
		return estimated(t, shown[command].command, point, "container."+metric).Mean
	}
	assert.InDelta(t, 0.5, mean(0, 3, "response_time")/mean(0, 0, "response_time"), 0.06, "to about the half")
	assert.Less(t, mean(0, 3, "response_time_p50")/mean(0, 0, "response_time_p50"), mean(0, 3, "response_time")/mean(0, 0, "response_time"), "the median even more")
	for _, metric := range []string{"response_time", "response_time_p50", "response_time_p95"} {
		assert.InEpsilon(t, mean(0, 3, metric), mean(0, 5, metric), 0.07, "flat from eight on")
	}
	assert.InDelta(t, 10, mean(1, 0, "instances")/mean(1, 4, "instances"), 1, "places without a core in common are capacity")
	for point := 1; point < 5; point++ {
		assert.Less(t, mean(1, point, "response_time_p95"), mean(1, 0, "response_time_p95")*1.01, "at no cost")
	}
	// The balance of the page, and its slope by numbers.
	const load = 6.0
	wanted := func(m, target float64) float64 { return load * m / (m - load) / target }
	for _, target := range []float64{0.7, 1.4, 3.5, 7} {
		balance := load * (1 + 1/target)
		assert.InEpsilon(t, balance, wanted(balance, target), 1e-9)
		assert.InEpsilon(t, -target, (wanted(balance+1e-6, target)-wanted(balance-1e-6, target))/2e-6, 1e-4)
	}
	many := []float64{mean(2, 2, "instances"), mean(2, 3, "instances"), mean(2, 4, "instances")}
	one := mean(2, 0, "instances")
	for point := 2; point < 5; point++ {
		assert.Greater(t, mean(2, point, "instances"), 2*one, "several times as many instances")
		assert.Greater(t, mean(2, point, "response_time_p95"), 5*mean(2, 1, "response_time_p95"), "and a worse tail")
	}
	return map[string]string{
		"number":   "Lesson 17",
		"cloudrun": "80",
		"need":     "200 ms",
		"rate":     "three requests a second",
		"busy":     inPercent("%.0f", rho),
		"rho":      fmt.Sprintf("%.1f", rho),
		"table":    strings.Join(table, "\n"),
		"tail":     inPercent("%.1f", math.Pow(rho, 8)),
		"load":     "60 requests a second of 100 ms",
		"six":      fmt.Sprintf("needs %.0f cores", load),
		"from":     "from five places on",
		"times":    fmt.Sprintf("%.1f to %.1f times as many instances", min(many[0], many[1], many[2])/one, max(many[0], many[1], many[2])/one),
		"slope":    fmt.Sprintf("With five places and a target of 3.5 the balance is at %.1f instances, but one too many takes away 3.5", load*(1+1/3.5)),
	}
}
