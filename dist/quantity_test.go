package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDurationsAreTheNearestFloats(t *testing.T) {
	for text, want := range map[string]float64{
		"60ms": 0.06, "0.06s": 0.06, "1.5288s": 1.5288, "1e3s": 1000, "0.5ms": 0.0005, "1m30s": 90, "1.1m": 66,
		"24h": 86400, "1d": 86400, "3us": 3e-6, "3µs": 3e-6, "3μs": 3e-6, "7ns": 7e-9, "0s": 0, "+2s": 2, ".5s": 0.5,
		"1h1m1.1s": 3661.1, "106751d": 106751 * 86400, "1e-400s": 0,
	} {
		got, err := ParseDuration(text)
		if assert.NoError(t, err, text) {
			assert.Equal(t, want, got, text)
		}
	}
}

func TestRatesAreTheNearestFloats(t *testing.T) {
	for text, want := range map[string]float64{
		"1/s": 1, "0.1/s": 0.1, "1e3/s": 1000, "10/ms": 10000, "1/m": 1. / 60, "30/m": 0.5, "1000/d": 1000. / 86400,
		"7/h": 7. / 3600, "0/s": 0, "1e7/s": 1e7,
	} {
		got, err := ParseRate(text)
		if assert.NoError(t, err, text) {
			assert.Equal(t, want, got, text)
		}
	}
}

func TestQuantitiesAreWrittenShort(t *testing.T) {
	for want, seconds := range map[string]float64{
		"1.5288s": 1.5288, "60ms": 0.06, "60s": 60, "90s": 90, "10m": 600, "24h": 86400, "2d": 172800, "0s": 0, "1ns": 1e-9,
		"15µs": 15e-6, "1e-6ns": 1e-15, "-2.5ms": -0.0025, "1000001s": 1000001, "NaN": math.NaN(), "+Inf": math.Inf(1),
	} {
		assert.Equal(t, want, FormatDuration(seconds))
	}
	for want, perSecond := range map[string]float64{
		"1/s": 1, "0.05/s": 0.05, "1/m": 1. / 60, "1000/d": 1000. / 86400, "0/s": 0, "10000000/s": 1e7, "0.123456789/s": 0.123456789,
	} {
		assert.Equal(t, want, FormatRate(perSecond))
	}
}

func TestEveryQuantityReadsBackToTheSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		x := math.Exp(r.Float64()*55 - 33) // from 5 fs to 2⁶³ ns, any digits
		if r.IntN(2) == 0 {
			x = math.Round(x*1000) / 1000 // like numbers written by people
		}
		if x <= maxDuration {
			back, err := ParseDuration(FormatDuration(x))
			require.NoError(t, err)
			require.Equal(t, x, back, FormatDuration(x))
		}
		if x >= minRate && x <= maxRate {
			back, err := ParseRate(FormatRate(x))
			require.NoError(t, err)
			require.Equal(t, x, back, FormatRate(x))
		}
	}
}

func TestBadQuantitiesAreExplained(t *testing.T) {
	const durations = "; a duration is a number and a unit, ns us ms s m h or d, such as 1.5288s, 60ms or 1m30s"
	const rates = "; a rate is a number, a slash and a unit, ms s m h or d, such as 10/s or 0.5/m"
	for _, c := range []struct {
		read   func(string) (float64, error)
		text   string
		offset int
		want   string
	}{
		{ParseDuration, "", 0, "nothing is written where a duration is expected" + durations},
		{ParseDuration, "60", 2, `"60" has no unit` + durations},
		{ParseDuration, "5 s", 1, `" s" stands where a unit is expected` + durations},
		{ParseDuration, "1w", 1, `"w" is not a unit of duration` + durations},
		{ParseDuration, "soon", 0, `"soon" does not begin with a number` + durations},
		{ParseDuration, "Inf", 0, `"Inf" does not begin with a number` + durations},
		{ParseDuration, "1m-5s", 2, `"1m-5s" is negative; a duration is at least 0s`},
		{ParseDuration, "1e300s", 0, `"1e300s" is beyond 292 years, where virtual time ends`},
		{ParseDuration, "1e999999999s", 1, "an exponent of 999999999; at most 400 either way is accepted"},
		{ParseDuration, strings.Repeat("1s", 200), 256, "a duration of 400 characters; at most 256 are accepted"},
		{ParseRate, "", 0, `"" does not begin with a number` + rates},
		{ParseRate, "5", 1, `"5" has no slash and unit after its number` + rates},
		{ParseRate, "5/us", 2, `"us" is not a unit of a rate` + rates},
		{ParseRate, "-5/s", 0, `"-5/s" is negative; a rate is at least 0/s`},
		{ParseRate, "11/ns", 3, `"ns" is not a unit of a rate` + rates},
		{ParseRate, "1e5/ms", 0, `"1e5/ms" is above 1e7/s, too fast for a clock that counts nanoseconds`},
		{ParseRate, "1e-300/s", 0, `"1e-300/s" is less than once in 292 years, where virtual time ends`},
	} {
		t.Run(fmt.Sprintf("%.20q", c.text), func(t *testing.T) {
			_, err := c.read(c.text)
			assert.Equal(t, &SyntaxError{c.text, c.offset, c.want}, err)
		})
	}
}
