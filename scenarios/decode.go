package scenarios

import (
	"path/filepath"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
)

// Parse reads a scenario from the bytes of a file, with overrides. Errors name
// the file as file. Files that notations name, those of overrides too, are looked
// for in dir, the working directory if it is empty. All errors are returned
// together, a paragraph each, in the order of their lines.
func Parse(file, dir string, data []byte, overrides []Override) (Scenario, error) {
	return newText(file, dist.Parser{Dir: dir}, data).Scenario(overrides)
}

// read returns the scenario of a document with overrides, which change it.
func (d *document) read(overrides []Override) (Scenario, error) {
	d.apply(overrides)
	s := d.scenario()
	if err := d.problems.join(); err != nil {
		return Scenario{}, err
	}
	return s, nil
}

// scenario reads all texts, the defaults where none is given, and notes what
// is wrong with them.
func (d *document) scenario() Scenario {
	s := Scenario{Name: strings.TrimSuffix(filepath.Base(d.file), filepath.Ext(d.file))}
	if !lines.has(s.Name) {
		s.Name = "scenario"
	}
	for _, k := range kinds {
		if _, given := d.blocks[k.Name]; given {
			k.begin(&s)
		}
	}
	if d.has("pricing.preset") {
		s.Pricing = &Pricing{User: new(platform.UserPrices), Provider: new(platform.ProviderPrices), Memory: map[string]float64{}}
	}
	unread := map[string]bool{}
	for _, k := range keys {
		e, given := d.entries[k.path]
		if !given {
			e.text = d.standard(&k)
		}
		if !d.has(k.path) || e.text == "" && !given {
			continue
		}
		err := e.err
		if err == nil {
			err = k.read(&s, e.text, d.notation)
		}
		if err != nil {
			d.problems.add(e.place, "%w", err)
			unread[k.path] = true
		}
	}
	if strings.HasPrefix(d.entries["arrivals"].text, "trace") && unread["arrivals"] {
		// Whether a trace fixes service times is not known if it cannot be read.
		for _, k := range kinds {
			if k.Service != "" {
				unread[k.Service] = !k.has(&s) || find(k.Service).of(&s) == nil
			}
		}
	}
	for _, k := range kinds {
		if k.Cores != nil && k.has(&s) {
			d.checkCoreBlock(join(k.Name, "cores"), *k.Cores(&s), unread)
		}
	}
	d.checkPricing(&s)
	for _, f := range s.faults(source{unread: func(path string) bool { return unread[path] }, given: d.given}) {
		d.tell(f)
	}
	return s
}

// tell notes a fault where it stands.
func (d *document) tell(f fault) {
	if block, given := d.blocks[f.paths[0]]; given {
		d.problems.add(block.key(f.paths[0]), "%w", f.err)
		return
	}
	at := d.at(f.paths...)
	if f.other != nil {
		first, second := d.entries[f.paths[0]].place, d.entries[f.paths[1]].place
		if first.line > 0 && (second.line == 0 || second.line > first.line) {
			at, f.err = second, f.other
		}
	}
	d.problems.add(at, "%w", f.err)
}
