package stats

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

func TestTheIntervalIsStudents(t *testing.T) {
	var tally Tally
	for _, x := range []float64{1, 2, 3, 4} {
		tally.Add(x)
	}
	e := tally.Estimate()
	assert.Equal(t, 2.5, e.Mean)
	assert.Equal(t, 4, e.N)
	// t(0.975, 3) = 3.182446 from tables, standard deviation √(5/3).
	assert.InDelta(t, 3.182446*math.Sqrt(5.0/3)/2, e.HalfWidth, 1e-6)
}

// Upper limits at 97.5 % of the mean of few events, from the table of Garwood (Biometrika 1936).
func TestFewEventsHaveTheirExactLimit(t *testing.T) {
	for events, upper := range map[int64]float64{0: 3.689, 1: 5.572, 2: 7.225, 5: 11.668, 10: 18.390, 20: 30.888} {
		assert.InDelta(t, upper-float64(events), 1000*RareHalfWidth(events, 1000), 5e-4, "%d events", events)
	}
	assert.InDelta(t, 3.689, Unseen, 5e-4)
	assert.Equal(t, 0.5, RareHalfWidth(1, 2), "no probability is above 1")
	assert.Zero(t, RareHalfWidth(3, 2))
}

func TestPseudoValuesOfAMeanAreTheValues(t *testing.T) {
	values := []float64{3, 1, 4, 1, 5}
	var without []float64
	for i := range values {
		rest := slices.Delete(slices.Clone(values), i, i+1)
		without = append(without, stat.Mean(rest, nil))
	}
	assert.InDeltaSlice(t, values, PseudoValues(stat.Mean(values, nil), without), 1e-12)
}

// The interval of a ratio must cover it in 95 % of all experiments, though its
// parts are skewed and correlated. False alarms: 4 standard deviations of the count.
func TestTheJackknifeIntervalCoversARatio(t *testing.T) {
	const replications, repeats = 16, 4000
	rng := rand.New(rand.NewPCG(3, 0))
	covered := 0.0
	for range repeats {
		var x, y [replications]float64
		sumX, sumY := 0.0, 0.0
		for i := range x {
			for range 20 {
				e := rng.ExpFloat64()
				y[i] += e
				x[i] += 2*e + rng.NormFloat64() // E[x]/E[y] = 2
			}
			sumX, sumY = sumX+x[i], sumY+y[i]
		}
		var without []float64
		for i := range x {
			without = append(without, (sumX-x[i])/(sumY-y[i]))
		}
		whole := sumX / sumY
		e := Jackknife(whole, PseudoValues(whole, without))
		assert.Equal(t, whole, e.Mean)
		if math.Abs(e.Mean-2) <= e.HalfWidth {
			covered++
		}
	}
	assert.InDelta(t, 0.95, covered/repeats, 4*math.Sqrt(0.95*0.05/repeats))
}

func TestWhatDoesNotExistIsNull(t *testing.T) {
	text, err := json.Marshal([]Estimate{
		Jackknife(math.NaN(), PseudoValues(math.NaN(), []float64{1, 2})),
		Jackknife(5, PseudoValues(5, []float64{1, math.NaN()})),
		Jackknife(5, PseudoValues(5, []float64{5, 5})),
	})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"mean":null,"half_width":null},{"mean":5,"half_width":null},{"mean":5,"half_width":0}]`, string(text))
}
