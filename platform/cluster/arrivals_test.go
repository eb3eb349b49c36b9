package cluster

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/sim"
)

// merged returns the first n requests of a configuration.
func merged(t *testing.T, config *Config, n int) (all []arrival) {
	m, err := newMerger(config, 1, 0)
	require.NoError(t, err)
	for len(all) < n && m.more() {
		all = append(all, m.line[m.next])
		m.next++
	}
	require.NoError(t, m.err)
	return all
}

// requireMerged requires that the first n requests are merged in order.
func requireMerged(t *testing.T, config *Config, rows []Request, n int) {
	t.Helper()
	got, until := merged(t, config, n), sim.Never-1
	if len(got) == n {
		until = got[n-1].at
	}
	want := separately(t, config, rows, until)
	require.Equal(t, want[:min(n, len(want))], got)
}

// separately returns what merged must, up to a moment: it draws each function by itself, lays the
// recorded requests between them, and sorts all in one go.
func separately(t *testing.T, config *Config, rows []Request, until sim.Time) (all []arrival) {
	var buffer scratch
	for f := range config.Functions {
		var s stream
		require.NoError(t, s.begin(&config.Functions[f], uint32(f), 1, 0, &buffer))
		at := s.gap()
		for at <= until && at < sim.Never {
			all = append(all, arrival{at: at, service: sim.Time(s.block[s.cursor].service), rank: 2 * uint32(f), function: uint32(f)})
			if s.cursor++; int(s.cursor) == len(s.block) {
				require.NoError(t, s.refill(&buffer))
			}
			at = at.Plus(s.gap())
		}
	}
	rank := uint32(0)
	for k, r := range rows {
		if r.Arrival > until {
			break
		}
		if k > 0 && rows[k-1].Arrival < r.Arrival {
			rank = 0
		}
		rank = max(rank, 2*uint32(r.Function)+1)
		all = append(all, arrival{at: r.Arrival, service: r.Service, rank: rank, function: uint32(r.Function)})
	}
	slices.SortStableFunc(all, func(a, b arrival) int {
		if a.at != b.at {
			return int(max(-1, min(1, a.at-b.at)))
		}
		return int(a.rank) - int(b.rank)
	})
	own := map[uint32]uint64{}
	for k := range all {
		all[k].own = own[all[k].function]
		own[all[k].function]++
	}
	return all
}

// Requests of all functions come in the order of their arrivals, whatever their rates, with many at
// one moment, with recorded requests between them, and when it gets busier or calmer.
func TestRequestsAreMergedInOrder(t *testing.T) {
	const n = 20_000
	regular := func(k int) dist.Arrivals { return dist.Regular{PerSecond: float64(1 + k%3)} }
	cases := map[string]func(k int) dist.Arrivals{
		"one function in a thousand is busy": func(k int) dist.Arrivals { return dist.Poisson{PerSecond: math.Pow(10, float64(2-5*min(k%1000, 1)))} },
		"all rates from a year to a millisecond": func(k int) dist.Arrivals {
			return dist.Poisson{PerSecond: math.Pow(10, -7+10*float64(k)/1000)}
		},
		"hundreds at one moment": regular,
		"every other one has only recorded requests": func(k int) dist.Arrivals {
			return []dist.Arrivals{nil, dist.Poisson{PerSecond: 1}}[k%2]
		},
		"none but recorded requests": func(int) dist.Arrivals { return nil },
	}
	for name, arrivals := range cases {
		for _, functions := range []int{1, 3, 1000} {
			rng := rand.New(rand.NewPCG(1, uint64(functions)))
			config := Config{Nodes: 1}
			for k := range functions {
				config.Functions = append(config.Functions, Function{Name: fmt.Sprint(k), Arrivals: arrivals(k), Warm: dist.Exponential{Mean: 0.1}})
			}
			t.Run(fmt.Sprintf("%s, of %d functions", name, functions), func(t *testing.T) {
				requireMerged(t, &config, nil, n)
			})
			// Of recorded requests, a thousand come at one moment, some seconds are empty, and some
			// requests are years apart.
			var rows []Request
			at := sim.Time(0)
			for k := range 5000 {
				switch {
				case k > 4990:
					at += 10_000 * 3600 * sim.Second
				case k%1000 == 0:
					at = (at + 3*sim.Second) / sim.Second * sim.Second
				case k/1000%2 == 0:
					at += sim.Time(rng.IntN(1e6))
				}
				rows = append(rows, Request{Function: rng.IntN(functions), Arrival: at, Service: sim.Time(k)})
			}
			t.Run(fmt.Sprintf("%s, of %d functions, and recorded requests", name, functions), func(t *testing.T) {
				config.Requests = recorded(rows)
				requireMerged(t, &config, rows, n)
			})
		}
	}
}

