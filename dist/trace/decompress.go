package trace

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Decompress returns a reader of the contents of r, which may be plain or compressed by gzip or zstd;
// the first bytes tell. Closing it frees its memory and does not close r.
func Decompress(r io.Reader) (io.ReadCloser, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	head, err := buffered.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzip.NewReader(buffered)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return unpackZstd(buffered)
	}
	return io.NopCloser(buffered), nil
}

// Explain says in words why reading failed.
func Explain(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the compressed data end in the middle, so the file is incomplete"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, errZstdChecksum):
		return "the compressed data are damaged: the checksum does not hold"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, errZstdHeader):
		return "the compressed data are damaged"
	}
	return err.Error()
}
