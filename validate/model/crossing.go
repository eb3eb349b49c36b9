package model

import (
	"math"
	"slices"
)

// chain holds the rates of the pool and the cut of its states: with b running, k = 0 … min(b,
// mostCold) of them are cold starts.
type chain struct {
	arrivalRate float64 // λ
	warmRate    float64 // μ_w = 1/E[S_w]
	coldRate    float64 // μ_c = 1/E[S_c]
	mostCold    int     // K
}

// states returns the number of states at level b.
func (c chain) states(b int) int { return min(b, c.mostCold) + 1 }

// departures returns the rates iμ_w and kμ_c out of state k of level b.
func (c chain) departures(b, k int) (warm, cold float64) {
	return float64(b-k) * c.warmRate, float64(k) * c.coldRate
}

// leaving returns the rates λ + iμ_w + kμ_c out of the states of level b.
func (c chain) leaving(b int) []float64 {
	r := make([]float64, c.states(b))
	for k := range r {
		warm, cold := c.departures(b, k)
		r[k] = c.arrivalRate + warm + cold
	}
	return r
}

// crossing is the upward pass: for every level j, the laws of a dip below j, by the state of level
// j−1 in which the dip begins.
type crossing struct {
	pool   Pool
	chain  chain
	dipper *dipper
	below  []dipLaw // below[j−1]: dips below level j
	capped bool     // the top level is the cap

	// Only for the highest level:
	returns [][]float64 // W_j: the law of the dip's return, by the state of level j
	colder  [][]float64 // W_j − G_j(0), computed without cancellation
}

// dipLaw holds what the downward pass needs of the dips below one level.
type dipLaw struct {
	visits   square    // V_j: expected visits to the states of level j−1 in a dip
	outlasts []float64 // s_j
	alive    []float64 // e_j
	cut      []float64 // probability of a cold start beyond mostCold
}

func newCrossing(pool Pool, mostCold int) *crossing {
	c := &crossing{
		pool:  pool,
		chain: chain{pool.ArrivalRate, 1 / pool.WarmService, 1 / pool.ColdService, mostCold},
	}
	c.dipper = newDipper(c.chain, newContour(pool.KeepAlive, contourShift(pool)))
	return c
}

// contourShift returns the smallest rate at which dips below the cap end, if dips then rarely
// outlast τ, so that their tiny probability is computed relative to itself; otherwise 0. Cold
// counts only fall in a dip, so for every k its rates are the rates of the M/M/∞ chain on i < c−k
// plus kμ_c, and the smallest is at k = 0. Far above the load it is almost 0.
func contourShift(pool Pool) float64 {
	load := pool.ArrivalRate * pool.WarmService
	// (Beyond thousands of instances the search costs more than the shift saves.)
	if pool.MaxInstances == Unlimited || float64(pool.MaxInstances) > min(load+8*math.Sqrt(load)+8, 5000) {
		return 0
	}
	shift := cutRates(pool.MaxInstances-1, pool.ArrivalRate, pool.WarmService)[0]
	if shift*pool.KeepAlive < 1 {
		return 0
	}
	return shift
}

func (c *crossing) top() int { return len(c.below) }

// climb adds levels up to the cap, or up to a level that is never reached, and returns the rest of
// the work allowed; a negative rest means that the work does not suffice.
func (c *crossing) climb(work float64) float64 {
	load := c.pool.ArrivalRate * c.pool.WarmService
	for look := load + 5*math.Sqrt(load) + 4; ; {
		if work -= c.cost(); work < 0 {
			return work
		}
		c.add()
		j := c.top()
		if j == c.pool.MaxInstances {
			c.capped = true
			return work
		}
		if float64(j) >= look {
			if f := c.descend(); f.highEnough() {
				return work
			}
			look += 2 + look/32
		}
	}
}

// cost returns roughly the number of multiplications for the next level.
func (c *crossing) cost() float64 {
	n := float64(c.chain.states(c.top()))
	return n * n * (n + 100)
}

// nearlyNever is the probability of outlasting τ below which L_j is computed by the form without
// cancellation: above it, the difference loses at most three digits.
const nearlyNever = 1e-3

