package validate

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/scenarios"
	"faaslab/validate/model"
)

// accuracyCSV is the documented accuracy of both SMPs: for each metric and each range of
// keep-alives, in units of the mean time between requests, the range of the deviation from the
// exact level-crossing model over the scenarios of the suite, rounded outwards to whole per cents.
// A test recomputes it. It does not depend on simulation.
//
//go:embed accuracy.csv
var accuracyCSV string

// regimes are the upper ends of the ranges of λτ; the last range has no end.
var regimes = []float64{2, 10, 50, math.Inf(1)}

// regimeOf returns the index of the range that contains λτ.
func regimeOf(rateTimesKeepAlive float64) int {
	for i, end := range regimes {
		if rateTimesKeepAlive <= end {
			return i
		}
	}
	panic("validate: λτ is NaN")
}

type accuracyKey struct {
	model, metric string
	regime        int
}

// accuracy is accuracyCSV by its keys.
var accuracy = func() map[accuracyKey]Band {
	rows, err := csv.NewReader(strings.NewReader(accuracyCSV)).ReadAll()
	if err != nil {
		panic("validate: " + err.Error())
	}
	bands := map[accuracyKey]Band{}
	for _, row := range rows[1:] {
		var x [3]float64
		for i := range x {
			if x[i], err = strconv.ParseFloat(row[2+i], 64); err != nil {
				panic("validate: " + err.Error())
			}
		}
		bands[accuracyKey{row[0], row[1], regimeOf(x[0])}] = Band{x[1], x[2]}
	}
	return bands
}()

// accuracyOf returns the documented accuracy of a model's metric for a scenario.
func accuracyOf(model, metric string, s scenarios.Scenario) Band {
	key := accuracyKey{model, metric, regimeOf(s.Arrivals.Rate() * s.Container.KeepAlive.Seconds())}
	band, ok := accuracy[key]
	if !ok {
		panic(fmt.Sprintf("validate: no accuracy is documented for %+v", key))
	}
	return band
}

// measureAccuracy recomputes the table.
func measureAccuracy() (string, error) {
	bands := map[accuracyKey]Band{}
	for _, g := range smpSuite() {
		s := g.scenario
		warm, _ := s.Container.Warm.Moments()
		pool := model.Pool{ArrivalRate: s.Arrivals.Rate(), WarmService: warm, ColdService: coldService(s.Container, warm),
			KeepAlive: s.Container.KeepAlive.Seconds(), MaxInstances: s.Container.MaxInstances}
		exact, err := model.LevelCrossing(pool)
		if err != nil {
			return "", err
		}
		for _, c := range g.cases {
			key := accuracyKey{c.Model, c.Metric, regimeOf(pool.ArrivalRate * pool.KeepAlive)}
			d := Deviation(c.Expected, exact.Metrics()[c.Metric])
			band, ok := bands[key]
			if !ok {
				band = Band{math.Inf(1), math.Inf(-1)}
			}
			bands[key] = Band{min(band.Low, math.Floor(d*100)/100), max(band.High, math.Ceil(d*100)/100)}
		}
	}
	var text strings.Builder
	text.WriteString("model,metric,rate_times_keep_alive_up_to,low,high\n")
	for _, name := range []string{"smp", "smp-modified"} {
		for _, metric := range compared {
			for i, end := range regimes {
				band := bands[accuracyKey{name, metric, i}]
				fmt.Fprintf(&text, "%s,%s,%v,%.2f,%.2f\n", name, metric, end, band.Low, band.High)
			}
		}
	}
	return text.String(), nil
}
