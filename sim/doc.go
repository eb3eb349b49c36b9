// Package sim is the core of a discrete-event simulation: virtual [Time] and an [Engine] that hands
// out events in order.
//
// Time is a whole number of nanoseconds. An event has a [Class]; events are ordered by (time,
// class, sequence), so a run is a pure function of its inputs. The simulation pulls its events and
// handles all of them in one switch:
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
//   - at one moment the lower class comes first, then the event scheduled first;
//   - Next(until) also hands out an event at until, and can be called again with a
//     later until: no event is lost in between;
//   - in steady state nothing is allocated; memory grows with pending events only;
//   - scheduling before Now panics: the program is wrong, never its input.
package sim
