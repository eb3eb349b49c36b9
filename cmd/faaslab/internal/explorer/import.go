package explorer

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/importing"
	"faaslab/cmd/faaslab/internal/measured"
	"faaslab/cmd/faaslab/internal/report"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/dist/trace"
	"faaslab/scenarios"
)

// An importAnswer is the answer to files that were sent: what the command import finds in them, and
// the scenario that it makes of them.
type importAnswer struct {
	Import   string             `json:"import"`  // the id by which requests name the scenario
	Name     string             `json:"name"`    // of the directory in the command
	Command  string             `json:"command"` // the command that writes the same directory
	Heading  string             `json:"heading"`
	Facts    []importing.Fact   `json:"facts"`
	Samples  []sampleWords      `json:"samples"` // of those in found, in their order
	Found    *importing.Found   `json:"found"`
	Scenario scenarios.Scenario `json:"scenario"`
}

// A sampleWords names the key of the scenario that a sample is of.
type sampleWords struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// receive reads the files of a request into a directory of their own, which release removes.
func (e *explorer) receive(w http.ResponseWriter, r *http.Request) (inputs []importing.Input, release func(), err error) {
	release = func() {}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "multipart/form-data" {
		return nil, release, &apiError{http.StatusUnsupportedMediaType, fmt.Errorf("found Content-Type %q; want multipart/form-data with files", r.Header.Get("Content-Type"))}
	}
	if r.ContentLength > largestUpload+largestBody {
		return nil, release, errLargeUpload
	}
	root, err := e.imports.directory()
	if err != nil {
		return nil, release, err
	}
	dir, err := os.MkdirTemp(root, "sent-*")
	if err != nil {
		return nil, release, unkept(err)
	}
	taken := int64(0)
	release = sync.OnceFunc(func() {
		_ = os.RemoveAll(dir) // again when the server stops
		e.imports.give(taken)
	})
	r.Body = http.MaxBytesReader(w, r.Body, largestUpload+largestBody)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, release, fmt.Errorf("the request's body: %w", err)
	}
	begin := time.Now()
	waitFor := func() { // each piece must come soon, and all of them in time
		http.NewResponseController(w).SetReadDeadline(minTime(time.Now().Add(bodyTimeout), begin.Add(uploadTimeout)))
		if r.Context().Err() != nil { // stopping the server does not wait for the rest
			http.NewResponseController(w).SetReadDeadline(time.Now())
		}
	}
	cancelled := context.AfterFunc(r.Context(), func() { http.NewResponseController(w).SetReadDeadline(time.Now()) })
	defer cancelled()
	for {
		waitFor()
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, release, uploadError(err)
		}
		name := part.FileName()
		switch {
		case part.FormName() != "file" || name == "":
			return nil, release, fmt.Errorf("found a part %q of the request that is not a file; want files alone, each as file, and options in the address", part.FormName())
		case !isFileName(strings.TrimLeft(name, "-")):
			return nil, release, fmt.Errorf("found the file name %q; want the name of a file alone, at most %d characters", name, longestFileName)
		case len(inputs) == mostFiles:
			return nil, release, fmt.Errorf("found more than %d files; want fewer, or the command line: faaslab import FILE… --out DIR", mostFiles)
		}
		path := filepath.Join(dir, fmt.Sprint(len(inputs)))
		size, err := e.keepPart(path, part, &taken, waitFor)
		if err != nil {
			return nil, release, err
		}
		inputs = append(inputs, importing.Input{Name: name, Size: size, Open: func() (io.ReadCloser, error) {
			file, err := os.Open(path)
			if err != nil {
				return nil, unkept(err)
			}
			return file, nil
		}})
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{})
	if len(inputs) == 0 {
		return nil, release, errors.New("found no file; want one or several, each as file")
	}
	return inputs, release, nil
}

