package dist

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Check accepts every notation that the parser accepts, so every law of the package has its
// arguments.
func TestCheckAcceptsWhatParseReturns(t *testing.T) {
	each(t, func(t *testing.T, d Distribution, _ oracle, _ bool) {
		assert.Implements(t, (*notated)(nil), d)
		assert.NoError(t, Check(d))
	})
	for _, notation := range append(Examples(true), "trace(arrivals.csv)") {
		a, err := testFiles.ParseArrivals(notation)
		require.NoError(t, err, notation)
		assert.Implements(t, (*notated)(nil), a)
		assert.NoError(t, Check(a), notation)
	}
}

// foreign is a law of another package.
type foreign struct {
	Exponential
	mean float64
}

//lint:ignore U1000 it hides the method of Exponential
func (f foreign) arguments(struct{}) {}

func (f foreign) Moments() (mean, variance float64) {
	if f.mean == 13 {
		panic("thirteen")
	}
	return f.mean, 1
}

// foreignArrivals is a process of another package.
type foreignArrivals struct {
	Poisson
	rate float64
}

//lint:ignore U1000 it hides the method of Poisson
func (f foreignArrivals) arguments(struct{}) {}

func (f foreignArrivals) Rate() float64  { return f.rate }
func (f foreignArrivals) String() string { return "foreign" }

func TestCheckNamesWhatIsWrongWithALaw(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	part := func(weight float64, law Distribution) Part { return Part{weight, law} }
	one := Constant{1}
	for _, c := range []struct {
		law  fmt.Stringer
		want string
	}{
		{Constant{-1}, "constant: value is -1s; accepted is a duration from 0s to 292 years"},
		{Exponential{}, "exponential: mean is 0s; accepted is a duration from 1ns to 292 years"},
		{Exponential{-1}, "exponential: mean is -1s; accepted is a duration from 1ns to 292 years"},
		{Exponential{nan}, "exponential: mean is NaN; accepted is a duration from 1ns to 292 years"},
		{Exponential{inf}, "exponential: mean is +Inf; accepted is a duration from 1ns to 292 years"},
		{Erlang{K: -1, Mean: 1}, "erlang: k is -1; accepted is a whole number from 1 to 1000000"},
		{Gamma{Mean: 1}, "gamma: cv is 0; accepted is a number from 0.001 to 100"},
		{Lognormal{Mean: 1, CV: 101}, "lognormal: cv is 101; accepted is a number from 0.001 to 100"},
		{Weibull{Mean: 1}, "weibull: shape is 0; accepted is a number from 0.1 to 100"},
		{Pareto{Shape: 1, Mean: 1}, "pareto: shape is 1; accepted is a number from 1.001 to 1000"},
		{Hyperexponential{Mean: 1, CV: 0.5}, "hyperexponential: cv is 0.5; accepted is a number from 1 to 100"},
		{Uniform{2, 1}, "uniform: the second bound, 1s, must be above the first, 2s"},
		{Normal{Mean: 1}, "normal: sd is 0s; accepted is a duration from 1ns to 292 years"},
		{Quantiles{}, "quantiles: one point; at least two are expected, of the probabilities 0 and 1"},
		{Empirical{}, "empirical: the name of the file is empty"},
		{Empirical{File: "a.csv"}, "empirical: found no measured durations; want what Parse returns"},
		{Shifted{By: 1}, "shifted: law is nil"},
		{Shifted{nan, one}, "shifted: by is NaN; accepted is a duration from 0s to 292 years"},
		{Shifted{1, Exponential{-1}}, "shifted: exponential: mean is -1s; accepted is a duration from 1ns to 292 years"},
		{Shifted{9e9, Constant{9e9}}, "the mean of shifted(2500000h, constant(2500000h)) is 5000000h; accepted is a duration from 0s to 292 years"},
		{Mixture{}, "mixture: no part is given"},
		{Mixture{[MaxParts]Part{part(0.5, one), part(0.4, one)}}, "mixture: the weights of a mixture sum to 1, and these to 0.9"},
		{Mixture{[MaxParts]Part{part(0.5, one), {}, part(0.5, one)}}, "mixture: weight is 0; accepted is a number from 1e-12 to 1"},
		{Mixture{[MaxParts]Part{part(0.5, one), part(0.5, nil)}}, "mixture: law is nil"},
		{Poisson{}, "poisson: rate is 0/s; accepted is a rate from once in 292 years to 10000000/s"},
		{Poisson{nan}, "poisson: rate is NaN/s; accepted is a rate from once in 292 years to 10000000/s"},
		{Regular{-2}, "constant: rate is -2/s; accepted is a rate from once in 292 years to 10000000/s"},
		{Renewal{}, "renewal: law is nil"},
		{Renewal{Constant{0}}, "renewal: the mean gap, 0s, is below 100ns: above 1e7/s is too fast for a clock that counts nanoseconds"},
		{MMPP{}, "mmpp: an mmpp of one state is a Poisson process: write poisson(rate=…), or give two states or more"},
		{MMPP{[MaxStates]State{{1, 1}, {}, {2, 1}}}, "mmpp: sojourns is 0s; accepted is a duration from 1ns to 292 years"},
		{MMPP{[MaxStates]State{{0, 1}, {0, 2}}}, "mmpp: the mean rate is 0/s; it must be at least once in 292 years"},
		{Daily{Mean: 1, Peak: 0.5, Period: 1}, "daily: peak is 0.5; accepted is a number from 1 to 100"},
		{Daily{Mean: 1e6, Peak: 100, Period: 1}, "daily: the highest rate, mean × peak = 100000000/s, is above 1e7/s, too fast for a clock that counts nanoseconds"},
		{Steps{}, "steps: steps of one rate are a Poisson process: write poisson(rate=…), or give two rates or more"},
		{Batch{Size: 1}, "batch: process is nil"},
		{Batch{Poisson{1}, 0}, "batch: size is 0; accepted is a whole number from 1 to 1000000"},
		{Batch{Poisson{-1}, 2}, "batch: poisson: rate is -1/s; accepted is a rate from once in 292 years to 10000000/s"},
		{Batch{Poisson{1e6}, 100}, "batch: the rate of all requests, 100000000/s, is above 1e7/s, too fast for a clock that counts nanoseconds"},
		{Trace{}, "trace: the name of the file is empty"},
		{Trace{File: "none.csv"}, "none.csv: cannot be opened: no such file or directory"},
		{&Poisson{1}, "found *dist.Poisson; want the law itself, not a pointer to it"},
		{(*Constant)(nil), "found *dist.Constant; want the law itself, not a pointer to it"},
		{nil, "there is no law"},
		{foreign{mean: -1}, "the mean of exponential(mean=0s) is -1s; accepted is a duration from 0s to 292 years"},
		{foreign{mean: 13}, "dist.foreign panics: thirteen"},
		{foreignArrivals{rate: nan}, "the rate of foreign is NaN/s; accepted is a rate from once in 292 years to 10000000/s"},
	} {
		assert.EqualError(t, Check(c.law), c.want, "%#v", c.law)
	}
	assert.NoError(t, Check(foreign{mean: 1}))
	assert.NoError(t, Check(foreignArrivals{rate: 1}))
	assert.NoError(t, Check(Shifted{1, foreign{mean: 1}}))
}

