package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim"
)

// A Provision equals counts and sums that are kept separately, to the last bit, however often the
// observation is closed, copied or restarted.
func TestAProvisionIsItsDefinition(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 0))
		places, ready, n := []int{1, 3, math.MaxInt}[rng.IntN(3)], rng.IntN(4), 0
		p := NewProvision(places, ready)
		present := NewTimeInState(0)
		var under, over, lacking, surplus sim.Time
		area, at := 0.0, sim.Time(0)
		for range 500 {
			if rng.IntN(4) > 0 { // else at the same moment
				span := sim.Time(rng.Int64N(1 << rng.IntN(30)))
				need := 0
				if n > 0 {
					need = 1 + (n-1)/places
				}
				if need > ready {
					under, lacking = under+span, lacking+span*sim.Time(need-ready)
				} else if need < ready {
					over, surplus = over+span, surplus+span*sim.Time(ready-need)
				}
				area += float64(n) * float64(span)
				at += span
			}
			switch kind := rng.IntN(20); {
			case kind < 9:
				p.Enter(at)
				n++
			case kind < 17 && n > 0:
				p.Leave(at)
				n--
			case kind == 17:
				ready = rng.IntN(8)
				p.Equip(at, ready)
			case kind == 18:
				require.Equal(t, area, p.TakeArea(at))
				area = 0
			case kind == 19 && rng.IntN(5) == 0:
				p.Restart(at)
				present.Restart(at)
				under, over, lacking, surplus = 0, 0, 0, 0
			}
			present.Set(at, n)
			require.Equal(t, []int{n, ready}, []int{p.Present.Count(), p.Ready.Count()})
		}
		p.Close(at)
		present.Close(at)
		require.Equal(t, present.Total(), p.Present.Total())
		require.Equal(t, present.Probabilities(), p.Present.Probabilities())
		for i, want := range []sim.Time{under, over, lacking, surplus} {
			require.Equal(t, want.Seconds(), p.sums()[i].Seconds())
		}
		for _, c := range []Provision{p.Clone(), p.Reduced()} {
			var merged Provision
			merged.Merge(&c)
			merged.Merge(&c)
			require.Equal(t, 2*p.Present.Total(), merged.Present.Total())
			merged.Subtract(&c)
			for i, sum := range p.sums() {
				require.Equal(t, *sum, *merged.sums()[i])
			}
			require.Equal(t, p.Ready.Area(), merged.Ready.Area())
			require.Equal(t, p.Present.Area(), merged.Present.Area())
		}
	}
}

func TestAProvisionAllocatesNothing(t *testing.T) {
	p := NewProvision(1, 1)
	at := sim.Time(0)
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		for range 10 {
			at++
			p.Enter(at)
		}
		for range 10 {
			at++
			p.Leave(at)
		}
		p.TakeArea(at)
	}))
}