// footprint estimates the memory in bytes that reading files takes: requests are held to be put in
// order, and their durations.
func footprint(inputs []importing.Input) (bytes int64) {
	const (
		perRow    = 140
		shortest  = 20 // bytes of a row
		expansion = 12 // of compressed files, at most as a rule
	)
	size := int64(0)
	for _, in := range inputs {
		if isCompressed(in) {
			in.Size *= expansion
		}
		size += in.Size
	}
	return 1<<20 + perRow*min(trace.LookAhead, size/shortest)
}

// isCompressed reports whether a file begins as gzip or zstd do.
func isCompressed(in importing.Input) bool {
	file, err := in.Open()
	if err != nil {
		return false // the import says so
	}
	defer file.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(file, head) // a shorter file is not compressed
	return bytes.HasPrefix(head[:n], []byte{0x1f, 0x8b}) || bytes.Equal(head[:n], []byte{0x28, 0xb5, 0x2f, 0xfd})
}

// uploadTimeout is the longest time that the files of one request may take to come.
const uploadTimeout = 5 * time.Minute

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// keepPart writes a file of a request to a path.
func (e *explorer) keepPart(path string, part *multipart.Part, taken *int64, waitFor func()) (size int64, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, unkept(err)
	}
	defer file.Close()
	piece := make([]byte, 64<<10)
	for {
		waitFor()
		n, reading := part.Read(piece)
		if err := e.imports.take(int64(n)); err != nil {
			return 0, err
		}
		*taken += int64(n)
		size += int64(n)
		if _, err := file.Write(piece[:n]); err != nil {
			return 0, unkept(err)
		}
		if reading == io.EOF {
			if err := file.Close(); err != nil {
				return 0, unkept(err)
			}
			return size, nil
		}
		if reading != nil {
			return 0, uploadError(reading)
		}
	}
}

var errLargeUpload = &apiError{http.StatusRequestEntityTooLarge, fmt.Errorf("the files have more than the %s that are read here; the command line has no such limit: faaslab import FILE --out DIR", sizeText(largestUpload))}

// uploadError returns the error of a body that could not be read.
func uploadError(err error) error {
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return errLargeUpload
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errLateBody
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the request's body ends in the middle of a file")
	}
	return fmt.Errorf("the request's body: %w", err)
}

// importOptions reads the query of a request, whose names are those of the command's flags.
func importOptions(query url.Values) (o importing.Options, flags []string, err error) {
	for name, values := range query {
		if !slices.Contains(importParameters, name) {
			return o, nil, fmt.Errorf("found %q in the address; want some of %s", name, strings.Join(importParameters, ", "))
		}
		if len(values) > 1 {
			return o, nil, fmt.Errorf("%s: found %d values; want one", name, len(values))
		}
	}
	o.Format, o.Function, o.Laws = query.Get("format"), query.Get("function"), query.Get("laws")
	o.Columns = trace.Columns{Time: query.Get("time"), Duration: query.Get("duration"), Startup: query.Get("startup"), Cold: query.Get("cold")}
	if err := o.SetUnit(query.Get("unit")); err != nil {
		return o, nil, err
	}
	if err := o.SetTimes(query.Get("times")); err != nil {
		return o, nil, err
	}
	if o.Spread, err = trace.ParseSpread(cmp.Or(query.Get("spread"), "uniform")); err != nil {
		return o, nil, fmt.Errorf("spread: %w", err)
	}
	for _, name := range importParameters {
		if value := query.Get(name); value != "" && name != "format" {
			flags = append(flags, "--"+name, value)
		}
	}
	return o, flags, nil
}

// importParameters are the names in the query of an import. Except for format, they are flags.
var importParameters = []string{"format", "function", "laws", "time", "duration", "startup", "cold", "unit", "times", "spread"}

