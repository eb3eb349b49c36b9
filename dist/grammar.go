package dist

import (
	"strconv"
	"strings"
)

// A Grammar describes the notations of distributions, or of arrival processes, to editors.
type Grammar struct {
	// Pattern is a regular expression, valid in ECMA-262 and RE2, that matches every whole
	// notation. It checks the names of laws and parameters and the forms of values, down to the
	// second level of nested laws; it accepts six levels in all. Parse and ParseArrivals check the
	// domains, and conditions that join parameters.
	Pattern  string
	Examples []string // a notation of each law
}

// DistributionGrammar returns the grammar of the notations that Parse reads.
func DistributionGrammar() Grammar { return grammar(distributionLaws) }

// ArrivalsGrammar returns the grammar of the notations that ParseArrivals reads.
func ArrivalsGrammar() Grammar { return grammar(processLaws) }

// patternDepth is the number of levels of nested laws that a pattern checks.
const patternDepth = 2

func grammar(laws []law) (g Grammar) {
	for _, l := range laws {
		g.Examples = append(g.Examples, l.example)
	}
	g.Pattern = `^\s*` + lawsPattern(laws, patternDepth) + `\s*$`
	return g
}

// Patterns of the forms of words. White space may surround each.
const (
	numberPattern   = `[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?`
	durationPattern = `(?:` + numberPattern + `(?:ns|us|µs|μs|ms|s|m|h|d))+`
	ratePattern     = numberPattern + `\s*/\s*(?:ms|s|m|h|d)`
	filePattern     = `(?:"(?:[^"\\]|\\.)*"|[^()\[\],=:"]+)`
)

// anyCallPattern matches any call with up to three more levels of parentheses. Each character
// matches in one way only, so no text takes an editor long.
var anyCallPattern = func() string {
	inside := `[^()]*`
	for range 3 {
		inside = `[^()]*(?:\(` + inside + `\)[^()]*)*`
	}
	return `[a-z]+\s*\(` + inside + `\)`
}()

// lawsPattern matches a call of one of the laws; it checks nested laws down to depth.
func lawsPattern(laws []law, depth int) string {
	if depth == 0 {
		return anyCallPattern
	}
	calls := make([]string, len(laws))
	for i, l := range laws {
		calls[i] = l.name + `\s*\(\s*` + l.argumentsPattern(depth-1) + `\s*\)`
	}
	return `(?:` + strings.Join(calls, "|") + `)`
}

// argumentsPattern matches the arguments in the parentheses of a call: as many as the law has
// parameters, or fewer if some are optional, in any order.
func (l law) argumentsPattern(depth int) string {
	comma := `\s*,\s*`
	if of := l.parameters[0].kind; of == parts || of == points {
		part := numberPattern + `\s*:\s*` + of.pattern(depth)
		return part + `(?:` + comma + part + `)*`
	}
	if l.parameters[0].kind == processes {
		// Written once, with what may follow it: a comma and the next name, or the end. A stream ends
		// with a parenthesis, so that the next name cannot follow without a comma.
		return `(?:` + lawsPattern(processLaws, depth) + `(?:` + comma + `\b|\B))+`
	}
	alternatives, optional := make([]string, len(l.parameters)), 0
	for i, p := range l.parameters {
		if p.optional {
			optional++
		}
		alternatives[i] = p.kind.pattern(depth)
		if !p.bare {
			alternatives[i] = p.name + `\s*=\s*` + alternatives[i]
		}
	}
	argument := `(?:` + strings.Join(alternatives, "|") + `)`
	if n := len(l.parameters) - 1; n > 0 {
		repeated := strconv.Itoa(n)
		if optional > 0 {
			repeated = strconv.Itoa(n-optional) + "," + repeated
		}
		return argument + `(?:` + comma + argument + `){` + repeated + `}`
	}
	return argument
}

// pattern matches a value of the kind; of one that takes all arguments, what follows the colon.
func (k kind) pattern(depth int) string {
	list := func(item string) string { return `\[\s*` + item + `(?:\s*,\s*` + item + `)*\s*\]` }
	switch k {
	case duration, points:
		return durationPattern
	case durations:
		return list(durationPattern)
	case rate:
		return ratePattern
	case rates:
		return list(ratePattern)
	case file:
		return filePattern
	case distribution, parts:
		return lawsPattern(distributionLaws, depth)
	case process:
		return lawsPattern(processLaws, depth)
	}
	return numberPattern
}
