package platform_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/platform/executors"
	"faaslab/platform/internal/loop"
	"faaslab/platform/pool"
	"faaslab/sim"
	"faaslab/sim/random"
)

// traceOf writes requests as a trace, with their service times if services.
func traceOf(t testing.TB, all []naiveRequest, services bool) dist.Arrivals {
	t.Helper()
	var rows strings.Builder
	for _, r := range all {
		fmt.Fprintf(&rows, "%d.%09d", r.arrival/sim.Second, r.arrival%sim.Second)
		if services {
			fmt.Fprintf(&rows, ",%d.%09d", r.warm/sim.Second, r.warm%sim.Second)
		}
		rows.WriteByte('\n')
	}
	file := filepath.Join(t.TempDir(), "trace.csv")
	require.NoError(t, os.WriteFile(file, []byte(rows.String()), 0o666))
	return process(t, "trace("+file+")")
}

// replay lets everything happen until the last of some requests has left the pool, including all
// events of that moment.
func (n *naivePool) replay(all []naiveRequest) (now sim.Time) {
	for k, over := 0, false; ; {
		next := sim.Never
		if k < len(all) {
			next = all[k].arrival
		}
		at, class, subject := n.event(next)
		if over && at > now || at == sim.Never {
			return now
		}
		if now = at; class == loop.Arrival {
			n.arrive(now, all[k])
			k++
		} else {
			n.handle(now, class, subject)
		}
		running, _, _, waiting := n.counts()
		over = k == len(all) && running+waiting == 0
	}
}

func TestATraceIsFinishedAsByANaivePool(t *testing.T) {
	var seen platform.Observations // every way to leave must have been seen after the last arrival
	late := map[platform.Outcome]int{}
	for seed := range uint64(250) {
		rng := rand.New(rand.NewPCG(seed, 77))
		config, arrivals := randomContainers(t, rng)
		config.Routing = pool.Routing(rng.IntN(4))
		all := requests(t, config, arrivals, seed, 1+rng.IntN(60))
		for i := range all {
			all[i].stream = 0
		}
		inTrace := rng.IntN(2) == 0 && config.Cold != nil
		replayed := traceOf(t, all, inTrace)
		if inTrace {
			config.Warm, config.InitialRunning = nil, 0
		}
		naive := &naivePool{config: config, routing: random.Stream(seed, 0, random.Routing)}
		for range config.InitialIdle {
			naive.serial++
			i := &naiveInstance{serial: naive.serial}
			naive.instances = append(naive.instances, i)
			naive.Idle(0, i)
		}
		for k := range config.InitialRunning {
			naive.instances = append(naive.instances, naive.initiallyRunning(seed, k))
		}
		end := naive.replay(all)

		instances, err := pool.New(config, replayed, seed, 0)
		require.NoError(t, err)
		var log []platform.Request
		instances.Log = func(r platform.Request) { log = append(log, r) }
		last := all[len(all)-1].arrival
		for until := sim.Time(0); !instances.Ended(); until += 1 + sim.Time(rng.ExpFloat64()*5e9) { // in slices of any length
			require.NoError(t, instances.Run(until))
		}
		require.NoError(t, instances.Run(sim.Never), "nothing comes after the end")
		require.Equal(t, end, instances.Now(), "seed %d", seed)
		require.Equal(t, naive.log, log, "seed %d: %+v", seed, config)
		n, at, whole := instances.Arrived()
		require.Equal(t, []any{int64(len(all)), last, true}, []any{n, at, whole})
		o := instances.Observations()
		require.NoError(t, o.Check())
		require.EqualValues(t, naive.expired, o.Expired)
		require.Zero(t, o.PresentAtEnd)
		require.Equal(t, end, o.Span)

		// Little's law holds to the nanosecond on a path that begins and ends empty.
		var stays, responses sim.Time
		for _, r := range log {
			switch r.Outcome {
			case platform.OutcomeWarm, platform.OutcomeCold:
				stays += r.Completion - r.Arrival
				responses += r.Completion - r.Arrival
			case platform.OutcomeTimedOut:
				stays += config.QueueTimeout
			}
			if r.Completion > last {
				late[r.Outcome]++
			}
		}
		require.InDelta(t, responses.Seconds(), o.WarmService.Seconds()+o.ColdService.Seconds()+o.Wait.Seconds(), 1e-6)
		if config.InitialRunning == 0 {
			require.InDelta(t, stays.Seconds(), o.Running.Area()+o.Waiting.Area(), 1e-6, "seed %d", seed)
		}
		seen.Merge(&o)

		h, err := pool.NewHistory(config, replayed, seed, 0)
		require.NoError(t, err)
		for ok := true; ok; {
			_, ok, err = h.Next(sim.Never)
			require.NoError(t, err)
		}
		require.True(t, h.Ended())
		require.Equal(t, comparisonOf(o), comparisonOf(h.Observations()), "seed %d", seed)
	}
	require.Positive(t, seen.TimedOut)
	require.Positive(t, seen.Rejected)
	require.Positive(t, late[platform.OutcomeWarm])
	require.Positive(t, late[platform.OutcomeCold])
}

