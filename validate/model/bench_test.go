package model_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"faaslab/validate/model"
)

func BenchmarkSMP(b *testing.B) {
	for _, x := range []struct {
		name string
		pool model.Pool
	}{
		{"cap=100000/underLoad", model.Pool{ArrivalRate: 1e5, WarmService: 0.5, ColdService: 3, KeepAlive: 600, MaxInstances: 100_000}},
		{"cap=100000/overLoad", model.Pool{ArrivalRate: 1e5, WarmService: 1.5, ColdService: 4, KeepAlive: 60, MaxInstances: 100_000}},
		{"unlimited", model.Pool{ArrivalRate: 1e5, WarmService: 1.5, ColdService: 4, KeepAlive: 60}},
	} {
		for _, variant := range []model.Variant{model.Original, model.Modified} {
			b.Run(fmt.Sprint(x.name, "/", variant), func(b *testing.B) {
				for b.Loop() {
					_, err := model.SMP(x.pool, variant)
					require.NoError(b, err)
				}
			})
		}
	}
}

func BenchmarkSlidingMaximum(b *testing.B) {
	for _, load := range []float64{5, 50, 500} {
		b.Run(fmt.Sprint("load=", load), func(b *testing.B) {
			for b.Loop() {
				_, err := model.SlidingMaximum(load, 1, 1e6/load)
				require.NoError(b, err)
			}
		})
	}
}

// corners are the pools whose time matters: the pools of the figures, and the ends of the domain.
func corners() map[string]model.Pool {
	pools := map[string]model.Pool{}
	for _, rate := range []float64{1, 4, 11} {
		pools[fmt.Sprint("float/rate=", rate)] = model.Pool{ArrivalRate: rate, WarmService: 1.5288, ColdService: 4.1202, KeepAlive: 60}
	}
	for name, service := range map[string][2]float64{"float": {1.5288, 4.1202}, "matmul": {0.0130, 2.5625}} {
		for _, keepAlive := range []float64{1, 10, 180} {
			pools[fmt.Sprint(name, "/keepAlive=", keepAlive)] = model.Pool{ArrivalRate: 1, WarmService: service[0], ColdService: service[1], KeepAlive: keepAlive, MaxInstances: 110}
		}
		for _, keepAlive := range []float64{0.1, 1, 60, 3600} {
			pools[fmt.Sprint(name, "/load=50/keepAlive=", keepAlive)] = model.Pool{ArrivalRate: 50 / service[0], WarmService: service[0], ColdService: service[1], KeepAlive: keepAlive}
		}
	}
	pools["load=50/cap=50/keepAlive=3600"] = model.Pool{ArrivalRate: 50, WarmService: 1, ColdService: 3, KeepAlive: 3600, MaxInstances: 50}
	pools["load=50/cap=80/keepAlive=1"] = model.Pool{ArrivalRate: 50, WarmService: 1, ColdService: 3, KeepAlive: 1, MaxInstances: 80}
	pools["load=300/keepAlive=600"] = model.Pool{ArrivalRate: 300, WarmService: 1, ColdService: 3, KeepAlive: 600}
	return pools
}

func BenchmarkLevelCrossing(b *testing.B) {
	for name, pool := range corners() {
		b.Run(name, func(b *testing.B) {
			var r model.LevelCrossingResult
			for b.Loop() {
				var err error
				r, err = model.LevelCrossing(pool)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(r.Levels), "levels")
			b.ReportMetric(float64(r.ColdCounts), "cold")
			b.ReportMetric(r.LittleError, "little")
			b.ReportMetric(r.ColdStartProbability, "p")
			b.ReportMetric(r.ContourError, "contour")
		})
	}
}
