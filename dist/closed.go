package dist

import (
	"errors"
	"math"
	"strconv"

	"faaslab/sim/random"
)

// Closed is the process of users who wait for their answers, as those of a load generator do. Each
// of them thinks, sends a request, waits until it completes, is rejected or times out, and thinks
// again. At time 0 all begin to think. So arrivals depend on the platform: it has no Source, and a
// platform takes it as it is.
type Closed struct {
	Users int          // 1 to 1,000,000
	Think Distribution // from an answer to the user's next request
}

var _ Arrivals = Closed{}

// MaxUsers is the largest number of users of a Closed.
const MaxUsers = 1_000_000

// Rate returns NaN: the rate depends on how fast the platform answers.
func (c Closed) Rate() float64 { return math.NaN() }

// Pattern returns the zero Pattern: the law does not change.
func (c Closed) Pattern() Pattern { return Pattern{} }

// Start fails: the arrivals follow from the answers of a platform.
func (c Closed) Start(random.Generator) (Source, error) {
	return nil, errors.New("closed: the arrivals of users who wait for their answers are no path of their own")
}

// arguments returns the call in the notation.
func (c Closed) arguments() (string, []value) {
	return "closed", []value{{number: float64(c.Users)}, {law: c.Think}}
}

// String returns the notation.
func (c Closed) String() string {
	return "closed(users=" + strconv.Itoa(c.Users) + ", think=" + c.Think.String() + ")"
}

// closedWithin refuses users who wait for their answers within another process.
func closedWithin(of Arrivals) error {
	if _, ok := of.(Closed); ok {
		return refusal{0, "users who wait for their answers (closed) are a process of their own: they can be neither batched nor superposed"}
	}
	return nil
}
