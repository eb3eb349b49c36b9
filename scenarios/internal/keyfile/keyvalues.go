package keyfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"faaslab/dist"
	"faaslab/sim"
)

// The constructors in this file make keys, one a kind of value. Each finds its field in an S by field.

// Line makes a key whose value is a text of one line.
func Line[S any](path, doc string, field func(*S) *string) Key[S] {
	return Key[S]{
		Path: path, Doc: doc, Accepts: Lines{}.Accepts(),
		Schema: Fragment{"type": "string", "minLength": 1, "maxLength": LongestLine},
		Read: func(s *S, text string, _ dist.Parser) error {
			if !(Lines{}).Has(text) {
				return Wrong(text, Lines{}.Accepts())
			}
			*field(s) = text
			return nil
		},
		Write: func(s *S) string { return *field(s) },
	}
}

// Law makes a key whose value is a distribution of durations.
func Law[S any](path, doc string, field func(*S) *dist.Distribution) Key[S] {
	return Key[S]{
		Path: path, Doc: doc, Accepts: WantLaw, Law: true, Schema: refer(distributionSchema),
		Of: func(s *S) dist.Distribution { return *field(s) },
		Read: func(s *S, text string, notation dist.Parser) error {
			d, err := notation.Parse(text)
			if err != nil {
				return err
			}
			*field(s) = d
			return nil
		},
		Write: func(s *S) string {
			if d := *field(s); d != nil {
				return d.String()
			}
			return ""
		},
	}
}

// Pause is a law that leaves nil for what takes no time, as it does if left out.
func Pause[S any](path, doc string, field func(*S) *dist.Distribution) Key[S] {
	const none = "constant(0s)"
	k := Law(path, doc, field)
	read, write := k.Read, k.Write
	k.Standard = none
	k.Read = func(s *S, text string, notation dist.Parser) error {
		if err := read(s, text, notation); err != nil {
			return err
		}
		if mean, _ := (*field(s)).Moments(); mean == 0 {
			*field(s) = nil
		}
		return nil
	}
	k.Write = func(s *S) string {
		if *field(s) == nil {
			return none
		}
		return write(s)
	}
	return k
}

// Arrivals makes a key whose value is an arrival process.
func Arrivals[S any](path, doc string, field func(*S) *dist.Arrivals) Key[S] {
	return Key[S]{
		Path: path, Doc: doc,
		Accepts: WantArrivals, Law: true, Schema: refer(arrivalsSchema),
		Read: func(s *S, text string, notation dist.Parser) error {
			a, err := notation.ParseArrivals(text)
			if err != nil {
				return err
			}
			*field(s) = a
			return nil
		},
		Write: func(s *S) string {
			if a := *field(s); a != nil {
				return a.String()
			}
			return ""
		},
	}
}

// Span makes a key whose value is a duration, or never.
func Span[S any](path, doc, standard string, domain Spans, field func(*S) *sim.Time) Key[S] {
	accepts, also := domain.Accepts(), ""
	if domain.OrNever {
		also = "; never is accepted, too"
	}
	return Key[S]{
		Path: path, Doc: doc, Accepts: accepts, Standard: standard, Schema: durationSchema(domain.OrNever),
		Read: func(s *S, text string, _ dist.Parser) error {
			if domain.OrNever && text == Never {
				*field(s) = sim.Never
				return nil
			}
			t, err := ParseTime(text)
			if err != nil {
				return fmt.Errorf("%w%s", err, also)
			}
			if !domain.Has(t) {
				return Wrong(text, accepts)
			}
			*field(s) = t
			return nil
		},
		Write: func(s *S) string {
			if t := *field(s); t != 0 || domain.Has(0) || !domain.OrNever {
				return FormatTime(t)
			}
			return Never // a program left it out
		},
	}
}

