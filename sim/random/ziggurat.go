package random

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
	exponentialTable = newZiggurat(exponentialArea, &exponentialEnds, &exponentialDensities)
	normalTable      = newZiggurat(normalArea, &normalEnds, &normalDensities)
)

// newZiggurat takes the area of a layer and, of the layers from 1 to 255, the right ends and the densities there.
func newZiggurat(area float64, ends, densities *[255]float64) (z ziggurat) {
	const places = 1 << 53
	edge := ends[254]
	bottom := area / densities[254] // width of the bottom layer with the tail's area as a rectangle
	z.keep[0] = uint64(edge / bottom * places)
	z.width[0], z.density[0] = bottom/places, 1
	for i := 1; i < 256; i++ {
		z.width[i], z.density[i] = ends[i-1]/places, densities[i-1]
		if i > 1 { // layer 1 is nowhere wholly under the density
			z.keep[i] = uint64(ends[i-2] / ends[i-1] * places)
		}
	}
	return z
}
