package model_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
	"faaslab/validate/model"
)

var never = math.Inf(1)

func TestParametersOutsideTheDomainAreNamedInTheError(t *testing.T) {
	good := model.Pool{ArrivalRate: 1, WarmService: 2, ColdService: 3, KeepAlive: 10, MaxInstances: 5}
	smp := func(change func(*model.Pool)) func() error {
		return func() error {
			p := good
			change(&p)
			_, smpErr := model.SMP(p, model.Original)
			_, exactErr := model.LevelCrossing(p)
			require.Equal(t, smpErr, exactErr, "both models have one domain")
			return smpErr
		}
	}
	sharing := func(s model.Sharing) func() error {
		return func() error { _, err := model.ProcessorSharing(s); return err }
	}
	finite := func(s model.FiniteSource) func() error {
		return func() error { _, err := model.FiniteSharing(s); return err }
	}
	for name, x := range map[string]struct {
		call      func() error
		parameter string
		found     string
	}{
		"no arrivals":                     {smp(func(p *model.Pool) { p.ArrivalRate = 0 }), "arrival rate", "0/s"},
		"a negative arrival rate":         {smp(func(p *model.Pool) { p.ArrivalRate = -1 }), "arrival rate", "-1/s"},
		"an arrival rate that is NaN":     {smp(func(p *model.Pool) { p.ArrivalRate = math.NaN() }), "arrival rate", "NaN"},
		"an infinite arrival rate":        {smp(func(p *model.Pool) { p.ArrivalRate = never }), "arrival rate", "+Inf"},
		"a warm service of no time":       {smp(func(p *model.Pool) { p.WarmService = 0 }), "warm service time", "0 s"},
		"a negative cold service":         {smp(func(p *model.Pool) { p.ColdService = -3 }), "cold service time", "-3 s"},
		"a negative keep-alive":           {smp(func(p *model.Pool) { p.KeepAlive = -1 }), "keep-alive", "-1 s"},
		"a keep-alive that is NaN":        {smp(func(p *model.Pool) { p.KeepAlive = math.NaN() }), "keep-alive", "NaN"},
		"a negative cap":                  {smp(func(p *model.Pool) { p.MaxInstances = -1 }), "max instances", "-1"},
		"keep-alive never without a cap":  {smp(func(p *model.Pool) { p.KeepAlive, p.MaxInstances = never, model.Unlimited }), "keep-alive", "never"},
		"a variant that does not exist":   {func() error { _, err := model.SMP(good, 7); return err }, "variant", "7"},
		"negative work":                   {func() error { _, err := model.LevelCrossingWithin(good, -1); return err }, "work", "-1"},
		"a negative load in Erlang B":     {func() error { _, err := model.ErlangB(-1, 3); return err }, "offered load", "-1"},
		"negative servers in Erlang B":    {func() error { _, err := model.ErlangB(1, -3); return err }, "servers", "-3"},
		"no server in Erlang C":           {func() error { _, err := model.ErlangC(1, 0); return err }, "servers", "0"},
		"saturation in Erlang C":          {func() error { _, err := model.ErlangC(3, 3); return err }, "offered load", "3"},
		"no instance in a loss system":    {func() error { _, err := model.Loss(1, 1, 0); return err }, "instances", "0"},
		"saturation of a queue":           {func() error { _, err := model.MMc(3, 1, 3); return err }, "offered load", "3"},
		"a negative deadline":             {func() error { _, err := model.MMcD(3, 1, 3, -1); return err }, "deadline", "-1 s"},
		"saturation of first-come cores":  {func() error { _, err := model.FCFSCores(3, 1, 3); return err }, "offered load", "3"},
		"saturation of M/G/1":             {func() error { _, err := model.PollaczekKhinchine(3, constantService(1)); return err }, "offered load", "3"},
		"a negative variance":             {func() error { _, err := model.FCFSCore(3, model.ServiceLaw{Mean: 0.1, Variance: -1}); return err }, "variance of service", "-1"},
		"saturation of GI/M/1":            {func() error { _, err := model.GIM1(3, 1, nil); return err }, "offered load", "3"},
		"a service of no time in GI/M/1":  {func() error { _, err := model.FCFSRenewalCore(3, 0, nil); return err }, "service time", "0 s"},
		"a Poisson number of 1e9":         {func() error { _, err := model.InfiniteServer(1e6, 1e3); return err }, "offered load", "1e+09"},
		"a service of no time in M/G/∞":   {func() error { _, err := model.AlwaysCold(1, 0); return err }, "cold service time", "0 s"},
		"a sliding maximum of load 1001":  {func() error { _, err := model.SlidingMaximum(1001, 1, 1); return err }, "offered load", "1001"},
		"a sliding maximum for ever":      {func() error { _, err := model.SlidingMaximum(1, 1, never); return err }, "keep-alive", "never"},
		"a machine without speed":         {sharing(model.Sharing{ArrivalRate: 1, Service: 1}), "speed", "missing"},
		"a machine without cores":         {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.Cores{}}), "physical cores", "0"},
		"a second thread worth two cores": {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.Cores{Physical: 2, SMTYield: 2}}), "SMT yield", "2"},
		"a clock that is too fast":        {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.Cores{Physical: 2, AllCoreSpeed: 11}}), "all-core speed", "11"},
		"a clock that stops":              {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.Cores{Physical: 2, Speeds: []float64{1, 0}}}), "speed of a core with 2 busy", "0"},
		"a release before the response":   {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.Cores{Physical: 2}, MaxPresent: 3, Release: -1}), "release", "-1 s"},
		"a release that is NaN":           {func() error { _, err := model.LossWithRelease(1, 1, math.NaN(), 3); return err }, "release", "NaN s"},
		"an empty speed curve":            {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.SpeedCurve{}}), "length of the speed curve", "0"},
		"a machine that stands still":     {sharing(model.Sharing{ArrivalRate: 1, Service: 1, Speed: model.SpeedCurve{2, 0}}), "speed of 2 present", "0"},
		"no users":                        {finite(model.FiniteSource{Service: 1, Think: 1, Speed: model.Cores{Physical: 1}}), "users", "0"},
		"a negative think time":           {finite(model.FiniteSource{Users: 1, Service: 1, Think: -1, Speed: model.Cores{Physical: 1}}), "think time", "-1 s"},
		"users without a machine":         {finite(model.FiniteSource{Users: 1, Service: 1, Think: 1}), "speed", "missing"},
		"no repairman":                    {func() error { _, err := model.MachineRepair(1, 1, 1, 0); return err }, "servers", "0"},
		"shared cores that are saturated": {sharing(model.Sharing{ArrivalRate: 4, Service: 1, Speed: model.Cores{Physical: 4}}), "offered load", "4"},
	} {
		t.Run(name, func(t *testing.T) {
			err := x.call()
			require.Error(t, err)
			var domain *model.DomainError
			require.True(t, errors.As(err, &domain), "%v", err)
			assert.Equal(t, x.parameter, domain.Parameter)
			assert.Contains(t, domain.Value, x.found)
			assert.NotEmpty(t, domain.Accepted)
		})
	}
}

