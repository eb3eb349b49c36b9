package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Format is one that Log.Read reads.
type Format struct {
	Name    string // as in the command line
	Title   string // of whom or what it is
	Latency bool   // durations are those that a client saw, so they include waits and start-ups
	// Least is the duration that one of 0 stands for, ns: such a trace rounds to it.
	Least int64

	open func(*Reader) decoder
	// matches reports whether a file is of the format, by its first line that is not empty, and by all
	// of its beginning that is known.
	matches func(line, head []byte) bool
}

// Formats returns all formats, in an order in which the first that matches a file is its own.
func Formats() []Format {
	return []Format{
		{Name: "lambda", Title: "AWS Lambda's log", open: newLambda, matches: isLambda},
		{Name: "openwhisk", Title: "OpenWhisk's activation records", open: newOpenWhisk, matches: isOpenWhisk},
		{Name: "azure2019", Title: "the Azure Functions trace of 2019", Least: Millisecond, open: newAzure2019, matches: isAzure2019},
		{Name: "azure2021", Title: "the Azure Functions trace of 2021", Least: Millisecond, open: newAzure2021, matches: isAzure2021},
		{Name: "huawei2023", Title: "Huawei's traces of 2023", open: newHuawei2023, matches: isHuawei2023},
		{Name: "huawei2025", Title: "Huawei's traces of 2025", open: newHuawei2025, matches: isHuawei2025},
		{Name: "hey", Title: "results of hey", Latency: true, open: newHey, matches: isHey},
		{Name: "vegeta", Title: "results of vegeta", Latency: true, open: newVegeta, matches: isVegeta},
		{Name: "k6", Title: "results of k6", Latency: true, open: newK6, matches: isK6},
		{Name: "csv", Title: "a table", open: newCSV, matches: isCSV},
	}
}

// FormatNames returns the names of all formats.
func FormatNames() (names []string) {
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// FindFormat returns the format with a name.
func FindFormat(name string) (Format, error) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, fmt.Errorf("no format %q; want one of %s", name, strings.Join(FormatNames(), ", "))
	}
	return all[i], nil
}

// Recognize returns the format of a file by its beginning, some kilobytes; false if it is none.
func Recognize(head []byte) (Format, bool) {
	head = trimMark(head)
	var first []byte
	for line := range bytes.Lines(head) {
		if first = bytes.TrimSpace(line); len(first) > 0 {
			break
		}
	}
	if len(first) == 0 || bytes.IndexByte(head, 0) >= 0 {
		return Format{}, false
	}
	for _, f := range Formats() {
		if f.matches(first, head) {
			return f, true
		}
	}
	return Format{}, false
}

// object reports whether a text begins like a JSON object, or an array of them, and has all names.
func object(line, head []byte, names ...string) bool {
	if line[0] != '{' && line[0] != '[' {
		return false
	}
	for _, name := range names {
		if !bytes.Contains(head, []byte(`"`+name+`"`)) {
			return false
		}
	}
	return true
}

// decode reads a JSON object into a struct, and returns the reason why it cannot.
func decode(text []byte, into any) (reason string) {
	if err := json.Unmarshal(text, into); err != nil {
		if _, ok := err.(*json.UnmarshalTypeError); ok {
			return "a JSON value of another type than this format has"
		}
		return notJSON
	}
	return ""
}

// columnsOf returns the cells of a header line.
func columnsOf(line []byte) header {
	return newHeader(bytes.Split(bytes.ReplaceAll(line, quote, nil), []byte(",")))
}

// has reports whether a header has all of some columns.
func (h header) has(names ...string) bool {
	for _, name := range names {
		if h.column(name) < 0 {
			return false
		}
	}
	return true
}
