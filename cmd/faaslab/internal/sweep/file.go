package sweep

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"

	"faaslab/cmd/faaslab/internal/exit"
	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/outfile"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
)

// A sweepFile is a file of points that survives the end of the program at any moment: a row is
// written by one call and synced before the next begins. The incomplete row of a killed program is
// cut off when the file is opened again.
type sweepFile struct {
	path   string
	file   *os.File
	layout Layout
	shard  Shard
	n      int   // rows
	end    int64 // of the last row; after it comes the footer, or nothing worth keeping
}

// openSweepFile opens or creates the file for the points of a plan's shard. It refuses a file that
// holds anything but the first of these points. The plot gets the points in the file.
func openSweepFile(path string, layout Layout, plan *Plan, plot *Plot) (f *sweepFile, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--out %s: cannot be written: %w", path, outfile.WithoutPath(err))
	}
	defer func() {
		if err != nil {
			_ = file.Close() // the first error is the one to report
		}
	}()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("--out %s: found no regular file; want one, or no --out and a pipe", path)
	}
	if err := outfile.Lock(file); err != nil {
		return nil, fmt.Errorf("--out %s: another sweep is writing it", path)
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, &exit.Error{Code: exit.IO, Err: fmt.Errorf("--out %s: %w", path, outfile.WithoutPath(err))}
	}
	f = &sweepFile{path: path, file: file, layout: layout, shard: plan.Shard}
	if f.n, f.end, err = f.recover(data, plan.Shard.Points(plan.Grid.Len()), plot); err != nil {
		return nil, err
	}
	if f.end == 0 {
		f.end = int64(len(layout.Header()))
		return f, f.Write(0, append(layout.Header(), layout.Footer()...))
	}
	return f, f.Write(f.end, []byte(layout.Footer()))
}

// recover returns the number of complete rows in data, and the end of the last; 0 and 0 if not even
// the header is complete.
func (f *sweepFile) recover(data []byte, total int, plot *Plot) (rows int, end int64, err error) {
	head := f.layout.Header()
	if len(data) < len(head) && bytes.HasPrefix(head, data) {
		return 0, 0, nil // empty, or killed at once
	}
	other := fmt.Errorf("--out %s: holds something else than the first points of this sweep; want another name, or delete the file", f.path)
	rest, ok := bytes.CutPrefix(data, head)
	switch {
	case !ok && otherVersion(data):
		return 0, 0, fmt.Errorf("--out %s: was begun by another version of faaslab; want another name, or delete the file", f.path)
	case !ok:
		return 0, 0, other
	}
	end = int64(len(head))
	for len(rest) > 0 && !bytes.HasPrefix([]byte(f.layout.Footer()), rest) {
		separator := ""
		if rows > 0 {
			separator = f.layout.Separator()
		}
		body, ok := bytes.CutPrefix(rest, []byte(separator))
		if !ok && bytes.HasPrefix([]byte(separator), rest) {
			break
		}
		row, whole := firstRow(body, f.layout)
		number, ours := f.layout.Number(row)
		switch {
		case !whole && !bytes.ContainsRune(body, '\n'):
			return rows, end, nil // the row that was being written
		case ok && whole && !f.layout.sound(row):
			return 0, 0, fmt.Errorf("--out %s: line %d, point %d of the sweep, is not as it was written; want another name, or delete this line and those below it",
				f.path, rows+2, f.shard.Point(rows))
		case !ok || !whole || !ours || rows >= total || number != f.shard.Point(rows):
			return 0, 0, other
		}
		if plot != nil {
			values, err := f.layout.Values(row)
			if err != nil {
				return 0, 0, other
			}
			plot.Add(number, nil, func(c Column) float64 {
				if x, ok := values[c.name]; ok {
					return x
				}
				return math.NaN()
			})
		}
		end += int64(len(separator) + len(row))
		rows++
		rest = body[len(row):]
	}
	return rows, end, nil
}

// versionInHeader matches the version in the header of a sweep's JSON.
var versionInHeader = regexp.MustCompile(`^\{"sweep":"[0-9a-f]+","version":"([^"]*)"`)

// otherVersion reports whether a file of points begins like a file of another version of faaslab:
// rows had no checksums until 0.3.
func otherVersion(data []byte) bool {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	if m := versionInHeader.FindSubmatch(head); m != nil {
		return string(m[1]) != words.Version
	}
	return bytes.HasSuffix(head, []byte(",point,sweep"))
}

// firstRow returns the first row of data, with its line break if that is part of the row.
func firstRow(data []byte, layout Layout) (row []byte, whole bool) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return data, false
	}
	if layout.Separator() == "" {
		return data[:i+1], true
	}
	return bytes.TrimSuffix(data[:i], []byte(",")), true
}

func (f *sweepFile) Rows() int { return f.n }

// Add writes a point, and returns when the point is on the disk.
func (f *sweepFile) Add(p *Point) error {
	row, err := f.layout.Row(p)
	if err != nil {
		return err
	}
	text := row
	if f.n > 0 {
		text = append([]byte(f.layout.Separator()), row...)
	}
	if err := f.Write(f.end, append(text, f.layout.Footer()...)); err != nil {
		return err
	}
	f.end += int64(len(text))
	f.n++
	return nil
}

