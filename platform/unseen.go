package platform

import (
	"math"

	"faaslab/dist"
	"faaslab/sim/stats"
)

// An Outlook is what a platform's configuration says of events before one is seen: which can happen, and how
// long what they begin lasts, in seconds.
type Outlook struct {
	Cold    bool    // an instance may be started for a request
	Warm    bool    // a request may be served by an instance that was there
	Service float64 // mean of the longer of a warm and a cold service; NaN if a trace has it
	Idle    float64 // how long an instance is kept after it; +Inf for ever
}

func LawMean(d dist.Distribution) float64 {
	if d == nil {
		return math.NaN()
	}
	mean, _ := d.Moments()
	return mean
}

// unseenService returns for how many instance-seconds a kind of service may have been
// without being seen: as long as each of stats.Unseen requests by the laws, or by the longest response that was
// seen. Where it cannot be, for none.
func (o *Observations) unseenService(can bool) float64 {
	if !can {
		return 0
	}
	each := o.Responses.Longest()
	if !(each >= o.Outlook.Service) { // also where there is no response
		each = o.Outlook.Service
	}
	return stats.Unseen * each
}

// Half-widths of means that are 0 because what they are means of was never seen.
func unseenCold(o *Observations) float64    { return o.unseenService(o.Outlook.Cold) / o.Span.Seconds() }
func unseenWarm(o *Observations) float64    { return o.unseenService(o.Outlook.Warm) / o.Span.Seconds() }
func unseenRunning(o *Observations) float64 { return o.unseenService(true) / o.Span.Seconds() }

// unseenIdle takes an instance to be idle until it expires or, on average, until the next arrival.
func unseenIdle(o *Observations) float64 {
	each := o.Outlook.Idle
	if o.Arrivals > 0 {
		each = min(each, o.Span.Seconds()/float64(o.Arrivals))
	}
	return stats.Unseen * each / o.Span.Seconds()
}

func unseenInstances(o *Observations) float64 { return unseenRunning(o) + unseenIdle(o) }

func unseenUtilization(o *Observations) float64 {
	return unseenWarm(o) / (o.Instances.Mean() - o.RunningCold.Mean())
}

// unseenWait takes a request that waits to wait for another's end.
func unseenWait(o *Observations) float64 { return o.unseenService(o.CanWait) / float64(o.Served()) }

// unseenQueue is the mean number of requests that would have waited while nobody was seen to.
func unseenQueue(o *Observations) float64 { return o.unseenService(o.CanWait) / o.Span.Seconds() }

func unseenCompletions(o *Observations) float64 { return stats.Unseen / o.Span.Seconds() }
