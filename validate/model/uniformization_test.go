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

	"faaslab/validate/model"
)

// oracle is the level-crossing model written without regard for cost: dips by uniformization
// (Jensen, 1953) of their chain on all j(j+1)/2 states, a sum of non-negative terms; no cut but the
// top level; inverses and the stationary vector by LU.
type oracle struct {
	coldStart, rejection, instances, runningWarm, runningCold float64
	alive                                                     []float64 // P(instances ≥ j)
	busy                                                      []float64 // P(running = b)
}

func solveNaively(p model.Pool, top int) oracle {
	rate, mw, mc := p.ArrivalRate, 1/p.WarmService, 1/p.ColdService
	var (
		visits, departs = make([]*mat.Dense, top+2), make([]*mat.Dense, top+2)
		outlasts, stays = make([][]float64, top+1), make([][]float64, top+1)
		leaving         = make([][]float64, top+2)
		returns         *mat.Dense // W of the previous level
	)
	for j := 1; j <= top; j++ {
		h, s, e := uniformize(j, rate, mw, mc, p.KeepAlive)
		outlasts[j], stays[j] = s, e
		leaving[j], departs[j] = departures(j-1, rate, mw, mc)
		v := mat.NewDense(1, 1, []float64{1})
		if j > 1 {
			var a mat.Dense
			a.Mul(departs[j], returns)
			for k := range j {
				for m := range j {
					a.Set(k, m, -a.At(k, m))
				}
				a.Set(k, k, 1+a.At(k, k))
			}
			v = new(mat.Dense)
			if err := v.Inverse(&a); err != nil {
				panic(err)
			}
		}
		visits[j] = v
		returns = mat.NewDense(j, j+1, nil)
		for k := range j {
			for m := range j {
				cold := math.Max(0, v.At(k, m)*rate/leaving[j][m]-h.At(k, m))
				returns.Set(k, m, returns.At(k, m)+h.At(k, m))
				returns.Set(k, m+1, returns.At(k, m+1)+cold)
			}
		}
	}
	leaving[top+1], departs[top+1] = departures(top, 0, mw, mc)
	var chain mat.Dense
	chain.Mul(departs[top+1], returns)
	a := mat.NewDense(top+1, top+1, nil)
	a.Copy(chain.T())
	for k := range top + 1 {
		a.Set(k, k, a.At(k, k)-1)
	}
	for k := range top + 1 {
		a.Set(top, k, 1)
	}
	unit := mat.NewVecDense(top+1, nil)
	unit.SetVec(top, 1)
	var at mat.VecDense
	if err := at.SolveVec(a, unit); err != nil {
		panic(err)
	}

	var total, cold, stay float64
	var o oracle
	o.busy, o.alive = make([]float64, top+1), make([]float64, top+1)
	now := mat.Row(nil, 0, at.T())
	for b := top; ; b-- {
		for k, x := range now {
			t := x / leaving[b+1][k]
			total += t
			o.busy[b] += t
			o.runningCold += t * float64(k)
			o.runningWarm += t * float64(b-k)
		}
		if b == 0 {
			break
		}
		var begin, back mat.Dense
		begin.Mul(mat.NewDense(1, len(now), now), departs[b+1])
		stay = 0
		for k, u := range begin.RawRowView(0) {
			cold += u * outlasts[b][k]
			stay += u * stays[b][k]
		}
		o.alive[b] = stay
		back.Mul(&begin, visits[b])
		now = mat.Row(nil, 0, &back)
	}
	atLeast := 0.0
	for b := top; b >= 0; b-- {
		o.busy[b] /= total
		atLeast += o.busy[b]
		o.alive[b] = atLeast + o.alive[b]/total
		if b > 0 {
			o.instances += o.alive[b]
		}
	}
	o.coldStart = cold / total / rate
	o.runningWarm /= total
	o.runningCold /= total
	o.rejection = o.busy[top]
	return o
}

// departures returns the rates out of the states of level b, and the probabilities of leaving them
// by a departure.
func departures(b int, rate, mw, mc float64) (leaving []float64, d *mat.Dense) {
	leaving, d = make([]float64, b+1), mat.NewDense(b+1, max(b, 1), nil)
	for k := range b + 1 {
		warm, cold := float64(b-k)*mw, float64(k)*mc
		leaving[k] = rate + warm + cold
		if b-k > 0 {
			d.Set(k, k, warm/leaving[k])
		}
		if k > 0 {
			d.Set(k, k-1, cold/leaving[k])
		}
	}
	return leaving, d
}

