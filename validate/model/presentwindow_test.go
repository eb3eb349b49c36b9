package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The normal approximation of the specification of autoscalers gives 4.1439, 3.1084 and 4.0151 for these loads.
func TestTheAverageOfAWindowIsNearlyNormal(t *testing.T) {
	for rate, normal := range map[float64]float64{27: 4.1439, 20: 3.1084, 26: 4.0151} {
		p := PresentInWindow{ArrivalRate: rate, Service: 1, Window: 60}
		assert.InDelta(t, normal, p.MeanRoundedUp(7), 0.004, "%v/s", rate)
	}
	// Rounded up to something fine, it is the mean.
	p := PresentInWindow{ArrivalRate: 4, Service: 0.5, Window: 10}
	assert.InDelta(t, 2/0.05+0.5, p.MeanRoundedUp(0.05), 1e-5)
}

// A sum drawn request by request exceeds as often as is computed, within four standard errors.
func TestTheAverageOfAWindowByDrawingRequests(t *testing.T) {
	const rate, service, window, draws = 3, 2, 10, 40_000
	rng := rand.New(rand.NewPCG(1, 2))
	exceed := map[float64]int{4: 0, 6: 0, 9: 0}
	for range draws {
		area := 0.0
		// Requests that were present arrived within the last twenty services, but for one of 5e8.
		for at := -20. * service; ; {
			if at += rng.ExpFloat64() / rate; at > window {
				break
			}
			area += math.Max(0, math.Min(window, at+rng.ExpFloat64()*service)-math.Max(0, at))
		}
		for x := range exceed {
			if area > x*window {
				exceed[x]++
			}
		}
	}
	p := PresentInWindow{ArrivalRate: rate, Service: service, Window: window}
	for x, n := range exceed {
		want := p.Exceeds(x)
		assert.InDelta(t, want, float64(n)/draws, 4*math.Sqrt(want*(1-want)/draws), "%v", x)
	}
}
