// Package outfile writes files that are complete or do not exist: a file gets its name when all of it is
// written. It also locks files, and writes results to stdout.
package outfile
