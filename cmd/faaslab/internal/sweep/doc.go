// Package sweep plans the points of a sweep, divides them into shards, writes each finished point
// to a file that a later run continues, draws the figure, and merges the files of shards.
package sweep
