package importing

import (
	"io"
	"math"
	"math/rand/v2"
	"strconv"
)

// MostKept is the size of a sample that is kept whole. Of a larger one, as many values are kept, chosen
// at random.
const MostKept = 200_000

// A reservoir keeps a uniform sample of values of which there may be any number: each is kept with
// probability MostKept/n (algorithm R; Vitter, "Random sampling with a reservoir", ACM Transactions
// on Mathematical Software 11(1), 1985). It also adds up all of them. The same values give the same
// sample.
type reservoir struct {
	values []int64 // ns
	n      int64
	least  int64
	most   int64
	// Sums of the values and their squares, less the first, s and s².
	first, sum, squares float64
	g                   *rand.Rand
}

func newReservoir(purpose uint64) *reservoir {
	return &reservoir{g: rand.New(rand.NewPCG(0x1f0a5, purpose))}
}

func (r *reservoir) add(ns int64) {
	seconds := float64(ns) / 1e9
	if r.n == 0 {
		r.least, r.most, r.first = ns, ns, seconds
	}
	r.n++
	r.least, r.most = min(r.least, ns), max(r.most, ns)
	r.sum += seconds - r.first
	r.squares += (seconds - r.first) * (seconds - r.first)
	if len(r.values) < MostKept {
		r.values = append(r.values, ns)
	} else if i := r.g.Int64N(r.n); i < MostKept {
		r.values[i] = ns
	}
}

// moments returns the mean and the coefficient of variation of all values.
func (r *reservoir) moments() (mean, cv float64) {
	n := float64(r.n)
	mean = r.first + r.sum/n
	variance := max(0, r.squares/n-(r.sum/n)*(r.sum/n))
	if mean == 0 {
		return 0, 0
	}
	return mean, math.Sqrt(variance) / mean
}

// seconds returns the kept values in seconds.
func (r *reservoir) seconds() []float64 {
	s := make([]float64, len(r.values))
	for i, ns := range r.values {
		s[i] = float64(ns) / 1e9
	}
	return s
}

// write writes the kept values, one a line, in seconds.
func (r *reservoir) write(w io.Writer) error {
	var line []byte
	for _, ns := range r.values {
		line = append(appendSeconds(line[:0], ns), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// appendSeconds appends a time as decimal seconds, exactly.
func appendSeconds(text []byte, ns int64) []byte {
	text = strconv.AppendInt(text, ns/1e9, 10)
	fraction := ns % 1e9
	if fraction == 0 {
		return text
	}
	text = append(text, '.')
	for scale := int64(1e8); fraction > 0; scale /= 10 {
		text = append(text, byte('0'+fraction/scale))
		fraction %= scale
	}
	return text
}
