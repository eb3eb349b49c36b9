package site

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Simulator is the simulator as a browser runs it.
type Simulator struct {
	Binary []byte // WebAssembly, compressed by gzip
	Glue   []byte // wasm_exec.js of the Go release that compiled it
}

// Find returns the simulator in this program or, if it has none, compiles the one whose source is in
// a directory or in one above.
func Find(ctx context.Context, directory string) (Simulator, error) {
	if embedded.Binary != nil {
		return embedded, nil
	}
	return Build(ctx, directory)
}

var errNoSource = errors.New("found no simulator for the browser: this program is no release, and the current directory is not in the source of faaslab; " +
	"want a release, or the command in the source's directory, where Go compiles it")

// Build compiles the simulator whose source is in a directory or in one above.
func Build(ctx context.Context, directory string) (Simulator, error) {
	root, err := sourceAbove(directory)
	if err != nil {
		return Simulator{}, err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return Simulator{}, fmt.Errorf("the simulator for the browser is compiled by Go, which was not found: want go in PATH, or a release of faaslab")
	}
	temporary, err := os.MkdirTemp("", "faaslab-site-*")
	if err != nil {
		return Simulator{}, err
	}
	defer os.RemoveAll(temporary)
	path := filepath.Join(temporary, "simulator.wasm")
	build := exec.CommandContext(ctx, "go", "build", "-pgo=off", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", path, "faaslab/cmd/faaslab/internal/site/simulator")
	build.Dir = root
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return Simulator{}, ctx.Err()
		}
		return Simulator{}, fmt.Errorf("the simulator for the browser cannot be compiled: %w\n%s", err, bytes.TrimSpace(said))
	}
	plain, err := os.ReadFile(path)
	if err != nil {
		return Simulator{}, err
	}
	goRoot := exec.CommandContext(ctx, "go", "env", "GOROOT")
	goRoot.Dir = root
	where, err := goRoot.Output()
	if err != nil {
		return Simulator{}, fmt.Errorf("go env GOROOT: %w", err)
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(where)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return Simulator{}, err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return Simulator{}, err
	}
	if _, err := z.Write(plain); err != nil {
		return Simulator{}, err
	}
	if err := z.Close(); err != nil {
		return Simulator{}, err
	}
	return Simulator{Binary: packed.Bytes(), Glue: glue}, nil
}

// sourceAbove returns the directory with the source of faaslab: one with its go.mod.
func sourceAbove(directory string) (string, error) {
	here, err := filepath.Abs(directory)
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(here, "go.mod"))
		if err == nil && bytes.HasPrefix(text, []byte("module faaslab\n")) {
			return here, nil
		}
		above := filepath.Dir(here)
		if above == here {
			return "", errNoSource
		}
		here = above
	}
}
