// Package reproduction draws the thesis' figures, writes what became of its statements, and the generated
// page docs/reproduction.md.
package reproduction