func TestAllWrongParametersAreReportedTogether(t *testing.T) {
	_, err := model.SMP(model.Pool{ArrivalRate: -1, KeepAlive: -2, MaxInstances: -3}, model.Original)
	require.Error(t, err)
	assert.Equal(t, strings.Join([]string{
		"model: arrival rate is -1/s; accepted: 1e-12 to 1e+12/s",
		"model: warm service time is 0 s; accepted: 1e-12 to 1e+12 s",
		"model: cold service time is 0 s; accepted: 1e-12 to 1e+12 s",
		"model: keep-alive is -2 s; accepted: 0, 1e-12 to 1e+12 s, +Inf",
		"model: max instances is -3; accepted: 1 to 10000000",
	}, "\n"), err.Error())
}

// sane asserts that metrics are finite, probabilities are at most 1, and a distribution adds up to
// 1.
func sane(t *testing.T, name string, metrics map[string]float64, distributions ...model.Distribution) {
	t.Helper()
	for metric, x := range metrics {
		ok := x >= 0 && !math.IsInf(x, 0)
		if strings.HasSuffix(metric, "_probability") || metric == "utilization" {
			ok = ok && x <= 1+1e-9
		}
		require.True(t, ok, "%s: %s is %v", name, metric, x)
	}
	for i, d := range distributions {
		total := d.Above(-1)
		require.InDelta(t, 1, total, 1e-9, "%s: distribution %d adds up to %v", name, i, total)
		for n, p := range d.Mass {
			require.True(t, p >= 0, "%s: P(%d) of distribution %d is %v", name, n, i, p)
		}
	}
}

