package dist

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"sort"
	"unique"

	"faaslab/sim/random"
)

// Empirical is the law of a uniform choice among measured durations, with replacement. The zero
// value is not usable: Parse makes an Empirical.
type Empirical struct {
	File string // as written in the notation
	// sorted holds the sorted durations in seconds, 8 bytes each, little-endian. Interning makes
	// two laws equal if their files have the same name and contents.
	sorted unique.Handle[string]
}

var _ Distribution = Empirical{}

// maxMeasured bounds the durations of an Empirical, to 80 MB of memory.
const maxMeasured = 10_000_000

// empirical loads a file named in a notation.
func (p Parser) empirical(name string) (any, error) {
	if p.unopened {
		return Empirical{name, unique.Make(string(make([]byte, 8)))}, nil
	}
	if err := p.refuse(name); err != nil {
		return nil, err
	}
	return p.remember("empirical "+name, func() (any, error) {
		r, err := openRows(p.path(name))
		if err != nil {
			return nil, err
		}
		defer r.close()
		sorted, err := measured(r)
		if err != nil {
			return nil, err
		}
		return newEmpirical(name, sorted), nil
	})
}

// measured reads durations in seconds, one a row, and sorts them.
func measured(r *rows) ([]float64, error) {
	const accepted = "a row is one duration in seconds"
	var all []float64
	for {
		row, err := r.next()
		switch {
		case err == io.EOF && len(all) == 0:
			return nil, &RowError{r.name, 0, "holds no rows; " + accepted, nil}
		case err == io.EOF:
			slices.Sort(all)
			return all, nil
		case err != nil:
			return nil, err
		case len(row) == 0:
			return nil, r.errorf("an empty row; %s", accepted)
		case bytes.IndexByte(row, ',') >= 0:
			return nil, r.errorf("%d columns; %s", 1+bytes.Count(row, []byte(",")), accepted)
		case len(all) == maxMeasured:
			return nil, r.errorf("more than %d rows; take a sample of them", maxMeasured)
		}
		x, err := r.exact("duration", row)
		if err != nil {
			return nil, err
		}
		seconds, _ := x.Float64()
		all = append(all, seconds)
	}
}

func newEmpirical(name string, sorted []float64) Empirical {
	return Empirical{name, unique.Make(string(pack(sorted)))}
}

// pack returns numbers as packedNumbers.
func pack(numbers []float64) []byte {
	packed := make([]byte, 0, 8*len(numbers))
	for _, x := range numbers {
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(x))
	}
	return packed
}

// packedNumbers are numbers of 8 bytes each, little-endian. A string is comparable, and can be
// interned.
type packedNumbers string

func (s packedNumbers) len() int { return len(s) / 8 }

func (s packedNumbers) at(i int) float64 {
	b := s[8*i : 8*i+8]
	return math.Float64frombits(uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56)
}

func (e Empirical) values() packedNumbers { return packedNumbers(e.sorted.Value()) }

// Moments returns the mean in seconds and the variance in seconds² of the durations, taken as the
// whole population (divisor n).
func (e Empirical) Moments() (mean, variance float64) {
	v := e.values()
	n := float64(v.len())
	for i := range v.len() {
		mean += v.at(i) / n
	}
	for i := range v.len() {
		variance += (v.at(i) - mean) * (v.at(i) - mean) / n
	}
	return mean, variance
}

// CDF returns the share of durations up to x, x in seconds.
func (e Empirical) CDF(x float64) float64 {
	v := e.values()
	above := sort.Search(v.len(), func(i int) bool { return v.at(i) > x })
	return float64(above) / float64(v.len())
}

// Quantile returns the smallest of the durations with CDF(x) >= p, in seconds.
func (e Empirical) Quantile(p float64) float64 {
	mustBeProbability(p)
	v := e.values()
	n := float64(v.len())
	i := sort.Search(v.len()-1, func(i int) bool { return float64(i+1)/n >= p })
	return v.at(i)
}

// Fill replaces block with independent draws, in seconds.
func (e Empirical) Fill(g *random.Generator, block []float64) {
	v := e.values()
	local, n := *g, v.len()
	for i := range block {
		block[i] = v.at(local.IntN(n))
	}
	*g = local
}

// arguments returns the call in the notation.
func (e Empirical) arguments() (string, []value) {
	return "empirical", []value{{text: e.File}}
}

// String returns the notation.
func (e Empirical) String() string { return "empirical(" + quoteFile(e.File) + ")" }
