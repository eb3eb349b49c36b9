package model

import (
	"math"
	"math/cmplx"
)

// A contour inverts Laplace transforms F(z)/z whose singularities lie on the
// real axis, those of F at or left of −shift, at one time τ: Talbot's contour
// ("The accurate numerical inversion of Laplace transforms", J. Inst. Maths
// Applics 23, 1979) with the parameters of Weideman ("Optimizing Talbot's
// contours for the inversion of the Laplace transform", SIAM J. Numer. Anal.
// 44, 2006) and the midpoint rule,
//
//	(1/2πi) ∫ e^{zτ} F(z)/z dz ≈ Σ Im(weight · F(z)) over the upper half.
//
// The sum is a rational approximation of e^x on the negative real axis. Its error falls as e^{−1.36
// N} and does not depend on how far left singularities go, so neither a long τ nor a fast service
// costs anything. Rounding adds about e^{0.17 N} units in the last place. The error of an inversion
// is a few 1e-14, times e^{−shift·τ} and the sum of the residues of F; contourError bounds it.
//
// A shifted contour may leave the pole at 0 out or count it in part, so F(0) must then be 0.
type contour struct {
	nodes []contourNode
	shift float64 // 1/s
	time  float64 // τ, s
}

type contourNode struct {
	z      complex128
	weight complex128
}

const (
	contourPoints = 24    // N: half of the nodes have to be evaluated
	contourError  = 1e-13 // largest error of e^x, x ≤ 0; a test searches for it
)

func newContour(time, shift float64) contour {
	// The four constants are Weideman's (2006), section 4.
	const sigma, mu, alpha, nu = 0.6122, 0.5017, 0.6407, 0.2645
	c := contour{shift: shift, time: time}
	const n = contourPoints
	for k := range n / 2 {
		theta := (2*float64(k) + 1) * math.Pi / n
		sin, cos := math.Sincos(alpha * theta)
		path := complex(-sigma+mu*theta*cos/sin, nu*theta)
		slope := complex(mu*cos/sin-mu*alpha*theta/(sin*sin), nu)
		z := path*complex(n/time, 0) - complex(shift, 0)
		weight := 2 * cmplx.Exp(n*path) * slope * complex(math.Exp(-shift*time)/time, 0)
		c.nodes = append(c.nodes, contourNode{z, weight / z})
	}
	return c
}
