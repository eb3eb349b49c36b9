package loop

import "fmt"

// TooManyLive is the error of a platform on which more would be alive.
type TooManyLive int

// Error says how many may be.
func (most TooManyLive) Error() string {
	return fmt.Sprintf("more than %d instances and waiting requests would be alive at once", int(most))
}
