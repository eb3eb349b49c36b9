// Package format writes numbers with their units and intervals, spans of time, tables that fold to the
// width of a terminal, paragraphs, CSV, JSON, and words as a shell reads them.
package format
