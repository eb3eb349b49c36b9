package platform

import (
	"math"

	"faaslab/dist"
	"faaslab/sim/stats"
)

// An Outlook is what a platform's configuration says about events before any is seen: which events
// can happen, and how long, in seconds, the services and idle times last that they begin.
type Outlook struct {
	Cold    bool    // an instance may be started for a request
	Warm    bool    // a request may be served by an instance started earlier
	Service float64 // mean of the longer of a warm and a cold service; NaN if a trace has it
	Release float64 // mean time for which an instance is busy after a response
	Idle    float64 // how long an instance is kept after a service, and its release; +Inf for ever
}

// LawMean returns the mean of a law in seconds; NaN without a law.
func LawMean(d dist.Distribution) float64 {
	if d == nil {
		return math.NaN()
	}
	mean, _ := d.Moments()
	return mean
}

// unseenService returns the instance-seconds that services of one kind may have taken without being
// seen: stats.Unseen requests, each as long as the laws say or as the longest response seen. It
// returns 0 where the platform cannot have such a service.
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

// unseenCold, unseenWarm and unseenRunning return the half-width of a mean that is 0 because no
// service of that kind was seen.
func unseenCold(o *Observations) float64    { return o.unseenService(o.Outlook.Cold) / o.Span.Seconds() }
func unseenWarm(o *Observations) float64    { return o.unseenService(o.Outlook.Warm) / o.Span.Seconds() }
func unseenRunning(o *Observations) float64 { return o.unseenService(true) / o.Span.Seconds() }

// unseenReleasing takes each of the responses that were not seen to be followed by a release.
func unseenReleasing(o *Observations) float64 {
	return stats.Unseen * o.Outlook.Release / o.Span.Seconds()
}

// unseenIdle takes an instance to be idle for its release, and then until it expires or, on average,
// until the next arrival.
func unseenIdle(o *Observations) float64 {
	each := o.Outlook.Idle
	if o.Arrivals > 0 {
		each = min(each, o.Span.Seconds()/float64(o.Arrivals))
	}
	return stats.Unseen*each/o.Span.Seconds() + unseenReleasing(o)
}

func unseenInstances(o *Observations) float64 { return unseenRunning(o) + unseenIdle(o) }

func unseenUtilization(o *Observations) float64 {
	return unseenWarm(o) / (o.Instances.Mean() - o.RunningCold.Mean())
}

// unseenWait assumes that a waiting request waits until another request ends.
func unseenWait(o *Observations) float64 { return o.unseenService(o.CanWait) / float64(o.Served()) }

// unseenQueue returns the mean number of requests that would have waited although no wait was seen.
func unseenQueue(o *Observations) float64 { return o.unseenService(o.CanWait) / o.Span.Seconds() }

func unseenCompletions(o *Observations) float64 { return stats.Unseen / o.Span.Seconds() }
