package model

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every inverted function is a sum of exponentials e^{xτ}, x ≤ −shift, so the contour's error for a
// single exponential bounds all errors.
func TestTheContourErrsNowhereByMoreThanItsStatedError(t *testing.T) {
	for _, shift := range []float64{0, 0.1, 1, 100} {
		t.Run(fmt.Sprintf("shifted by %v", shift), func(t *testing.T) {
			const time = 3.7
			c := newContour(time, shift)
			worst := 0.0
			check := func(x float64) {
				got := 0.0
				for _, node := range c.nodes {
					// 1/(z − x) is F(z)/z, and F(0) = 0 unless x is 0.
					got += imag(node.weight * node.z / (node.z - complex(x, 0)))
				}
				off := math.Abs(got - math.Exp(x*time))
				worst = math.Max(worst, off*math.Exp(shift*time))
			}
			check(-shift)
			for y := 1e-6; y < 1e9; y *= 1.02 {
				check(-shift - y)
			}
			t.Logf("largest error %.1e", worst)
			assert.LessOrEqual(t, worst, contourError)
			assert.Greater(t, worst, contourError/1000, "the stated error should mean something")
		})
	}
}
