package narration

import (
	"context"
	"io"
)

// Writers are the formats. Before it begins a writer may look at the whole watch.
var Writers = map[string]func(context.Context, io.Writer, Watch) (traceWriter, error){
	"text":     newTraceText,
	"json":     newTraceJSON,
	"perfetto": newTracePerfetto,
}