// Write replaces the file from an offset on. If that fails, it restores the previous contents.
func (f *sweepFile) Write(offset int64, text []byte) error {
	_, err := f.file.WriteAt(text, offset)
	if err == nil {
		err = f.file.Truncate(offset + int64(len(text)))
	}
	if err == nil {
		err = f.file.Sync()
	}
	if err == nil {
		return nil
	}
	if f.file.Truncate(f.end) == nil {
		_, _ = f.file.WriteAt([]byte(f.layout.Footer()), f.end) // restore the previous contents; the first error is the one to report
	}
	hint := ""
	if f.n > 0 {
		hint = fmt.Sprintf("; %d points are in it, and the same command continues", f.n)
	}
	return &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing %s: %w%s", f.path, outfile.WithoutPath(err), hint)}
}

func (f *sweepFile) Finish(bool) error { return nil } // it is complete after every row

func (f *sweepFile) Close() { _ = f.file.Close() } // every row is synced already

// A sweepStream writes points to stdout.
type sweepStream struct {
	w      io.Writer
	layout Layout
	n      int
}

func newSweepStream(w io.Writer, layout Layout) (*sweepStream, error) {
	s := &sweepStream{w: w, layout: layout}
	return s, s.Write(layout.Header())
}

func (s *sweepStream) Write(text []byte) error {
	if _, err := s.w.Write(text); err != nil {
		return &exit.Error{Code: exit.IO, Err: fmt.Errorf("writing the results: %w", err)}
	}
	return nil
}

func (s *sweepStream) Rows() int { return 0 }

func (s *sweepStream) Add(p *Point) error {
	row, err := s.layout.Row(p)
	if err != nil {
		return err
	}
	if s.n++; s.n > 1 {
		row = append([]byte(s.layout.Separator()), row...)
	}
	return s.Write(row)
}

// Finish writes the text after the points. A file of --out can be continued, so that its end does
// not depend on the number of points in it; JSON on stdout says if some are missing.
func (s *sweepStream) Finish(interrupted bool) error {
	footer := s.layout.Footer()
	if _, ok := s.layout.(*jsonLayout); ok && interrupted {
		footer = "\n],\"interrupted\":true}\n"
	}
	return s.Write([]byte(footer))
}

func (s *sweepStream) Close() {}

// A sweepTable collects points and writes them for a person.
type sweepTable struct {
	w      io.Writer
	plan   *Plan
	points []*Point
}

func (t *sweepTable) Rows() int { return 0 }

func (t *sweepTable) Add(p *Point) error {
	p.Models = nil // not shown
	t.points = append(t.points, p)
	return nil
}

func (t *sweepTable) Close() {}

// Finish writes a table for each platform.
func (t *sweepTable) Finish(interrupted bool) error {
	text := format.NewPage(t.w)
	format.Paragraph(text, "", "  ", fmt.Sprintf("%s · seed %d", t.plan.Title(), t.plan.Base.Run.Seed))
	for _, name := range t.plan.Base.Platforms() {
		columns := t.Columns(name)
		if len(columns) == 0 {
			continue
		}
		description := []string{fmt.Sprintf("%d %s", len(t.points), format.Plural(len(t.points), "point"))}
		if interrupted {
			description = []string{fmt.Sprintf("interrupted: %d of %d points", len(t.points), t.plan.Shard.Points(t.plan.Grid.Len()))}
		}
		words.Heading(text, words.PlatformLabel(name), description)
		t.writePlatform(text, columns)
	}
	return outfile.Print(t.w, text.Bytes())
}

// Columns returns the shown metrics of a platform: the metrics that --metrics names, in its order,
// or else the possible metrics with the role platform.Tabled.
func (t *sweepTable) Columns(name string) (columns []Column) {
	names := t.plan.Shown.Names()
	if names == nil {
		names = platform.With(platform.Tabled)
	}
	for _, metric := range names {
		for _, c := range t.plan.columns {
			if c.platform == name && c.metric.Name == metric && c.model == "" && !c.halfWidth && t.plan.Shown.Has(name, metric) && (t.plan.Shown != nil || t.possible(c)) {
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// writePlatform writes a row for each point, with a column for each metric.
func (t *sweepTable) writePlatform(w io.Writer, columns []Column) {
	table := format.Table{Keys: len(t.plan.Grid)}
	var header []format.Cell
	for _, a := range t.plan.Grid {
		header = append(header, format.Left(a.Key))
	}
	for _, c := range columns {
		header = append(header, format.Over(3, c.metric.Label()))
	}
	table.Add(header...)
	for _, p := range t.points {
		var row []format.Cell
		for _, o := range t.plan.Grid.Point(p.Number) {
			row = append(row, format.Left(o.Value))
		}
		for _, c := range columns {
			row = append(row, c.Cells(p)...)
		}
		table.Add(row...)
	}
	table.Write(w, "  ")
}

// Cells returns the column's metric of a point, aligned at the sign ±.
func (c Column) Cells(p *Point) []format.Cell {
	return format.EstimateCells(c.estimate(p), c.metric.Unit)
}

// possible reports whether a metric is worth showing at some point.
func (t *sweepTable) possible(c Column) bool {
	for _, p := range t.points {
		if p.Result != nil && !report.Impossible(c.metric, p.Result.Platform(c.platform)) {
			return true
		}
	}
	return false
}
