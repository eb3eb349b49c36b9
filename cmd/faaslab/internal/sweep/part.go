package sweep

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
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
			if missing++; missing <= mostListed+1 {
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
		return exit.Bad(fmt.Errorf("%d of %d points are in no part: %s%s", missing, parts[0].Of, shortList(lost), describeMissing(parts)))
	}
	_, err := io.WriteString(w, parts[0].footer)
	return err
}

// mostListed is the largest number of points or parts that an error lists.
const mostListed = 10

// shortList returns a list with commas, cut where it is too long.
func shortList(names []string) string {
	if len(names) > mostListed {
		names = append(slices.Clone(names[:mostListed]), "…")
	}
	return strings.Join(names, ", ")
}

// describeMissing says which parts of a sweep are missing, and which are not finished, from the
// distances of the points in the parts, which have been read to their ends. It is empty if the parts
// do not show their number, or are of several divisions.
func describeMissing(parts []*Part) string {
	of := 0
	for _, p := range parts {
		if p.stride != 0 && of != 0 && p.stride != of {
			return ""
		}
		of = max(of, p.stride)
	}
	if of == 0 {
		return ""
	}
	found := make([]*Part, of)
	for _, p := range parts {
		if p.first >= of {
			return ""
		}
		found[p.first] = p
	}
	var absent, unfinished []string
	for i, p := range found {
		points := Shard{i, of}.Points(parts[0].Of)
		switch {
		case p == nil && points > 0:
			absent = append(absent, fmt.Sprintf("%d/%d", i, of))
		case p != nil && p.count < points:
			unfinished = append(unfinished, fmt.Sprintf("%d/%d (%s has %d of %d points)", i, of, p.Path, p.count, points))
		}
	}
	text := ""
	if absent != nil {
		text += "; missing parts: " + shortList(absent)
	}
	if unfinished != nil {
		text += "; not finished: " + shortList(unfinished)
	}
	return text
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
	first  int    // the number of the first row
	stride int    // the distance of the points; 0 as long as one row is read
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
	p.first = p.number
	return p, nil
}

// Empty reports whether the part has no points.
func (p *Part) Empty() bool { return p.count == 0 }

func (p *Part) foreign() error {
	return fmt.Errorf("%s: is no finished file of points; want one that sweep --shard wrote, as CSV or JSON", p.Path)
}

// next reads the next row. What is left of a row whose writing was interrupted, or of the end of a
// JSON, is the end of the part.
func (p *Part) next() error {
	p.row = nil
	line, err := p.rows.ReadBytes('\n')
	if p.Json && p.count == 0 && string(line) == "\n" { // the footer follows
		line, err = p.rows.ReadBytes('\n')
	}
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return p.foreign()
	}
	var number, of int
	var ok bool
	sweep := p.Sweep
	if p.Json {
		if text := string(line); text == "]}\n" || text == "],\"interrupted\":true}\n" {
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
	if p.count == 1 {
		p.stride = number - p.number
	}
	p.row, p.number, p.Sweep, p.Of = line, number, sweep, of
	p.count++
	return nil
}
