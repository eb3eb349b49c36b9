//go:build !nobrowser

package servetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var watchParts = []part{
	{"it steps, plays and rewinds", watchSteps},
	{"a thousand instances", watchMany},
	{"it begins at a speed that suits", watchSuits},
	{"its controls are in the order of the screen", watchOrder},
	{"executors share cores", watchShares},
	{"who is turned away and who waits", watchFull},
	{"an instance releases", watchReleases},
	{"instances are loaded ahead", watchLoads},
	{"a clock that rises", watchClock},
	{"the keyboard alone, and stillness if asked for", watchStill},
	{"keys work wherever the focus is", watchKeys},
	{"the command tells what was watched", watchCommand},
	{"an address leads to an event", watchAddress},
	{"two pools side by side", watchBeside},
	{"what is beside is chosen, and refused", watchBesideChosen},
	{"a lecture", watchLecture},
	{"colours mean one thing", watchColours},
	{"a phone", watchPhone},
	{"whatever can be clicked", watchClicks},
}

// TestWatch shows Watch to a browser, a tab for each part.
func TestWatch(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	for _, part := range watchParts {
		t.Run(part.name, func(t *testing.T) { part.show(serve(t, browser)) })
	}
}

// event is the number of events that Watch has shown.
const event = `Number((/event (\d+)/.exec(document.querySelector('.clock').textContent) || [0, -1])[1])`

// paints reports whether the stage of Watch has a pixel of a colour of the style sheet.
func (b *tab) paints(colour string) bool {
	b.t.Helper()
	return eval[bool](b, fmt.Sprintf(`(() => {
		const stage = document.querySelector('.stage');
		const value = parseInt(getComputedStyle(stage).getPropertyValue('--%s').trim().slice(1), 16);
		const {data} = stage.getContext('2d').getImageData(0, 0, stage.width, stage.height);
		for (let i = 0; i < data.length; i += 4) {
			if (data[i + 3] === 255 && (data[i] << 16 | data[i + 1] << 8 | data[i + 2]) === value) return true;
		}
		return false;
	})()`, colour))
}

func watchSteps(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&set=run.seed%3D7")
	b.wait(`document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	// Step by step it shows the events of the command trace.
	told := narrated(t, "faaslab trace float --set run.seed=7 --events 12")
	for _, e := range told {
		b.click(at(`//button[text()='Step']`))
		assert.Contains(t, b.Text(".sentence"), e.Text)
		assert.Regexp(t, fmt.Sprintf(`^%d instances?: `, len(e.State.Instances)), eval[string](b, `document.querySelector('.stage').getAttribute('aria-label')`))
		assert.Equal(t, e.State.Totals.RunningCold > 0, b.paints("cold"), e.Text)
		assert.Equal(t, e.State.Totals.Running > e.State.Totals.RunningCold, b.paints("warm"), e.Text)
	}
	b.click(at(`//button[text()='Back']`))
	assert.Equal(t, 11, eval[int](b, event))
	assert.Contains(t, b.Text(".sentence"), told[10].Text)
	b.picture("watch-step-1280")

	b.Run(`const speed = document.getElementById('watch-speed'); speed.value = 30; speed.dispatchEvent(new Event('input'))`)
	b.click(at(`//button[text()='Play']`))
	b.wait(event + ` > 3000`) // more than the events that are fetched at once
	b.wait(`document.querySelector('#counters-title').closest('section').textContent.includes('±')`)
	b.click(at(`//button[text()='Pause']`))
	b.picture("watch-1280")
	shown := eval[int](b, event)
	assert.Equal(t, shown, eval[int](b, event), "paused")
	// The counters are near the steady state.
	var soFar float64
	_, err := fmt.Sscan(eval[string](b, `[...document.querySelectorAll('tbody tr')].find((r) => r.textContent.startsWith('instances')).children[1].textContent`), &soFar)
	require.NoError(t, err)
	assert.InDelta(t, 5.6, soFar, 1)
	b.click(at(`//button[text()='Rewind']`))
	assert.Zero(t, eval[int](b, event))
	b.sound()
}

// The film of a thousand instances at the highest speed goes on far beyond the events that are
// fetched at once, on one element.
func watchMany(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&set=container.max_instances%3Dunlimited&set=container.initial.running%3D1000&set=arrivals.rate%3D20%2Fs&set=container.warm.mean%3D50s&set=container.cold.mean%3D50s")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	b.Run(`const speed = document.getElementById('watch-speed'); speed.value = 30; speed.dispatchEvent(new Event('input'))`)
	b.Run(`window.frames = 0; const frame = () => { window.frames++; requestAnimationFrame(frame); }; window.begun = performance.now(); frame()`)
	b.click(at(`//button[text()='Play']`))
	b.wait(event + ` > 8000`)
	t.Logf("%.0f frames a second", eval[float64](b, `1000 * window.frames / (performance.now() - window.begun)`))
	b.click(at(`//button[text()='Pause']`))
	assert.Regexp(t, `^[6-9]\d\d instances: |^1\d\d\d instances: `, b.Text(".summary"))
	assert.NotContains(t, b.Text(".summary"), "not drawn")
	assert.Zero(t, eval[int](b, `document.querySelectorAll('.stage *').length`))
	b.picture("watch-many-1280")
	// Back to the beginning by undoing the events one by one.
	b.click(at(`//button[text()='Rewind']`))
	assert.Contains(t, b.Text(".summary"), "1000 instances: 0 cold, 1000 warm, 0 idle")
	b.sound()
}

