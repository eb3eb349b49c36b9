package chart

import (
	"io"

	"faaslab/cmd/faaslab/internal/outfile"
)

// A File is the file that --plot names; nil: no figure is drawn.
type File struct {
	Path   string
	Format Format
	Size   Size
	Sketch io.Writer // if set, takes the figure in place of the file at path
}

// Write draws the chart, as a whole or not at all.
func (p *File) Write(ch Chart) error {
	ch.Size = p.Size
	if p.Sketch != nil {
		return ch.Write(p.Sketch, p.Format)
	}
	return outfile.Write(p.Path, func(w io.Writer) error { return ch.Write(w, p.Format) })
}
