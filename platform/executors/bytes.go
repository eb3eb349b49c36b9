package executors

import "faaslab/platform/internal/loop"

// Bytes is the memory of the platform, as that of a Pool.
func (e *Executors) Bytes() int64 {
	return loop.FixedBytes + e.engine.Bytes() + e.observed.Bytes() + loop.BytesOf(e.executors) + loop.BytesOf(e.free) + e.waiting.Bytes() + e.shared.Done.Bytes()
}
