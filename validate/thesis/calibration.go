package thesis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
	"faaslab/validate"
)

// What was found from measurements of the thesis' author, with the functions below. Nothing else is
// chosen by them: measurements of other functions are predicted with these numbers.
const (
	// Release is how long an instance of OpenWhisk is busy after a response: FindRelease, from aes
	// and float over the keep-alive.
	Release = 15 * sim.Second / 1000
	// SlowCore is the mean service time of matmul on Spin on a core with the clock of one busy core,
	// and RisingClock the speed of a core with all ten busy, relative to that: FindClock, from
	// matmul under load.
	SlowCore    = 64 * sim.Second / 1000
	RisingClock = 2.7
)

// ReleaseFrom are the functions whose measurements over the keep-alive Release is found from, and
// ClockFrom is the series that the clock is found from.
var ReleaseFrom = []string{"aes", "float"}

// ClockFrom is the series whose measurements the clock is found from, at rates up to ClockUpTo
// requests per second: up to there the measured response time does not grow with the length of the
// run.
const (
	ClockFrom = "spin_matmul_load"
	ClockUpTo = 360
)

// withRelease returns a replay in which instances are busy after a response.
func withRelease(replay Series, release sim.Time) Series {
	replay.Name += "_release"
	replay.Settings = append(slices.Clone(replay.Settings), scenarios.Override{Key: "container.release", Value: "constant(" + dist.FormatDuration(release.Seconds()) + ")"})
	return replay
}

// WithClock returns a load experiment on ten cores whose clock rises with the number of busy ones. In
// the experiment of table 4.1 the clock was somewhere between: the ratio of SlowCore to the table's
// service time of matmul says where, and holds for all functions.
func WithClock(s Series) Series {
	service := serviceOf(s.Function) * SlowCore.Seconds() / serviceOf("matmul")
	s.Name += "_clock"
	s.Clocked = true
	s.Settings = clock(service, RisingClock)
	s.Values = nil
	for _, load := range loads {
		rate, _ := strconv.ParseFloat(strconv.FormatFloat(load*tenCores*RisingClock/service, 'g', 3, 64), 64) // cannot fail: just formatted
		s.Values = append(s.Values, dist.FormatRate(rate))
	}
	return s
}

// clock returns the settings of ten cores whose clock rises, and of the service time on a slow core.
func clock(service, speed float64) []scenarios.Override {
	return []scenarios.Override{
		{Key: "wasm.service.mean", Value: dist.FormatDuration(service)},
		{Key: "wasm.cores.physical", Value: strconv.Itoa(tenCores)},
		{Key: "wasm.cores.all_core_speed", Value: strconv.FormatFloat(speed, 'g', 6, 64)},
	}
}

// FindRelease returns the time for which instances are busy after a response, of 0 to 40 ms in steps
// of 1 ms, with which the replays of ReleaseFrom come nearest to the measured number of instances,
// on average over the functions, and the errors of each function with it. Nothing in it is random.
func FindRelease(ctx context.Context, measured map[string]Measured) (release sim.Time, errors map[string]Errors, err error) {
	least := math.Inf(1)
	for d := sim.Time(0); d <= 40*sim.Second/1000; d += sim.Second / 1000 {
		tried, sum := map[string]Errors{}, 0.0
		for _, f := range ReleaseFrom {
			i := slices.IndexFunc(AllSeries(), func(s Series) bool { return s.Name == openwhisk(f) })
			s := withRelease(WithReplay(AllSeries()[i]), d)
			if tried[f], err = s.replayErrors(ctx, measured[openwhisk(f)]); err != nil {
				return 0, nil, err
			}
			sum += tried[f][platform.Instances]
		}
		if sum < least {
			release, errors, least = d, tried, sum
		}
	}
	return release, errors, nil
}

// replayErrors returns the errors of a replay at all measured values.
func (s Series) replayErrors(ctx context.Context, m Measured) (Errors, error) {
	found := map[string]map[string]Spread{}
	for _, value := range m.values() {
		scenario, err := s.scenario(value, DefaultOptions.Seed)
		if err != nil {
			return nil, err
		}
		if found[value], err = s.runs(ctx, scenario, value, Options{}); err != nil {
			return nil, err
		}
	}
	return m.errors(func(value, metric string) float64 {
		if metric == platform.ResponseTime {
			metric = InInstance
		}
		if run, ok := found[value][metric]; ok {
			return run.Mean.Mean
		}
		return math.NaN()
	}), nil
}

// FindClock returns the service time on a slow core, of 50 to 80 ms in steps of 1 ms, and the speed
// with all ten cores busy, of 1 to 4 in steps of 0.1, with which the law of processor sharing comes
// nearest to the measured response times of ClockFrom up to ClockUpTo, and the error; constant is
// the least error with a constant speed, whatever the service time, of 5 to 80 ms. Nothing in it is
// simulated.
func FindClock(m Measured) (service sim.Time, speed, found, constant float64, err error) {
	found, constant = math.Inf(1), math.Inf(1)
	for ms := sim.Time(5); ms <= 80; ms++ {
		for tenths := 10; tenths <= 40; tenths++ {
			if ms < 50 && tenths > 10 {
				break
			}
			s, v := ms*sim.Second/1000, float64(tenths)/10
			e, err := clockError(m, s.Seconds(), v)
			if err != nil {
				return 0, 0, 0, 0, err
			}
			if tenths == 10 {
				constant = math.Min(constant, e)
			}
			if e < found {
				service, speed, found = s, v, e
			}
		}
	}
	return service, speed, found, constant, nil
}

// clockError returns the mean error of the law's response time; +Inf if there is no steady state at
// one of the measured rates.
func clockError(m Measured, service, speed float64) (float64, error) {
	sum, n := 0.0, 0
	for _, value := range m.values() {
		if numberOf(value) > ClockUpTo {
			break
		}
		s, err := scenarios.Load("matmul", append(clock(service, speed), scenarios.Override{Key: "arrivals.rate", Value: value}))
		if err != nil {
			return 0, err
		}
		s.Container = nil
		response, err := sharing(s)
		if err != nil {
			return math.Inf(1), nil // no steady state
		}
		sum += math.Abs(response/m[value][platform.ResponseTime] - 1)
		n++
	}
	if n == 0 {
		return 0, fmt.Errorf("%s: nothing was measured up to %d/s", ClockFrom, ClockUpTo)
	}
	return sum / float64(n), nil
}

// sharing returns the response time of executors that share cores by the law of processor sharing.
func sharing(s scenarios.Scenario) (float64, error) {
	for _, m := range validate.Models(s) {
		if m.Name == "processor-sharing" {
			solution, err := m.Solve(validate.QuickWork)
			if err != nil {
				return 0, err
			}
			return solution.Metrics[platform.ResponseTime], nil
		}
	}
	return 0, fmt.Errorf("no processor sharing in %s", s.Name)
}
