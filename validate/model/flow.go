package model

import "math"

// flow is the downward pass: the time spent at every level, and the rate of leaving it for a dip.
type flow struct {
	level   [][]float64 // level[b][k]: probability that b run, k of them cold
	dips    [][]float64 // dips[j−1][k]: rate of dips below j that begin in k, 1/s
	busy    []float64   // P(running = b)
	alive   []float64   // P(instances ≥ j), j = 0 … J
	cold    float64     // rate of cold starts, 1/s
	coldCut float64     // fraction of cold starts beyond mostCold
	capped  bool
}

// descend starts from the highest level, where arrivals are rejected and only departures act: the
// states on entering it form a Markov chain. Below, all visits of level j−1 happen in dips below j:
// the rate of these dips times the expected visits in one. Numbers grow by many orders of magnitude
// on the way, so every level has a scale of its own until all are known.
func (c *crossing) descend() flow {
	top := c.top()
	f := flow{
		level: make([][]float64, top+1), dips: make([][]float64, top),
		busy: make([]float64, top+1), alive: make([]float64, top+1), capped: c.capped,
	}
	scale := make([]float64, top+1) // log of the factor of level[b] and dips[b]

	n := c.chain.states(top)
	t, leaving := newSquare(n), make([]float64, n)
	for k := range n {
		warm, cold := c.chain.departures(top, k)
		leaving[k] = warm + cold
		c.down(top, k, leaving[k], c.returns, t.row(k))
	}
	visits := stationary(t)
	for j := top; ; j-- {
		// Here visits are the visits to the states of level j.
		f.level[j] = make([]float64, len(visits))
		for k, v := range visits {
			f.level[j][k] = v / leaving[k]
		}
		if j == 0 {
			break
		}
		begin, total := make([]float64, c.chain.states(j-1)), 0.0
		for k, v := range visits {
			warm, cold := c.chain.departures(j, k)
			if warm > 0 {
				begin[k] += v * warm / leaving[k]
			}
			if cold > 0 {
				begin[k-1] += v * cold / leaving[k]
			}
		}
		for _, x := range begin {
			total += x
		}
		scale[j-1] = scale[j] + math.Log(total)
		for k := range begin {
			begin[k] /= total
		}
		f.dips[j-1] = begin

		leaving = c.chain.leaving(j - 1)
		visits = make([]float64, len(begin))
		for k, x := range begin {
			addScaled(visits, x, c.below[j-1].visits.row(k))
		}
	}
	f.normalise(scale)
	f.count(c)
	return f
}

// normalise makes the probabilities of all levels add up to 1.
func (f *flow) normalise(scale []float64) {
	log := math.Inf(-1)
	for b, level := range f.level {
		total := 0.0
		for _, x := range level {
			total += x
		}
		log = logSum(log, scale[b]+math.Log(total))
	}
	for b, level := range f.level {
		factor := math.Exp(scale[b] - log)
		for k := range level {
			level[k] *= factor
			f.busy[b] += level[k]
		}
		if b < len(f.dips) {
			// A dip below b+1 begins at level b and has the scale of b.
			for k := range f.dips[b] {
				f.dips[b][k] *= factor
			}
		}
	}
}

// count sums the effects of dips: a position stays alive in a dip, or a cold start ends the dip.
func (f *flow) count(c *crossing) {
	atLeast, cut := 0.0, 0.0
	for j := len(f.dips); j > 0; j-- {
		atLeast += f.busy[j]
		f.alive[j] = atLeast
		law := c.below[j-1]
		for k, rate := range f.dips[j-1] {
			f.alive[j] += rate * law.alive[k]
			f.cold += rate * law.outlasts[k]
			cut += rate * law.cut[k]
		}
		f.alive[j] = min(1, f.alive[j])
	}
	f.alive[0] = 1
	if f.cold > 0 {
		f.coldCut = cut / f.cold
	}
}

// highEnough reports whether more levels would change nothing.
func (f *flow) highEnough() bool {
	top := len(f.dips)
	return f.alive[top] <= enoughLevels && f.busy[top] <= enoughLevels*f.cold
}

// result computes the metrics from the flow.
func (f *flow) result(c *crossing) LevelCrossingResult {
	top := len(f.dips)
	r := LevelCrossingResult{
		RunningDistribution:   Distribution{Mass: f.busy},
		InstancesDistribution: Distribution{Mass: make([]float64, top+1)},
		Levels:                top,
		ColdCounts:            min(top, c.chain.mostCold),
		TruncationError:       f.coldCut,
	}
	arrivals, present := c.pool.ArrivalRate, 0.0
	for b, level := range f.level {
		for k, p := range level {
			r.RunningCold += p * float64(k)
			r.RunningWarm += p * float64(b-k)
		}
	}
	for n := range f.alive {
		more := 0.0
		if n < top {
			more = f.alive[n+1]
			present += more
		}
		r.InstancesDistribution.Mass[n] = max(0, f.alive[n]-more)
	}
	r.ColdStartProbability = f.cold / arrivals
	served := 1.0
	if f.capped {
		r.RejectionProbability = f.busy[top]
		served = 0
		for _, p := range f.busy[:top] {
			served += p
		}
	} else {
		r.TopMass = f.busy[top]
		if f.cold > 0 {
			r.TruncationError += r.TopMass * arrivals / f.cold
		}
		r.TruncationError = max(r.TruncationError, f.alive[top])
	}
	r.ResponseTime = (r.RunningWarm + r.RunningCold) / (arrivals * served)
	// At least as many instances exist as run; rounding must not undo this.
	r.WarmInstances = max(r.RunningWarm, present-r.RunningCold)
	r.defined = coldStartProbability | rejectionProbability | responseTime
	r.pooled()
	if f.cold > 0 {
		r.LittleError = r.RunningCold/(f.cold*c.pool.ColdService) - 1
		contour := c.dipper.contour
		r.ContourError = contourError * math.Exp(-contour.shift*contour.time) * arrivals / f.cold
	}
	return r
}
