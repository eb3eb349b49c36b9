package model

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// MetricScaling holds the parameters of the model of an autoscaler that measures a metric and evaluates
// it again and again, as Knative's does (Mahmoudi and Khazaei, "Performance Modeling of Metric-Based
// Serverless Computing Platforms", IEEE Transactions on Cloud Computing 2022, as their program has it,
// github.com/pacslab/conc-value-perf-modelling at 156320c3).
type MetricScaling struct {
	ArrivalRate float64 // λ: requests per second, Poisson, split equally over the ready instances; > 0
	// Target is what is to be measured of each instance, > 0: requests present, or per second.
	Target   float64
	Interval float64 // between two evaluations, seconds, > 0
	// Started and removed instances become ready, and go, independently and after exponential times of
	// these rates per second, > 0; math.Inf(1): at once.
	StartRate, RemovalRate float64
	// MaxUp is how many times the ready instances an evaluation may order at most, and MaxDown by what
	// number it may divide them at most; both > 1.
	MaxUp, MaxDown float64
	MaxInstances   int // 1 … 500: the model takes time in proportion to the cube
	// Metric returns the mean of the metric of one instance, and Response the mean response time in
	// seconds, at so many arrivals per second and instance; +Inf where an instance is overloaded.
	Metric, Response func(arrivals float64) float64
	// Measurement is the law of what an evaluation measures, as a mean over the instances.
	Measurement Measurement
}

// A Measurement is the law of what an evaluation measures: the mean of the metric over the ready
// instances.
type Measurement struct {
	// CV is the standard deviation of a normal law relative to its mean, > 0.
	CV float64
	// Grid is the number of equally spaced values, from 0 to Most, to which the normal law is cut; 0:
	// it is not cut, but for values below 0. The authors take 100 values up to 10 and a CV of 0.07.
	Grid int
	Most float64
	// Samples, if not 0, are the law instead: the mean of so many independent observations of each
	// ready instance, whose requests are those of Chain.
	Samples int
	Chain   InstanceChain
}

// An InstanceChain is one instance as a birth–death chain: k requests are served at the rate
// k/(Service (1 + (k − 1) Slowing)), up to Most of them.
type InstanceChain struct {
	Service float64 // of a request alone, seconds, > 0
	Slowing float64 // 0: none; 1: one server, shared
	Most    int     // requests, >= 1
}

// MetricScalingResult is the steady state of a MetricScaling.
type MetricScalingResult struct {
	Measures              // instances, which are those ordered, and the response time
	Ready    Distribution // ready instances
	Ordered  Distribution // instances ordered by the last evaluation
	// Metric is the mean of what is measured of each instance.
	Metric float64
}

const mostMetricInstances = 500

// Solve returns the steady state. The state is how many instances the last evaluation ordered, and how
// many are ready. What two evaluations measure is independent, given the ready instances; there is no
// queue, no panic and no start from zero, so the model cannot be trusted where those matter: see Doubts of
// KnativeService. As ArrivalRate → 0 one instance is ready.
func (m MetricScaling) Solve() (MetricScalingResult, error) {
	if err := m.validate(); err != nil {
		return MetricScalingResult{}, err
	}
	n := m.MaxInstances + 1
	laws, means := make([]metricLaw, n), make([]float64, n)
	for r := range n {
		laws[r], means[r] = m.orders(r)
	}
	ready, ordered := m.iterate(laws)
	result := MetricScalingResult{Ready: Distribution{Mass: ready}, Ordered: Distribution{Mass: ordered}}
	for r, p := range ready {
		if p == 0 {
			continue
		}
		result.Metric += p * means[r]
		result.ResponseTime += p * m.Response(m.ArrivalRate/float64(max(r, 1)))
	}
	result.Instances = result.Ordered.Mean()
	result.defined = instances
	if !math.IsInf(result.ResponseTime, 0) {
		result.defined |= responseTime
	} else {
		result.ResponseTime = 0
	}
	return result, nil
}