// The film begins at a speed at which changes are visible, whatever the rate, unless the user chose
// another one.
func watchSuits(b *tab) {
	t := b.t
	speed := `document.querySelector('output').textContent`
	shown := `document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`
	for _, c := range []struct{ rate, speed, first string }{
		{"1000", "× 0.0010", ` ms: request 1 `},
		{"1", "× 1.0", ` s: request 1 `},
		{"0.00001", "× 100,000", ` h: request 1 `},
	} {
		b.open("#learn")
		b.open("#watch?scenario=float&set=arrivals.rate%3D" + c.rate + "%2Fs")
		b.wait(shown + ` && ` + speed + ` === "` + c.speed + `"`)
		assert.Contains(t, b.Text(".sentence"), "Nothing has happened yet")
		b.Run(`[...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`)
		assert.Contains(t, b.Text(".sentence"), c.first)
	}
	b.Run(`const speed = document.getElementById('watch-speed'); speed.value = 20; speed.dispatchEvent(new Event('input'))`)
	b.enter("#control-arrivals-rate", "10")
	b.wait(shown)
	assert.Equal(t, "× 100", eval[string](b, speed))
	b.sound()
}

// Tab follows the order on the screen, at each width, and a change of the width keeps the focus.
func watchOrder(b *tab) {
	t := b.t
	b.open("#watch")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	for _, width := range []int64{1280, 390, 1280} {
		b.do(chromedp.EmulateViewport(width, 844))
		b.wait(fmt.Sprintf(`(document.querySelector('.side #control-scenario') !== null) === %t`, width > 860))
		b.Run(`document.activeElement.blur(); document.querySelector('.skip').focus()`)
		var order []string
		for range 80 {
			b.do(chromedp.KeyEvent(kb.Tab))
			if id := eval[string](b, `({'Play': 'play', 'Explore this scenario': 'explore'})[document.activeElement.textContent] || document.activeElement.id`); id != "" {
				order = append(order, id)
			}
			if len(order) > 1 && slices.Contains(order, "play") && slices.Contains(order, "control-scenario") {
				break
			}
		}
		play, controls := slices.Index(order, "play"), slices.Index(order, "control-scenario")
		require.NotEqual(t, -1, play)
		require.NotEqual(t, -1, controls)
		below := eval[bool](b, `document.querySelector('#control-scenario').getBoundingClientRect().top > document.querySelector('.transport').getBoundingClientRect().bottom`)
		assert.Equal(t, width == 390, below)
		assert.Equal(t, below, play < controls, "%d pixels: %v", width, order)
	}
	b.Run(`document.getElementById('control-container-keep_alive').focus()`)
	b.do(chromedp.EmulateViewport(390, 844))
	b.wait(`document.querySelector('.side #control-scenario') === null`)
	assert.Equal(t, "control-container-keep_alive", eval[string](b, `document.activeElement.id`))
	assert.LessOrEqual(t, eval[float64](b, `document.querySelector('h1').getBoundingClientRect().top + window.scrollY`), 200.0, "the title is on top")
	b.picture("watch-order-390")
	b.sound()
}

func watchShares(b *tab) {
	t := b.t
	b.open("#watch?scenario=matmul&set=arrivals.rate%3D25%2Fs&set=wasm.cores%3D2&platform=wasm")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	for range 300 {
		b.Run(`[...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`)
		if strings.Contains(b.Text(".summary"), "share the cores") {
			break
		}
	}
	assert.Regexp(t, `\d+ executors, \d+ share the cores: each runs at [\d.]+ % of its speed`, b.Text(".summary"))
	assert.True(t, b.paints("wasm"))
	assert.True(t, b.paints("paper"), "no cell is full")
	b.picture("watch-wasm-1280")
	b.sound()
}

