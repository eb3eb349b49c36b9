package dist

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Parser reads notations. The zero value looks for files in the process's working directory.
type Parser struct {
	Dir string // relative file names in a notation start here
	// NoFiles refuses notations that name a file not in Files: the authors of such notations must
	// not read files of the user who runs the program.
	NoFiles bool
	Files   []string // as written in notations
	// unopened keeps the names of files without opening the files.
	unopened bool
	read     *readFiles // nil: nothing is remembered
}

// Remembering returns a parser that reads each file once, however often its notation occurs.
func (p Parser) Remembering() Parser {
	p.read = &readFiles{results: map[string]*readResult{}}
	return p
}

// readFiles holds what a parser has read of files.
type readFiles struct {
	sync.Mutex
	results map[string]*readResult
}

// A readResult is what was read, once it was.
type readResult struct {
	sync.Mutex
	result any
}

// remember returns the result of reading a file, which a parser that remembers reads once. key says
// what is read, and how. An error is not remembered.
func (p Parser) remember(key string, read func() (any, error)) (any, error) {
	if p.read == nil {
		return read()
	}
	p.read.Lock()
	known := p.read.results[key]
	if known == nil {
		known = new(readResult)
		p.read.results[key] = known
	}
	p.read.Unlock()
	known.Lock()
	defer known.Unlock()
	if known.result != nil {
		return known.result, nil
	}
	result, err := read()
	if err == nil {
		known.result = result
	}
	return result, err
}

// Remember is for notations of other packages: it returns the result of read, which a parser that
// remembers calls once for a key that says what is read, and how. read may parse notations.
func (p Parser) Remember(key string, read func() (any, error)) (any, error) {
	return p.remember(key, read)
}

// Locate returns the path of a file or folder that a notation of another package names, or the error
// that it must not be read.
func (p Parser) Locate(name string) (path string, err error) { return p.path(name), p.refuse(name) }

// Parse reads the notation of a distribution, such as gamma(mean=1s, cv=0.5). An error in the
// notation is a *SyntaxError, an error in the file of an empirical law a *RowError.
func Parse(notation string) (Distribution, error) { return Parser{}.Parse(notation) }

// ParseArrivals reads the notation of an arrival process, such as poisson(rate=1/s). An error in
// the notation is a *SyntaxError, an error in the file of a trace a *RowError.
func ParseArrivals(notation string) (Arrivals, error) { return Parser{}.ParseArrivals(notation) }

// Parse reads like the function Parse, with files relative to p.Dir.
func (p Parser) Parse(notation string) (Distribution, error) {
	t, err := scan(notation)
	if err != nil {
		return nil, err
	}
	return builder{p, notation}.distribution(t)
}

// ParseArrivals reads like the function ParseArrivals, with files relative to p.Dir.
func (p Parser) ParseArrivals(notation string) (Arrivals, error) {
	t, err := scan(notation)
	if err != nil {
		return nil, err
	}
	return builder{p, notation}.process(t)
}

// refuse returns an error if the file named in a notation must not be read.
func (p Parser) refuse(name string) error {
	if p.NoFiles && !slices.Contains(p.Files, name) {
		return fmt.Errorf("%s: files are not read here; want a law without one", quoteFile(name))
	}
	return nil
}

// path returns the path of a file named in a notation.
func (p Parser) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.Dir, name)
}

// A builder turns the terms of one input into laws.
type builder struct {
	parser Parser
	input  string
}

func (b builder) errorf(offset int, format string, arguments ...any) error {
	return syntaxErrorf(b.input, offset, format, arguments...)
}

func (b builder) distribution(t term) (Distribution, error) {
	built, err := b.call(t, distribution)
	if err != nil {
		return nil, err
	}
	d := built.(Distribution)
	if mean, _ := d.Moments(); mean > maxDuration {
		// A sum of laws, each within the bounds, may exceed them.
		return nil, b.errorf(t.start, "the mean of %s is beyond 292 years, where virtual time ends", excerpt(b.input[t.start:t.end]))
	}
	return d, nil
}

func (b builder) process(t term) (Arrivals, error) {
	built, err := b.call(t, process)
	if err != nil {
		return nil, err
	}
	return built.(Arrivals), nil
}