func (m MetricScaling) validate() error {
	var d domain
	d.rate("arrival rate", m.ArrivalRate)
	d.magnitude("target", "", m.Target)
	d.duration("interval", m.Interval)
	for _, rate := range []struct {
		name string
		of   float64
	}{{"start rate", m.StartRate}, {"removal rate", m.RemovalRate}} {
		if !math.IsInf(rate.of, 1) {
			d.rate(rate.name, rate.of)
		}
	}
	for _, limit := range []struct {
		name string
		of   float64
	}{{"max up", m.MaxUp}, {"max down", m.MaxDown}} {
		if !(limit.of > 1) {
			d.fail(limit.name, fmt.Sprint(limit.of), "more than 1")
		}
	}
	if m.MaxInstances < 1 || m.MaxInstances > mostMetricInstances {
		d.fail("max instances", fmt.Sprint(m.MaxInstances), fmt.Sprint("1 to ", mostMetricInstances))
	}
	if m.Measurement.Samples == 0 {
		d.magnitude("variation of a measurement", "", m.Measurement.CV)
	} else {
		d.duration("service time", m.Measurement.Chain.Service)
		d.count("most requests of an instance", m.Measurement.Chain.Most, 1)
	}
	return d.err()
}

// metricLaw is the law of what an evaluation orders: mass[i] is the probability of first + i.
type metricLaw struct {
	first int
	mass  []float64
}

// limits returns the fewest and the most instances that may be ordered with r ready, r > 0.
func (m MetricScaling) limits(r int) (least, most int) {
	least = max(0, min(int(float64(r)/m.MaxDown), r-1))
	up := math.Min(math.Ceil(float64(m.MaxUp*float64(r))), float64(m.MaxInstances))
	return least, min(max(int(up), r+1), m.MaxInstances)
}

// orders returns the law of what is ordered with r ready instances, and the mean of what is measured of
// each.
func (m MetricScaling) orders(r int) (metricLaw, float64) {
	mean := m.Metric(m.ArrivalRate / float64(max(r, 1)))
	least, most := 0, 1 // whatever is measured without an instance orders one
	if r > 0 {
		least, most = m.limits(r)
	}
	whole := make([]float64, most-least+1)
	if math.IsInf(mean, 1) {
		whole[most-least] = 1
		return metricLaw{least, whole}, mean
	}
	add := func(value, p float64) {
		order := most
		if r > 0 {
			order = int(math.Min(math.Ceil(float64(value/m.Target*float64(r))), float64(most)))
		} else if value == 0 {
			order = 0
		}
		whole[max(order, least)-least] += p
	}
	switch {
	case m.Measurement.Samples > 0:
		values, mass := m.Measurement.sampled(m.ArrivalRate, r)
		mean = 0
		for i, p := range mass {
			add(values[i], p)
			mean += values[i] * p
		}
	case mean == 0:
		add(0, 1)
	case m.Measurement.Grid > 0:
		mean = m.Measurement.onGrid(mean, add)
	case r == 0:
		whole[1] = 1
	default:
		m.normal(r, mean, least, whole)
	}
	total := 0.0
	for _, p := range whole {
		total += p
	}
	if total == 0 { // the measurement is above the grid: as many as allowed
		whole[most-least], total = 1, 1
	}
	for i := range whole {
		whole[i] /= total
	}
	return metricLaw{least, whole}, mean
}

// onGrid passes the values of a normal law on the grid, with their probabilities, and returns its mean.
func (l Measurement) onGrid(mean float64, add func(value, p float64)) float64 {
	step, sd := l.Most/float64(l.Grid-1), l.CV*mean
	density := make([]float64, l.Grid)
	total, sum := 0.0, 0.0
	for j := range density {
		z := (float64(j)*step - mean) / sd
		density[j] = math.Exp(-0.5 * z * z)
		total += density[j]
	}
	if total == 0 {
		return 0
	}
	for j, p := range density {
		value := float64(j) * step
		if j == l.Grid-1 {
			value = l.Most
		}
		add(value, p/total)
		sum += value * p / total
	}
	return sum
}

// normal sets the probabilities of what a normal law, cut at 0, orders with r ready instances.
func (m MetricScaling) normal(r int, mean float64, least int, whole []float64) {
	sd := m.Measurement.CV * mean
	above := func(x float64) float64 { return 0.5 * math.Erfc((x-mean)/(sd*math.Sqrt2)) }
	before := above(0) // P(more than what orders k − 1)
	for i := range whole {
		after := 0.0
		if i < len(whole)-1 {
			after = above(float64(least+i) * m.Target / float64(r))
		}
		whole[i] = max(0, before-after)
		before = after
	}
}

