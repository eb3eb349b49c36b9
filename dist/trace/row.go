package trace

import "math"

// Unknown is a time or a duration that a file does not say.
const Unknown = math.MinInt64

// A Kind says what a row is about.
type Kind uint8

const (
	Request      Kind = iota // one request
	Count                    // Count requests that arrived within Width from Time on
	ColdStart                // a cold start at Time that took Startup, of the request Request if that is known
	Quantiles                // quantiles of a function's durations, of Count requests with the mean Service; see Reader.Quantiles
	MeanDuration             // Service is the mean duration of the requests within Width from Time on
	Memory                   // the memory of one instance of a function, MB
	Instances                // Count instances within Width from Time on
	MemoryLimit              // the memory of all instances within Width from Time on is Count MB
)

// A Start says whether an instance was started for a request.
type Start uint8

const (
	UnknownStart Start = iota
	Warm
	Cold
)

// A Row is one row of a trace. Fields that its kind does not name in its comment are Unknown or 0.
type Row struct {
	Time    int64 // ns: the arrival of a request; Unknown if the log has no times
	Wait    int64 // ns from the arrival to the beginning of the service or of the start-up
	Startup int64 // ns, of a cold start
	Service int64 // ns, without wait and start-up where the format tells them apart

	Request  uint64 // identifies the request within the trace; 0: unknown
	Instance uint64 // identifies the instance that served; 0: unknown
	Line     int64  // of the file, from 1

	Count      int64 // of requests or instances
	Width      int64 // ns
	Function   int32 // index in Log.Functions
	Memory     int32 // MB of one instance; 0: unknown
	MemoryUsed int32 // MB, the most that was used; 0: unknown

	Kind  Kind
	Start Start
	// AtEnd reports whether Time is the completion of a request. Its arrival is then Time − Response(),
	// as soon as the start-up is known, which may be in another file.
	AtEnd bool
}

// clear prepares a row for a reader.
func (r *Row) clear(line int64) {
	*r = Row{Time: Unknown, Wait: Unknown, Startup: Unknown, Service: Unknown, Line: line}
}

// Response returns the time from the arrival to the completion, ns; Unknown if the service is.
func (r *Row) Response() int64 {
	if r.Service == Unknown {
		return Unknown
	}
	response := r.Service
	if r.Wait != Unknown {
		response += r.Wait
	}
	if r.Startup != Unknown {
		response += r.Startup
	}
	return response
}

// A Quantile is a point of the inverse of a distribution function: the value that durations stay
// below or at with a probability.
type Quantile struct {
	Probability float64
	Value       int64 // ns
}
