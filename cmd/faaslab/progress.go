package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is a bar on a terminal, shown once the work has lasted a second;
// elsewhere it is nothing.
type progress struct {
	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	began time.Time
	shown bool
	last  int
}

const progressSteps = 1000

func newProgress(w io.Writer, what string) *progress {
	p := &progress{began: time.Now()}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(progressSteps, progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription(what), progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetElapsedTime(true))
	}
	return p
}

// set shows the fraction that is done. It may be called from several goroutines.
func (p *progress) set(done float64) {
	if p.bar == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	step := int(done * progressSteps)
	if step <= p.last || time.Since(p.began) < time.Second {
		return
	}
	p.shown, p.last = true, step
	_ = p.bar.Set(step) // a bar that cannot be drawn is no reason to stop
}

// finish takes the bar away.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		_ = p.bar.Finish()
	}
}
