package dist

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// notated is implemented by all laws of this package: each is a call of the notation.
type notated interface {
	// arguments returns the name of the called function, and a value for each of its parameters.
	arguments() (name string, values []value)
}

// Check returns an error if the fields of a law, a Distribution or an Arrivals, lie outside the
// domains of its notation, as a literal's may. For a Trace, Check reads the first row; for a law of
// another package, it checks the mean or the rate. The error is one line that names the law and the
// parameter.
func Check(law fmt.Stringer) (err error) {
	if law == nil {
		return errors.New("there is no law")
	}
	if t := reflect.TypeOf(law); t.Kind() == reflect.Pointer && t.Elem().PkgPath() == reflect.TypeFor[Constant]().PkgPath() {
		return fmt.Errorf("found %T; want the law itself, not a pointer to it", law)
	}
	defer func() { // from a method of a law of another package
		if found := recover(); found != nil {
			err = fmt.Errorf("%T panics: %v", law, found)
		}
	}()
	call, ok := law.(notated)
	if !ok {
		return checkForeign(law)
	}
	name, values := call.arguments()
	l := lawOf(name, law)
	for i, p := range l.parameters {
		if err := p.check(values[i]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := l.make(Parser{unopened: true}, values); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch law := law.(type) {
	case Empirical:
		if law == (Empirical{File: law.File}) {
			return errors.New("empirical: found no measured durations; want what Parse returns")
		}
	case Rates:
		if law.rates == (Rates{}).rates {
			return errors.New("rates: found no table; want what ParseArrivals returns")
		}
	case Trace:
		_, err := law.HasServices()
		return err
	}
	return checkMean(law)
}

// lawOf returns the function of the notation that denotes a law.
func lawOf(name string, of any) law {
	laws := distributionLaws
	if _, process := of.(Arrivals); process {
		laws = processLaws
	}
	return laws[slices.IndexFunc(laws, func(l law) bool { return l.name == name })]
}

// check returns an error if a value of the parameter is wrong.
func (p parameter) check(v value) error {
	if p.optional && v.number == 0 {
		return nil
	}
	switch p.kind {
	case number, whole, duration, rate:
		return p.checkNumber(v.number)
	case durations, rates:
		for _, x := range v.numbers {
			if err := p.checkNumber(x); err != nil {
				return err
			}
		}
	case file:
		if v.text == "" {
			return errors.New("the name of the file is empty")
		}
	case distribution:
		return checkInner("law", v.law)
	case process:
		return checkInner("process", v.process)
	case points:
		for _, at := range v.points {
			if err := pointProbability.checkNumber(at.Probability); err != nil {
				return err
			}
			if err := pointValue.checkNumber(at.Value); err != nil {
				return err
			}
		}
	case processes:
		for _, stream := range v.streams {
			if err := checkInner("stream", stream); err != nil {
				return err
			}
		}
	case parts:
		if len(v.parts) == 0 {
			return errors.New("no part is given")
		}
		for _, part := range v.parts {
			if err := partWeight.checkNumber(part.Weight); err != nil {
				return err
			}
			if err := checkInner("law", part.Law); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkInner returns an error if a law within another is wrong.
func checkInner(name string, law fmt.Stringer) error {
	if law == nil {
		return fmt.Errorf("%s is nil", name)
	}
	return Check(law)
}

// checkNumber returns an error unless a number lies in the parameter's domain.
func (p parameter) checkNumber(x float64) error {
	if x >= p.min && x <= p.max {
		return nil
	}
	format := formatNumber
	switch p.kind {
	case duration, durations:
		format = FormatDuration
	case rate, rates:
		format = FormatRate
	}
	return fmt.Errorf("%s is %s; accepted is %s", p.name, format(x), p.domain())
}

// checkMean returns an error if the mean of a distribution cannot be simulated.
func checkMean(law fmt.Stringer) error {
	d, ok := law.(Distribution)
	if !ok {
		return nil
	}
	if mean, _ := d.Moments(); !(mean >= 0 && mean <= maxDuration) {
		return fmt.Errorf("the mean of %s is %s; accepted is a duration from 0s to 292 years", law, FormatDuration(mean))
	}
	return nil
}

// checkForeign returns an error if a law of another package is wrong, as far as its methods show.
func checkForeign(law fmt.Stringer) error {
	if a, ok := law.(Arrivals); ok {
		if r := a.Rate(); !(r >= minRate && r <= maxRate) {
			return fmt.Errorf("the rate of %s is %s; accepted is %s", law, FormatRate(r), arrivalRate.domain())
		}
		a.Pattern()
	}
	return checkMean(law)
}
