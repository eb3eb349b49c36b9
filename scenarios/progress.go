package scenarios

import "sync"

// progress counts the virtual seconds that were simulated, of those expected so far.
type progress struct {
	tell func(done float64)

	mu             sync.Mutex
	done, expected float64
	told           float64
}

// expect foresees so many more seconds than are done.
func (p *progress) expect(seconds float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = p.done + seconds
}

// add counts seconds, and tells when it is a thousandth more.
func (p *progress) add(seconds float64) {
	if p.tell == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += seconds
	if done := p.done / p.expected; done > p.told+1e-3 && done <= 1 {
		p.told = done
		p.tell(done)
	}
}
