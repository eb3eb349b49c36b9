//go:build !nobrowser

package servetest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/narration"
)

// bursts is a service of four places an instance, which panics.
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
	b := serve(t, browser, file)
	watchScales(b, file)
	exploreScales(b)
	b.sound()
}

// watchScales steps, jumps to an evaluation in panic, and opens its decision by hand.
func watchScales(b *tab, file string) {
	t := b.t
	b.open("#watch?scenario=bursts.yaml")
	b.wait(watches)
	assert.Equal(t, "Nothing has been evaluated yet.", b.Text(".scaler .decision"))
	told := narrated(t, "faaslab trace "+file+" --events 600")
	for n := range 4 {
		b.do(chromedp.KeyEvent(kb.ArrowRight))
		assert.Contains(t, b.Text(".sentence"), told[n].Text)
	}
	assert.True(t, b.paints("accent"), "an instance starts")
	assert.False(t, b.paints("warm"), "nothing runs yet")
	at := slices.IndexFunc(told, func(e narration.EventJSON) bool {
		return e.Evaluation != nil && e.Evaluation.InPanic && e.Evaluation.Starting > 3
	})
	require.NotEqual(t, -1, at)
	b.enter("#watch-event", strconv.Itoa(at+1))
	b.wait(atEvent(at + 1))
	e, totals := told[at].Evaluation, told[at].State.Totals
	assert.Regexp(t, fmt.Sprintf(`^%d wanted at .*panic$`, e.Wanted), b.Text(".scaler .decision"))
	assert.True(t, eval[bool](b, `document.querySelector('.stage').matches('.panics') && document.querySelector('.scaler').matches('.panics')`))
	assert.Regexp(t, fmt.Sprintf(`^%d instances: %d ready, %d starting; \d+ requests run, %d wait`, totals.Instances, e.Ready, e.Starting, totals.Waiting), b.Text(".summary"))
	assert.True(t, b.paints("warm"))
	// The bars: the panic average is over its mark, and the longer one.
	bars := eval[[]float64](b, `[...document.querySelectorAll('.scaler .level, .scaler .mark.limit')].map((x) => x.getBoundingClientRect().right)`)
	require.Len(t, bars, 3)
	assert.Less(t, bars[0], bars[1])
	assert.Less(t, bars[2], bars[1])
	// A click on an evaluation in the list opens it.
	b.click(`document.querySelector('.log .kind-evaluated summary')`)
	assert.Equal(t, e.ByHand, eval[[]string](b, `[...document.querySelectorAll('.log details[open] li')].map((l) => l.textContent)`))
	b.click(`document.querySelector('.scaler summary')`)
	assert.Equal(t, e.ByHand, eval[[]string](b, `[...document.querySelectorAll('.scaler details[open] li')].map((l) => l.textContent)`))
	assert.Empty(t, eval[[]string](b, nameless))
	b.picture("scaler-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	b.wait(`document.documentElement.scrollWidth <= 390`)
	b.picture("scaler-390")
	b.do(chromedp.EmulateViewport(1280, 900))
	// Back, and play.
	b.click(button("Back"))
	assert.Equal(t, at, eval[int](b, event))
	b.do(chromedp.KeyEvent(" "))
	b.wait(fmt.Sprintf(event+` > %d`, at+5))
	b.do(chromedp.KeyEvent(" "))
	assert.Equal(t, "Play", b.Text(".transport .wide"))

	// Any number of places, cores of an instance, and requests that start instances, without an autoscaler.
	b.open("#watch?scenario=bursts.yaml&event=500&set=container.concurrency%3Dunlimited")
	b.wait(atEvent(500))
	b.picture("scaler-unlimited")
	b.open("#watch?scenario=bursts.yaml&event=500&set=container.concurrency%3D10&set=container.instance_cores%3D1&set=container.scaling%3Drequest&set=container.max_instances%3D40&set=run.duration%3D1h")
	b.wait(atEvent(500))
	assert.True(t, eval[bool](b, `document.querySelector('.scaler').hidden`))
	assert.NotContains(t, b.Text(".legend"), "drains")
	b.picture("scaler-cores")
	b.open("#watch?scenario=bursts.yaml&event=500&beside=container.scaling.panic_window%3D0s")
	b.wait(atEvent(500))
	assert.Equal(t, []bool{false, true}, eval[[]bool](b, `[...document.querySelectorAll('.scaler')].map((s) => s.querySelectorAll('.window')[1].hidden)`))
	b.picture("scaler-two")
}

// exploreScales chooses an autoscaler for a pool, and another concurrency than its preset has.
func exploreScales(b *tab) {
	t := b.t
	command := func(text string) string {
		return fmt.Sprintf(`document.querySelector('.command code').textContent === %q`, text)
	}
	hidden := func(key string) bool {
		return eval[bool](b, fmt.Sprintf(`document.getElementById('control-%s').closest('.field').hidden`, key))
	}
	b.open("#explore?scenario=float&set=run.duration%3D10m&set=run.warmup%3D5m")
	b.refined()
	assert.Equal(t, "request", eval[string](b, `document.getElementById('control-container-scaling').value`))
	assert.True(t, hidden("container-scaling-window"))
	b.Run(`const c = document.getElementById('control-container-scaling'); c.value = 'knative'; c.dispatchEvent(new Event('change'))`)
	b.wait(command("faaslab run float --set run.duration=10m --set run.warmup=5m --set container.scaling=knative"))
	b.refined()
	b.wait(`!document.getElementById('control-container-scaling-window').closest('.field').hidden`)
	assert.True(t, hidden("container-keep_alive"))
	assert.True(t, hidden("container-cores"))
	assert.Equal(t, "70", eval[string](b, `document.getElementById('control-container-scaling-target').value`))
	b.click(`document.getElementById('control-container-concurrency-without')`)
	b.wait(command("faaslab run float --set run.duration=10m --set run.warmup=5m --set container.scaling=knative --set container.concurrency=1"))
	b.enter("#control-container-scaling-target", "50")
	b.wait(command("faaslab run float --set run.duration=10m --set run.warmup=5m --set container.scaling=knative --set container.concurrency=1 --set container.scaling.target=50%"))
	b.enter("#transient-horizon", "2m")
	b.refined()
	b.wait(`document.querySelector('#transient-title ~ div img.drawn:not([hidden])') !== null && document.querySelector('#transient-title ~ .stale') === null`)
	for _, column := range []string{"ready", "starting", "queue", "desired", "response time p95"} {
		assert.Contains(t, eval[[]string](b, `[...document.querySelectorAll('#transient-title ~ div thead th')].map((h) => h.textContent)`), "Containers: "+column)
	}
	b.picture("scaling-explore-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	b.wait(`document.documentElement.scrollWidth <= 390`)
	b.picture("scaling-explore-390")
	b.do(chromedp.EmulateViewport(1280, 900))
	// Back to requests that start instances: what was changed of the autoscaler goes with it.
	b.Run(`const c = document.getElementById('control-container-scaling'); c.value = 'request'; c.dispatchEvent(new Event('change'))`)
	b.wait(command("faaslab run float --set run.duration=10m --set run.warmup=5m --set container.concurrency=1"))
	b.refined()
}
