package platform

import "unsafe"

// Bytes returns the memory of the observations in bytes.
func (o *Observations) Bytes() int64 {
	return int64(unsafe.Sizeof(*o)) + o.Occupancy.Bytes() + o.Responses.Bytes() + o.Waits.Bytes() + o.Functions.bytes() + o.Scaling.bytes()
}
