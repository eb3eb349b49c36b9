package model

import (
	"math"
	"math/cmplx"
)

// PresentInWindow is the number of requests present in a system M/M/∞, averaged over a window: what an autoscaler
// measures of requests that never wait. Its time integral is a compound Poisson sum. Each request adds how much of its
// service is within the window: the rest of it, exponential again, if it was present at the beginning, of which
// there are a Poisson number with mean ArrivalRate × Service; else its service, up to the end of the window.
type PresentInWindow struct {
	ArrivalRate float64 // per second, > 0
	Service     float64 // mean, seconds, > 0
	Window      float64 // seconds, > 0
}

// characteristic returns E[exp(iuX)] of the time integral X, in request-seconds.
func (p PresentInWindow) characteristic(u float64) complex128 {
	rate, w := complex(1/p.Service, 0), complex(p.Window, 0)
	z := complex(-1/p.Service, u)
	grown := (cmplx.Exp(z*w) - 1) / z // the integral of exp(zx) over the window
	rest := rate*grown + cmplx.Exp(z*w)
	fresh := (rate*(grown-w)/z + grown) / w
	return cmplx.Exp(complex(p.ArrivalRate*p.Service, 0)*(rest-1) + complex(p.ArrivalRate, 0)*w*(fresh-1))
}

// moments returns the mean and the standard deviation of the time integral.
func (p PresentInWindow) moments() (mean, deviation float64) {
	s, w := p.Service, p.Window
	load := p.ArrivalRate * s
	return load * w, math.Sqrt(2 * load * (s*w + s*s*math.Expm1(-w/s)))
}

// Exceeds returns the probability that the average is more than x, > 0: the inversion of the characteristic function by Gil-Pelaez
// (Biometrika 38, 1951). It is good to about 1e-9 where the load is a few requests or more.
func (p PresentInWindow) Exceeds(x float64) float64 {
	const steps, reach = 4000, 12 // of the standard deviation's inverse, beyond which nothing is left
	_, deviation := p.moments()
	h, sum := reach/(deviation*steps), 0.0
	for j := range steps {
		u := (float64(j) + 0.5) * h
		sum += imag(cmplx.Exp(complex(0, -u*x*p.Window))*p.characteristic(u)) / u
	}
	return 0.5 + sum*h/math.Pi
}

// MeanRoundedUp returns the mean of the average divided by a target, > 0, and rounded up: the instances that an autoscaler
// without limits asks for.
func (p PresentInWindow) MeanRoundedUp(target float64) (instances float64) {
	mean, deviation := p.moments()
	instances = -math.Expm1(-p.ArrivalRate * (p.Service + p.Window)) // one, but with no request at all
	for k := 1.0; k*target*p.Window < mean+12*deviation; k++ {
		instances += p.Exceeds(k * target)
	}
	return instances
}
