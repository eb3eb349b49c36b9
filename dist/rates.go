package dist

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unique"

	"faaslab/sim/random"
)

// Rates is a Poisson process whose rates are the rows of a file, each for a time Every: a load as
// monitoring records it, over a day or a year. Without a Period the table is used once, and its last
// rate goes on for ever, as the last level of a [Steps] does. The zero value is not usable:
// ParseArrivals makes a Rates.
//
// A row is a rate with its unit, such as 3/s or 90/m. Below a first line rate it may be a plain
// number, of requests per second; below a first line requests it is a plain number, of requests in
// each interval. Lines beginning with # are skipped.
type Rates struct {
	File   string  // as written in the notation
	Every  float64 // seconds that a row holds
	Period float64 // seconds after which the table repeats, the rows times Every; 0: it does not
	// rates holds the rates per second. Interning makes two processes equal if their files have the
	// same name and contents.
	rates unique.Handle[string]
	mean  float64 // long-run rate, per second
}

var (
	_ Arrivals = Rates{}
	_ levels   = Rates{}
)

// maxRates bounds the rows of a Rates, to 80 MB of memory: nineteen years of minutes.
const maxRates = 10_000_000

// rates loads a table named in a notation.
func (p Parser) rates(name string, every, period float64) (any, error) {
	r := Rates{File: name, Every: every, Period: period}
	if err := p.refuse(name); err != nil {
		return nil, err
	}
	if p.unopened {
		return r, nil
	}
	type table struct {
		rates    []float64
		lastLine int
	}
	// What the counts in a file mean depends on the interval.
	read, err := p.remember("rates "+strconv.FormatFloat(every, 'g', -1, 64)+" "+name, func() (any, error) {
		rows, err := openRows(p.path(name))
		if err != nil {
			return nil, err
		}
		defer rows.close()
		rates, err := readRates(rows, every)
		return table{rates, rows.line}, err
	})
	if err != nil {
		return nil, err
	}
	t := read.(table)
	n, last := float64(len(t.rates)), t.rates[len(t.rates)-1]
	// The product is rounded to the digits that are certain: 0.3 and not 0.30000000000000004.
	length, _ := strconv.ParseFloat(strconv.FormatFloat(n*every, 'g', 14, 64), 64)
	switch {
	case length > maxDuration:
		return nil, refusal{1, formatNumber(n) + " rows of " + FormatDuration(every) + " each are beyond 292 years, where virtual time ends"}
	case period != 0 && !(period > length*(1-1e-12) && period < length*(1+1e-12)):
		return nil, refusal{2, "the period is " + FormatDuration(period) + ", and the " + formatNumber(n) + " rows of " + quoteFile(name) + ", " +
			FormatDuration(every) + " each, are " + FormatDuration(length) + "; want period=" + FormatDuration(length) + ", or no period"}
	case period == 0 && last < minRate:
		return nil, &RowError{p.path(name), t.lastLine, "the last rate is " + FormatRate(last) + "; without a period it goes on for ever and must be " +
			"at least once in 292 years: want period=" + FormatDuration(length) + ", which repeats the table, or a last rate as low as 0.001/d", nil}
	}
	r.rates = unique.Make(string(pack(t.rates)))
	if r.mean = longRunRate(r); r.mean < minRate {
		return nil, &RowError{p.path(name), 0, "the mean rate is " + FormatRate(r.mean) + "; it must be at least once in 292 years", nil}
	}
	return r, nil
}

// readRates reads a table of rates, in the order of its rows, each of which holds for a time.
func readRates(r *rows, every float64) (all []float64, err error) {
	const accepted = "a row is a rate, such as 3/s or 90/m; below a first line rate (per second) or requests (in each interval), it may be a plain number"
	for {
		row, err := r.next()
		switch {
		case err == io.EOF && len(all) == 0:
			return nil, &RowError{r.name, 0, "holds no rows; " + accepted, nil}
		case err == io.EOF && len(all) == 1:
			return nil, &RowError{r.name, 0, "holds one row, and one rate is a Poisson process: write poisson(rate=…), or give two rows or more", nil}
		case err == io.EOF:
			return all, nil
		case err != nil:
			return nil, err
		case len(all) == 0 && r.title != "" && r.title != "rate" && r.title != "requests":
			return nil, &RowError{r.name, r.titled, "the first line is " + r.header + "; want rate (numbers per second) or requests (numbers in each interval)", nil}
		case len(bytes.TrimSpace(row)) == 0:
			return nil, r.errorf("an empty row; %s", accepted)
		case bytes.IndexByte(row, ',') >= 0:
			return nil, r.errorf("%d columns; %s", 1+bytes.Count(row, []byte(",")), accepted)
		case len(all) == maxRates:
			return nil, r.errorf("more than %d rows; take longer intervals", maxRates)
		}
		x, err := r.rate(strings.TrimSpace(string(row)), every, accepted)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
}

// rate reads a cell that says how many requests arrive in an interval, as a rate per second.
func (r *rows) rate(text string, every float64, accepted string) (float64, error) {
	length := scanNumber(text)
	switch {
	case length > 0 && length < len(text) && r.title != "requests":
		rate, err := ParseRate(text)
		if wrong := (*SyntaxError)(nil); errors.As(err, &wrong) {
			return 0, r.errorf("%s", wrong.Message)
		}
		return rate, err
	case length == 0 || length < len(text):
		return 0, r.errorf("the row is %s; %s", excerpt(text), accepted)
	case r.title == "":
		return 0, r.errorf("%s has no unit; %s", excerpt(text), accepted)
	}
	x, _ := strconv.ParseFloat(text, 64) // what is beyond float64 is +Inf
	if x < 0 {
		return 0, r.errorf("the number is negative: %s", excerpt(text))
	}
	what := text + "/s is"
	if r.title == "requests" {
		x /= every
		what = text + " requests in " + FormatDuration(every) + " are"
	}
	if x > maxRate {
		return 0, r.errorf("%s above 1e7/s, too fast for a clock that counts nanoseconds", what)
	}
	return x, nil
}

func (r Rates) table() packedNumbers { return packedNumbers(r.rates.Value()) }

func (r Rates) count() int          { return r.table().len() }
func (r Rates) rate(i int) float64  { return r.table().at(i) }
func (r Rates) begin(i int) float64 { return float64(i) * r.Every }
func (r Rates) repeat() float64     { return r.Period }

// Rate returns the long-run rate: the mean of the table if it repeats, else its last rate.
func (r Rates) Rate() float64 { return r.mean }

// Pattern returns the period or, without one, the start of the last row as LastChange.
func (r Rates) Pattern() Pattern {
	switch {
	case r.Period > 0:
		return Pattern{Period: r.Period}
	case r.rates == Rates{}.rates:
		return Pattern{} // of a file that was not opened
	}
	return Pattern{LastChange: r.begin(r.count() - 1)}
}

// Start begins a sample path.
func (r Rates) Start(g random.Generator) (Source, error) {
	if !(r.mean > 0) {
		panic("dist: Rates without a table")
	}
	return newLevelsPath(r, g), nil
}

// arguments returns the call in the notation.
func (r Rates) arguments() (string, []value) {
	return "rates", []value{{text: r.File}, {number: r.Every}, {number: r.Period}}
}

// String returns the notation.
func (r Rates) String() string {
	return "rates(" + quoteFile(r.File) + ", every=" + FormatDuration(r.Every) + notePeriod(r.Period) + ")"
}