func watchFull(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&set=container.max_instances%3D2")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	step := `[...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`
	assert.False(t, b.paints("trouble"))
	b.Run(`for (let i = 0; i < 200 && !/rejected/.test(document.querySelector('.sentence').textContent); i++) ` + step)
	assert.Contains(t, b.Text(".sentence"), "rejected")
	assert.True(t, b.paints("trouble"))
	b.open("#watch?scenario=float&set=container.max_instances%3D2&set=container.when_full%3Dqueue&set=container.queue_timeout%3D5s")
	b.wait(`document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	b.Run(`for (let i = 0; i < 200 && !/requests wait/.test(document.querySelector('.stage').getAttribute('aria-label')); i++) ` + step)
	assert.Contains(t, b.Text(".summary"), "requests wait")
	b.picture("watch-queue-1280")
	b.sound()
}

// A releasing instance is hollow, the sentences say when it is free again, and the legend has the state
// where it can be.
func watchReleases(b *tab) {
	t := b.t
	const legend = `document.querySelector('.legend').textContent`
	const step = `[...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`
	ready := func() {
		b.wait(`document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	}
	b.open("#watch?scenario=float")
	ready()
	assert.NotContains(t, eval[string](b, legend), "releasing")
	b.open("#watch?scenario=float&set=container.release%3Dconstant(2s)&set=container.max_instances%3D1&set=container.when_full%3Dqueue&set=run.duration%3D1h")
	ready()
	assert.Contains(t, eval[string](b, legend), "releasing: it has responded, and cannot serve yet")
	// The instance is purple, then hollow in the colour of warm ones, then full of it.
	b.Run(`for (let i = 0; i < 50 && !/is not free yet/.test(document.querySelector('.sentence').textContent); i++) ` + step)
	assert.Contains(t, b.Text(".sentence"), "instance 1 is not free yet")
	assert.Contains(t, b.Text(".summary"), "1 instance: 0 cold, 0 warm, 1 idle, 1 of them releasing")
	middle := func() string {
		return eval[string](b, `(() => {
			const stage = document.querySelector('.stage');
			const scale = stage.width / stage.clientWidth;
			const [x, y] = [20 * scale, (34 + 20) * scale];
			const data = stage.getContext('2d').getImageData(x, y, 1, 1).data;
			const value = (data[0] << 16 | data[1] << 8 | data[2]);
			const named = (name) => parseInt(getComputedStyle(stage).getPropertyValue('--' + name).trim().slice(1), 16);
			return ['warm', 'paper'].find((name) => named(name) === value) || value.toString(16);
		})()`)
	}
	assert.Equal(t, "paper", middle())
	assert.True(t, b.paints("warm"), "its border")
	b.picture("watch-release-1280")
	b.Run(`for (let i = 0; i < 50 && !/is free after a release/.test(document.querySelector('.sentence').textContent); i++) ` + step)
	assert.Contains(t, b.Text(".sentence"), "instance 1 is free after a release of 2 s, and takes request 2")
	assert.Equal(t, "warm", middle())
	b.Run(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`)
	b.click(at(`//button[text()='Back']`))
	b.wait(`[...document.querySelectorAll('.lane td')].some((d) => d.textContent === 'releasing')`)
	b.sound()
}

// Instances that are faster than on a core of their own fill their cells.
func watchClock(b *tab) {
	t := b.t
	b.open("#watch?scenario=matmul&set=arrivals.rate%3D25%2Fs&set=wasm.cores.physical%3D4&set=wasm.cores.speeds%3D%5B1,2%5D&platform=wasm")
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	b.Run(`for (let i = 0; i < 300 && !/2 share the cores/.test(document.querySelector('.summary').textContent); i++) [...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`)
	assert.Contains(t, b.Text(".summary"), "2 executors, 2 share the cores: each runs at 200 % of its speed")
	assert.Contains(t, b.Text(".sentence"), "2 on 4 cores, each at speed 2")
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
	// Nothing moves between events: the clock stands at the last one.
	b.Run(`window.moved = 0; new MutationObserver(() => { window.moved++; }).observe(document.querySelector('.clock'), {childList: true})`)
	b.wait(event + ` >= 4`)
	b.do(chromedp.KeyEvent(" "))
	assert.LessOrEqual(t, eval[int](b, "window.moved"), eval[int](b, event)+1)
	b.picture("watch-dark-1280")
	assert.Empty(t, eval[[]string](b, nameless))
	b.sound()
}

// A pool that keeps instances ready is watched as any other, with the state of those that load; Explore
// shows a keep-alive that is a notation in full.
func watchLoads(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&set=container.spare%3D2&set=container.keep_alive%3D10s")
	b.wait(`document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	assert.Contains(t, b.Text(".legend"), "loading ahead of a request")
	b.Run(`for (let i = 0; i < 50 && !/begins to load/.test(document.querySelector('.sentence').textContent); i++) [...document.querySelectorAll('button')].find((x) => x.textContent === 'Step').click()`)
	assert.Contains(t, b.Text(".sentence"), "begins to load ahead of a request")
	b.open("#explore?scenario=float&set=container.keep_alive%3Dhistogram(range%3D4h)&set=run.precision%3D5%25")
	b.wait(`document.getElementById('control-container-keep_alive')?.value.startsWith('histogram')`)
	assert.True(t, eval[bool](b, `(() => { const f = document.getElementById('control-container-keep_alive'); return f.scrollWidth <= f.clientWidth; })()`))
	b.sound()
}
