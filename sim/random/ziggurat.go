package random

import "math"

// A ziggurat covers a decreasing density with 256 layers of equal area
// (Marsaglia and Tsang, "The ziggurat method for generating random variables",
// J. Statistical Software 2000). The low 8 bits of a draw choose the layer,
// the high 53 the place in it; the bits do not overlap, which avoids the
// correlation of the original (Doornik 2005).
type ziggurat struct {
	keep    [256]uint64  // a place below keep[i] lies wholly under the density
	width   [256]float64 // layer i spans width[i]·2⁵³
	density [256]float64 // density at the right end of layer i, unnormalized
}

// The right end of the bottom layer, where the tail begins, and the area of a layer: the solution
// of Marsaglia and Tsang's equation for 256 layers.
const (
	exponentialEdge = 7.69711747013104972
	exponentialArea = 3.9496598225815571993e-3
	normalEdge      = 3.6541528853610088
	normalArea      = 4.92867323399e-3
)

var (
	exponentialTable = newZiggurat(exponentialEdge, exponentialArea,
		func(x float64) float64 { return math.Exp(-x) },
		func(y float64) float64 { return -math.Log(y) })
	normalTable = newZiggurat(normalEdge, normalArea,
		func(x float64) float64 { return math.Exp(-0.5 * x * x) },
		func(y float64) float64 { return math.Sqrt(-2 * math.Log(y)) })
)

func newZiggurat(edge, area float64, density, inverse func(float64) float64) (z ziggurat) {
	const places = 1 << 53
	bottom := area / density(edge) // width of the bottom layer with the tail's area as a rectangle
	z.keep[0] = uint64(edge / bottom * places)
	z.width[0], z.width[255] = bottom/places, edge/places
	z.density[0], z.density[255] = 1, density(edge)
	x := edge
	for i := 254; i >= 1; i-- {
		next := inverse(area/x + density(x))
		z.keep[i+1] = uint64(next / x * places)
		x = next
		z.width[i], z.density[i] = x/places, density(x)
	}
	z.keep[1] = 0
	return z
}