// Many requests in what was a period, after years with a few or at one moment, are merged in order,
// and few of them are in the line at once.
func TestMoreRequestsThanAPeriodShouldHave(t *testing.T) {
	const day, n = 86_400, 200_000
	burst := func(rate float64) dist.Arrivals {
		s, err := dist.NewSteps([]dist.Level{{PerSecond: 1.0 / day}, {From: 1000 * day, PerSecond: rate}, {From: 1001 * day, PerSecond: 1.0 / day}})
		require.NoError(t, err)
		return s
	}
	batch := func(size int) dist.Arrivals { return dist.Batch{Of: dist.Regular{PerSecond: 1}, Size: size} }
	busy := func(rate float64) dist.Arrivals { return dist.Poisson{PerSecond: rate} }
	cases := map[string][]dist.Arrivals{
		"a burst after years":                         {burst(1000), burst(100), burst(10)},
		"a burst of one function":                     {burst(1000), busy(1.0 / day), busy(1)},
		"many at one moment":                          {batch(60_000), busy(1)},
		"many of some functions at one moment":        {batch(100), batch(20_000), batch(1), batch(40_000), busy(100)},
		"more in a millisecond than in a long period": {busy(1e8), busy(1), busy(1e7), busy(1e6)},
		"only recorded ones":                          {nil, nil, nil, nil, nil},
	}
	for name, arrivals := range cases {
		config := Config{Nodes: 1}
		for k, a := range arrivals {
			config.Functions = append(config.Functions, Function{Name: fmt.Sprint(k), Arrivals: a, Warm: dist.Exponential{Mean: 0.1}})
		}
		t.Run(name, func(t *testing.T) { requireMerged(t, &config, nil, n) })
		var rows []Request
		at := sim.Time(0)
		for k := range n {
			switch {
			case k == 50_000:
				at += 999 * day * sim.Second
			case k%100_000 > 50_000:
				at += sim.Time(k % 2)
			}
			rows = append(rows, Request{Function: k % len(arrivals), Arrival: at, Service: sim.Time(k)})
		}
		t.Run(name+", and recorded ones", func(t *testing.T) {
			config.Requests = recorded(rows)
			requireMerged(t, &config, rows, n)
		})
		t.Run(name+", in little memory", func(t *testing.T) {
			config.Requests = recorded(rows)
			m, err := newMerger(&config, 1, 0)
			require.NoError(t, err)
			most := 0
			for k := 0; k < n && m.more(); k++ {
				m.next++
				most = max(most, len(m.line)+len(m.rest))
			}
			require.LessOrEqual(t, most, mostOfPeriod+aPeriod)
		})
	}
}

// A row that cannot be read ends the requests after all rows before it.
func TestARowThatCannotBeRead(t *testing.T) {
	const rows = 1000
	bad := errors.New("line 1001: no number")
	broken := func() Config {
		k := 0
		config := one(Function{Name: "f", Memory: 1, Warm: dist.Constant{Value: 0.1}, Startup: dist.Constant{Value: 0.1}})
		config.Requests = func() (Request, bool, error) {
			if k == rows {
				return Request{}, false, bad
			}
			k++
			return Request{Arrival: sim.Time(k) * sim.Second / 1000}, true, nil
		}
		return config
	}
	config := broken()
	m, err := newMerger(&config, 1, 0)
	require.NoError(t, err)
	n := 0
	for ; m.more(); n++ {
		m.next++
	}
	require.Equal(t, rows, n)
	require.Equal(t, bad, m.err)
	require.False(t, m.more())

	c, err := New(broken(), 1, 0)
	require.NoError(t, err)
	require.NoError(t, c.Run(sim.Second*999/1000), "the row is not needed yet")
	require.ErrorIs(t, c.Run(2*sim.Second), bad)
	require.Equal(t, int64(rows), c.number)
}

// A wheel hands out dates in the order of their periods, however they are spread, also when the
// length of a period changes.
func FuzzWheel(f *testing.F) {
	f.Add(uint64(1), []byte{30, 40, 50, 0, 62, 20, 20, 1})
	f.Add(uint64(2), []byte{63, 62, 16, 0, 0, 0, 36, 36, 36, 200, 201})
	f.Fuzz(func(t *testing.T, seed uint64, steps []byte) {
		rng := rand.New(rand.NewPCG(seed, 0))
		w := wheel{shift: firstShift}
		var pending []date
		now, members := sim.Time(0), uint32(0)
		for _, step := range steps[:min(len(steps), 300)] {
			if step >= 128 {
				w.reshape(step % 61)
				now = max(now, w.timeOf(w.coming)) // a longer period may have begun before
			}
			for range rng.IntN(60) {
				d := date{now.Plus(sim.Time(rng.Uint64() >> (64 - step%64))), members}
				members++
				w.put(d)
				if d.at < sim.Never {
					pending = append(pending, d)
				}
			}
			require.Equal(t, len(pending), w.pending)
			for range rng.IntN(4) {
				if len(pending) == 0 {
					break
				}
				var end sim.Time
				var dates []date
				dates, end = w.take(nil)
				first := slices.MinFunc(pending, func(a, b date) int { return int(max(-1, min(1, a.at-b.at))) })
				require.Equal(t, first.at>>w.shift, (end-1)>>w.shift)
				var want []date
				pending = slices.DeleteFunc(pending, func(d date) bool {
					if d.at < end {
						want = append(want, d)
					}
					return d.at < end
				})
				require.ElementsMatch(t, want, dates)
				now = end
			}
		}
	})
}
