package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
)

// DefaultName is the built-in scenario that Load takes if none is named.
const DefaultName = "float"

// Load reads the scenario that ref names, with overrides: a built-in name, or
// the path of a file. A built-in goes before a file of the same name in the
// working directory; "./float" is the file. "" is DefaultName.
func Load(ref string, overrides []Override) (Scenario, error) {
	text, err := Read(ref)
	if err != nil {
		return Scenario{}, err
	}
	return text.Scenario(overrides)
}

// A Problem is one thing that is wrong with a scenario. The error of a scenario that cannot be read joins one or
// several.
type Problem = keyfile.Problem

// An Override replaces the text of one key, whatever the file says, or one
// parameter of a distribution or an arrival process. It may begin a block that
// the file lacks. The last of several for the same key holds, and one of
// container.cold and container.startup replaces the other one of the file, as
// one of run.duration and run.precision does, and a number of cores all that a block of
// the file says of them.
type Override = keyfile.Override

// ParseOverrides reads texts of the form key=value that a flag, such as --set,
// was given. It returns all errors together.
func ParseOverrides(flag string, texts []string) ([]Override, error) {
	return keyfile.ParseOverrides(flag, texts, "container.keep_alive=10s")
}

// A Text is a scenario file that was read, and what files that it names are relative to.
type Text struct {
	name     string // in errors
	notation dist.Parser
	data     []byte
	// apart takes the text apart once, however many scenarios are made of it.
	apart func() (*keyfile.Document[Scenario], error)
}

// newText returns the text of a file that errors name as name.
func newText(name string, notation dist.Parser, data []byte) Text {
	return Text{name, notation, data, sync.OnceValues(func() (*keyfile.Document[Scenario], error) { return table.TakeApart(name, notation, data) })}
}

// builtinsApart take the built-in scenarios apart, each once, however many scenarios are made of it.
var builtinsApart sync.Map // by name: func() (*keyfile.Document[Scenario], error)

// builtinText returns the text of a built-in scenario.
func builtinText(name string) (Text, error) {
	data, err := Source(name)
	if err != nil {
		return Text{}, err
	}
	t := newText(name, dist.Parser{}.Remembering(), data)
	shared, _ := builtinsApart.LoadOrStore(name, t.apart)
	t.apart = func() (*keyfile.Document[Scenario], error) {
		d, err := shared.(func() (*keyfile.Document[Scenario], error))()
		if err != nil {
			return nil, err
		}
		own := *d
		own.Notation = t.notation // files are remembered for as long as this text is
		return &own, nil
	}
	return t, nil
}

// Read reads the file or the built-in scenario that ref names, as Load does.
func Read(ref string) (Text, error) {
	if ref == "" {
		ref = DefaultName
	}
	if isBuiltin(ref) {
		return builtinText(ref)
	}
	data, err := readFile(ref)
	return newText(ref, dist.Parser{Dir: filepath.Dir(ref)}.Remembering(), data), err
}

// Sealed returns the text of a scenario from somebody who may not read files here: notations that name
// one are refused, in overrides too. Errors name the text as name.
func Sealed(name string, data []byte) Text {
	return newText(name, dist.Parser{NoFiles: true}, data)
}

// SealedIn is Sealed for a text whose notations may name some files of a folder.
func SealedIn(name, dir string, data []byte, files []string) Text {
	return newText(name, dist.Parser{Dir: dir, NoFiles: true, Files: files}.Remembering(), data)
}

// SealedBut is the text for somebody who may read no files here but those that are given, as notations
// name them; of a folder that is given, all that a notation reads in it.
func (t Text) SealedBut(files []string) Text {
	notation := t.notation
	notation.NoFiles, notation.Files = true, files
	return newText(t.name, notation, t.data)
}

// Scenario returns the scenario with overrides; its errors are those of Parse.
func (t Text) Scenario(overrides []Override) (Scenario, error) {
	d, err := t.apart()
	if err != nil {
		return Scenario{}, err
	}
	return document{d.Clone()}.read(overrides)
}

// readFile reads a scenario file, no more of it than is needed to see that it is
// too large.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		return nil, fmt.Errorf("%s is neither a file nor a built-in scenario%s", keyfile.Quoted(path), builtinHint(base))
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, keyfile.Largest+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return data, nil
}

// unreadable says why a path cannot be read; err names the path, too.
func unreadable(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: cannot be read: %w; want a scenario file", path, err)
}

// Parse reads a scenario from the bytes of a file, with overrides. Errors name
// the file as file. Files that notations name, those of overrides too, are looked
// for in dir, the working directory if it is empty. All errors are returned
// together, a paragraph each, in the order of their lines.
func Parse(file, dir string, data []byte, overrides []Override) (Scenario, error) {
	return newText(file, dist.Parser{Dir: dir}, data).Scenario(overrides)
}

// A document is a scenario file taken apart.
type document struct {
	*keyfile.Document[Scenario]
}