func TestNewStepsRefusesLevelsOutsideTheirDomains(t *testing.T) {
	for _, c := range []struct {
		level Level
		want  string
	}{
		{Level{10, math.NaN()}, "steps: rates is NaN/s; accepted is a rate from 0/s to 10000000/s"},
		{Level{10, -1}, "steps: rates is -1/s; accepted is a rate from 0/s to 10000000/s"},
		{Level{math.NaN(), 1}, "steps: at is NaN; accepted is a duration from 1ns to 292 years"},
	} {
		_, err := NewSteps([]Level{{0, 1}, c.level, {20, 1}})
		assert.EqualError(t, err, c.want)
	}
}

func TestNewQuantilesRefusesPointsOutsideTheirDomains(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		points []QuantilePoint
		want   string
	}{
		{nil, "one point; at least two are expected, of the probabilities 0 and 1"},
		{[]QuantilePoint{{0, 1}, {nan, 2}, {1, 3}}, "the probability NaN follows 0; probabilities must increase, by 1e-12 or more"},
		{[]QuantilePoint{{0, 1}, {1e-13, 2}, {1, 3}}, "the probability 1e-13 follows 0; probabilities must increase, by 1e-12 or more"},
		{[]QuantilePoint{{0, 1}, {0.5, nan}, {1, 3}}, "the value at 0.5, NaN, is below 1s at 0; values must not decrease"},
		{[]QuantilePoint{{0, -1}, {1, 3}}, "quantiles: value is -1s; accepted is a duration from 0s to 292 years"},
		{[]QuantilePoint{{0, nan}, {1, nan}}, "the value at 1, NaN, is below NaN at 0; values must not decrease"},
		{[]QuantilePoint{{0, 1}, {1, math.Inf(1)}}, "quantiles: value is +Inf; accepted is a duration from 0s to 292 years"},
	} {
		q, err := NewQuantiles(c.points)
		assert.EqualError(t, err, c.want)
		assert.Equal(t, Quantiles{}, q)
	}
	points := []QuantilePoint{{0, 0}, {0.5, 0}, {1, 3}}
	q, err := NewQuantiles(points)
	assert.NoError(t, err)
	assert.Equal(t, points, q.Points())
}

func TestFilesOfANotationAreNamedInItsOrder(t *testing.T) {
	trace := Trace{File: "a, b.csv"}
	e := Empirical{File: "e.csv"}
	assert.Equal(t, []string{"a, b.csv"}, Files(trace))
	assert.Equal(t, []string{"e.csv"}, Files(Renewal{Shifted{1, e}}))
	assert.Equal(t, []string{"e.csv", "f.csv"}, Files(Batch{Renewal{Mixture{[MaxParts]Part{{0.5, e}, {0.5, Empirical{File: "f.csv"}}}}}, 2}))
	assert.Empty(t, Files(Poisson{1}))
	assert.Empty(t, Files(nil))
	assert.Empty(t, Files(foreign{mean: 1}))
}
