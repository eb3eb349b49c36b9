package scenarios

import (
	"fmt"
	"strings"

	"faaslab/dist"
)

// An Override replaces the text of one key, whatever the file says, or one
// parameter of a distribution or an arrival process. It may begin a block that
// the file lacks. The last of several for the same key holds, and one of
// container.cold and container.startup replaces the other one of the file, as
// one of run.duration and run.precision does, and a number of cores all that a block of
// the file says of them.
type Override struct {
	Key   string // a path: container.keep_alive, arrivals.rate
	Value string // as in a scenario file: 10s, 3/s
	Flag  string // the flag it came from, for errors; empty means --set
}

// ParseOverrides reads texts of the form key=value that a flag, such as --set,
// was given. It returns all errors together.
func ParseOverrides(flag string, texts []string) ([]Override, error) {
	var all problems
	overrides := make([]Override, 0, len(texts))
	for _, text := range texts {
		path, value, ok := strings.Cut(text, "=")
		if path = strings.TrimSpace(path); !ok || path == "" {
			all.add(place{text: flag + " " + legible(text), path: path}, "want key=value, such as container.keep_alive=10s")
			continue
		}
		overrides = append(overrides, Override{Key: path, Value: strings.TrimSpace(value), Flag: flag})
	}
	return overrides, all.join()
}

// place returns how errors name the override.
func (o Override) place() place {
	flag := o.Flag
	if flag == "" {
		flag = "--set"
	}
	return place{text: fmt.Sprintf("%s %s=%s", flag, legible(o.Key), legible(o.Value)), path: o.Key}
}

// apply replaces texts of the document by those of overrides, in their order.
func (d *document) apply(overrides []Override) {
	for _, o := range overrides {
		at := o.place()
		if k := find(o.Key); k != nil {
			d.replace(o.Key, entry{text: o.Value, place: at})
			continue
		}
		if k, parameter := lawOf(o.Key); k != nil {
			d.replaceParameter(k, parameter, o.Value, at)
			continue
		}
		if names, ok := namesOf[o.Key]; ok && o.Key != "" {
			d.problems.add(at, "%s is a block; want one of its keys: %s", o.Key, list(names, "or"))
			continue
		}
		d.problems.add(at, "%w", unknown(o.Key))
	}
}

// replace puts an override's entry at a path.
func (d *document) replace(path string, e entry) {
	d.entries[path] = e
	for block, _ := split(path); block != ""; block, _ = split(block) {
		if _, given := d.blocks[block]; !given {
			d.blocks[block] = e.place
		}
	}
	for _, rival := range rivals[path] {
		if r, given := d.entries[rival]; given && r.place.line > 0 {
			delete(d.entries, rival)
		}
	}
}

// replaceParameter rewrites one parameter in the notation that is given for k.
func (d *document) replaceParameter(k *key, parameter, value string, at place) {
	e, given := d.entries[k.path]
	if !given && k.standard != "" && d.has(k.path) {
		e, given = entry{text: k.standard}, true
	}
	if !given {
		d.problems.add(at, "%s is not given, so it has no parameters; want %s=…, %s", k.path, k.path, k.accepts)
		return
	}
	if dist.Parameters(e.text) == nil {
		return // no notation; reading it will say so where it stands
	}
	text, err := dist.WithParameter(e.text, parameter, value)
	if err != nil {
		d.problems.add(at, "%w", err)
		return
	}
	d.entries[k.path] = entry{text: text, place: at}
}
