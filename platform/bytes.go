package platform

import "unsafe"

// Bytes is the memory of the observations.
func (o *Observations) Bytes() int64 {
	return int64(unsafe.Sizeof(*o)) + o.Occupancy.Bytes() + o.Responses.Bytes() + o.Waits.Bytes()
}