// read returns the scenario of a document with overrides, which change it.
func (d document) read(overrides []Override) (Scenario, error) {
	d.Apply(overrides)
	s := d.scenario()
	if err := d.Problems.Join(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// scenario reads all texts, the defaults where none is given, and notes what
// is wrong with them.
func (d document) scenario() Scenario {
	s := Scenario{Name: strings.TrimSuffix(filepath.Base(d.File), filepath.Ext(d.File))}
	if !lines.Has(s.Name) {
		s.Name = "scenario"
	}
	for _, k := range kinds {
		if _, given := d.Blocks[k.Name]; given {
			k.begin(&s)
		}
	}
	if d.Has("pricing.preset") {
		s.Pricing = &Pricing{User: new(platform.UserPrices), Provider: new(platform.ProviderPrices), Memory: map[string]float64{}}
	}
	d.chooseRequests()
	d.chooseScaling()
	if _, given := d.Blocks[functionsBlock]; given {
		all := make(Functions, len(d.Members[functionsBlock]))
		for i, name := range d.Members[functionsBlock] {
			all[i].Name = name
		}
		s.Arrivals = all
	}
	if _, given := d.Blocks[nodesBlock]; given {
		s.Nodes = new(Nodes)
	}
	unread := map[string]bool{}
	for _, k := range d.Keys() {
		e, given := d.Entries[k.Path]
		if !given {
			e.Text = d.standard(&k)
		}
		if !d.Has(k.Path) || e.Text == "" && !given {
			continue
		}
		err := e.Err
		if err == nil {
			err = k.Read(&s, e.Text, d.Notation)
		}
		if err != nil {
			d.Problems.Add(e.Place, "%w", err)
			unread[k.Path] = true
		}
	}
	if strings.HasPrefix(d.Entries["arrivals"].Text, "trace") && unread["arrivals"] {
		// Whether a trace fixes service times is not known if it cannot be read.
		for _, k := range kinds {
			if k.Service != "" {
				unread[k.Service] = !k.has(&s) || table.Find(k.Service).Of(&s) == nil
			}
		}
	}
	if s.Nodes != nil {
		d.checkCoreBlock("nodes.cores", s.Nodes.Cores, unread)
	}
	for _, k := range kinds {
		if k.Cores != nil && k.has(&s) {
			d.checkCoreBlock(keyfile.Join(k.Name, "cores"), *k.Cores(&s), unread)
		}
	}
	d.shareNodeCores(&s)
	d.checkPricing(&s)
	d.checkScaling(&s, unread)
	for _, f := range s.faults(source{unread: func(path string) bool { return unread[path] }, given: d.Given}) {
		d.tell(f)
	}
	return s
}

// chooseRequests keeps one of several keys and blocks that say which requests there are, and notes
// the others.
func (d document) chooseRequests() {
	if _, functions := d.Blocks[functionsBlock]; functions {
		for _, path := range []string{workloadKey, "arrivals"} {
			if e, given := d.Entries[path]; given {
				d.Problems.Add(e.Place, "given beside functions; want one of both")
				delete(d.Entries, path)
			}
		}
	}
	if e, given := d.Entries["arrivals"]; given && d.Given(workloadKey) {
		d.Problems.Add(e.Place, "given beside workload; want one of both")
		delete(d.Entries, "arrivals")
	}
}

// tell notes a fault where it stands.
func (d document) tell(f fault) {
	if block, given := d.Blocks[f.paths[0]]; given {
		d.Problems.Add(block.Key(f.paths[0]), "%w", f.err)
		return
	}
	at := d.At(f.paths...)
	if f.other != nil {
		first, second := d.Entries[f.paths[0]].Place, d.Entries[f.paths[1]].Place
		if first.Line > 0 && (second.Line == 0 || second.Line > first.Line) {
			at, f.err = second, f.other
		}
	}
	d.Problems.Add(at, "%w", f.err)
}

//go:embed library/*.yaml
var library embed.FS

// A Builtin is a scenario of the built-in library.
type Builtin struct {
	Name        string
	Description string // one line
}

// List returns the built-in library in the order of its names.
func List() []Builtin {
	names := builtinNames()
	all := make([]Builtin, len(names))
	for i, name := range names {
		s, err := Load(name, nil)
		if err != nil {
			panic("scenarios: " + err.Error()) // a test loads them all
		}
		all[i] = Builtin{name, s.Description}
	}
	return all
}

// Source returns the file of a built-in scenario, with its comments.
func Source(name string) ([]byte, error) {
	if data, err := library.ReadFile(libraryPath(name)); err == nil {
		return data, nil
	}
	return nil, fmt.Errorf("%s is not a built-in scenario%s", keyfile.Quoted(name), builtinHint(name))
}

// builtinNames returns the names of the library, sorted.
func builtinNames() []string {
	files, err := library.ReadDir("library")
	if err != nil {
		panic("scenarios: " + err.Error()) // it is in the binary
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f.Name(), ".yaml")
	}
	return names
}

func isBuiltin(name string) bool { return slices.Contains(builtinNames(), name) }

func libraryPath(name string) string { return path.Join("library", name+".yaml") }

// builtinHint continues the error of a name that is neither a file nor built in.
func builtinHint(name string) string {
	names := builtinNames()
	built := "; built in are " + keyfile.List(names, "and")
	if i := keyfile.Nearest(name, keyfile.FewEdits(name), names); i >= 0 {
		return fmt.Sprintf("; did you mean %s?%s", names[i], strings.TrimPrefix(built, ";"))
	}
	return built
}
