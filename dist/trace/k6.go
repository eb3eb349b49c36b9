package trace

import (
	"bytes"
	"encoding/json"
)

// k6 reads what k6 run --out csv or --out json writes: the samples of the metric http_req_duration, in
// ms. The time of a sample is the end of its request. Requests with one name are a function.
type k6 struct {
	r     *Reader
	table table
	json  bool
	begun bool
	at    struct{ metric, time, value, status, name int }
}

const (
	otherMetric = "a sample of another metric than http_req_duration"
	k6Duration  = "http_req_duration"
)

func newK6(r *Reader) decoder { return &k6{r: r, table: table{r: r}} }

func isK6(line, head []byte) bool {
	return columnsOf(line).has("metric_name", "timestamp", "metric_value") || object(line, head, "metric", "type", "data")
}

func (k *k6) begin() error {
	first, err := k.r.lines.peek()
	if err != nil {
		return err
	}
	k.begun = true
	if k.json = first[0] == '{'; k.json {
		return nil
	}
	cells, err := k.table.next()
	if err != nil {
		return err
	}
	h := newHeader(cells)
	if !h.has("metric_name", "timestamp", "metric_value") {
		return k.r.wrong("the columns are %s; want those of k6 run --out csv, with metric_name, timestamp and metric_value", h.excerpt())
	}
	k.at.metric, k.at.time, k.at.value = h.column("metric_name"), h.column("timestamp"), h.column("metric_value")
	k.at.status, k.at.name = h.column("status"), h.column("name", "url")
	return nil
}

func (k *k6) next(row *Row) error {
	if !k.begun {
		if err := k.begin(); err != nil {
			return err
		}
	}
	for {
		read := k.readCSV
		if k.json {
			read = k.readJSON
		}
		reason, err := read(row)
		if err != nil {
			return err
		}
		if reason == "" {
			return nil
		}
		k.r.leaveOut(reason)
	}
}

func (k *k6) readCSV(row *Row) (reason string, err error) {
	cells, err := k.table.next()
	if err != nil {
		return "", err
	}
	row.clear(k.r.lines.from)
	if len(cells) <= max(k.at.metric, k.at.time, k.at.value, k.at.status, k.at.name) {
		return fewCells, nil
	}
	if string(cells[k.at.metric]) != k6Duration {
		return otherMetric, nil
	}
	var status, name []byte
	if k.at.status >= 0 {
		status = cells[k.at.status]
	}
	if k.at.name >= 0 {
		name = cells[k.at.name]
	}
	if len(cells[k.at.time]) == 10 && isWhole(string(cells[k.at.time])) {
		k.r.log.note("times are whole seconds, so that arrivals are known to a second only (k6 writes finer ones with --out json, or with K6_CSV_TIME_FORMAT=rfc3339_nano)")
	}
	return k.read(row, cells[k.at.time], cells[k.at.value], status, name)
}

func (k *k6) readJSON(row *Row) (reason string, err error) {
	text, _, long, err := k.r.lines.next()
	if err != nil {
		return "", err
	}
	row.clear(k.r.lines.from)
	if long {
		return tooLong, nil
	}
	if !bytes.Contains(text, []byte(`"`+k6Duration+`"`)) {
		if !json.Valid(text) {
			return notJSON, nil
		}
		return otherMetric, nil
	}
	var sample struct {
		Metric string `json:"metric"`
		Type   string `json:"type"`
		Data   struct {
			Time  string      `json:"time"`
			Value json.Number `json:"value"`
			Tags  struct {
				Name   string `json:"name"`
				Status string `json:"status"`
			} `json:"tags"`
		} `json:"data"`
	}
	if reason := decode(text, &sample); reason != "" {
		return reason, nil
	}
	if sample.Metric != k6Duration || sample.Type != "Point" {
		return otherMetric, nil
	}
	return k.read(row, []byte(sample.Data.Time), []byte(sample.Data.Value), []byte(sample.Data.Tags.Status), []byte(sample.Data.Tags.Name))
}

func (k *k6) read(row *Row, at, value, status, name []byte) (reason string, err error) {
	end, reason, err := k.r.time(at, Second)
	if reason != "" || err != nil {
		return reason, err
	}
	if row.Service, reason = duration(value, Millisecond); reason != "" {
		return reason, nil
	}
	if len(status) > 0 && !succeeded(status) {
		return failedRequest, nil
	}
	row.Time = end - row.Service
	row.Function = k.r.log.function(name)
	return "", nil
}
