package fit

import (
	"math"

	"faaslab/dist"
)

// normal takes the parent law under which the law truncated at 0 has the mean and the variance of the
// sample, as maximum likelihood has it for an exponential family (Cohen, "Truncated and Censored
// Samples", 1991, §2.2). Above the cv of half a normal law, √(π/2 − 1), the parent's mean would be
// negative, which the notation does not have; then the most likely mean is 0.
func normal(s *sample) (dist.Distribution, float64, string) {
	// hazard returns the density of a standard normal law at −a over its mass above −a.
	hazard := func(a float64) float64 { return math.Exp(-a*a/2) / math.Sqrt(2*math.Pi) / kept(a) }
	if half := math.Pi/2 - 1; s.cv2 >= half {
		square := s.mean * s.mean * (1 + s.cv2)
		return dist.Normal{SD: math.Sqrt(square)}, -s.n / 2 * (math.Log(square*math.Pi/2) + 1), ""
	}
	// The squared cv of the truncated law falls with the parent's a = mean/sd, and is at most 1/a².
	a := root(0, 1/math.Sqrt(s.cv2), func(a float64) float64 {
		h := hazard(a)
		return s.cv2 - (1-h*(h+a))/((a+h)*(a+h))
	})
	sd := s.mean / (a + hazard(a))
	mean := a * sd
	z2 := (s.cv2*s.mean*s.mean + (s.mean-mean)*(s.mean-mean)) / (sd * sd)
	return dist.Normal{Mean: mean, SD: sd}, -s.n * (math.Log(sd*kept(a)) + math.Log(2*math.Pi)/2 + z2/2), ""
}

// kept returns the probability that a normal variate with mean a and standard deviation 1 is not
// negative.
func kept(a float64) float64 { return 0.5 * math.Erfc(-a/math.Sqrt2) }
