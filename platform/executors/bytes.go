package executors

import "faaslab/platform/internal/loop"

// Bytes returns the memory of the platform in bytes. Arrays never shrink, so it is the memory of
// the largest number of executors that were alive at once.
func (e *Executors) Bytes() int64 {
	return loop.FixedBytes + e.engine.Bytes() + e.observed.Bytes() + loop.BytesOf(e.executors) + loop.BytesOf(e.free) + e.waiting.Bytes() + e.shared.Done.Bytes() + e.workload.Bytes()
}
