package loop

import "fmt"

// TooManyLive is the error that a platform would have more alive than this number.
type TooManyLive int

// Error says the largest number allowed.
func (most TooManyLive) Error() string {
	return fmt.Sprintf("more than %d instances and waiting requests would be alive at once", int(most))
}
