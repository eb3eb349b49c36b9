// Package site writes a static site: the page of faaslab serve, the manual, and the simulator compiled to
// WebAssembly, which answers the page's API in a Web Worker. Any web server can serve it.
//
// Where the source is, [Find] compiles the simulator; a program that was built with the tag release has
// it inside: go generate ./cmd/faaslab/internal/site && go build -tags release ./cmd/faaslab.
package site

//go:generate go run embed.go
