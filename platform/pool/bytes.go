package pool

import "faaslab/platform/internal/loop"

// Bytes returns the memory of the pool in bytes, except for some kilobytes. Arrays never shrink, so
// it is the memory of the largest number of instances and requests that were alive at once.
func (p *Pool) Bytes() int64 {
	n := loop.FixedBytes + p.engine.Bytes() + p.observed.Bytes() + p.idle.bytes() + p.waiting.Bytes()
	n += p.workload.Bytes() + loop.BytesOf(p.created) + loop.BytesOf(p.serials) + loop.BytesOf(p.free)
	if p.stage != nil {
		n += p.stage.queue.Bytes()
	}
	if p.releases != nil {
		n += loop.BytesOf(p.releases.requests)
	}
	if p.shared != nil {
		n += p.shared.cores.Done.Bytes() + p.shared.delays.Bytes() + loop.BytesOf(p.shared.services)
	}
	return n
}
