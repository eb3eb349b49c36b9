package scenarios

import (
	"path/filepath"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios/internal/keyfile"
)

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
	unread := map[string]bool{}
	for _, k := range table.Keys {
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
	for _, k := range kinds {
		if k.Cores != nil && k.has(&s) {
			d.checkCoreBlock(keyfile.Join(k.Name, "cores"), *k.Cores(&s), unread)
		}
	}
	d.checkPricing(&s)
	for _, f := range s.faults(source{unread: func(path string) bool { return unread[path] }, given: d.Given}) {
		d.tell(f)
	}
	return s
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
