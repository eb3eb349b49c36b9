// Package trustpage writes where the SMP can be trusted: the map of its deviations as text, tables
// and heat maps, and the generated page docs/trust.md.
package trustpage
