package importing

import (
	"bytes"
	"io"
)

// Memory holds files by their names, in place of a directory.
type Memory map[string][]byte

// Create begins a file, in place of one with the same name.
func (m Memory) Create(name string) (io.WriteCloser, error) {
	return &memoryFile{memory: m, name: name}, nil
}

type memoryFile struct {
	bytes.Buffer
	memory Memory
	name   string
}

func (f *memoryFile) Close() error {
	f.memory[f.name] = f.Bytes()
	return nil
}
