// Package docs holds the manual.
package docs

import _ "embed" // for the manual

// Manual is the text of manual.md.
//
//go:embed manual.md
var Manual []byte
