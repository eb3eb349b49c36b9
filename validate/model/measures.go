package model

import "math"

// Measures holds the metrics of a model's steady state, named like the metrics of a simulation. No
// model gives all of them: Metrics lists the given ones, and the other fields are 0.
type Measures struct {
	ColdStartProbability float64 // cold starts / all requests that arrive, rejected ones included
	RejectionProbability float64 // rejected / all requests that arrive
	TimeoutProbability   float64 // gave up waiting / all requests that arrive
	ResponseTime         float64 // mean from arrival to completion, over served requests; seconds
	WaitingTime          float64 // mean wait for capacity, over served requests; seconds
	Instances            float64 // mean number of instances: warm instances + running cold
	WarmInstances        float64 // mean number of instances that have started: idle or running warm
	Running              float64 // mean number of requests in service: warm + cold
	RunningWarm          float64 // mean number of warm starts in service
	RunningCold          float64 // mean number of cold starts in service
	Idle                 float64 // mean number of idle instances, the releasing ones included
	Releasing            float64 // mean number of instances that are busy after a response
	Utilization          float64 // running warm / warm instances
	WaitingProbability   float64 // requests that begin later than they arrive / served requests
	Queue                float64 // mean number of waiting requests
	Throughput           float64 // requests served per second; only where users wait for their answers

	// Waiting and Response are the laws of both times, over served requests; nil if the model does
	// not give them.
	Waiting  TimeLaw
	Response TimeLaw

	defined metric
}

// metric is a set of metrics, one bit each.
type metric uint16

const (
	coldStartProbability metric = 1 << iota
	rejectionProbability
	timeoutProbability
	responseTime
	waitingTime
	instances
	warmInstances
	running
	runningWarm
	runningCold
	idle
	utilization
	waitingProbability
	queue
	releasing
	throughputRate
)

// Quantiles are the quantiles that Metrics gives of the laws of times, by the suffix of their name.
var Quantiles = []struct {
	Suffix string
	P      float64
}{{"_p50", 0.50}, {"_p90", 0.90}, {"_p95", 0.95}, {"_p99", 0.99}}

// Metrics returns the metrics of the model by name. A metric is absent if the model does not give
// it, or if it does not exist at the parameters (the utilization of no instance).
func (m Measures) Metrics() map[string]float64 {
	metrics := make(map[string]float64)
	for _, x := range []struct {
		metric metric
		name   string
		value  float64
	}{
		{coldStartProbability, "cold_start_probability", m.ColdStartProbability},
		{rejectionProbability, "rejection_probability", m.RejectionProbability},
		{timeoutProbability, "timeout_probability", m.TimeoutProbability},
		{responseTime, "response_time", m.ResponseTime},
		{waitingTime, "waiting_time", m.WaitingTime},
		{instances, "instances", m.Instances},
		{warmInstances, "warm_instances", m.WarmInstances},
		{running, "running", m.Running},
		{runningWarm, "running_warm", m.RunningWarm},
		{runningCold, "running_cold", m.RunningCold},
		{idle, "idle", m.Idle},
		{releasing, "releasing", m.Releasing},
		{utilization, "utilization", m.Utilization},
		{waitingProbability, "waiting_probability", m.WaitingProbability},
		{queue, "queue", m.Queue},
		{throughputRate, "throughput", m.Throughput},
	} {
		if m.defined&x.metric != 0 {
			metrics[x.name] = x.value
		}
	}
	for name, law := range m.Times() {
		for _, q := range Quantiles {
			if x := law.Quantile(q.P); !math.IsNaN(x) {
				metrics[name+q.Suffix] = x
			}
		}
	}
	return metrics
}

// Times returns the laws that the model gives, by the name of the metric of their mean.
func (m Measures) Times() map[string]TimeLaw {
	times := map[string]TimeLaw{}
	if m.Waiting != nil {
		times["waiting_time"] = m.Waiting
	}
	if m.Response != nil {
		times["response_time"] = m.Response
	}
	return times
}

// WithoutInstances returns only the measures of the queue, which do not depend on how many
// instances are kept or which of them serve.
func (m Measures) WithoutInstances() Measures {
	m.defined &^= coldStartProbability | instances | warmInstances | runningWarm | runningCold | idle | utilization
	return m
}

// Released returns the measures of a pool whose instances are busy for a time after each response, from
// the measures of a model to which that time is a part of the service: it is no part of the response,
// and an instance is idle meanwhile. arrivalRate is per second, release the mean of the time in
// seconds, >= 0. The model must give the measures of a pool. Laws of times stay as they are.
func (m Measures) Released(arrivalRate, release float64) Measures {
	if release == 0 {
		return m
	}
	cold := arrivalRate * m.ColdStartProbability // cold starts per second
	served := arrivalRate * (1 - m.RejectionProbability - m.TimeoutProbability)
	m.Releasing = served * release
	m.ResponseTime -= release
	m.RunningCold = max(0, m.RunningCold-cold*release)
	m.RunningWarm = max(0, m.RunningWarm-(served-cold)*release)
	m.WarmInstances = m.Instances - m.RunningCold
	m.defined |= releasing
	m.pooled()
	return m
}

// WithInstances returns the measures of a pool with so many warm instances, at least as many as
// before, that never expire.
func (m Measures) WithInstances(warm int) Measures {
	m.WarmInstances = float64(warm)
	m.pooled()
	return m
}

// pooled completes the measures of a pool from its warm instances and the requests that run in
// them, by the sums and differences that hold in every model.
func (m *Measures) pooled() {
	m.Running = m.RunningWarm + m.RunningCold
	m.Instances = m.WarmInstances + m.RunningCold
	m.Idle = max(0, m.WarmInstances-m.RunningWarm)
	m.defined |= instances | warmInstances | running | runningWarm | runningCold | idle
	if m.WarmInstances > 0 {
		m.Utilization = m.RunningWarm / m.WarmInstances
		m.defined |= utilization
	}
}
