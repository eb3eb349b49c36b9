package calibrate

import (
	"math"
	"slices"

	"faaslab/sim/random"
)

// A Region is the values that chance does not tell from the best, with 95 % confidence.
type Region struct {
	Low, High []float64 // the region's extent along each key, as Trial.Values
	From, To  Candidate // the same as in a scenario file
	// AtFrom and AtTo report of each key that the region reaches an end of its range: values beyond may belong to it.
	AtFrom, AtTo []bool
	Excess       float64 // by how much an error in the region exceeds the least, at most
	// Chance is the error that chance alone leaves at the best values of a model that misses nothing, at most in 95 of
	// 100 cases.
	Chance float64
	Noise  Noise
}

// Noise says what is taken for the chance of the measurements.
type Noise uint8

const (
	HalfWidths Noise = iota // the half-widths that were measured
	Residuals               // what remains of the error at the best values
	None                    // nothing: there are no half-widths, and too few measurements
)

// within reports whether a trial is in the region.
func (r *Region) within(t, best *Trial) bool { return !t.Coarse && t.error() <= best.error()+r.Excess }

// Within reports whether a trial is in the region; false for trials that were simulated coarsely.
func (c *Calibrated) Within(t *Trial) bool { return c.Region != nil && c.Region.within(t, c.Best) }

const (
	repeated = 400 // times that the measurements are repeated by chance
	// The shares of repetitions that Excess and Chance are not exceeded in; doc.go has the reason for the first.
	excessConfidence, chanceConfidence = 0.98, 0.95
	// mostBoxes is how often the box around the best is changed in size, or moved.
	mostBoxes = 8
)

var (
	// sided is the number of simulated values on either side of the best, by the number of keys.
	sided = [MostKeys + 1]int{0, 4, 2, 1}
	// lattice is the number of values along each key between which errors are interpolated.
	lattice = [MostKeys + 1]int{0, 401, 41, 17}
)

// findRegion finds the region with candidates in a box around the best. It brings the box to a size that
// holds the region, and is not much larger.
func (s *search) findRegion() {
	half := slices.Repeat([]float64{0.1}, len(s.Ranges))
	for i := range mostBoxes {
		best := s.best()
		b := s.simulateBox(s.shares(best), half)
		if s.err != nil {
			return
		}
		if better := s.best(); better != best {
			if i < mostBoxes-1 {
				continue
			}
			best, b.center = better, s.shares(better)
		}
		region, low, high := s.regionIn(b, best)
		s.found.Region = region
		if s.ctx.Err() != nil || !b.resize(half, low, high, s.leastHalf()) {
			return
		}
	}
}

// A box is simulated candidates on a grid, one of which is the best.
type box struct {
	axes   [][]float64 // shares, ascending
	trials []*Trial    // of the product of the axes
	center []float64
}

// simulateBox simulates a grid around a point, as far from it as half says, within the ranges.
func (s *search) simulateBox(center, half []float64) *box {
	b := &box{center: center}
	n := sided[len(center)]
	for k, c := range center {
		low, high := max(0, c-half[k]), min(1, c+half[k])
		axis := []float64{c}
		for i := 1; i <= n; i++ {
			axis = append(axis, c+(low-c)*float64(i)/float64(n), c+(high-c)*float64(i)/float64(n))
		}
		for i, share := range axis { // those that are simulated
			if i > 0 {
				axis[i] = s.Ranges[k].Share(s.Ranges[k].At(share, s.Digits))
			}
		}
		slices.Sort(axis)
		b.axes = append(b.axes, slices.CompactFunc(axis, func(x, y float64) bool { return math.Abs(x-y) < 1e-9 }))
	}
	b.trials = s.try(product(b.axes)...)
	return b
}

// leastHalf is the least half of a box in which all candidates differ.
func (s *search) leastHalf() float64 {
	return 2 * float64(sided[len(s.Ranges)]) * math.Pow10(-s.Digits)
}

// resize changes the box's size to fit a region that reaches from low to high, and reports whether it must be
// simulated again.
func (b *box) resize(half, low, high []float64, least float64) (again bool) {
	for k, axis := range b.axes {
		from, to := axis[0], axis[len(axis)-1]
		spacing := (to - from) / float64(lattice[len(b.axes)]-1)
		reach := max(b.center[k]-low[k], high[k]-b.center[k])
		switch {
		case low[k] < from+1.5*spacing && from > 0 || high[k] > to-1.5*spacing && to < 1:
			half[k] *= 3
			again = true
		case reach < half[k]/4 && half[k] > 2*least:
			half[k] = max(2*reach, 2*spacing, least)
			again = true
		}
	}
	return again
}

// A field is the simulated values of all measurements at the points of a lattice in a box, interpolated.
type field struct {
	points    [][]float64
	simulated [][]float64 // by point and measurement; nil: a candidate beside the point cannot be simulated
}

