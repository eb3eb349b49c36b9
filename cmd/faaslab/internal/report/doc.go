// Package report writes results: what a simulation, a comparison, a tuning or a transient found, and
// what models say, as text, JSON, CSV and figures. It knows nothing of flags.
package report
