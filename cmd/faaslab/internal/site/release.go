//go:build release

package site

import (
	_ "embed" // for the simulator
)

var (
	//go:embed simulator.bin
	binary []byte
	//go:embed wasm_exec.js
	glue []byte
)

// embedded is the simulator in this program.
var embedded = Simulator{Binary: binary, Glue: glue}
