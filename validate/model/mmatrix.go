package model

import "gonum.org/v1/gonum/floats"

// square is a square matrix, by rows.
type square struct {
	n int
	a []float64
}

func newSquare(n int) square { return square{n, make([]float64, n*n)} }

func (s square) row(i int) []float64 { return s.a[i*s.n : (i+1)*s.n] }

// expectedVisits returns (I − T)^{-1} for the transient part T of a Markov chain that ends from
// state i with probability end[i]: each row of T and its end add up to 1. T and end are
// overwritten.
//
// The elimination never subtracts: as in Grassmann, Taksar and Heyman ("Regenerative analysis and
// steady state distributions for Markov chains", Operations Research 33, 1985), each pivot 1 − T_ii
// is the sum of the other ways out. So every entry of the result keeps its relative precision,
// however rarely the chain ends.
func expectedVisits(t square, end []float64) square {
	n := t.n
	pivots := make([]float64, n)
	for p := range n {
		out := t.row(p)
		later := 0.0
		for _, x := range out[p+1:] {
			later += x
		}
		pivots[p] = end[p] + later
		for i := p + 1; i < n; i++ {
			in := t.row(i)
			factor := in[p] / pivots[p]
			in[p] = factor // kept for the forward substitution
			end[i] += factor * end[p]
			if later > 0 {
				addScaled(in[p+1:], factor, out[p+1:])
			}
		}
	}
	visits := newSquare(n)
	inBlocks(n, func(from, to int) { // blocks of columns, which are independent
		for i := range n {
			row, factors := visits.row(i), t.row(i)
			if from <= i && i < to {
				row[i] = 1
			}
			for p := from; p < i; p++ { // lower triangular so far
				end := min(p+1, to)
				addScaled(row[from:end], factors[p], visits.row(p)[from:end])
			}
		}
		for i := n - 1; i >= 0; i-- {
			row, out := visits.row(i)[from:to], t.row(i)
			for j := i + 1; j < n; j++ {
				addScaled(row, out[j], visits.row(j)[from:to])
			}
			for j := range row {
				row[j] /= pivots[i]
			}
		}
	})
	return visits
}

// stationary returns the stationary distribution of a Markov chain with one
// recurrent class that holds state 0, by the same elimination from the last
// state down. The matrix is overwritten.
func stationary(t square) []float64 {
	n := t.n
	for p := n - 1; p > 0; p-- {
		out := t.row(p)
		pivot := 0.0
		for _, x := range out[:p] {
			pivot += x
		}
		for i := range p {
			in := t.row(i)
			factor := in[p] / pivot
			in[p] = factor
			addScaled(in[:p], factor, out)
		}
	}
	pi := make([]float64, n)
	pi[0] = 1
	total := 1.0
	for p := 1; p < n; p++ {
		for i := range p {
			pi[p] += pi[i] * t.row(i)[p]
		}
		total += pi[p]
	}
	for i := range pi {
		pi[i] /= total
	}
	return pi
}

// addScaled adds factor times from to the vector to, up to the length of to.
func addScaled(to []float64, factor float64, from []float64) {
	if factor == 0 {
		return
	}
	floats.AddScaled(to, factor, from[:len(to)])
}
