package thesis

import (
	"context"
	"testing"
	"time"
	"strconv"
)

func TestExploreFit(t *testing.T) {
	m := Measured{}
	for _, row := range measured(t, "openwhisk_float_load.csv") {
		m[row["arrivals.rate"]] = map[string]float64{}
		for k, v := range row {
			if k != "arrivals.rate" {
				m[row["arrivals.rate"]][k], _ = strconv.ParseFloat(v, 64)
			}
		}
	}
	began := time.Now()
	f, err := FitLoad(context.Background(), m, DefaultFit)
	t.Log(err, time.Since(began))
	t.Log(f.Best, f.Evaluations, f.Errors.Mean(), f.Assumed.Mean())
	t.Log(f.Errors)
	t.Log(f.Assumed)
	for _, a := range f.Around { t.Log(a) }
}
