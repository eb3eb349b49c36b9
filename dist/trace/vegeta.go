package trace

import (
	"encoding/json"
	"strconv"
)

// vegeta reads what vegeta encode writes as CSV, which has no header, or as JSON. The time is that of
// the request, ns since 1970, and the latency is in ns. Requests to one URL are a function.
type vegeta struct {
	r      *Reader
	table  table
	values values
	json   bool
	begun  bool
}

// Columns of vegeta's CSV.
const (
	vegetaTime    = 0
	vegetaCode    = 1
	vegetaLatency = 2
	vegetaURL     = 10
	vegetaColumns = 7 // of the oldest version
)

func newVegeta(r *Reader) decoder { return &vegeta{r: r, table: table{r: r}, values: values{r: r}} }

func isVegeta(line, head []byte) bool {
	if object(line, head, "latency", "timestamp", "code") {
		return true
	}
	cells := columnsOf(line)
	return len(cells) >= vegetaColumns && len(cells[vegetaTime]) == 19 && isWhole(cells[vegetaTime]) && len(cells[vegetaCode]) <= 3 && isWhole(cells[vegetaCode]) && isWhole(cells[vegetaLatency])
}

func (v *vegeta) next(row *Row) error {
	if !v.begun {
		first, err := v.r.lines.peek()
		if err != nil {
			return err
		}
		v.begun, v.json = true, first[0] == '{' || first[0] == '['
	}
	for {
		read := v.readCSV
		if v.json {
			read = v.readJSON
		}
		reason, err := read(row)
		if err != nil {
			return err
		}
		if reason == "" {
			return nil
		}
		v.r.leaveOut(reason)
	}
}

func (v *vegeta) readCSV(row *Row) (reason string, err error) {
	cells, err := v.table.next()
	if err != nil {
		return "", err
	}
	row.clear(v.r.lines.from)
	if len(cells) < vegetaColumns {
		return "fewer columns than vegeta writes", nil
	}
	var url []byte
	if len(cells) > vegetaURL {
		url = cells[vegetaURL]
	}
	return v.read(row, cells[vegetaTime], cells[vegetaCode], cells[vegetaLatency], url)
}

func (v *vegeta) readJSON(row *Row) (reason string, err error) {
	text, err := v.values.next()
	if err != nil {
		return "", err
	}
	row.clear(v.r.lines.from)
	var result struct {
		Code      int         `json:"code"`
		Timestamp string      `json:"timestamp"`
		Latency   json.Number `json:"latency"`
		URL       string      `json:"url"`
	}
	if reason := decode(text, &result); reason != "" {
		return reason, nil
	}
	if result.Timestamp == "" || result.Latency == "" {
		return otherJSON, nil
	}
	return v.read(row, []byte(result.Timestamp), strconv.AppendInt(nil, int64(result.Code), 10), []byte(result.Latency), []byte(result.URL))
}

func (v *vegeta) read(row *Row, at, code, latency, url []byte) (reason string, err error) {
	row.Time, reason, err = v.r.time(at, Nanosecond)
	if reason != "" || err != nil {
		return reason, err
	}
	if row.Service, reason = duration(latency, Nanosecond); reason != "" {
		return reason, nil
	}
	if !succeeded(code) {
		return failedRequest, nil
	}
	row.Function = v.r.log.function(url)
	return "", nil
}