// Parameters are drawn from the whole domain, over all its orders of magnitude; the result must be
// an error or sane.
func TestNothingInTheDomainGivesNaN(t *testing.T) {
	tests.Slow(t)
	r := rand.New(rand.NewPCG(3, 4))
	magnitude := func(most float64) float64 { return math.Pow(10, most*(2*r.Float64()-1)) }
	for range 1000 {
		width := []float64{2, 4, 12}[r.IntN(3)]
		p := model.Pool{
			ArrivalRate: magnitude(width), WarmService: magnitude(width), ColdService: magnitude(width),
			KeepAlive:    []float64{magnitude(width), magnitude(width), magnitude(width), 0, never}[r.IntN(5)],
			MaxInstances: []int{model.Unlimited, 1, 1 + r.IntN(4), 1 + r.IntN(100), 1 + r.IntN(10_000)}[r.IntN(5)],
		}
		name := fmt.Sprintf("%+v", p)
		expected := func(err error) bool {
			var domain *model.DomainError
			var work *model.WorkError
			require.True(t, errors.As(err, &domain) || errors.As(err, &work), "%s: %v", name, err)
			return false
		}
		load := p.ArrivalRate * math.Max(p.WarmService, p.ColdService)
		if load < 1e5 || p.MaxInstances != model.Unlimited {
			for _, variant := range []model.Variant{model.Original, model.Modified} {
				if x, err := model.SMP(p, variant); err == nil || expected(err) {
					sane(t, name, x.Metrics(), x.WarmDistribution)
				}
			}
			if x, err := model.LevelCrossingWithin(p, 1e6); err == nil || expected(err) {
				sane(t, name, x.Metrics(), x.InstancesDistribution, x.RunningDistribution)
				require.False(t, math.IsNaN(x.LittleError+x.TruncationError+x.ContourError+x.TopMass), name)
			}
		}
		if load < 1e4 {
			if x, err := model.InfiniteServer(p.ArrivalRate, p.WarmService); err == nil || expected(err) {
				sane(t, name, x.Metrics(), x.Present)
			}
		}
		if load < 20 {
			if x, err := model.SlidingMaximum(p.ArrivalRate, p.WarmService, p.KeepAlive); err == nil || expected(err) {
				sane(t, name, x.Metrics(), x.InstancesDistribution)
			}
		}
		servers := max(1, p.MaxInstances)
		if x, err := model.MMcD(p.ArrivalRate, p.WarmService, servers, p.KeepAlive); err == nil || expected(err) {
			sane(t, name, x.Metrics(), x.Busy)
			sane(t, name, map[string]float64{"queued": x.Queue, "wait_probability": x.WaitProbability, "above_probability": x.WaitAbove(1)})
		}
		s := model.Sharing{ArrivalRate: p.ArrivalRate, Service: p.WarmService,
			Speed: model.Cores{Physical: 1 + r.IntN(64), SMTYield: r.Float64(), AllCoreSpeed: 10 * r.Float64()}, MaxPresent: p.MaxInstances}
		if r.IntN(2) == 0 {
			s.Release = p.ColdService
		}
		if x, err := model.ProcessorSharing(s); err == nil || expected(err) {
			sane(t, name, x.Metrics(), x.Present)
		}
	}
}
