// Package sim is the core of a discrete-event simulation: virtual [Time] and an
// [Engine] that hands out events in order.
//
// Time is a whole number of nanoseconds. An event has a [Class]; events are
// ordered by (time, class, sequence), so a run is a pure function of its inputs.
// A simulation pulls its events, so that all it does can be read in one switch:
//
//	for {
//		event, ok := engine.Next(until)
//		if !ok {
//			return
//		}
//		switch event.Class() {
//		case completion:
//			release(event.Time, event.Payload())
//		case arrival:
//			admit(event.Time)
//			engine.SetTimer(arrival, event.Time+gap())
//		}
//	}
//
// Rules that hold:
//   - of events at one moment the lower class comes first, then the one
//     scheduled first;
//   - Next(until) hands out an event at until itself, and can be called again
//     with a later until: nothing is lost in between;
//   - in steady state nothing is allocated; memory grows with pending events only;
//   - scheduling before Now panics: it is an error of the program, never of its
//     input.
package sim
