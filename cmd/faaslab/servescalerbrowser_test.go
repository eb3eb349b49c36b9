//go:build !nobrowser

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A burst into a service with ten places an instance, which panics.
const bursts = `name: bursts
arrivals: mmpp(rates=[2/s, 30/s], sojourns=[60s, 60s])
container: {warm: exponential(mean=1s), startup: constant(3s), concurrency: 4, scaling: knative}
run: {warmup: 60s, duration: 300s, replications: 4}
`

// Autoscalers and instances of several places in Watch and Explore, in one tab.
func TestTheAutoscaler(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	file := filepath.Join(t.TempDir(), "bursts.yaml")
	require.NoError(t, os.WriteFile(file, []byte(bursts), 0o600))
	b := &tab{t: t}
	b.server, b.url = startServer(t, file)
	b.openTab(browser)
	watchScales(b, file)
	exploreScales(b)
	b.sound()
}

func watchScales(b *tab, file string) {
	t := b.t
	b.open("#watch?scenario=bursts.yaml")
	b.wait(watches)
	assert.Equal(t, "Nothing has been evaluated yet.", b.Text(".scaler .decision"))
	b.picture("scaler-begin-1280")
	// Each step is that of the command.
	told := narrated(t, "faaslab trace "+file+" --events 600")
	for n := range 4 {
		b.do(chromedp.KeyEvent(kb.ArrowRight))
		assert.Contains(t, b.Text(".sentence"), told[n].Text)
	}
	panics, panicAt := 0, 0
	for i, e := range told {
		if e.Evaluation != nil && e.Evaluation.InPanic && e.Evaluation.Starting > 3 {
			panics, panicAt = e.Evaluation.Wanted, i+1
			break
		}
	}
	require.NotZero(t, panicAt)
	b.enter("#watch-event", fmt.Sprint(panicAt))
	b.wait(atEvent(panicAt))
	assert.True(t, strings.HasPrefix(b.Text(".scaler .decision"), fmt.Sprintf("%d wanted", panics)), b.Text(".scaler .decision"))
	b.picture("scaler-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	b.wait(`document.documentElement.scrollWidth <= 390`)
	b.picture("scaler-390")
	b.do(chromedp.EmulateViewport(1280, 900))
	for _, c := range []string{"1", "2", "40", "unlimited"} {
		b.open("#watch?scenario=bursts.yaml&event=800&set=container.concurrency%3D" + c)
		b.wait(atEvent(800))
		b.picture("scaler-c" + c)
	}
	b.open("#watch?scenario=bursts.yaml&event=500&set=container.concurrency%3D10&set=container.instance_cores%3D1&set=container.scaling%3Drequest&set=container.max_instances%3D40")
	b.wait(atEvent(500))
	b.picture("scaler-cores")
	b.open("#watch?scenario=bursts.yaml&event=500&beside=container.scaling.panic_window%3D0s")
	b.wait(atEvent(500))
	b.picture("scaler-two")
}

func exploreScales(b *tab) {
	t := b.t
	b.open("#learn")
	b.open(rough + "&transient=3m")
	b.refined()
	b.picture("scaling-explore-pool")
	b.Run(`const c = document.getElementById('control-container-scaling'); c.value = 'knative'; c.dispatchEvent(new Event('change'))`)
	b.wait(`[...document.querySelectorAll('.command code')][0].textContent.includes('container.scaling=knative')`)
	b.refined()
	b.wait(`document.querySelector('#transient-title ~ div img.drawn:not([hidden])') !== null && document.querySelector('#transient-title ~ .stale') === null`)
	b.picture("scaling-explore")
	b.click(`document.querySelector("#control-container-concurrency-without")`)
	b.wait(`[...document.querySelectorAll('.command code')][0].textContent.includes('container.concurrency=1')`)
	b.refined()
	b.wait(`document.querySelector('#transient-title ~ div img.drawn:not([hidden])') !== null && document.querySelector('#transient-title ~ .stale') === null`)
	b.picture("scaling-explore-c1")
	b.do(chromedp.EmulateViewport(390, 844))
	b.wait(`document.documentElement.scrollWidth <= 390`)
	b.picture("scaling-explore-390")
	b.do(chromedp.EmulateViewport(1280, 900))
	assert.NotEmpty(t, b.Text("h1"))
}