// sampled returns the law of the mean of the samples of r instances.
func (l Measurement) sampled(arrivalRate float64, r int) (values, mass []float64) {
	c, rate := l.Chain, arrivalRate/float64(max(r, 1))
	logs := make([]float64, c.Most)
	for k := range logs {
		logs[k] = math.Log(rate * c.Service * (1 + float64(k)*c.Slowing) / float64(k+1))
	}
	chain := birthDeath(logs, 0).Mass
	samples := l.Samples * max(r, 1)
	// The law of a sum is the power of the law in the frequency domain.
	size := c.Most*samples + 1
	length := 1
	for length < size {
		length *= 2
	}
	padded := make([]float64, length)
	copy(padded, chain)
	transform := fourier.NewFFT(length)
	spectrum := transform.Coefficients(nil, padded)
	for i, z := range spectrum {
		power := complex(1, 0)
		for e := samples; e > 0; e >>= 1 {
			if e&1 == 1 {
				power *= z
			}
			z *= z
		}
		spectrum[i] = power
	}
	mass = transform.Sequence(padded, spectrum)[:size]
	values = make([]float64, size)
	total := 0.0
	for i := range mass {
		mass[i] = max(0, mass[i])
		total += mass[i]
		values[i] = float64(i) / float64(samples)
	}
	for i := range mass {
		mass[i] /= total
	}
	return values, mass
}

// binomials returns the laws of how many of 0 … n changes are done, each with probability p.
func binomials(n int, p float64) [][]float64 {
	laws := make([][]float64, n+1)
	laws[0] = []float64{1}
	for k := 1; k <= n; k++ {
		laws[k] = make([]float64, k+1)
		for j, q := range laws[k-1] {
			laws[k][j] += q * (1 - p)
			laws[k][j+1] += q * p
		}
	}
	return laws
}

// iterate returns the laws of the ready and of the ordered instances in steady state: it lets evaluations
// pass until nothing changes.
func (m MetricScaling) iterate(laws []metricLaw) (ready, ordered []float64) {
	n := len(laws)
	up := binomials(n, -math.Expm1(-m.StartRate*m.Interval))
	down := binomials(n, -math.Expm1(-m.RemovalRate*m.Interval))
	state, next := newSquare(n), newSquare(n) // by ordered and ready
	begin := max(1, n/2)
	state.row(begin)[begin] = 1
	moved := newSquare(n) // by ready before and after
	const steps, enough, negligible = 100_000, 1e-14, 1e-18
	for range steps {
		clear(moved.a)
		for o := range n {
			for r, p := range state.row(o) {
				switch {
				case p < negligible:
				case o >= r:
					addScaled(moved.row(r)[r:o+1], p, up[o-r])
				default:
					row := moved.row(r)
					for j, q := range down[r-o] {
						row[r-j] += p * q
					}
				}
			}
		}
		clear(next.a)
		for r := range n {
			row := moved.row(r)
			for i, q := range laws[r].mass {
				if q > negligible {
					addScaled(next.row(laws[r].first+i), q, row)
				}
			}
		}
		change := 0.0
		for i, p := range next.a {
			change = max(change, math.Abs(p-state.a[i]))
		}
		state, next = next, state
		if change < enough {
			break
		}
	}
	ready, ordered = make([]float64, n), make([]float64, n)
	total := 0.0
	for o := range n {
		for r, p := range state.row(o) {
			ready[r] += p
			ordered[o] += p
			total += p
		}
	}
	for i := range n {
		ready[i] /= total
		ordered[i] /= total
	}
	return ready, ordered
}

// A KnativeService is a service on Knative, for which the parameters of MetricScaling follow from queueing
// theory and need no fit.
type KnativeService struct {
	ArrivalRate float64 // requests per second, Poisson
	Service     float64 // mean service time, or CPU time on a core of its own, seconds
	ServiceCV   float64 // its standard deviation relative to the mean, >= 0
	Startup     float64 // mean start-up, seconds, > 0
	Target      float64 // per instance: requests present, or per second
	PerSecond   bool    // the metric is requests per second
	Window      float64 // of the average, seconds
	Interval    float64 // between evaluations, seconds
	MaxUp       float64
	MaxDown     float64
	// PanicWindow is in seconds, 0: no panic; PanicThreshold is relative to the ready instances.
	PanicWindow, PanicThreshold float64
	// MaxInstances is the cap, 1 … 500.
	MaxInstances int
	// OneCore says that the requests of an instance share one core. Otherwise each has its own.
	OneCore bool
}

