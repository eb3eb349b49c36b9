//go:build !nobrowser

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/docs/lessons"
)

// The parts of TestThePage that Watch and Learn show.

// event is the number of events that Watch has shown.
const event = `Number((/event (\d+)/.exec(document.querySelector('.clock').textContent) || [0, -1])[1])`

func watchSteps(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&set=run.seed%3D7")
	b.wait(`document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	// Step by step it tells what the command trace tells.
	var out, errOut bytes.Buffer
	require.Zero(t, faaslab(strings.Fields("faaslab trace float --set run.seed=7 --events 12 --format json"), &out, &errOut), errOut.String())
	var told struct {
		Events []eventJSON `json:"events"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &told))
	for _, e := range told.Events {
		b.do(chromedp.Click(`//button[text()='Step']`))
		assert.Contains(t, b.text(".sentence"), e.Text)
		assert.Equal(t, len(e.State.Instances), eval[int](b, `document.querySelectorAll('.stage g.instance').length`))
	}
	b.do(chromedp.Click(`//button[text()='Back']`))
	assert.Equal(t, 11, eval[int](b, event))
	assert.Contains(t, b.text(".sentence"), told.Events[10].Text)
	b.picture("watch-step-1280")

	b.run(`const speed = document.getElementById('watch-speed'); speed.value = 30; speed.dispatchEvent(new Event('input'))`)
	b.do(chromedp.Click(`//button[text()='▶ Play']`))
	b.wait(event + ` > 3000`) // beyond what is fetched at once
	b.wait(`document.querySelector('#counters-title').closest('section').textContent.includes('±')`)
	b.do(chromedp.Click(`//button[text()='⏸ Pause']`))
	b.picture("watch-1280")
	shown := eval[int](b, event)
	assert.Equal(t, shown, eval[int](b, event), "paused")
	// The counters are near the steady state.
	var soFar float64
	_, err := fmt.Sscan(eval[string](b, `[...document.querySelectorAll('tbody tr')].find((r) => r.textContent.startsWith('instances, mean')).children[1].textContent`), &soFar)
	require.NoError(t, err)
	assert.InDelta(t, 5.6, soFar, 1)
	b.do(chromedp.Click(`//button[text()='Rewind']`))
	assert.Zero(t, eval[int](b, event))
	b.sound()
}

func watchShares(b *tab) {
	t := b.t
	b.open("#watch?scenario=matmul&set=arrivals.rate%3D25%2Fs&set=wasm.cores%3D2&platform=wasm")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	for range 300 {
		b.run(`[...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`)
		if strings.Contains(b.text("#stage-title ~ .status"), "share the cores") {
			break
		}
	}
	assert.Regexp(t, `\d+ executors, \d+ share the cores: each runs at [\d.]+ % of its speed`, b.text("#stage-title ~ .status"))
	assert.Positive(t, eval[int](b, `document.querySelectorAll('.stage .slow').length`))
	b.picture("watch-wasm-1280")
	b.sound()
}

func watchFull(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&set=container.max_instances%3D2")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	step := `[...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`
	b.run(`for (let i = 0; i < 200 && !document.querySelector('.stage .rejected'); i++) ` + step)
	assert.Contains(t, b.text(".stage"), "rejected")
	assert.Contains(t, b.text(".sentence"), "rejected")
	b.open("#watch?scenario=float&set=container.max_instances%3D2&set=container.when_full%3Dqueue&set=container.queue_timeout%3D5s")
	b.wait(`document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	b.run(`for (let i = 0; i < 200 && document.querySelectorAll('.stage .request').length < 2; i++) ` + step)
	assert.Contains(t, b.text("#stage-title ~ .status"), "requests wait")
	b.picture("watch-queue-1280")
	b.sound()
}

func watchStill(b *tab) {
	t := b.t
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	require.NoError(t, err)
	b.open("#watch")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	assert.Equal(t, 2, eval[int](b, event))
	b.do(chromedp.KeyEvent(kb.ArrowLeft))
	assert.Equal(t, 1, eval[int](b, event))
	b.do(chromedp.KeyEvent(" "))
	// Between events nothing moves: the clock stands at the last one.
	b.run(`window.moved = 0; new MutationObserver(() => { window.moved++; }).observe(document.querySelector('.clock'), {childList: true})`)
	b.wait(event + ` >= 4`)
	b.do(chromedp.KeyEvent(" "))
	assert.LessOrEqual(t, eval[int](b, "window.moved"), eval[int](b, event)+1)
	b.picture("watch-dark-1280")
	assert.Empty(t, eval[[]string](b, nameless))
	b.sound()
}

func learnShows(b *tab) {
	t := b.t
	for i, l := range lessons.All() {
		b.open("#learn/" + l.Name)
		b.wait(fmt.Sprintf(`(document.querySelector('.lesson h1') || {}).textContent === %q`, l.Question))
		b.wait(`[...document.querySelectorAll('.lesson img')].every((i) => i.complete)`)
		assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.lesson img')].filter((i) => i.naturalWidth === 0 || !i.alt).map((i) => i.src)`), l.Name)
		assert.Empty(t, eval[[]string](b, nameless), l.Name)
		assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.lesson a')].map((a) => a.getAttribute('href')).filter((h) => !/^(#(explore|watch|learn)|https:)/.test(h))`), l.Name)
		if i == 0 {
			b.picture("learn-1280")
		}
	}
	b.sound()
}

func learnRuns(b *tab) {
	t := b.t
	b.open("#learn/keep-alive")
	b.wait(`document.querySelector('.lesson h1') !== null`)
	b.do(chromedp.Click(`//button[text()='Run it now']`))
	b.wait(`document.querySelector('.live img.drawn:not([hidden])') !== null && /Simulated just now/.test(document.querySelector('.live').textContent)`)
	b.picture("learn-run-1280")
	b.do(chromedp.Click(`//article//a[starts-with(@href, '#explore')]`))
	b.refined()
	assert.Contains(t, eval[string](b, "location.hash"), "explore")
	b.sound()
}
