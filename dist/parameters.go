package dist

import (
	"slices"
	"strconv"
	"strings"
)

// Parameters returns the paths of the parameters that WithParameter can set in a notation, in the
// order of the notation; nil for text that is no notation. A path is the name of a parameter in the
// outermost call that has it: mean, rate, cv. An item of a list has its index after the name:
// rates.0. A parameter within a part of a mixture, or within a stream of a superposition, has the
// index of the part or stream before the name: 0.mean. A value of quantiles is called as its
// probability is written: 0.99. An optional parameter that is left out has no path.
// Parameters written without a name are called value (of constant), min and max (uniform), by
// (shifted) and file.
func Parameters(notation string) []string {
	all, err := parameters(notation)
	if err != nil {
		return nil
	}
	paths := make([]string, len(all))
	for i, s := range all {
		paths[i] = s.path
	}
	return paths
}

// WithParameter returns a notation with the parameter at a path (see Parameters) set to value, and
// everything else unchanged. Both the value and the result are checked; files are not opened.
func WithParameter(notation, path, value string) (string, error) {
	all, err := parameters(notation)
	if err != nil {
		return "", err
	}
	paths := make([]string, len(all))
	for i, s := range all {
		if s.path == path {
			return s.replace(notation, value)
		}
		paths[i] = s.path
	}
	suggestion := ""
	if near := nearest(path, paths); near != "" {
		suggestion = "did you mean " + near + "? "
	}
	return "", syntaxErrorf(notation, 0, "no parameter %s here; %savailable are %s",
		excerpt(path), suggestion, strings.Join(paths, ", "))
}

// WholeParameter reports whether the parameter at a path (see Parameters) takes whole numbers, in
// whatever law: one name means the same in all.
func WholeParameter(path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	for _, l := range slices.Concat(distributionLaws, processLaws) {
		for _, p := range l.parameters {
			if p.name == name {
				return p.kind == whole
			}
		}
	}
	return false
}

// A setting is one addressable parameter of a notation.
type setting struct {
	path string
	parameter
	term term
}

// replace writes value in the setting's place.
func (s setting) replace(notation, value string) (string, error) {
	value = strings.TrimSpace(value)
	if s.kind == file {
		value = quoteFile(value)
	}
	// A value must be one word, so that "1s, cv=3" is refused.
	t, err := scan(value)
	if err != nil {
		return "", err
	}
	if t.form != word {
		return "", syntaxErrorf(value, 0, "%s is %s, and a single value is expected", s.path, excerpt(value))
	}
	replaced := notation[:s.term.start] + value + notation[s.term.end:]
	_, err = parameters(replaced)
	return replaced, err
}

// parameters checks a notation and returns its settings.
func parameters(notation string) ([]setting, error) {
	t, err := scan(notation)
	if err != nil {
		return nil, err
	}
	b := builder{Parser{unopened: true}, notation}
	wanted := b.kindOf(t)
	if _, err := b.call(t, wanted); err != nil {
		return nil, err
	}
	return b.settings(t, wanted), nil
}

// kindOf returns whether a call denotes a distribution or a process. The name constant denotes
// both: constant(60ms) and constant(rate=10/s).
func (b builder) kindOf(t term) kind {
	regular := len(t.arguments) > 0 && t.arguments[0].name != nil
	for _, l := range processLaws {
		if l.name == t.text && (l.name != "constant" || regular) {
			return process
		}
	}
	return distribution
}

// settings lists the parameters of a call that has been checked.
func (b builder) settings(t term, wanted kind) (all []setting) {
	l, _ := b.law(t, wanted)
	switch kind := l.parameters[0].kind; {
	case kind == points:
		for _, a := range t.arguments {
			all = append(all, setting{a.weight.text, pointValue, a.value})
		}
		return all
	case kind.takesAll():
		of := distribution
		if kind == processes {
			of = process
		}
		for i, a := range t.arguments {
			for _, s := range b.settings(a.value, of) {
				s.path = strconv.Itoa(i) + "." + s.path
				all = append(all, s)
			}
		}
		return all
	}
	assigned, _ := b.assign(l, t)
	taken := map[string]bool{}
	for i, p := range l.parameters {
		if assigned[i] == nil {
			continue
		}
		switch p.kind {
		case distribution, process:
		case durations, rates:
			for j, item := range assigned[i].items {
				path := p.name + "." + strconv.Itoa(j)
				all = append(all, setting{path, p, item})
			}
		default:
			all = append(all, setting{p.name, p, *assigned[i]})
		}
		taken[p.name] = true
	}
	for i, p := range l.parameters {
		if p.kind != distribution && p.kind != process {
			continue
		}
		for _, s := range b.settings(*assigned[i], p.kind) {
			if name, _, _ := strings.Cut(s.path, "."); !taken[name] {
				all = append(all, s)
			}
		}
	}
	return all
}
