package narration

import (
	"context"
	"io"
)

// Writers are the constructors of writers, by format. Before it begins, a writer may go through the
// whole watch.
var Writers = map[string]func(context.Context, io.Writer, Watch) (Writer, error){
	"text":     newTextWriter,
	"json":     newJSONWriter,
	"perfetto": newPerfettoWriter,
}
