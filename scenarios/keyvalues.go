package scenarios

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/sim"
)

// The constructors in this file make the keys of the table, one a kind of value.

// line makes a key whose value is a text of one line.
func line(path, doc string, field func(*Scenario) *string) key {
	return key{
		path: path, doc: doc, accepts: lines.accepts(),
		schema: fragment{"type": "string", "minLength": 1, "maxLength": longestLine},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			if !lines.has(text) {
				return wrong(text, lines.accepts())
			}
			*field(s) = text
			return nil
		},
		write: func(s *Scenario) string { return *field(s) },
	}
}

// law makes a key whose value is a distribution of durations.
func law(path, doc string, field func(*Scenario) *dist.Distribution) key {
	return key{
		path: path, doc: doc, accepts: wantLaw, law: true, schema: refer(distributionSchema),
		of: func(s *Scenario) dist.Distribution { return *field(s) },
		read: func(s *Scenario, text string, notation dist.Parser) error {
			d, err := notation.Parse(text)
			if err != nil {
				return err
			}
			*field(s) = d
			return nil
		},
		write: func(s *Scenario) string {
			if d := *field(s); d != nil {
				return d.String()
			}
			return ""
		},
	}
}

// pause is a law that leaves nil for what takes no time, as it does if left out.
func pause(path, doc string, field func(*Scenario) *dist.Distribution) key {
	const none = "constant(0s)"
	k := law(path, doc, field)
	read, write := k.read, k.write
	k.standard = none
	k.read = func(s *Scenario, text string, notation dist.Parser) error {
		if err := read(s, text, notation); err != nil {
			return err
		}
		if mean, _ := (*field(s)).Moments(); mean == 0 {
			*field(s) = nil
		}
		return nil
	}
	k.write = func(s *Scenario) string {
		if *field(s) == nil {
			return none
		}
		return write(s)
	}
	return k
}

// arrivals makes a key whose value is an arrival process.
func arrivals(path, doc string, field func(*Scenario) *dist.Arrivals) key {
	return key{
		path: path, doc: doc,
		accepts: wantArrivals, law: true, schema: refer(arrivalsSchema),
		read: func(s *Scenario, text string, notation dist.Parser) error {
			a, err := notation.ParseArrivals(text)
			if err != nil {
				return err
			}
			*field(s) = a
			return nil
		},
		write: func(s *Scenario) string {
			if a := *field(s); a != nil {
				return a.String()
			}
			return ""
		},
	}
}

// span makes a key whose value is a duration, or never.
func span(path, doc, standard string, domain spanDomain, field func(*Scenario) *sim.Time) key {
	accepts, also := domain.accepts(), ""
	if domain.orNever {
		also = "; never is accepted, too"
	}
	return key{
		path: path, doc: doc, accepts: accepts, standard: standard, schema: durationSchema(domain.orNever),
		read: func(s *Scenario, text string, _ dist.Parser) error {
			if domain.orNever && text == never {
				*field(s) = sim.Never
				return nil
			}
			t, err := parseTime(text)
			if err != nil {
				return fmt.Errorf("%w%s", err, also)
			}
			if !domain.has(t) {
				return wrong(text, accepts)
			}
			*field(s) = t
			return nil
		},
		write: func(s *Scenario) string {
			if t := *field(s); t != 0 || domain.has(0) || !domain.orNever {
				return formatTime(t)
			}
			return never // a program left it out
		},
	}
}

// count makes a key whose value is a whole number, or unlimited, which is platform.Unlimited.
func count(path, doc, standard string, domain wholeDomain, field func(*Scenario) *int) key {
	k := key{
		path: path, doc: doc, standard: standard, integer: true, accepts: domain.accepts(),
		schema: fragment{"type": "integer", "minimum": domain.least, "maximum": domain.most},
	}
	if domain.orUnlimited {
		k.schema = fragment{"anyOf": []fragment{k.schema, {"const": unlimited}}}
	}
	k.read = func(s *Scenario, text string, _ dist.Parser) error {
		if domain.orUnlimited && text == unlimited {
			*field(s) = platform.Unlimited
			return nil
		}
		n, ok := parseWhole(text)
		if !ok || !domain.hasNumber(n) {
			return wrong(text, domain.accepts())
		}
		*field(s) = int(n)
		return nil
	}
	k.write = func(s *Scenario) string {
		switch n := *field(s); {
		case n == platform.Unlimited, n == 0 && domain.orUnlimited && !domain.has(0): // a program left it out
			return unlimited
		default:
			return strconv.Itoa(n)
		}
	}
	return k
}

// choice makes a key whose value is one of several names; the first is the default.
func choice[T interface {
	comparable
	fmt.Stringer
}](path, doc string, domain choiceDomain[T], field func(*Scenario) *T) key {
	names, accepts := domain.names(), domain.accepts()
	return key{
		path: path, doc: doc, accepts: accepts, standard: names[0], schema: fragment{"enum": names},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			for i, name := range names {
				if text == name {
					*field(s) = domain[i]
					return nil
				}
			}
			return wrong(text, accepts)
		},
		write: func(s *Scenario) string { return (*field(s)).String() },
	}
}

// parseWhole reads a whole number: digits, or a number such as 20e6 or 1.5e3 that is
// whole and small enough for a float64 to hold exactly. A point without an exponent is refused:
// 1.000 is a thousand to some who write it, and 1 to others.
func parseWhole(text string) (uint64, bool) {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n, true
	}
	if strings.Trim(text, "0123456789.eE+") != "" || !strings.ContainsAny(text, "eE") {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || f > 1<<53 {
		return 0, false
	}
	return uint64(f), true
}

// wrong is the error of a value that is not what the key accepts.
func wrong(text, accepts string) error {
	return fmt.Errorf("found %s; want %s", quoted(text), accepts)
}

// proportion makes a key whose value is a number up to 1.
func proportion(path, doc, standard string, domain proportionDomain, field func(*Scenario) *float64) key {
	return key{
		path: path, doc: doc, accepts: domain.accepts(), standard: standard, decimal: true,
		schema: fragment{"type": "number", "minimum": domain.least, "maximum": 1},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil || strings.Trim(text, "0123456789.eE+-") != "" || !domain.has(x) {
				return wrong(text, domain.accepts())
			}
			*field(s) = math.Abs(x) // no negative zero
			return nil
		},
		write: func(s *Scenario) string { return formatDecimal(*field(s)) },
	}
}

// formatDecimal writes the shortest decimal that reads back to the same number >= 0, without an
// exponent unless it is tiny.
func formatDecimal(x float64) string {
	if x != 0 && x < 1e-12 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
