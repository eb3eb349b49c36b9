package crew

import "sync"

// Shares adds up how much of each point is done.
type Shares struct {
	tell func(float64)
	n    int

	mu       sync.Mutex
	finished int
	parts    map[int]float64
}

// NewShares returns the shares of n points; tell, if not nil, receives their sum over n.
func NewShares(n int, tell func(float64)) *Shares {
	return &Shares{tell: tell, n: n, parts: map[int]float64{}}
}

// Set notes how much of a point is done, 0 to 1.
func (s *Shares) Set(i int, done float64) {
	if s.tell == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[i] = done
	s.report()
}

// Finish notes that a point is done.
func (s *Shares) Finish(i int) {
	if s.tell == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.parts, i)
	s.finished++
	s.report()
}

func (s *Shares) report() {
	total := float64(s.finished)
	for _, part := range s.parts {
		total += part
	}
	s.tell(total / float64(s.n))
}
