// Package words has the words that a person reads for metrics, keys and platforms, and the version that
// results belong to.
package words