// Model returns the parameters. By Little's law an instance with x arrivals per second has x E[S] requests,
// each for E[S]; with one core, ρ/(1 − ρ) requests, each for E[S]/(1 − ρ), where ρ = x E[S] (processor sharing).
// The average over a window W of the number of requests present, which is M/G/∞ if they do not share, has the
// squared variation (1 + c²)/(λW) for windows much longer than a service, and the number of arrivals 1/(λW).
// Removal is at once.
func (k KnativeService) Model() MetricScaling {
	cv := math.Sqrt((1 + k.ServiceCV*k.ServiceCV) / (k.ArrivalRate * k.Window))
	requests := func(x float64) float64 { return x * k.Service }
	response := func(float64) float64 { return k.Service }
	if k.OneCore {
		requests = func(x float64) float64 {
			if load := x * k.Service; load < 1 {
				return load / (1 - load)
			}
			return math.Inf(1)
		}
		response = func(x float64) float64 {
			if load := x * k.Service; load < 1 {
				return k.Service / (1 - load)
			}
			return math.Inf(1)
		}
	}
	if k.PerSecond {
		cv = 1 / math.Sqrt(k.ArrivalRate*k.Window)
		requests = func(x float64) float64 { return x }
	}
	return MetricScaling{
		ArrivalRate: k.ArrivalRate, Target: k.Target, Interval: k.Interval, StartRate: 1 / k.Startup, RemovalRate: math.Inf(1),
		MaxUp: k.MaxUp, MaxDown: k.MaxDown, MaxInstances: k.MaxInstances, Metric: requests, Response: response,
		Measurement: Measurement{CV: cv},
	}
}

// A Doubt is a reason not to trust the model of a service.
type Doubt uint8

// The doubts. Panic: the load often surges beyond what begins panic, which keeps many more instances than the
// model has, up to twice as many. Zero: windows without a request are frequent enough that the last instance
// goes. Sharing: requests of an instance share its core, and the measurement varies more than the model has it.
const (
	DoubtPanic Doubt = iota
	DoubtZero
	DoubtSharing
)

// String returns a sentence.
func (d Doubt) String() string {
	return [...]string{
		"the load is so small, or so variable, that it surges into panic, which the model does not have",
		"a window without a request is so frequent that the service goes to zero, which the model does not",
		"requests share the core of their instance, and vary more than the model has it",
	}[d]
}

const (
	// surge is how far the panic threshold must be from the load, in standard deviations of the average over
	// the panic window, for panic to be negligible. It is empirical: at twelve and more the model's instances
	// are within 2 % of simulated ones, over loads of 0.3 to 100, services of 0.1 to 10 s and targets of 0.7
	// to 70; at ten they are up to 5 % fewer, and below four up to half as many.
	surge = 12
	// emptyWindow is how probable a window without a request may be.
	emptyWindow = 1e-3
)

// Load returns the mean of the metric of all instances together, if they do not share cores.
func (k KnativeService) Load() float64 {
	if k.PerSecond {
		return k.ArrivalRate
	}
	return k.ArrivalRate * k.Service
}

// Doubts returns why the instances of the model cannot be trusted, to 2 %; none if they can. What the model says
// of response times lacks the queue in any case.
func (k KnativeService) Doubts() (doubts []Doubt) {
	load := k.Load()
	if k.PanicWindow > 0 {
		// The variance of the average over a window of the number present in M/M/∞, or of a Poisson count.
		w := k.PanicWindow / k.Service
		sd := math.Sqrt(2*load*(w-1+math.Exp(-w))) / w
		if k.PerSecond {
			sd = math.Sqrt(load / k.PanicWindow)
		}
		// Panic begins where the threshold times the ready instances are wanted, after rounding up.
		begins := (k.PanicThreshold*math.Ceil(load/k.Target) - 1) * k.Target
		if begins-load < surge*sd {
			doubts = append(doubts, DoubtPanic)
		}
	}
	if math.Exp(-k.ArrivalRate*k.Window) > emptyWindow {
		doubts = append(doubts, DoubtZero)
	}
	if k.OneCore {
		doubts = append(doubts, DoubtSharing)
	}
	return doubts
}
