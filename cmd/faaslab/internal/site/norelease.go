//go:build !release

package site

// embedded is empty: only a release has the simulator inside.
var embedded Simulator
