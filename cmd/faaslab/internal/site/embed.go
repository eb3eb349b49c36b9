//go:build ignore

// This program writes the files that a release has inside.
package main

import (
	"context"
	"log"
	"os"

	"faaslab/cmd/faaslab/internal/site"
)

func main() {
	simulator, err := site.Build(context.Background(), ".")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("simulator.bin", simulator.Binary, 0o644); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("wasm_exec.js", simulator.Glue, 0o644); err != nil {
		log.Fatal(err)
	}
}
