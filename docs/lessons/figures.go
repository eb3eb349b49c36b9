//go:build !js

package lessons

import "embed"

//go:embed figures/*.svg
var drawn embed.FS

// Figures holds the figures, by names such as little.svg.
var Figures = sub(drawn, "figures")
