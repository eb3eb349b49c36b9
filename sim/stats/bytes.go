package stats

import (
	"unsafe"

	"faaslab/sim"
)

// Bytes returns the memory of the observation's arrays, in bytes.
func (t *TimeInState) Bytes() int64 { return int64(cap(t.spans)) * int64(unsafe.Sizeof(sim.Time(0))) }

// Bytes returns the memory of the observation's arrays, in bytes.
func (o *Occupancy) Bytes() int64 {
	return o.Instances.Bytes() + o.Running.Bytes() + o.Idle.Bytes() + int64(cap(o.spans))*int64(unsafe.Sizeof(sim.Time(0)))
}

// Bytes returns the memory of the observation's arrays, in bytes.
func (p *Provision) Bytes() int64 {
	return p.Present.Bytes() + int64(cap(p.spans))*int64(unsafe.Sizeof(sim.Time(0)))
}

// Bytes returns the memory of the histogram's arrays, in bytes.
func (h *Histogram) Bytes() int64 {
	return int64(cap(h.bins))*8 + int64(cap(h.recent))*int64(unsafe.Sizeof(sim.Time(0))) + int64(cap(h.sparse))*int64(unsafe.Sizeof(binCount(0)))
}
