package chart

import (
	"io"

	"faaslab/cmd/faaslab/internal/outfile"
)

// A File is where --plot draws; nil: nowhere.
type File struct {
	Path   string
	Format Format
	Sketch io.Writer // takes the figure, and path is not written; nil: path is
}

// Write draws the chart, as a whole or not at all.
func (p *File) Write(ch Chart) error {
	if p.Sketch != nil {
		return ch.Write(p.Sketch, p.Format)
	}
	return outfile.Write(p.Path, func(w io.Writer) error { return ch.Write(w, p.Format) })
}
