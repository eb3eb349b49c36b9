package model

import (
	"math"
	"sync"
)

// A dip below level j begins when the number running falls from j to j−1, and ends with the arrival
// that brings it back to j. Until τ every arrival in the dip is warm, and the dip is a plain Markov
// chain on the numbers (i warm, k cold) running, i + k < j:
//
//	i → i+1 at rate λ,  i → i−1 at rate iμ_w,  k → k−1 at rate kμ_c.
//
// dipTransform holds, for one z, the Laplace transform of the dip's length and of the state in
// which the dip ends, by the state of level j−1 in which it begins:
//
//	G_j(z)[k,k'] = E[e^{−z·length}; it ends from k'],  S_j(z)[k] = ∫ e^{−zt} P(length > t) dt.
//
// To go down and come back, the chain must pass through dips below j−1, which gives the recursion
//
//	A_j = diag(z + r_j) − M_j G_{j−1},  A_j G_j = λI,  A_j S_j = 1 + M_j S_{j−1}
//
// with r_j[k] = λ + iμ_w + kμ_c and M_j the rates of departure, iμ_w from k to k and kμ_c from k to
// k−1. In a dip k never grows, so all matrices are lower triangular. Few cold requests end in one
// dip, so entries far from the diagonal vanish: row k is kept from column first[k] on, where
// entries exceed unlikely. A level costs at most K³/6 additions.
type dipTransform struct {
	z        complex128
	g        []complex128 // G_j(z), the lower triangle by rows
	first    []int
	survival []complex128 // S_j(z)
	scratch  []complex128
}

// unlikely is negligible beside the rounding of sums of numbers up to 1.
const unlikely = 1e-20

// triangle returns the index of row k in a lower triangle stored by rows.
func triangle(k int) int { return k * (k + 1) / 2 }

// climb replaces G_{j−1} and S_{j−1} by G_j and S_j. It is called with j = 1, 2, ….
func (d *dipTransform) climb(j int, chain chain) {
	n := chain.states(j - 1)
	g, survival := make([]complex128, triangle(n)), make([]complex128, n)
	first := make([]int, n)
	if len(d.scratch) < n {
		d.scratch = make([]complex128, 2*n)
	}
	for k := range n {
		warm := complex(float64(j-1-k)*chain.warmRate, 0)
		cold := complex(float64(k)*chain.coldRate, 0)

		// down is row k of M_j G_{j−1}. Its diagonal iμ_w G_{j−1}[k,k] would cancel in A_j. Of the
		// chains that leave by a warm departure, the part 1 − G_{j−1}[k,k] comes back with another
		// k or, by zS_{j−1}, not in time.
		down, from := d.scratch[:k], k
		clear(down)
		lower, length := complex128(0), complex128(1)
		if warm != 0 {
			from = d.first[k]
			for m, x := range d.g[triangle(k)+from : triangle(k)+k] {
				down[from+m] = warm * x
				lower += x
			}
			lower += d.z * d.survival[k]
			length += warm * d.survival[k]
		}
		if k > 0 {
			left := d.first[k-1]
			from = min(from, left)
			for m, x := range d.g[triangle(k-1)+left : triangle(k-1)+k] {
				down[left+m] += cold * x
			}
			length += cold * d.survival[k-1]
		}
		pivot := 1 / (d.z + complex(chain.arrivalRate, 0) + cold + warm*lower)

		row := g[triangle(k) : triangle(k)+k+1]
		start := k
		for m := from; m < k; m++ {
			x, left := down[m]*pivot, first[m]
			start = min(start, left)
			to := row[left : m+1]
			for i, y := range g[triangle(m)+left : triangle(m)+m+1] {
				to[i] += x * y
			}
			length += down[m] * survival[m]
		}
		row[k] = complex(chain.arrivalRate, 0) * pivot
		for start < k && math.Abs(real(row[start]))+math.Abs(imag(row[start])) < unlikely {
			row[start] = 0
			start++
		}
		first[k] = start
		survival[k] = length * pivot
	}
	d.g, d.first, d.survival = g, first, survival
}

// dips holds the laws of the dips below one level, inverted at τ.
type dips struct {
	ends     square    // G_j(0): the dip ends at any time, if all arrivals are warm
	late     square    // C_j: the dip ends so, but after τ; within τ it ends with G_j(0) − C_j = H_j
	mean     []float64 // S_j(0): mean length, s
	outlasts []float64 // s_j: the dip lasts longer than τ, the sum of a row of C_j
	alive    []float64 // e_j: ∫_0^τ P(length > t) dt, s: how long position j stays alive in the dip
}

