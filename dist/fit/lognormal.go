package fit

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"faaslab/dist"
)

// lognormal takes the mean and the standard deviation of the logarithms.
func lognormal(s *sample) (dist.Distribution, float64, string) {
	if s.logs == nil {
		return nil, 0, "a value is 0, where it has no density"
	}
	var log distuv.Normal // of ln(x/mean)
	log.Fit(s.logs, nil)
	variance := log.Sigma * log.Sigma
	law := dist.Lognormal{Mean: s.mean * math.Exp(log.Mu+variance/2), CV: math.Sqrt(math.Expm1(variance))}
	return law, -s.n * (math.Log(log.Sigma) + (1+math.Log(2*math.Pi))/2 + s.meanLog + math.Log(s.mean)), ""
}