// importFiles imports the files that a request sends, which are gone when it answers.
func (e *explorer) importFiles(w http.ResponseWriter, r *http.Request) {
	var inputs []importing.Input
	release := func() {}
	e.serve(w, r, func() (func(), error) {
		var err error
		if inputs, release, err = e.receive(w, r); err != nil {
			release()
		}
		return release, err
	}, func(x *exchange) error {
		defer release()
		o, flags, err := importOptions(r.URL.Query())
		if err != nil {
			return err
		}
		one, err := e.importInto(x.ctx, inputs, o, flags)
		if err != nil {
			return err
		}
		release()
		return x.send(one.answer)
	})
}

// importInto imports files into a directory of its own, and keeps it.
func (e *explorer) importInto(ctx context.Context, inputs []importing.Input, o importing.Options, flags []string) (one *imported, err error) {
	need := footprint(inputs)
	if !e.memory.Take(need) {
		return nil, &apiError{http.StatusServiceUnavailable, fmt.Errorf("reading these files takes about %s of memory, more than is left here; try again when less is simulated, with a larger serve --memory, or by the command line: faaslab import FILE --out DIR", sizeText(need>>20<<20))}
	}
	defer e.memory.Give(need)
	root, err := e.imports.directory()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(root, "import-*")
	if err != nil {
		return nil, unkept(err)
	}
	written := &boundedDirectory{imports: e.imports, dir: dir}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir) // again when the server stops
			e.imports.give(written.taken)
		}
	}()
	o.Create = written.Create
	found, err := importing.Import(ctx, inputs, o)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fmt.Errorf("reading took longer than %s; the command line has no such limit: faaslab import FILE --out DIR", e.budget.Time)
	}
	if err != nil {
		return nil, err
	}
	one = &imported{dir: dir, size: written.taken}
	for _, name := range importing.Files() {
		if slices.Contains(written.files, name) {
			one.files = append(one.files, name)
		}
	}
	name := directoryName(inputs[0].Name)
	one.text = scenarios.SealedIn(name+"/"+importing.ScenarioFile, dir, []byte(found.Scenario), one.files)
	if one.measured, err = measurementsOf(dir); err != nil {
		return nil, err
	}
	s, err := one.text.Scenario(nil)
	if err != nil {
		return nil, err
	}
	one.answer = importAnswer{Import: rand.Text(), Name: name, Command: importCommand(inputs, o.Format, flags, name),
		Heading: found.Heading(), Facts: found.Facts(), Samples: []sampleWords{}, Found: found, Scenario: s}
	for _, sample := range found.Samples {
		key := importedPlatform + "." + sample.Of
		one.answer.Samples = append(one.answer.Samples, sampleWords{key, words.KeyWords(key)})
	}
	return one, e.imports.keep(one)
}

// importedPlatform is the platform of imported scenarios.
const importedPlatform = "container"

// directoryName returns the name of the directory of an import: that of its first file without
// endings.
func directoryName(file string) string {
	base, _, _ := strings.Cut(strings.TrimLeft(file, "-."), ".")
	return cmp.Or(base, "log") + "-imported"
}

// importCommand returns the equivalent command.
func importCommand(inputs []importing.Input, asked string, flags []string, out string) string {
	words := []string{"import"}
	if asked != "" {
		words = append(words, asked)
	}
	for i, in := range inputs {
		name := in.Name
		if strings.HasPrefix(name, "-") || i == 0 && asked == "" && slices.Contains(trace.FormatNames(), name) {
			name = "./" + name // neither a flag nor a format
		}
		words = append(words, name)
	}
	return format.CommandLine(slices.Concat(words, flags, []string{"--out", out})...)
}

// measuredFor returns what the log of an import measured, beside a scenario that is made of it; and,
// instead, why it cannot stand there.
func (e *explorer) measuredFor(r scenarioRequest, s scenarios.Scenario) (m measured.Measurements, note string) {
	if r.Import == "" {
		return m, ""
	}
	one, err := e.imports.find(r.Import)
	if err != nil {
		return m, err.Error()
	}
	load := func(...scenarios.Override) (scenarios.Scenario, error) { return s, nil } // the file has no keys
	if m, err = measured.At(load, s, one.measured); err != nil {
		return measured.Measurements{}, err.Error()
	}
	return m, ""
}

