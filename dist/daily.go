package dist

import (
	"math"

	"faaslab/sim/random"
)

// Daily is a Poisson process whose rate swings once in each period, like the load of a site over a
// day:
//
//	rate(t) = mean · exp(κ cos(2π(t/period − 1/2))) / I₀(κ)
//
// This is the shape of the von Mises law, with κ >= 0 such that the highest rate over the mean
// rate, exp(κ)/I₀(κ), is Peak. The trough is at t = 0, the peak at half a period, and the rate is
// never 0. With a Peak of 1, Daily is a plain Poisson process.
type Daily struct {
	Mean   float64 // arrivals per second, averaged over a period, > 0; Mean·Peak to 1e7
	Peak   float64 // highest rate / mean rate, 1 to 100
	Period float64 // seconds, >= 1 µs
}

// maxPeak bounds Daily.Peak: beyond it, a day is one short burst, which an mmpp describes better.
const maxPeak = 100

var _ Arrivals = Daily{}

// Rate returns the long-run mean of arrivals per second.
func (d Daily) Rate() float64 { return d.Mean }

// Pattern returns the period.
func (d Daily) Pattern() Pattern { return Pattern{Period: d.Period} }

// Start begins a sample path at the trough.
func (d Daily) Start(g random.Generator) (Source, error) {
	if !(d.Mean > 0 && d.Peak >= 1 && d.Period > 0) {
		panic("dist: Daily of a Mean or Period that is not positive or a Peak below 1")
	}
	p := &dailyPath{
		generator: g,
		clock:     newClock(),
		kappa:     concentration(d.Peak),
		highest:   d.Mean * d.Peak,
		width:     d.Period / segments,
	}
	for i := range p.ceiling {
		// The rate rises over the first half of the period and falls over the
		// second, so a segment's extremes are at its ends.
		left, right := p.rate(float64(i)), p.rate(float64(i+1))
		p.ceiling[i] = math.Max(left, right)
		p.floor[i] = math.Min(left, right) / p.ceiling[i]
		p.perPeriod += p.ceiling[i] * p.width
	}
	return p, nil
}

// arguments returns the call in the notation.
func (d Daily) arguments() (string, []value) {
	return "daily", []value{{number: d.Mean}, {number: d.Peak}, {number: d.Period}}
}

// String returns the notation.
func (d Daily) String() string {
	return "daily(mean=" + FormatRate(d.Mean) + ", peak=" + formatNumber(d.Peak) + ", period=" + FormatDuration(d.Period) + ")"
}

// concentration returns the κ at which exp(κ)/I₀(κ) equals peak, by Newton's method on
// ln(exp(−κ)I₀(κ)) + ln(peak). This function is convex and decreasing, so steps from 0 never
// overshoot.
func concentration(peak float64) float64 {
	kappa := 0.0
	for range 100 {
		bessel, slope := scaledBessel(kappa)
		step := (math.Log(bessel) + math.Log(peak)) / -slope
		kappa += step
		if !(step > 1e-15*kappa) {
			break
		}
	}
	return math.Max(0, kappa)
}

// scaledBessel returns exp(−κ)·I₀(κ) and the derivative of its logarithm: the mean of
// exp(κ(cos θ − 1)) over a turn and, weighted by it, the mean of cos θ − 1 (Abramowitz and Stegun,
// 9.6.16). The trapezoidal rule converges geometrically for a periodic integrand; 1024 points leave
// an error below 1e-15 for κ up to 1700, which is a peak of 100.
func scaledBessel(kappa float64) (value, slope float64) {
	const points = 1024
	for i := range points {
		drop := math.Cos(2*math.Pi*float64(i)/points) - 1
		weight := math.Exp(kappa * drop)
		value += weight
		slope += weight * drop
	}
	return value / points, slope / value
}

// segments is the number of steps of the staircase above the rate: even, and large enough that a
// candidate is rarely rejected.
const segments = 256

// dailyPath draws by thinning (Lewis and Shedler, Naval Research Logistics Quarterly 1979):
// candidates come from a Poisson process whose rate is a staircase above the wanted rate, and each
// is kept with a probability equal to the ratio of the two rates.
type dailyPath struct {
	generator random.Generator
	clock     clock
	kappa     float64
	highest   float64 // rate, per second
	width     float64 // of a segment, seconds

	ceiling   [segments]float64 // highest rate within each segment, per second
	floor     [segments]float64 // lowest rate within each segment / its ceiling
	perPeriod float64           // candidates expected in a period

	segment int     // the segment of the last candidate
	into    float64 // seconds from the segment's start to the last candidate, 0 to width
	block   [blockSize]float64
}

// rate returns the arrival rate per second at a place within the period; place counts segments from
// the start of the period.
func (p *dailyPath) rate(place float64) float64 {
	return p.highest * math.Exp(p.kappa*(math.Cos(2*math.Pi*(place/segments-0.5))-1))
}

// Fill writes the next gaps of the path; see Source.
func (p *dailyPath) Fill(gaps, _ []int64) (int, error) {
	return p.clock.fill(gaps, p.block[:], p.draw), nil
}

// draw fills block with gaps in nanoseconds.
func (p *dailyPath) draw(block []float64) {
	g := p.generator
	for i := range block {
		var passed float64
		for {
			passed += p.candidate(g.Exponential())
			u := g.Float64()
			if u < p.floor[p.segment] || u*p.ceiling[p.segment] < p.rate(float64(p.segment)+p.into/p.width) {
				break
			}
		}
		block[i] = passed * 1e9
	}
	p.generator = g
}

// candidate moves to the next candidate and returns the seconds passed. area, an exponential
// number, is the integral of the staircase over them.
func (p *dailyPath) candidate(area float64) (passed float64) {
	if area >= p.perPeriod { // whole periods at once, where arrivals are rare
		periods := math.Floor(area / p.perPeriod)
		area -= periods * p.perPeriod
		passed = periods * p.width * segments
	}
	for {
		rest := p.width - p.into
		if inside := area / p.ceiling[p.segment]; inside < rest {
			p.into += inside
			return passed + inside
		}
		area -= rest * p.ceiling[p.segment]
		if area < 0 {
			area = 0 // by rounding
		}
		passed += rest
		p.into = 0
		if p.segment++; p.segment == segments {
			p.segment = 0
		}
	}
}