func TestATraceIsFinishedByExecutors(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 78))
		cores := []int{1, 2, 10}[rng.IntN(3)]
		service := law(t, []string{"exponential(mean=1s)", "constant(1s)", "uniform(0s, 3s)"}[rng.IntN(3)])
		all := requests(t, pool.Config{Warm: service, Cold: service}, process(t, "batch(poisson(rate=0.5/s), size=6)"), seed, 1+rng.IntN(60))
		for _, discipline := range []executors.Discipline{executors.ProcessorSharing, executors.FCFS} {
			config := executors.Config{Cores: platform.Cores{Physical: cores}, Discipline: discipline}
			want := naiveFCFS(all, cores)
			if discipline == executors.ProcessorSharing {
				want = naiveShared(all, config.Cores)
			}
			replayed := traceOf(t, all, true)
			e, err := executors.New(config, replayed, seed, 0)
			require.NoError(t, err)
			got := map[int64]platform.Request{}
			e.Log = func(r platform.Request) { got[r.Instance] = r }
			for until := sim.Time(0); !e.Ended(); until += 1 + sim.Time(rng.ExpFloat64()*5e9) {
				require.NoError(t, e.Run(until))
			}
			require.Len(t, got, len(all))
			tolerance := 2e-9 * float64(1+2*len(all)*len(all))
			end, stays := sim.Time(0), 0.0
			for i, w := range want {
				r := got[int64(i)+1]
				require.Equal(t, all[i].arrival, r.Arrival)
				require.InDelta(t, w, r.Completion.Seconds(), tolerance, "%v on %d cores, seed %d, request %d", discipline, cores, seed, i+1)
				end = max(end, r.Completion)
				stays += (r.Completion - r.Arrival).Seconds()
			}
			require.Equal(t, end, e.Now())
			o := e.Observations()
			require.NoError(t, o.Check())
			require.Zero(t, o.PresentAtEnd)
			require.InDelta(t, stays, o.Instances.Area(), 1e-6)

			h, err := executors.NewHistory(config, replayed, seed, 0)
			require.NoError(t, err)
			for ok := true; ok; {
				_, ok, err = h.Next(sim.Never)
				require.NoError(t, err)
			}
			require.Equal(t, comparisonOf(o), comparisonOf(h.Observations()), "seed %d", seed)
		}
	}
}

// Interrupted is also called while a queue empties after the last arrival.
func TestFinishingATraceIsInterrupted(t *testing.T) {
	all := make([]naiveRequest, 10_000) // all at 0
	for i := range all {
		all[i].warm = sim.Second
	}
	arrivals := traceOf(t, all, true)
	stop := errors.New("stop")
	looks := 0
	asked := func() error {
		if looks++; looks > len(all)/loop.BlockSize+5 {
			return stop
		}
		return nil
	}
	pool, err := pool.New(pool.Config{Cold: law(t, "constant(1s)"), KeepAlive: sim.Second, MaxInstances: 1, WhenFull: pool.Queue, QueueTimeout: sim.Never}, arrivals, 1, 0)
	require.NoError(t, err)
	pool.Interrupted = asked
	assert.ErrorIs(t, pool.Run(sim.Never), stop)
	assert.Less(t, pool.Now(), 10_000*sim.Second)
	assert.True(t, pool.Ended())
}

// A request that outlasts virtual time is unfinished at its end.
func TestATraceThatNeverEnds(t *testing.T) {
	arrivals := traceOf(t, []naiveRequest{{arrival: 9e18, warm: 9e18}}, true)
	pool, err := pool.New(pool.Config{Startup: law(t, "constant(0s)"), KeepAlive: sim.Second, MaxInstances: 1}, arrivals, 1, 0)
	require.NoError(t, err)
	require.NoError(t, pool.Run(sim.Never))
	assert.Equal(t, sim.Never-1, pool.Now())
	o := pool.Observations()
	assert.EqualValues(t, 1, o.PresentAtEnd)
}

// Arrivals that end only with virtual time leave the platform running.
func TestArrivalsThatEndWithVirtualTimeAreNoTrace(t *testing.T) {
	one := law(t, "constant(1s)")
	sparse := process(t, "constant(rate=0.0000000002/s)") // one in 158 years
	pool, err := pool.New(pool.Config{Warm: one, Cold: one, KeepAlive: sim.Second, MaxInstances: 1}, sparse, 1, 0)
	require.NoError(t, err)
	executors, err := executors.New(executors.Config{Service: one}, sparse, 1, 0)
	require.NoError(t, err)
	until := seconds(9e9)
	require.NoError(t, pool.Run(until))
	require.NoError(t, executors.Run(until))
	assert.Equal(t, []any{until, until, false, false}, []any{pool.Now(), executors.Now(), pool.Ended(), executors.Ended()})
	n, _, all := pool.Arrived()
	assert.Equal(t, []any{int64(1), true}, []any{n, all})
	o := pool.Observations()
	assert.EqualValues(t, 1, o.Expired)
}

// comparisonOf returns observations that are equal to themselves: how long a service of a trace will be is NaN.
func comparisonOf(o platform.Observations) platform.Observations {
	if math.IsNaN(o.Outlook.Service) {
		o.Outlook.Service = 0
	}
	return o
}
