package report

import (
	"io"

	"faaslab/scenarios"
	"faaslab/validate"
)

// Writers write a result, by format.
var Writers = map[string]func(io.Writer, *Report) error{
	"text": writeText,
	"json": writeJSON,
	"csv":  writeCSV,
}

// A Report is a result with the models beside it.
type Report struct {
	*scenarios.Result
	Models []validate.Solved
	Notes  []string
}