// uniformize returns H, s and e for dips below level j.
func uniformize(j int, rate, mw, mc, keepAlive float64) (h *mat.Dense, s, e []float64) {
	index := func(b, k int) int { return b*(b+1)/2 + k }
	n, clock := index(j, 0), rate+float64(j-1)*math.Max(mw, mc)
	absorb, one := make([][]float64, n), make([]float64, n)
	sum := make([][]float64, n)
	late, alive := make([]float64, n), make([]float64, n)
	for x := range n {
		absorb[x], sum[x], one[x] = make([]float64, j), make([]float64, j), 1
	}
	for k := range j {
		absorb[index(j-1, k)][k] = rate / clock
	}
	mean := clock * keepAlive
	jumps := distuv.Poisson{Lambda: mean}
	steps := int(mean + 10*math.Sqrt(mean) + 50)
	more := make([]float64, steps) // P(more than t jumps)
	sumMore := 0.0
	for t := steps - 1; t >= 0; t-- {
		more[t] = sumMore
		sumMore += jumps.Prob(float64(t))
	}
	for t := range steps {
		at := jumps.Prob(float64(t))
		nextAbsorb, nextOne := make([][]float64, n), make([]float64, n)
		for b := range j {
			for k := range b + 1 {
				x := index(b, k)
				for m, y := range absorb[x] {
					sum[x][m] += more[t] * y
				}
				late[x] += at * one[x]
				alive[x] += more[t] / clock * one[x]

				next := make([]float64, j)
				move := func(to int, p float64) {
					for m, y := range absorb[to] {
						next[m] += p * y
					}
					nextOne[x] += p * one[to]
				}
				i := b - k
				move(x, 1-(rate+float64(i)*mw+float64(k)*mc)/clock)
				if b < j-1 {
					move(index(b+1, k), rate/clock)
				}
				if i > 0 {
					move(index(b-1, k), float64(i)*mw/clock)
				}
				if k > 0 {
					move(index(b-1, k-1), float64(k)*mc/clock)
				}
				nextAbsorb[x] = next
			}
		}
		absorb, one = nextAbsorb, nextOne
	}
	h = mat.NewDense(j, j, nil)
	for k := range j {
		x := index(j-1, k)
		h.SetRow(k, sum[x])
		s, e = append(s, late[x]), append(e, alive[x])
	}
	return h, s, e
}

// The oracle takes differences where the product does not. It is trusted to 1e-8, and its pools are
// chosen accordingly.
func TestLevelCrossingAgreesWithUniformization(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	uniform := func(from, to float64) float64 { return from + (to-from)*r.Float64() }
	worst := 0.0
	for range 150 {
		p := model.Pool{
			ArrivalRate:  math.Exp(uniform(-1, 1.5)),
			WarmService:  math.Exp(uniform(-2, 0.5)),
			ColdService:  math.Exp(uniform(-1, 1.2)),
			KeepAlive:    math.Exp(uniform(-3, 1.5)),
			MaxInstances: 1 + r.IntN(9),
		}
		name := fmt.Sprintf("%+v", p)
		got, err := model.LevelCrossing(p)
		require.NoError(t, err, name)
		want := solveNaively(p, p.MaxInstances)
		for _, x := range []struct {
			name      string
			want, got float64
		}{
			{"cold start probability", want.coldStart, got.ColdStartProbability},
			{"instances", want.instances, got.Instances},
			{"running warm", want.runningWarm, got.RunningWarm},
			{"running cold", want.runningCold, got.RunningCold},
		} {
			off := relative(x.want, x.got)
			worst = math.Max(worst, off)
			assert.LessOrEqual(t, off, 1e-8, "%s: %s", name, x.name)
		}
		assert.InDelta(t, want.rejection, got.RejectionProbability, 1e-10, name)
		for n := range want.alive {
			assert.InDelta(t, want.busy[n], got.RunningDistribution.Probability(n), 1e-10, "%s: P(running = %d)", name, n)
			if n > 0 {
				assert.InDelta(t, want.alive[n], got.InstancesDistribution.Above(n-1), 1e-10, "%s: P(instances ≥ %d)", name, n)
			}
		}
	}
	t.Logf("worst relative error: %.1e", worst)
}
