package stats

// A mergeable sample can take another sample in, and give it back.
type mergeable[T any] interface {
	*T
	Merge(other *T)
	Subtract(other *T)
}

// Curve estimates the values of a curve, each with its own interval, from samples that are equal in law
// and independent. of sets the values of a sample; the estimate is the curve of all samples merged, and
// its intervals come from the curves with one sample left out (PseudoValues). It visits each sample
// three times, whatever the number of values.
func Curve[T any, P mergeable[T]](samples []T, values int, of func(sample *T, values []float64)) []Estimate {
	var whole T
	for i := range samples {
		P(&whole).Merge(&samples[i])
	}
	all := make([]float64, values)
	of(&whole, all)
	without := make([][]float64, values) // by value and sample left out
	left := make([]float64, values)
	for i := range samples {
		P(&whole).Subtract(&samples[i])
		clear(left)
		of(&whole, left)
		P(&whole).Merge(&samples[i])
		for k, v := range left {
			without[k] = append(without[k], v)
		}
	}
	estimates := make([]Estimate, values)
	for k := range estimates {
		estimates[k] = Jackknife(all[k], PseudoValues(all[k], without[k]))
	}
	return estimates
}
