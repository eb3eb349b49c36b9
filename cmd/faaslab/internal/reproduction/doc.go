// Package reproduction draws the thesis' figures, writes the verdicts on its statements, and writes
// the generated page docs/reproduction.md.
package reproduction