// interpolate fills the box with a lattice of points. Between simulated candidates every measurement's estimate is
// taken as linear along each key. Of a key of whole numbers, the lattice has all of them.
func (s *search) interpolate(b *box) field {
	axes := make([][]float64, len(b.axes))
	for k, axis := range b.axes {
		n := lattice[len(b.axes)]
		from, to := axis[0], axis[len(axis)-1]
		for i := range n {
			share := from + (to-from)*float64(i)/float64(n-1)
			if s.Ranges[k].Whole() {
				share = s.Ranges[k].Share(s.Ranges[k].At(share, s.Digits))
			}
			axes[k] = append(axes[k], share)
		}
		axes[k] = append(axes[k], b.center[k])
		slices.Sort(axes[k])
		axes[k] = slices.Compact(axes[k])
	}
	f := field{points: product(axes)}
	for _, p := range f.points {
		f.simulated = append(f.simulated, b.at(p, len(s.Measurements)))
	}
	return f
}

// at returns the interpolated estimates at a point of the box.
func (b *box) at(point []float64, n int) []float64 {
	sum := make([]float64, n)
	// Each corner of the cell in which the point lies counts with the product of its shares along the axes.
	for corner := range 1 << len(point) {
		weight, index := 1.0, 0
		for k, x := range point {
			axis := b.axes[k]
			i, share := 0, 0.0
			if len(axis) > 1 {
				for i < len(axis)-2 && axis[i+1] <= x {
					i++
				}
				share = (x - axis[i]) / (axis[i+1] - axis[i])
			}
			if corner>>k&1 == 1 {
				i++
			} else {
				share = 1 - share
			}
			weight *= share
			index = index*len(axis) + i
		}
		if weight == 0 {
			continue
		}
		if b.trials[index].Err != nil {
			return nil
		}
		for i, e := range b.trials[index].Estimates {
			sum[i] += weight * e.Mean
		}
	}
	return sum
}

// A ruler measures errors: of a measurement, its weight times the deviation over a unit.
type ruler struct{ weights, units []float64 }

// error returns the error of simulated values against measured ones, or of some of them if that is above a
// limit already.
func (r ruler) error(simulated, measured []float64, limit float64) (sum float64) {
	for i, w := range r.weights {
		if sum += w * deviation(simulated[i], measured[i], r.units[i]); sum > limit {
			break
		}
	}
	return sum
}

// least returns the least error over the field against measured values.
func (f field) least(r ruler, measured []float64) float64 {
	least := math.Inf(1)
	for _, simulated := range f.simulated {
		if simulated != nil {
			least = min(least, r.error(simulated, measured, least))
		}
	}
	return least
}

// regionIn returns the region in a box around the best trial, and its extent in shares.
func (s *search) regionIn(b *box, best *Trial) (region *Region, low, high []float64) {
	f := s.interpolate(b)
	var measured, truth []float64
	for i, m := range s.Measurements {
		measured, truth = append(measured, m.Value), append(truth, best.Estimates[i].Mean)
	}
	by := ruler{weights(s.Measurements), measured}
	chance, noise := s.chanceAt(best)
	region = &Region{Noise: noise}
	repetition := make([]float64, len(truth))
	for _, shared := range []bool{false, true} {
		if shared && (noise != HalfWidths || chance.rows == 1) {
			break // what remains of the error is each row's own
		}
		var excesses, leasts []float64
		for i := range repeated {
			if s.ctx.Err() != nil {
				s.err = s.ctx.Err()
				return nil, nil, nil
			}
			chance.draw(i, shared, repetition)
			for k := range repetition {
				repetition[k] += truth[k]
			}
			least := f.least(by, repetition)
			excesses = append(excesses, by.error(truth, repetition, math.Inf(1))-least)
			leasts = append(leasts, least)
		}
		region.Excess = max(region.Excess, quantile(excesses, excessConfidence))
		region.Chance = max(region.Chance, quantile(leasts, chanceConfidence))
	}
	low, high = slices.Clone(b.center), slices.Clone(b.center)
	for i, p := range f.points {
		if limit := best.error() + region.Excess; f.simulated[i] == nil || by.error(f.simulated[i], measured, limit) > limit {
			continue
		}
		for k, x := range p {
			low[k], high[k] = min(low[k], x), max(high[k], x)
		}
	}
	for k, r := range s.Ranges {
		from, to := r.At(low[k], s.Digits), r.At(high[k], s.Digits)
		region.Low, region.High = append(region.Low, from), append(region.High, to)
		region.From, region.To = append(region.From, r.Text(from)), append(region.To, r.Text(to))
		region.AtFrom, region.AtTo = append(region.AtFrom, low[k] <= 1e-9), append(region.AtTo, high[k] >= 1-1e-9)
	}
	return region, low, high
}

// quantile returns the smallest value that a share of the values does not exceed.
func quantile(values []float64, share float64) float64 {
	slices.Sort(values)
	return values[int(math.Ceil(share*float64(len(values))))-1]
}

