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

// arrivals makes the key of the arrival process.
func arrivals() key {
	return key{
		path: "arrivals", doc: "The arrival process, offered to both platforms alike.",
		accepts: wantArrivals, law: true, schema: refer(arrivalsSchema),
		read: func(s *Scenario, text string, notation dist.Parser) error {
			a, err := notation.ParseArrivals(text)
			if err != nil {
				return err
			}
			s.Arrivals = a
			return nil
		},
		write: func(s *Scenario) string {
			if s.Arrivals == nil {
				return "" // of a scenario that was not checked
			}
			return s.Arrivals.String()
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

// warmup is a span, or auto.
func warmup() key {
	const auto = "auto"
	k := span("run.warmup", "Deleted from the start of each replication, 0s or more; auto: where the transient ends, found by MSER-5.",
		auto, delays, func(s *Scenario) *sim.Time { return &s.Run.Warmup })
	read, write := k.read, k.write
	k.accepts += ", or " + auto
	k.schema = fragment{"anyOf": []fragment{k.schema, {"const": auto}}}
	k.read = func(s *Scenario, text string, notation dist.Parser) error {
		if text == auto {
			s.Run.Warmup = AutoWarmup
			return nil
		}
		if err := read(s, text, notation); err != nil {
			return fmt.Errorf("%w; %s is accepted, too", err, auto)
		}
		return nil
	}
	k.write = func(s *Scenario) string {
		if s.Run.Warmup == AutoWarmup {
			return auto
		}
		return write(s)
	}
	return k
}

// duration is a span that a scenario may do without.
func duration() key {
	k := span("run.duration", "Measured in each replication after its warm-up, more than 0s, in place of precision. Giving it allows a scenario without a steady state.",
		"", lengths, func(s *Scenario) *sim.Time { return &s.Run.Duration })
	write := k.write
	k.write = func(s *Scenario) string {
		if s.Run.Duration == 0 {
			return ""
		}
		return write(s)
	}
	return k
}

// precision makes the key of a relative half-width, written in per cent.
func precision() key {
	return key{
		path: "run.precision", accepts: wantPrecision, standard: "1%",
		doc:    "Relative half-width of the 95 % interval of every headline metric in the end; for a probability 0.0001 absolute is enough too, but no more than a tenth of one that was seen.",
		schema: fragment{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			number, percent := strings.CutSuffix(text, "%")
			p, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if !percent || err != nil || !isPrecision(p/100) {
				return wrong(text, wantPrecision)
			}
			s.Run.Precision = p / 100
			return nil
		},
		write: func(s *Scenario) string {
			if s.Run.Precision == 0 {
				return ""
			}
			return formatPercent(s.Run.Precision)
		},
	}
}

// formatPercent writes a fraction in per cent, with as many digits as it needs.
func formatPercent(fraction float64) string {
	return strconv.FormatFloat(math.Round(fraction*1e12)/1e10, 'f', -1, 64) + "%"
}

// maxRequests makes the key of a count that a scenario without a precision does without.
func maxRequests() key {
	return key{
		path: "run.max_requests", accepts: requestCounts.accepts(), standard: "20000000", integer: true,
		doc:    "Requests to measure at most, all replications together; a precision not reached by then is given up with a warning.",
		schema: fragment{"type": "integer", "minimum": requestCounts.least, "maximum": requestCounts.most},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			n, ok := parseWhole(text)
			if !ok || !requestCounts.hasNumber(n) {
				return wrong(text, requestCounts.accepts())
			}
			s.Run.MaxRequests = int64(n)
			return nil
		},
		write: func(s *Scenario) string {
			if s.Run.MaxRequests == 0 {
				return ""
			}
			return strconv.FormatInt(s.Run.MaxRequests, 10)
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

// seed makes the key of the seed, the one number that needs all 64 bits.
func seed() key {
	const accepts = "a whole number from 0 to 18446744073709551615"
	return key{
		path: "run.seed", doc: "Fixes all random numbers: the same seed, the same results.",
		accepts: accepts, standard: "1", integer: true,
		schema: fragment{"type": "integer", "minimum": 0, "maximum": uint64(math.MaxUint64)},
		read: func(s *Scenario, text string, _ dist.Parser) error {
			n, ok := parseWhole(text)
			if !ok {
				return wrong(text, accepts)
			}
			s.Run.Seed = n
			return nil
		},
		write: func(s *Scenario) string { return strconv.FormatUint(s.Run.Seed, 10) },
	}
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