// call builds the Distribution or Arrivals that t denotes.
func (b builder) call(t term, wanted kind) (any, error) {
	l, err := b.law(t, wanted)
	if err != nil {
		return nil, err
	}
	assigned, err := b.assign(l, t)
	if err != nil {
		return nil, err
	}
	values := make([]value, len(l.parameters))
	for i, p := range l.parameters {
		switch {
		case p.kind == parts:
			values[i].parts, err = b.parts(l, t)
		case p.kind == points:
			values[i].points, err = b.points(l, t)
		case p.kind == processes:
			values[i].streams, err = b.streams(l, t)
		case assigned[i] != nil:
			values[i], err = b.value(l, p, *assigned[i])
		}
		if err != nil {
			return nil, err
		}
	}
	built, err := l.make(b.parser, values)
	var refused refusal
	switch {
	case errors.As(err, &refused):
		offset := t.start
		if blamed := assigned[refused.parameter]; blamed != nil {
			offset = blamed.start
		}
		return nil, b.errorf(offset, "%s", refused.message)
	case err != nil:
		return nil, err
	}
	return built, nil
}

// law finds the function that t calls, among the functions of the wanted kind.
func (b builder) law(t term, wanted kind) (law, error) {
	mine, others, a, other := distributionLaws, processLaws, "a distribution", "an arrival process"
	if wanted == process {
		mine, others, a, other = others, mine, other, a
	}
	if t.form != call {
		return law{}, b.errorf(t.start, "%s is not %s, which is written as a call, such as %s",
			excerpt(b.input[t.start:t.end]), a, mine[0].example)
	}
	for _, l := range mine {
		if l.name == t.text {
			return l, nil
		}
	}
	names := make([]string, len(mine))
	for i, l := range mine {
		names[i] = l.name
	}
	for _, l := range others {
		if l.name == t.text {
			return law{}, b.errorf(t.start, "%s is %s, and %s is expected here: %s", l.name, other, a, strings.Join(names, ", "))
		}
	}
	suggestion := ""
	if near := nearest(t.text, names); near != "" {
		suggestion = "did you mean " + near + "? "
	}
	return law{}, b.errorf(t.start, "%s is not %s; %sknown are %s", excerpt(t.text), a, suggestion, strings.Join(names, ", "))
}

// assign returns the term given for each parameter of l; nil for one that is left out, and for one
// that takes all arguments.
func (b builder) assign(l law, t term) ([]*term, error) {
	assigned := make([]*term, len(l.parameters))
	if l.parameters[0].kind.takesAll() {
		return assigned, nil
	}
	for i, a := range t.arguments {
		at, err := b.slot(l, assigned, a)
		if err != nil {
			return nil, err
		}
		assigned[at] = &t.arguments[i].value
	}
	for i, p := range l.parameters {
		if assigned[i] == nil && !p.optional {
			return nil, b.errorf(t.close, "%s is missing: %s", p.name, l.usage())
		}
	}
	return assigned, nil
}

// slot returns the index of the parameter that an argument sets.
func (b builder) slot(l law, assigned []*term, a argument) (int, error) {
	if a.weight != nil {
		return 0, b.errorf(a.weight.start, "a number before a colon belongs into mixture or quantiles: %s", l.usage())
	}
	if a.name == nil {
		for i, p := range l.parameters {
			if p.bare && assigned[i] == nil {
				return i, nil
			}
		}
		return 0, b.errorf(a.value.start, "%s is given without a name where none is expected: %s",
			excerpt(b.input[a.value.start:a.value.end]), l.usage())
	}
	var names []string
	for i, p := range l.parameters {
		if p.bare {
			continue
		}
		if p.name == a.name.text {
			if assigned[i] != nil {
				return 0, b.errorf(a.name.start, "%s is given twice", p.name)
			}
			return i, nil
		}
		names = append(names, p.name)
	}
	suggestion := ""
	if near := nearest(a.name.text, names); near != "" {
		suggestion = " (did you mean " + near + "?)"
	}
	return 0, b.errorf(a.name.start, "%s has no parameter called %s%s: %s", l.name, excerpt(a.name.text), suggestion, l.usage())
}

// usage describes the parameters of a law.
func (l law) usage() string {
	names := make([]string, len(l.parameters))
	for i, p := range l.parameters {
		names[i] = p.name
		switch {
		case p.bare:
			names[i] = p.kind.noun()
		case p.optional:
			names[i] = "perhaps " + p.name
		}
	}
	last := len(names) - 1
	takes := names[last]
	if last > 0 {
		takes = strings.Join(names[:last], ", ") + " and " + takes
	}
	return l.name + " takes " + takes + ", as in " + l.example
}

// noun names a bare parameter of the kind, with its article.
func (k kind) noun() string {
	switch k {
	case file:
		return "a file"
	case distribution:
		return "a distribution"
	case process:
		return "an arrival process"
	case parts:
		return "a weight and a distribution for each part"
	case points:
		return "a probability and a duration for each point"
	case processes:
		return "an arrival process for each stream"
	}
	return "a duration"
}

