// Package report writes results: those of a simulation, a comparison, a tuning, a transient or
// models, as text, JSON, CSV and figures. It does not know flags.
package report