// worthACore is the number of states from which climbing a node takes much longer than handing the
// node to another core.
const worthACore = 64

// dipper climbs the levels, at all nodes of a contour at once.
type dipper struct {
	chain   chain
	contour contour
	nodes   []dipTransform
	last    dips
	level   int
}

func newDipper(chain chain, contour contour) *dipper {
	d := &dipper{chain: chain, contour: contour}
	for _, node := range contour.nodes {
		d.nodes = append(d.nodes, dipTransform{z: node.z})
	}
	return d
}

// next returns the dips below the next level, from 1 on.
func (d *dipper) next() dips {
	d.level++
	n := d.chain.states(d.level - 1)
	r := dips{late: newSquare(n), outlasts: make([]float64, n), alive: make([]float64, n)}
	// The nodes are independent: other cores climb them if they are large. Their contributions are
	// added in the order of the nodes.
	var climbing sync.WaitGroup
	for i := range d.nodes {
		if n < worthACore {
			d.nodes[i].climb(d.level, d.chain)
		} else {
			climbing.Go(func() { d.nodes[i].climb(d.level, d.chain) })
		}
	}
	r.ends, r.mean = d.ever()
	climbing.Wait()

	// A shifted contour does not give ∫_0^τ, only ∫_τ^∞; the mean length is of the order of τ or
	// less then.
	shifted := d.contour.shift > 0
	for i, node := range d.contour.nodes {
		transform := &d.nodes[i]
		for k := range n {
			r.addLate(k, transform, node.weight)
			alive := -transform.survival[k]
			if shifted {
				alive += complex(r.mean[k], 0)
			}
			r.alive[k] -= imag(node.weight * alive)
		}
	}
	for k := range n {
		row := r.late.row(k)
		for m, ends := range r.ends.row(k)[:k+1] {
			row[m] = min(ends, max(0, row[m]))
			r.outlasts[k] += row[m]
		}
		if shifted {
			r.alive[k] += r.mean[k]
		}
		r.alive[k] = max(0, min(d.contour.time, r.alive[k]))
	}
	d.last = r
	return r
}

// addLate adds the contribution of one node to row k of C_j, whose transform is
// (G_j(0) − G_j(z))/z. C_j is inverted instead of H_j because its rounding is relative to
// e^{−shift·τ} and so to C_j itself, however small.
func (r *dips) addLate(k int, transform *dipTransform, weight complex128) {
	row, ends, first := r.late.row(k), r.ends.row(k), transform.first[k]
	for m := range first {
		row[m] += imag(weight) * ends[m]
	}
	g := transform.g[triangle(k) : triangle(k)+k+1]
	for m := first; m <= k; m++ {
		row[m] += imag(weight * (complex(ends[m], 0) - g[m]))
	}
}

// ever returns G_j(0) and S_j(0) in real arithmetic: by expected visits, where dips below j−1 end
// by G_{j−1}(0).
func (d *dipper) ever() (ends square, mean []float64) {
	n := d.chain.states(d.level - 1)
	t, end, leaving := newSquare(n), make([]float64, n), d.chain.leaving(d.level-1)
	visit := make([]float64, n) // mean time of a visit plus the dip that follows
	for k := range n {
		warm, cold := d.chain.departures(d.level-1, k)
		visit[k] = 1 / leaving[k]
		if warm > 0 {
			addScaled(t.row(k)[:k+1], warm/leaving[k], d.last.ends.row(k))
			visit[k] += warm / leaving[k] * d.last.mean[k]
		}
		if cold > 0 {
			addScaled(t.row(k)[:k], cold/leaving[k], d.last.ends.row(k-1))
			visit[k] += cold / leaving[k] * d.last.mean[k-1]
		}
		end[k] = d.chain.arrivalRate / leaving[k]
	}
	ends, mean = expectedVisits(t, end), make([]float64, n)
	for k := range n {
		row := ends.row(k)
		for m, visits := range row {
			mean[k] += visits * visit[m]
			row[m] = visits * d.chain.arrivalRate / leaving[m]
		}
	}
	return ends, mean
}
