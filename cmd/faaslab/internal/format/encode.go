package format

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"
)

// CSV writes rows as CSV.
func CSV(w io.Writer, rows ...[]string) error {
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}

// Number writes a number with all its digits.
func Number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// JSON writes a value as one line of JSON.
func JSON(w io.Writer, out any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

// Finite returns a number as JSON writes it: nil if it is not finite.
func Finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
