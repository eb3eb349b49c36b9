package random

// A Purpose says what a stream's numbers are used for. Streams of different purposes are
// independent, so one more draw for one purpose never shifts the numbers of another: common random
// numbers rest on this.
type Purpose string

// The purposes of the two platforms. Containers and Wasm executors of one replication share them,
// so both platforms see the same arrivals and requests of the same relative size.
const (
	Arrivals Purpose = "arrivals"
	Service  Purpose = "service" // warm service time, or a Wasm executor's
	Cold     Purpose = "cold"    // service time of a cold start
	Startup  Purpose = "startup"
	Routing  Purpose = "routing"
	Dispatch Purpose = "dispatch" // time of the reader in front of a pool
	Release  Purpose = "release"  // time for which an instance is busy after a response
	Initial  Purpose = "initial"  // service time of requests that run at time 0
	Think    Purpose = "think"    // between an answer and the user's next request
)

// Stream returns the generator of one purpose in one replication. The generator is a pure function
// of the arguments: the three are hashed together, never added, so adjacent seeds or replications
// have nothing in common.
func Stream(seed uint64, replication int, purpose Purpose) Generator {
	return fromKey(key(seed, replication, purpose))
}

// A Family is a set of generators, one for each index. It serves draws that only some requests
// need: request i takes its numbers from Member(i), whether or not earlier requests drew any, so
// paired runs stay aligned.
type Family struct{ key uint64 }

// NewFamily returns the family of one purpose in one replication. No member of the family equals
// the generator that Stream returns for the same arguments.
func NewFamily(seed uint64, replication int, purpose Purpose) Family {
	return Family{mix(key(seed, replication, purpose) ^ familySalt)}
}

// FamilyOf returns a family that is a function of a generator's state. Its members have as little in
// common with the generator as generators of different purposes have.
func FamilyOf(g Generator) Family {
	k := uint64(familySalt)
	for _, word := range []uint64{g.s0, g.s1, g.s2, g.s3} {
		k = mix(k ^ word)
	}
	return Family{k}
}

// Member returns the i-th generator of the family.
func (f Family) Member(i uint64) Generator { return fromKey(f.Seed(i)) }

// Seed returns the i-th seed of the family, for streams of its own.
func (f Family) Seed(i uint64) uint64 { return mix(f.key + i*goldenGamma) }

// familySalt separates families from streams; any constant does. These are the first digits of π.
const familySalt = 0x243f6a8885a308d3

func key(seed uint64, replication int, purpose Purpose) uint64 {
	// FNV-1a over the purpose's bytes, then a full mix after each part.
	h := uint64(0xcbf29ce484222325)
	for i := range len(purpose) {
		h = (h ^ uint64(purpose[i])) * 0x100000001b3
	}
	h = mix(h)
	h = mix(h ^ seed)
	return mix(h + goldenGamma*uint64(replication))
}

// goldenGamma is 2⁶⁴ divided by the golden ratio, the increment of SplitMix64.
const goldenGamma = 0x9e3779b97f4a7c15

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014), a bijection of 64 bits.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// fromKey seeds a generator with four outputs of SplitMix64, as the authors of xoshiro advise. At
// most one of the four words can be zero, so the state is never all zero.
func fromKey(k uint64) (g Generator) {
	for _, word := range []*uint64{&g.s0, &g.s1, &g.s2, &g.s3} {
		k += goldenGamma
		*word = mix(k)
	}
	return g
}
