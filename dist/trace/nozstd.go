//go:build js

package trace

import (
	"errors"
	"io"
)

var errZstd = errors.New("files compressed by zstd are not read in a browser")

// No reader returns these errors here.
var errZstdChecksum, errZstdHeader = errZstd, errZstd

func unpackZstd(io.Reader) (io.ReadCloser, error) { return nil, errZstd }