// value reads the value of one parameter.
func (b builder) value(l law, p parameter, t term) (v value, err error) {
	switch p.kind {
	case distribution:
		v.law, err = b.distribution(t)
		return v, err
	case process:
		v.process, err = b.process(t)
		return v, err
	case durations, rates:
		if t.form != list {
			return v, b.errorf(t.start, "%s is %s, and a list in brackets is expected: %s",
				p.name, excerpt(b.input[t.start:t.end]), l.usage())
		}
		for _, item := range t.items {
			x, err := b.scalar(p, item)
			if err != nil {
				return v, err
			}
			v.numbers = append(v.numbers, x)
		}
		return v, nil
	}
	if t.form != word {
		return v, b.errorf(t.start, "%s is %s, and a single value is expected: %s",
			p.name, excerpt(b.input[t.start:t.end]), l.usage())
	}
	if p.kind == file {
		if t.text == "" {
			return v, b.errorf(t.start, "the name of the file is empty: %s", l.usage())
		}
		v.text = t.text
		return v, nil
	}
	v.number, err = b.scalar(p, t)
	return v, err
}

// scalar reads one number, duration or rate and checks that it lies in p's domain.
func (b builder) scalar(p parameter, t term) (x float64, err error) {
	switch p.kind {
	case duration, durations:
		x, err = ParseDuration(t.text)
	case rate, rates:
		x, err = ParseRate(t.text)
	default:
		length := scanNumber(t.text)
		if length == 0 || length < len(t.text) {
			return 0, b.errorf(t.start, "%s is %s, not a number; accepted is %s", p.name, excerpt(t.text), p.domain())
		}
		if x, err = strconv.ParseFloat(t.text, 64); err != nil { // ±Inf is left for the domain to refuse
			err = nil
		}
	}
	var wrong *SyntaxError
	if errors.As(err, &wrong) {
		offset := t.start + wrong.Offset
		if len(t.text) != t.end-t.start {
			offset = t.start // in quoted text, offsets differ
		}
		return 0, b.errorf(offset, "%s: %s", p.name, wrong.Message)
	}
	isWhole := x == float64(int(x)) && (strings.ContainsAny(t.text, "eE") || !strings.Contains(t.text, ".")) // some write a thousand as 1.000
	if !(x >= p.min && x <= p.max) || p.kind == whole && !isWhole {
		return 0, b.errorf(t.start, "%s is %s; accepted is %s", p.name, t.text, p.domain())
	}
	return x, nil
}

// domain describes the values that a scalar parameter accepts.
func (p parameter) domain() string {
	format, a := formatNumber, "a number"
	switch p.kind {
	case whole:
		a = "a whole number"
	case duration, durations:
		if p.max == maxDuration {
			return "a duration from " + FormatDuration(p.min) + " to 292 years"
		}
		format, a = FormatDuration, "a duration"
	case rate, rates:
		if p.min == minRate {
			return "a rate from once in 292 years to " + FormatRate(p.max)
		}
		format, a = FormatRate, "a rate"
	}
	return a + " from " + format(p.min) + " to " + format(p.max)
}

// parts reads the arguments of a mixture.
func (b builder) parts(l law, t term) (all []Part, err error) {
	err = b.pairs(l, t, "part", partWeight, func(weight float64, of term) error {
		d, err := b.distribution(of)
		all = append(all, Part{weight, d})
		return err
	})
	return all, err
}

// points reads the arguments of quantiles.
func (b builder) points(l law, t term) (all []QuantilePoint, err error) {
	err = b.pairs(l, t, "point", pointProbability, func(probability float64, of term) error {
		v, err := b.value(l, pointValue, of)
		all = append(all, QuantilePoint{probability, v.number})
		return err
	})
	return all, err
}

// pairs reads all arguments of a call, each a number, a colon and a value, with which it calls read.
func (b builder) pairs(l law, t term, noun string, before parameter, read func(x float64, of term) error) error {
	if len(t.arguments) == 0 {
		return b.errorf(t.close, "no %s is given: %s", noun, l.usage())
	}
	for _, a := range t.arguments {
		if a.weight == nil {
			at := a.value.start
			if a.name != nil {
				at = a.name.start
			}
			return b.errorf(at, "a %s without a %s and a colon before it: %s", noun, before.name, l.usage())
		}
		x, err := b.scalar(before, *a.weight)
		if err != nil {
			return err
		}
		if err := read(x, a.value); err != nil {
			return err
		}
	}
	return nil
}

// streams reads the arguments of a superposition.
func (b builder) streams(l law, t term) (all []Arrivals, err error) {
	for _, a := range t.arguments {
		for _, before := range []*term{a.name, a.weight} {
			if before != nil {
				return nil, b.errorf(before.start, "%s stands before a stream, which has neither name nor weight: %s",
					excerpt(before.text), l.usage())
			}
		}
		p, err := b.process(a.value)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
