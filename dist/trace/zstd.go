//go:build !js

package trace

import (
	"io"

	"github.com/klauspost/compress/zstd"
)

// The errors of data that are damaged.
var errZstdChecksum, errZstdHeader = zstd.ErrCRCMismatch, zstd.ErrMagicMismatch

// windowSize bounds the memory of zstd, which a file may ask for: what zstd --long uses, 128 MiB.
const windowSize = 128 << 20

func unpackZstd(r io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(windowSize))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}
