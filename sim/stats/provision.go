package stats

import "faaslab/sim"

// A Provision observes how many requests are present on a platform, waiting ones included, against how
// many instances are ready for them. An instance has places for some requests at once, so that n
// requests need ⌈n / places⌉ instances. NewProvision begins an observation.
//
// While the number of ready instances stays the same, the number of requests determines all else. So at
// every change a Provision records only the time with each number of requests. It passes these times on
// when the number of ready instances changes, at TakeArea and at Close. The Counts are always up to date;
// no other code may change them.
type Provision struct {
	Present TimeInState // requests
	Ready   Integral    // instances
	// Under and Over add up the time with fewer, and with more, ready instances than are needed. Lacking
	// and Surplus add up by how many, times the time.
	Under, Over, Lacking, Surplus Sum

	places int     // of an instance, >= 1; math.MaxInt: one instance is enough for all
	area   float64 // ns; of requests since the last TakeArea, passed on
	since  sim.Time
	// spans[n] is the time with n requests that has not been passed on; 0 unless low <= n <= high.
	spans     []sim.Time
	low, high int
}

// NewProvision observes, from time 0, a platform with so many ready instances and no request.
func NewProvision(places, ready int) Provision {
	return Provision{Present: NewTimeInState(0), Ready: Integral{count: ready}, places: places, spans: make([]sim.Time, 16)}
}

// Enter adds a request, at a time not before the last change.
func (p *Provision) Enter(at sim.Time) {
	p.spend(at)
	p.Present.count++
	if p.Present.count > p.high {
		p.rise()
	}
}

// rise makes room for the present count, which is a new maximum.
func (p *Provision) rise() {
	p.high = p.Present.count
	if p.high >= len(p.spans) {
		p.spans = append(p.spans, make([]sim.Time, len(p.spans))...)
	}
}

// Leave removes a request. There must be one.
func (p *Provision) Leave(at sim.Time) {
	p.spend(at)
	p.Present.count--
	if p.Present.count < p.low {
		p.low = p.Present.count
	}
}

// Equip changes the number of ready instances, >= 0.
func (p *Provision) Equip(at sim.Time, ready int) {
	p.passOn(at)
	p.Ready.Set(at, ready)
}

// TakeArea returns the integral of the number of requests over the time since the last TakeArea, or since
// time 0, in nanoseconds. It is exact up to 2⁵³.
func (p *Provision) TakeArea(at sim.Time) float64 {
	p.passOn(at)
	area := p.area
	p.area = 0
	return area
}

// Restart discards the observation and begins a new one at a time; the requests and instances stay, and
// so does the area.
func (p *Provision) Restart(at sim.Time) {
	p.passOn(at)
	p.Present.Restart(at)
	p.Ready.Restart(at)
	p.Under, p.Over, p.Lacking, p.Surplus = Sum{}, Sum{}, Sum{}, Sum{}
}

// Close passes on the time up to a moment; the observation may continue.
func (p *Provision) Close(at sim.Time) {
	p.passOn(at)
	p.Ready.Close(at)
}

// Clone returns an independent copy of the observation until the last Close, for keeping: the copy can
// be read and merged, but cannot continue to observe.
func (p *Provision) Clone() Provision {
	c := p.kept()
	c.Present = p.Present.Clone()
	return c
}

// Reduced returns a Clone without the Probabilities, like TimeInState.Reduced.
func (p *Provision) Reduced() Provision {
	c := p.kept()
	c.Present = p.Present.Reduced()
	return c
}

// kept returns what a copy keeps beside the requests present.
func (p *Provision) kept() Provision {
	return Provision{Ready: p.Ready, Under: p.Under, Over: p.Over, Lacking: p.Lacking, Surplus: p.Surplus, places: p.places}
}

// Merge adds the closed time of other.
func (p *Provision) Merge(other *Provision) {
	p.Present.Merge(other.Present)
	p.Ready.Merge(other.Ready)
	for i, sum := range p.sums() {
		sum.Merge(*other.sums()[i])
	}
}

// Subtract undoes Merge.
func (p *Provision) Subtract(other *Provision) {
	p.Present.Subtract(other.Present)
	p.Ready.Subtract(other.Ready)
	for i, sum := range p.sums() {
		sum.Subtract(*other.sums()[i])
	}
}

func (p *Provision) sums() [4]*Sum { return [...]*Sum{&p.Under, &p.Over, &p.Lacking, &p.Surplus} }

func (p *Provision) spend(at sim.Time) {
	p.spans[p.Present.count] += at - p.since
	p.since = at
}

// need returns how many instances n requests need.
func (p *Provision) need(n int) int {
	if n == 0 {
		return 0
	}
	return (n-1)/p.places + 1
}

func (p *Provision) passOn(at sim.Time) {
	p.spend(at)
	ready := p.Ready.count
	for n := p.low; n <= p.high; n++ {
		span := p.spans[n]
		if span == 0 {
			continue
		}
		p.spans[n] = 0
		p.Present.spend(n, span)
		p.area += float64(n) * float64(span)
		if lacking := p.need(n) - ready; lacking > 0 {
			p.Under.Add(span)
			p.Lacking.AddTimes(lacking, span)
		} else if lacking < 0 {
			p.Over.Add(span)
			p.Surplus.AddTimes(-lacking, span)
		}
	}
	p.low, p.high = p.Present.count, p.Present.count
}
