package loop

import (
	"fmt"

	"faaslab/dist"
	"faaslab/sim"
)

// single is a workload whose requests are handed out one at a time, because more must be known of
// each than its gap and its service: its stream, or the user who sends it. The request stands at the
// end of the workload's block, so that the workload asks for the next one as soon as it is handed
// out, and the loop is none the wiser.
type single struct {
	number   uint64           // of the next request
	services [BlockSize]int64 // ns, by number

	// The requests come from streams that are told apart …
	source  dist.StreamSource // nil: from users
	gaps    [BlockSize]int64  // ns, by number
	streams [BlockSize]uint8  // by number
	filled  uint64            // the numbers below it have gap and stream

	// … or from users.
	users *users
}

// refillSingle puts the next request into the workload's block.
func (w *Workload) refillSingle() {
	s := w.single
	i := s.number % BlockSize
	if i == 0 {
		if w.refillNumbers(); w.Err != nil {
			return
		}
	}
	gap, id := sim.Never, ID(s.number)
	if s.users != nil {
		gap = s.users.next()
	} else {
		if s.number == s.filled {
			w.first, w.Cursor, w.filled = id, 0, 0
			return
		}
		gap, id = sim.Time(s.gaps[i]), id|ID(s.streams[i])<<streamShift
	}
	const last = BlockSize - 1
	w.Gaps[last], w.Services[last] = int64(gap), s.services[i]
	w.first, w.Cursor, w.filled = id-last, last, BlockSize
	s.number++
}

// refillNumbers draws what the next BlockSize requests have by their numbers.
func (w *Workload) refillNumbers() {
	if w.stopped() {
		return
	}
	s := w.single
	if s.source != nil {
		n, err := s.source.FillStreams(s.gaps[:], s.services[:], s.streams[:])
		if err != nil {
			w.Fail(fmt.Errorf("arrivals: %w", err))
			return
		}
		s.filled += uint64(n)
	}
	if w.service != nil {
		FillTimes(w.service, &w.generator, w.seconds[:], s.services[:])
	}
}