// A chance draws what changes measurements when they and the simulation are repeated.
type chance struct {
	seed uint64
	row  []int // of each measurement
	rows int
	// together has, for each measurement, what each replication contributes beyond the mean, as a vector of length
	// 1; nil: independent of all others.
	together   [][]float64
	measured   []float64 // standard deviation of each measurement
	freedom    []int     // of measured, if it is an estimate; 0: it is known
	simulation []float64 // standard deviation of each simulated mean
}

// chanceAt returns the chance at the best trial.
func (s *search) chanceAt(best *Trial) (c chance, noise Noise) {
	const normal = 1.959964 // half-width of a 95 % interval in standard deviations
	n := len(s.Measurements)
	c = chance{seed: s.Seed, together: make([][]float64, n), measured: make([]float64, n), freedom: make([]int, n), simulation: make([]float64, n)}
	replications := 0
	for i, m := range s.Measurements {
		c.row, c.rows = append(c.row, m.Row), max(c.rows, m.Row+1)
		e := best.Estimates[i]
		// A half-width of few replications has Student's factor in it, and so is wider than normal: rightly,
		// for a deviation that is not known.
		if c.simulation[i] = e.HalfWidth / normal; !(c.simulation[i] >= 0) {
			c.simulation[i] = 0
		}
		if len(e.Pseudo) > 1 && (replications == 0 || len(e.Pseudo) == replications) {
			replications = len(e.Pseudo)
			c.together[i] = direction(e.Pseudo)
		}
		c.measured[i] = m.HalfWidth / normal
	}
	if !slices.ContainsFunc(s.Measurements, func(m Measurement) bool { return math.IsNaN(m.HalfWidth) }) {
		return c, HalfWidths
	}
	return c, s.residuals(best, &c)
}

// direction returns how far values are from their mean, as a vector of length 1; nil if they are all the same.
func direction(values []float64) []float64 {
	mean, length := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	d := make([]float64, len(values))
	for i, v := range values {
		d[i] = v - mean
		length = math.Hypot(length, d[i])
	}
	if !(length > 0) || math.IsInf(length, 0) {
		return nil
	}
	for i := range d {
		d[i] /= length
	}
	return d
}

// residuals sets the standard deviations of measurements without a half-width by what remains of the
// error at the best trial: relative to the measured value, by metric where more than the keys and one more were measured, and
// otherwise over all metrics.
func (s *search) residuals(best *Trial, c *chance) Noise {
	keys := len(s.Ranges)
	squares, of := map[string]float64{}, map[string]int{}
	all, total := 0.0, 0
	for i, m := range s.Measurements {
		if !math.IsNaN(m.HalfWidth) {
			continue
		}
		d := deviation(best.Estimates[i].Mean, m.Value, m.Value)
		squares[m.Metric] += d * d
		of[m.Metric]++
		all += d * d
		total++
	}
	if total <= keys {
		for i, m := range s.Measurements {
			if math.IsNaN(m.HalfWidth) {
				c.measured[i] = 0
			}
		}
		if total == len(s.Measurements) {
			return None
		}
		return HalfWidths
	}
	for i, m := range s.Measurements {
		if !math.IsNaN(m.HalfWidth) {
			continue
		}
		square, n := squares[m.Metric], of[m.Metric]
		if n <= keys+1 {
			square, n = all, total
		}
		c.freedom[i] = n - keys
		c.measured[i] = m.Value * math.Sqrt(square/float64(n-keys))
	}
	return Residuals
}

// draw fills changes with those of a repetition. In all rows the same chance is at work if it is shared, as if they had
// seen the same arrivals, and otherwise a chance of their own.
func (c chance) draw(repetition int, shared bool, changes []float64) {
	g := random.Stream(c.seed, repetition, "chance")
	replications := 0
	for _, d := range c.together {
		replications = max(replications, len(d))
	}
	normals := func(n int) []float64 {
		all := make([]float64, n)
		for i := range all {
			all[i] = g.Normal()
		}
		return all
	}
	simulation := normals(replications)
	rows := make([][]float64, c.rows)
	for i := range rows {
		if rows[i] = rows[0]; i == 0 || !shared {
			rows[i] = normals(replications)
		}
	}
	// One factor for all deviations that are estimates of the same freedom: Student's law in place of the normal one.
	factors := map[int]float64{0: 1}
	for i := range changes {
		nu := c.freedom[i]
		if _, ok := factors[nu]; !ok {
			square := 0.0
			for _, z := range normals(nu) {
				square += z * z
			}
			factors[nu] = math.Sqrt(float64(nu) / square)
		}
		ofSimulation, ofMeasurement := 0.0, 0.0
		if d := c.together[i]; d != nil {
			for k, x := range d {
				ofSimulation += x * simulation[k]
				ofMeasurement += x * rows[c.row[i]][k]
			}
		} else {
			ofSimulation, ofMeasurement = g.Normal(), g.Normal()
		}
		changes[i] = c.simulation[i]*ofSimulation + c.measured[i]*factors[nu]*ofMeasurement
	}
}