// Count makes a key whose value is a whole number, or unlimited, which is Unbounded.
func Count[S any](path, doc, standard string, domain Wholes, field func(*S) *int) Key[S] {
	k := Key[S]{
		Path: path, Doc: doc, Standard: standard, Integer: true, Accepts: domain.Accepts(),
		Schema: Fragment{"type": "integer", "minimum": domain.Least, "maximum": domain.Most},
	}
	if domain.OrUnlimited {
		k.Schema = Fragment{"anyOf": []Fragment{k.Schema, {"const": Unlimited}}}
	}
	k.Read = func(s *S, text string, _ dist.Parser) error {
		if domain.OrUnlimited && text == Unlimited {
			*field(s) = Unbounded
			return nil
		}
		n, ok := ParseWhole(text)
		if !ok || !domain.HasNumber(n) {
			return Wrong(text, domain.Accepts())
		}
		*field(s) = int(n)
		return nil
	}
	k.Write = func(s *S) string {
		switch n := *field(s); {
		case n == Unbounded, n == 0 && domain.OrUnlimited && !domain.Has(0): // a program left it out
			return Unlimited
		default:
			return strconv.Itoa(n)
		}
	}
	return k
}

// Choice makes a key whose value is one of several names; the first is the default.
func Choice[S any, T interface {
	comparable
	fmt.Stringer
}](path, doc string, domain Choices[T], field func(*S) *T) Key[S] {
	names, accepts := domain.Names(), domain.Accepts()
	return Key[S]{
		Path: path, Doc: doc, Accepts: accepts, Standard: names[0], Schema: Fragment{"enum": names},
		Read: func(s *S, text string, _ dist.Parser) error {
			for i, name := range names {
				if text == name {
					*field(s) = domain[i]
					return nil
				}
			}
			return Wrong(text, accepts)
		},
		Write: func(s *S) string { return (*field(s)).String() },
	}
}

// ParseWhole reads a whole number: digits, or a number such as 20e6 or 1.5e3 that is
// whole and small enough for a float64 to hold exactly. A point without an exponent is refused:
// 1.000 is a thousand to some who write it, and 1 to others.
func ParseWhole(text string) (uint64, bool) {
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

// Wrong is the error of a value that is not what the key accepts.
func Wrong(text, accepts string) error {
	return fmt.Errorf("found %s; want %s", Quoted(text), accepts)
}

// Proportion makes a key whose value is a number up to 1.
func Proportion[S any](path, doc, standard string, domain Proportions, field func(*S) *float64) Key[S] {
	return Number(path, doc, standard, domain.numbers(), field)
}

// Number makes a key whose value is a number.
func Number[S any](path, doc, standard string, domain Numbers, field func(*S) *float64) Key[S] {
	return Key[S]{
		Path: path, Doc: doc, Accepts: domain.Accepts(), Standard: standard, Decimal: true, Schema: domain.schema(),
		Read: func(s *S, text string, _ dist.Parser) error {
			x, ok := domain.Parse(text)
			if !ok {
				return Wrong(text, domain.Accepts())
			}
			*field(s) = x
			return nil
		},
		Write: func(s *S) string { return FormatDecimal(*field(s)) },
	}
}

// NumberList makes a key whose value is a list of numbers; it does without an empty one.
func NumberList[S any](path, doc string, domain Lists, field func(*S) *[]float64) Key[S] {
	return Key[S]{
		Path: path, Doc: doc, Accepts: domain.Accepts(), List: true,
		Schema: Fragment{"type": "array", "items": domain.Of.schema(), "minItems": 1, "maxItems": domain.Most},
		Read: func(s *S, text string, _ dist.Parser) error {
			inner, opened := strings.CutPrefix(text, "[")
			inner, closed := strings.CutSuffix(inner, "]")
			items := strings.Split(inner, ",")
			if !opened || !closed || len(items) > domain.Most {
				return Wrong(text, domain.Accepts())
			}
			list := make([]float64, len(items))
			for i, item := range items {
				x, ok := domain.Of.Parse(strings.TrimSpace(item))
				if !ok {
					return Wrong(text, domain.Accepts())
				}
				list[i] = x
			}
			*field(s) = list
			return nil
		},
		Write: func(s *S) string {
			if len(*field(s)) == 0 {
				return ""
			}
			return FormatList(*field(s))
		},
	}
}

// FormatList writes numbers >= 0 as a list.
func FormatList(list []float64) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = FormatDecimal(x)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// FormatDecimal writes the shortest decimal that reads back to the same number >= 0, without an
// exponent unless it is tiny.
func FormatDecimal(x float64) string {
	if x != 0 && x < 1e-12 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