// add solves the dips below the next level.
func (c *crossing) add() {
	var (
		d       = c.dipper.next()
		j       = c.dipper.level
		n       = c.chain.states(j - 1)
		leaving = c.chain.leaving(j - 1)
		visits  = square{1, []float64{1}}
		law     = dipLaw{outlasts: d.outlasts, alive: d.alive, cut: make([]float64, n)}
	)
	if j > 1 {
		// From level j−1 the chain either goes down by a departure, D_j, and comes back as dips
		// below j−1 do, or it goes up, which ends the dip.
		t, end := newSquare(n), make([]float64, n)
		for k := range n {
			c.down(j-1, k, leaving[k], c.returns, t.row(k))
			end[k] = c.chain.arrivalRate / leaving[k]
		}
		visits = expectedVisits(t, end)
	}
	law.visits = visits
	late := c.coldReturns(j, d, visits, leaving)

	m := c.chain.states(j)
	c.returns, c.colder = newRows(n, m), newRows(n, m)
	for k := range n {
		for to, p := range late.row(k) {
			warm := d.ends.row(k)[to] - d.late.row(k)[to]
			c.returns[k][to] += warm
			c.colder[k][to] -= d.late.row(k)[to]
			grown := to + 1
			if grown == m {
				grown-- // beyond mostCold: served as if warm
				law.cut[k] = p
			}
			c.returns[k][grown] += p
			c.colder[k][grown] += p
		}
	}
	c.below = append(c.below, law)
}

// coldReturns returns L_j: the probability that the dip outlasts τ and ends from k'. All ends are
// V_j Λ with Λ = diag(λ/r_j), and the ends within τ are H_j = G_j(0) − C_j, so
//
//	L_j = V_j Λ − H_j = C_j + V_j D_j (W_{j−1} − G_{j−1}(0)) G_j(0).
//
// The second form holds because G_j(0) = (I − D_j G_{j−1}(0))^{-1} Λ and V_j = (I − D_j
// W_{j−1})^{-1}. The first form cancels when L_j is small; all terms of the second form are small
// then, too.
func (c *crossing) coldReturns(j int, d dips, visits square, leaving []float64) square {
	n := len(leaving)
	late := newSquare(n)
	var change square // D_j (W_{j−1} − G_{j−1}(0)) G_j(0), when it is needed
	if j > 1 && slices.Min(d.outlasts) <= nearlyNever {
		change = newSquare(n)
		inBlocks(n, func(from, to int) {
			moved := make([]float64, n)
			for k := from; k < to; k++ {
				clear(moved)
				c.down(j-1, k, leaving[k], c.colder, moved)
				for via, x := range moved {
					addScaled(change.row(k)[:via+1], x, d.ends.row(via))
				}
			}
		})
	}
	inBlocks(n, func(from, to int) {
		for k := from; k < to; k++ {
			c.coldRow(late.row(k), j, k, d, visits, leaving, change)
		}
	})
	return late
}

// coldRow fills row k of L_j.
func (c *crossing) coldRow(row []float64, j, k int, d dips, visits square, leaving []float64, change square) {
	switch {
	case j == 1:
		copy(row, d.late.row(k))
	case d.outlasts[k] > nearlyNever:
		for to, v := range visits.row(k) {
			row[to] = v*c.chain.arrivalRate/leaving[to] - (d.ends.row(k)[to] - d.late.row(k)[to])
		}
	default:
		copy(row, d.late.row(k))
		for via, v := range visits.row(k) {
			addScaled(row, v, change.row(via))
		}
	}
	// Rounding may leave tiny negative entries. Rows must add up to s_j, since a flow that appears
	// or vanishes would be amplified on the way up.
	total := 0.0
	for to, x := range row {
		row[to] = max(0, x)
		total += row[to]
	}
	if total > 0 {
		for to := range row {
			row[to] *= d.outlasts[k] / total
		}
	}
}

// down adds to row the product of D, the departure from state k of level b with the given rate out
// of the state, and the matrix then.
func (c *crossing) down(b, k int, leaving float64, then [][]float64, row []float64) {
	warm, cold := c.chain.departures(b, k)
	if warm > 0 {
		addScaled(row, warm/leaving, then[k])
	}
	if cold > 0 {
		addScaled(row, cold/leaving, then[k-1])
	}
}

func newRows(n, m int) [][]float64 {
	rows, a := make([][]float64, n), make([]float64, n*m)
	for i := range rows {
		rows[i] = a[i*m : (i+1)*m]
	}
	return rows
}
