package sweep

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/outfile"
)

// SameFile reports whether two paths lead to one file.
func SameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// Merge writes the points of all parts in order; each point must be in exactly one part.
func Merge(w io.Writer, parts []*Part) error {
	if _, err := w.Write(parts[0].Header); err != nil {
		return err
	}
	const mostNamed = 10
	var lost []string
	missing := 0
	for point := range parts[0].Of {
		var from *Part
		for _, p := range parts {
			if p.row == nil || p.number != point {
				continue
			}
			if from != nil {
				return exit.Bad(fmt.Errorf("point %d is in %s and in %s", point, from.Path, p.Path))
			}
			from = p
		}
		if from == nil {
			if missing++; missing <= mostNamed {
				lost = append(lost, strconv.Itoa(point))
			}
			continue
		}
		if point > 0 {
			if _, err := io.WriteString(w, from.separator); err != nil {
				return err
			}
		}
		if _, err := w.Write(from.row); err != nil {
			return err
		}
		if err := from.next(); err != nil {
			return exit.Bad(err)
		}
	}
	if missing > 0 {
		if missing > mostNamed {
			lost = append(lost, "…")
		}
		return exit.Bad(fmt.Errorf("%d of %d points are in no part: %s", missing, parts[0].Of, strings.Join(lost, ", ")))
	}
	_, err := io.WriteString(w, parts[0].footer)
	return err
}

// A Part is an open file of points.
type Part struct {
	Path      string
	File      *os.File
	rows      *bufio.Reader
	Json      bool
	Header    []byte
	separator string
	footer    string
	Sweep     string // the identity of its sweep
	Of        int    // the number of points of the whole sweep

	row    []byte // the next row; nil at the end
	number int    // of the next row or the last; it grows from row to row
	count  int    // rows read
}

// OpenPart opens the file of a shard, at its first point.
func OpenPart(path string) (*Part, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w; want a file that sweep --shard wrote", path, outfile.WithoutPath(err))
	}
	p := &Part{Path: path, File: file, rows: bufio.NewReaderSize(file, 1<<16)}
	if p.Header, err = p.rows.ReadBytes('\n'); err != nil {
		return nil, p.foreign()
	}
	if otherVersion(p.Header) {
		return nil, fmt.Errorf("%s: was written by another version of faaslab; want that one to merge it", path)
	}
	if p.Json = p.Header[0] == '{'; p.Json {
		p.separator, p.footer = ",\n", "\n]}\n"
		p.Sweep, _, _ = strings.Cut(strings.TrimPrefix(string(p.Header), `{"sweep":"`), `"`)
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.row == nil {
		return nil, fmt.Errorf("%s holds no point; leave it out, or finish its sweep", path)
	}
	return p, nil
}

func (p *Part) foreign() error {
	return fmt.Errorf("%s: is no finished file of points; want one that sweep --shard wrote, as CSV or JSON", p.Path)
}

// next reads the next row.
func (p *Part) next() error {
	p.row = nil
	line, err := p.rows.ReadBytes('\n')
	if err == io.EOF && len(line) == 0 && !p.Json {
		return nil
	}
	if err != nil {
		return p.foreign()
	}
	var number, of int
	var ok bool
	sweep := p.Sweep
	if p.Json {
		if string(line) == "]}\n" {
			if _, err := p.rows.ReadByte(); err != io.EOF {
				return p.foreign()
			}
			return nil
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte(","))
		number, of, ok = jsonPoint(line)
	} else {
		number, of, sweep, ok = csvPoint(line)
	}
	switch sound := p.Json && soundJSON(line) || !p.Json && soundCSV(line); {
	case !ok:
		return p.foreign()
	case !sound:
		return fmt.Errorf("%s: line %d, point %d, is not as it was written; simulate this part again", p.Path, p.count+2, number)
	}
	if p.count > 0 && (sweep != p.Sweep || of != p.Of) {
		return fmt.Errorf("%s: row %d is of another sweep than those before it", p.Path, p.count+1)
	}
	if p.count > 0 && number <= p.number {
		return fmt.Errorf("%s: point %d is there twice, or out of order", p.Path, number)
	}
	p.row, p.number, p.Sweep, p.Of = line, number, sweep, of
	p.count++
	return nil
}
