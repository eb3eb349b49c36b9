package crew

import "sync"

// Progress counts the virtual seconds that were simulated, of those expected so far.
type Progress struct {
	Tell func(done float64) // of a whole that is 1; nil: nobody listens

	mu             sync.Mutex
	done, expected float64
	told           float64
}

// Expect foresees so many more seconds than are done.
func (p *Progress) Expect(seconds float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = p.done + seconds
}

// Add counts seconds, and tells when it is a thousandth more.
func (p *Progress) Add(seconds float64) {
	if p.Tell == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += seconds
	if done := p.done / p.expected; done > p.told+1e-3 && done <= 1 {
		p.told = done
		p.Tell(done)
	}
}
