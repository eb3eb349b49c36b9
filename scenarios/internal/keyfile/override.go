package keyfile

import (
	"fmt"
	"strings"

	"faaslab/dist"
)

// An Override replaces the text of one key, whatever the file says, or one
// parameter of a distribution or an arrival process. It may begin a block that
// the file lacks. The last of several for the same key holds, and it replaces the rivals of its key
// that the file gives.
type Override struct {
	Key   string // a path: container.keep_alive, arrivals.rate
	Value string // as in a file: 10s, 3/s
	Flag  string // the flag it came from, for errors; empty means --set
}

// ParseOverrides reads texts of the form key=value that a flag, such as --set,
// was given; example is one of them, for errors. It returns all errors together.
func ParseOverrides(flag string, texts []string, example string) ([]Override, error) {
	var all Problems
	overrides := make([]Override, 0, len(texts))
	for _, text := range texts {
		path, value, ok := strings.Cut(text, "=")
		if path = strings.TrimSpace(path); !ok || path == "" {
			all.Add(Place{Text: flag + " " + Legible(text), Path: path}, "want key=value, such as %s", example)
			continue
		}
		overrides = append(overrides, Override{Key: path, Value: strings.TrimSpace(value), Flag: flag})
	}
	return overrides, all.Join()
}

// place returns how errors name the override.
func (o Override) place() Place {
	flag := o.Flag
	if flag == "" {
		flag = "--set"
	}
	return Place{Text: fmt.Sprintf("%s %s=%s", flag, Legible(o.Key), Legible(o.Value)), Path: o.Key}
}

// Apply replaces texts of the document by those of overrides, in their order.
func (d *Document[S]) Apply(overrides []Override) {
	for _, o := range overrides {
		at := o.place()
		if k := d.table.Find(o.Key); k != nil {
			d.replace(o.Key, Entry{Text: o.Value, Place: at})
			continue
		}
		if k, parameter := d.table.LawOf(o.Key); k != nil {
			d.replaceParameter(k, parameter, o.Value, at)
			continue
		}
		if d.table.Free[o.Key] != "" {
			d.Problems.Add(at, "%s is a block of free names; want a key of one of them", o.Key)
			continue
		}
		if names := d.table.NamesIn(o.Key); names != nil && o.Key != "" {
			d.Problems.Add(at, "%s is a block; want one of its keys: %s", o.Key, List(names, "or"))
			continue
		}
		d.Problems.Add(at, "%w", d.table.Unknown(o.Key))
	}
}

// replace puts an override's entry at a path.
func (d *Document[S]) replace(path string, e Entry) {
	d.Entries[path] = e
	for block, _ := Split(path); block != ""; block, _ = Split(block) {
		if _, given := d.Blocks[block]; !given {
			d.Blocks[block] = e.Place
			d.join(block)
		}
	}
	for _, rival := range d.table.Rivals[path] {
		if r, given := d.Entries[rival]; given && r.Place.Line > 0 {
			delete(d.Entries, rival)
		}
	}
}

// replaceParameter rewrites one parameter in the notation that is given for k.
func (d *Document[S]) replaceParameter(k *Key[S], parameter, value string, at Place) {
	e, given := d.Entries[k.Path]
	if !given && k.Standard != "" && d.Has(k.Path) {
		e, given = Entry{Text: k.Standard}, true
	}
	if !given {
		d.Problems.Add(at, "%s is not given, so it has no parameters; want %s=…, %s", k.Path, k.Path, k.Accepts)
		return
	}
	set := k.Set
	if set == nil {
		if dist.Parameters(e.Text) == nil {
			return // no notation; reading it will say so where it stands
		}
		set = dist.WithParameter
	}
	text, err := set(e.Text, parameter, value)
	if err != nil {
		d.Problems.Add(at, "%w", err)
		return
	}
	d.Entries[k.Path] = Entry{Text: text, Place: at}
}
