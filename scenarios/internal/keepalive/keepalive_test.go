package keepalive

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHistogramsAreWrittenAsTheyAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"histogram()": "histogram(range=4h)",
		"histogram(range=4h, bin=1m, head=5%, tail=99%, margin=10%, cv=2, min_samples=1, oob=50%, forecast=none, lead=0s)": "histogram(range=4h)",
		"histogram(bin=30s)":                                            "histogram(range=4h, bin=30s)",
		"histogram( lead = 2s , range = 1h )":                           "histogram(range=60m, lead=2s)",
		"histogram(min_samples=10, forecast=mean(10), oob=60%, cv=1.5)": "histogram(range=4h, cv=1.5, min_samples=10, oob=60%, forecast=mean(10))",
	} {
		h, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, Format(h))
		again, err := Parse(want)
		require.NoError(t, err, text)
		assert.Equal(t, h, again)
	}
	for text, want := range map[string]string{
		"histogram":                      "arguments in parentheses",
		"histograms(range=4h)":           "want histogram(…)",
		"histogram(bin=1d, range=400d)":  "longer than a year",
		"histogram(4h)":                  "without a name",
		"histogram(rang=4h)":             `no parameter "rang"`,
		"histogram(range=4h, range=1h)":  "given twice",
		"histogram(range=0s)":            "more than 0s",
		"histogram(range=never)":         "more than 0s",
		"histogram(range=90s)":           "no multiple of bin=60s",
		"histogram(range=1000h, bin=1s)": "at most 10080",
		"histogram(head=99%)":            "not below",
		"histogram(tail=99)":             "whole percentage",
		"histogram(tail=99.5%)":          "whole percentage",
		"histogram(margin=101%)":         "whole percentage",
		"histogram(cv=-1)":               "a number from 0",
		"histogram(min_samples=1.5)":     "a whole number",
		"histogram(forecast=mean(0))":    "mean(10)",
		"histogram(forecast=arima)":      "mean(10)",
		"histogram(lead=-1s)":            "a duration",
		"histogram(range=4h":             "arguments in parentheses",
		"histogram(range=(4h)":           "not closed",
		"histogram(range=4h), x(":        "arguments in parentheses",
		"histogram(range=4h,)":           "is empty",
	} {
		_, err := Parse(text)
		assert.ErrorContains(t, err, want, text)
	}
}