// measuredOver returns what the log of an import measured, at the value that a key has in the imported
// scenario; none if the key has no value, or none on the axis of the given values.
func (e *explorer) measuredOver(r scenarioRequest, key string, values []string) (none measured.Measurements) {
	one, err := e.imports.find(r.Import)
	if err != nil || len(one.measured.Rows) == 0 {
		return none
	}
	s := one.answer.Scenario
	text, ok := s.TextOf(key)
	if !ok {
		return none
	}
	before, _ := report.KeyAxis(key, values)
	after, _ := report.KeyAxis(key, append(slices.Clone(values), text))
	if before.Categories == nil && after.Categories != nil {
		return none // such as unlimited among numbers
	}
	m := one.measured // without the platform's name, so that its mark is not that of the present value
	m.Keys, m.Rows = []string{key}, slices.Clone(m.Rows)
	for i := range m.Rows {
		m.Rows[i].Values = []string{text}
	}
	return m
}

// commandLine returns a command, after the commands that write the directories of the imports that it
// uses.
func (e *explorer) commandLine(words []string, of ...scenarioRequest) string {
	var lines []string
	for _, r := range of {
		if one, err := e.imports.find(r.Import); err == nil && !slices.Contains(lines, one.answer.Command) {
			lines = append(lines, one.answer.Command)
		}
	}
	return strings.Join(append(lines, format.CommandLine(words...)), "\n")
}

// sendImport sends an import again, or its directory as an archive.
func (e *explorer) sendImport(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	id, archive := strings.CutSuffix(r.PathValue("id"), ".zip")
	one, err := e.imports.find(id)
	if err != nil {
		refuseRequest(w, statusOf(err), err)
		return
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(uploadTimeout))
	if !archive {
		w.Header().Set("Content-Type", "application/json")
		format.JSON(w, one.answer)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": one.answer.Name + ".zip"}))
	if err := one.writeZip(w); err != nil {
		panic(http.ErrAbortHandler) // the client sees that the archive is cut off
	}
}

// writeZip writes the directory as an archive.
func (one *imported) writeZip(w io.Writer) error {
	archive := zip.NewWriter(w)
	for _, name := range one.files {
		file, err := os.Open(filepath.Join(one.dir, name))
		if err != nil {
			return err
		}
		into, err := archive.CreateHeader(&zip.FileHeader{Name: one.answer.Name + "/" + name, Method: zip.Deflate, Modified: time.Now()})
		if err == nil {
			_, err = io.Copy(into, file)
		}
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return archive.Close()
}

// forgetImport removes an import.
func (e *explorer) forgetImport(w http.ResponseWriter, r *http.Request) {
	e.imports.forget(r.PathValue("id"))
	w.WriteHeader(http.StatusNoContent)
}

// sendImportChoices sends what the options of an import may be.
func sendImportChoices(w http.ResponseWriter, _ *http.Request) {
	type choice struct {
		Name    string `json:"name"`
		Title   string `json:"title"`
		Columns bool   `json:"columns,omitempty"` // its columns may be named
	}
	var formats []choice
	for _, f := range trace.Formats() {
		formats = append(formats, choice{f.Name, f.Title, f.Name == "csv"})
	}
	w.Header().Set("Content-Type", "application/json")
	format.JSON(w, struct {
		Largest int64    `json:"largest"` // bytes of all files of a request
		Formats []choice `json:"formats"`
		Laws    []string `json:"laws"`
		Units   []string `json:"units"`
		Times   []string `json:"times"`
	}{largestUpload, formats, importing.Laws(), []string{"s", "ms", "us", "ns"}, []string{"start", "end"}})
}
