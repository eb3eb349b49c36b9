// Package words has the words for metrics, keys and platforms in texts, and the version that
// results belong to.
package words
