package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is a bar on a terminal, shown once the work has lasted a second, however little of it is
// done then. Without a terminal it shows nothing, but for a program that sets FAASLAB_PROGRESS=lines,
// which reads lines such as "progress 0.25" with the fraction that is done.
type progress struct {
	lines io.Writer // nil: no lines
	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	timer *time.Timer // ends the first second
	shown bool
	last  int
}

const progressSteps = 1000

func newProgress(w io.Writer, what string) *progress {
	p := &progress{}
	if os.Getenv("FAASLAB_PROGRESS") == "lines" {
		p.lines = w
	} else if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(progressSteps, progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(what), progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetElapsedTime(true))
		p.timer = time.AfterFunc(time.Second, p.show)
	}
	return p
}

// show begins to show the bar.
func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
	_ = p.bar.Set(p.last) // a failure to draw the bar does not stop the work
}

// set sets the fraction of the work that is done. It may be called from several goroutines.
func (p *progress) set(done float64) {
	if p.bar == nil && p.lines == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	step := int(done * progressSteps)
	if step <= p.last {
		return
	}
	p.last = step
	if p.lines != nil {
		fmt.Fprintf(p.lines, "progress %g\n", float64(step)/progressSteps)
	}
	if p.shown {
		_ = p.bar.Set(step)
	}
}

// Finish removes the bar.
func (p *progress) Finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.shown {
		p.shown = false
		_ = p.bar.Finish()
	}
}
