package chart

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
)

func TestAxesAreLogarithmicWhereItServes(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   bool
	}{
		{[]float64{1, 10, 100}, true},
		{[]float64{1, 2, 5, 10}, true},
		{[]float64{600, 1, 60, 10, 60}, true}, // in any order
		{[]float64{1, 49}, false},
		{[]float64{1, 60}, true},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false},
		{[]float64{1, 20, 50, 100}, true},
		{[]float64{1, 101, 201, 301, 401}, false}, // equal steps
		{[]float64{0, 1, 10, 100, 1000}, false},   // 0 has no place
		{[]float64{7}, false},
		{nil, false},
	} {
		assert.Equal(t, c.want, wantsLog(c.values), c.values)
	}
}

// Whatever the range and the size, there are ticks within the range, in order, and with room for
// their labels.
func TestTicksHaveRoom(t *testing.T) {
	style := Lettering(tickSize, Ink)
	for _, log := range []bool{false, true} {
		for _, low := range []float64{0, 1e-12, 3e-5, 0.7, 1, 42, 99999, 3e7} {
			for _, span := range []float64{1.0001, 1.3, 2, 9, 130, 5e4, 1e9, 1e40} {
				for _, width := range []vg.Length{40, 90, 200, 600} {
					r := ruler{Low: low, high: low * span, Log: log, scale: format.Scale{Factor: 1, Unit: ""}}
					if low == 0 {
						r.high = span
					}
					if log && low == 0 {
						continue
					}
					r = r.mark(9, r.across(width, style.Width))
					require.NotEmpty(t, r.ticks, "%v %v…%v on %v", log, r.Low, r.high, width)
					for i, tick := range r.ticks {
						at := r.at(tick.at)
						assert.GreaterOrEqual(t, at, -1e-6)
						assert.LessOrEqual(t, at, 1+1e-6)
						if i > 0 {
							before := r.ticks[i-1]
							gap := vg.Length(at-r.at(before.at)) * width
							assert.Greater(t, gap, (style.Width(tick.text)+style.Width(before.text))/2, "%q and %q on %v", before.text, tick.text, width)
							assert.NotEqual(t, before.text, tick.text)
						}
					}
				}
			}
		}
	}
}

func TestNumbersOfTicks(t *testing.T) {
	for _, c := range []struct {
		v        float64
		decimals int
		want     string
	}{
		{0, 3, "0"}, {0.5, 1, "0.5"}, {0.5, 2, "0.50"}, {-2, 0, "−2"}, {10000, -4, "10000"}, {2e5, -5, "200 k"}, {1.2e9, -8, "1.2 G"}, {1e9, -8, "1.0 G"},
		{-3e6, -6, "−3 M"}, {2e-6, 6, "2e−6"}, {2e-6, 7, "2.0e−6"}, {1e15, -15, "1e15"}, {123456, 0, "123.456 k"},
	} {
		assert.Equal(t, c.want, tickText(c.v, c.decimals))
	}
}

// Axes name metrics and units; the unit of money is the currency of the prices, which the axis does
// not name.
func TestNamesOfAxes(t *testing.T) {
	for metric, want := range map[string]string{
		"cold_start_probability": "cold start probability (%)", "response_time": "mean response time (s)", "response_time_p95": "response time, 95th percentile (s)",
		"running": "mean running instances", "throughput": "throughput (/s)", "user_cost": "user cost per million requests",
	} {
		a := Axis{Label: words.MetricAxis(metric), Unit: words.UnitOf(metric)}
		assert.Equal(t, want, ruler{Axis: a, scale: axisScale(a, 1, 2, false)}.Title())
	}
}

// The axis along which points have whiskers holds their ends.
func TestAnAxisHoldsTheWhiskersAlongIt(t *testing.T) {
	s := Series{Across: []float64{1, 4}, Texts: []string{"a", "b"}}
	s.Add(10, 1, 0)
	s.Add(70, 2, 0)
	r := Panel{X: &Axis{Scaling: Linear}, Series: []Series{s}}.varied()
	assert.Less(t, r.Low, 9.0)
	assert.Greater(t, r.high, 74.0)
}
