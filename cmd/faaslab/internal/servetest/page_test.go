//go:build !nobrowser

package servetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/report"
)

// pageParts are those of Explore, and of all views.
var pageParts = []part{
	{"Explore answers a change of a control", exploreAnswers},
	{"Explore refines in stages", exploreRefines},
	{"Explore reports what is wrong", exploreReports},
	{"an error is said where its cause is, until that is mended", errorsAtTheirCause},
	{"a number is what was typed", numbersAsTyped},
	{"a list is what was typed", listsAsTyped},
	{"a release is chosen", releaseAsChosen},
	{"Explore saves what the command line prints", exploreSaves},
	{"Explore shows the rows and the words of the command line", rowsOfTheCommand},
	{"every arrival process has controls", processesHaveControls},
	{"Explore has prices and a transient", pricesAndTransient},
	{"a scenario file is opened", filesAreOpened},
	{"every term is explained", termsAreExplained},
	{"whatever can be clicked in Explore is clicked", exploreClicked},
	{"a pinned configuration is compared", pinnedIsCompared},
	{"a shared address shows the same", sharedAddress},
	{"an address that makes no sense is said to", oddAddresses},
	{"an error stays until it is mended", errorsStay},
	{"what is open stays open while results come", staysOpen},
	{"a parameter of a law that was replaced is its own", lawsReplaced},
	{"a chart of doubtful points says so", doubtIsSaid},
	{"the chart refines itself, and stops for a change", chartRefines},
	{"back undoes what took the place of all that was set", backUndoes},
	{"an address that cannot be simulated leaves no empty frames", wrongAtFirst},
	{"Explore works by the keyboard alone", keyboardAlone},
	{"every view fits a phone", fitsAPhone},
	{"Explore in the dark", inTheDark},
	{"a server that stops is reported on the page", serverStops},
}

// TestThePage shows the page to a browser, a tab for each part.
func TestThePage(t *testing.T) {
	t.Parallel() // beside the other views, in a browser of its own: it waits much of the time
	browser := startBrowser(t)
	for _, part := range pageParts {
		t.Run(part.name, func(t *testing.T) { part.show(serve(t, browser)) })
	}
}

// commandFinds returns a metric of the containers from the command line.
func commandFinds(t *testing.T, metric string, arguments ...string) float64 {
	t.Helper()
	out := stdoutOf(t, append([]string{"run", "--format", "json"}, arguments...)...)
	var found report.RunJSON
	require.NoError(t, json.Unmarshal([]byte(out), &struct {
		Platforms *map[string]report.PlatformJSON `json:"platforms"`
	}{&found.Platforms}))
	return found.Platforms["container"].Metrics[metric].Mean
}

// rough is the address of a short simulation.
const rough = "#explore?scenario=float&set=run.precision%3D5%25"

const coldCell = `tr[data-metric="cold_start_probability"] td.number`

func exploreAnswers(b *tab) {
	t := b.t
	// With this precision the chart is done as soon as it is drawn; exploreRefines shows the
	// default one.
	const precise = "run.precision=3%"
	b.open("#explore?scenario=float&set=run.precision%3D3%25")
	b.refined()
	assert.Equal(t, fmt.Sprintf("%.3f %%", 100*commandFinds(t, "cold_start_probability", "float", "--set", precise)), b.Text(coldCell), "what the command line finds")
	b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
	b.picture("explore-1280")

	b.enter("#control-container-keep_alive", "10")
	b.wait(`document.querySelector('.command code').textContent.includes('keep_alive=10s')`)
	b.refined()
	want := commandFinds(t, "cold_start_probability", "float", "--set", precise, "--set", "container.keep_alive=10s")
	assert.Equal(t, fmt.Sprintf("%.2f %%", 100*want), b.Text(coldCell))
	assert.Equal(t, "faaslab run float --set run.precision=3% --set container.keep_alive=10s", b.Text(".command code"))
	assert.Contains(t, eval[string](b, "location.hash"), "set=container.keep_alive%3D10s")
	b.wait(`document.querySelector('#chart-title').closest('section').textContent.includes('keep_alive=0.167s')`)
	b.wait(`document.querySelectorAll('#chart-title ~ .status')[0].textContent === ''`)
	b.picture("explore-changed-1280")
	assert.NotEmpty(t, b.Text(`tr[data-metric="instance_lifetime"] td.number`))
	b.sound()
}

func exploreRefines(b *tab) {
	t := b.t
	b.open("")
	b.refined()
	// The test does not depend on the speed of the computer: the first stage stands before the
	// last, with a wider interval.
	b.Run(`window.seen = []; new MutationObserver(() => {
		const stage = document.querySelector('.results').dataset.stage;
		if (window.seen.at(-1) !== stage) window.seen.push(stage);
	}).observe(document.querySelector('.results'), {attributeFilter: ['data-stage']})`)
	b.enter("#control-arrivals-rate", "2")
	b.wait(`window.seen.at(-1) === '3/3' && window.seen.length >= 3`)
	assert.Equal(t, []string{"1/3", "2/3", "3/3"}, eval[[]string](b, "window.seen"))
	b.sound()
}

func exploreReports(b *tab) {
	t := b.t
	b.open(rough)
	b.refined()
	b.enter("#control-container-keep_alive", "soon")
	b.wait(shownProblem + `.startsWith('"soon" does not begin with a number; a duration is')`)
	assert.True(t, eval[bool](b, `document.getElementById('trouble').hidden`))
	b.enter("#control-container-keep_alive", "5m")
	b.wait(shownProblem + ` === ''`)
	b.refined()
	assert.Equal(t, "300", eval[string](b, `document.getElementById('control-container-keep_alive').value`), "in the unit beside it")
	b.soundBut("status of 400")
}

func pinnedIsCompared(b *tab) {
	t := b.t
	b.open("#explore?scenario=float&set=run.precision%3D3%25")
	b.refined()
	b.click(at(`//button[text()='Pin this configuration']`))
	b.wait(`document.body.textContent.includes('Both are the same')`)
	b.enter("#control-container-keep_alive", "20")
	b.wait(`/of \d+ differences are significant/.test(document.body.textContent)`)
	assert.Contains(t, b.Text("table.comparison"), "cold start probability")
	assert.Equal(t, "faaslab compare float --set run.precision=3% --b container.keep_alive=20s",
		eval[string](b, `[...document.querySelectorAll('.command code')].at(-1).textContent`))
	b.refined()
	b.picture("compare-1280")
	hash := eval[string](b, "location.hash")
	b.open("#learn")
	b.open(hash)
	b.wait(`/of \d+ differences are significant/.test(document.body.textContent)`)
	b.sound()
}

func sharedAddress(b *tab) {
	t := b.t
	b.open("#explore?scenario=whatlang&set=arrivals.rate%3D3%2Fs&set=container.routing%3Drandom&set=run.precision%3D5%25&metric=instances&vary=container.keep_alive%3D10s..100s%3A4")
	b.refined()
	b.wait(`document.querySelectorAll('details table tbody tr').length > 0 && document.querySelector('#chart-range').value === '10s..100s:4'`)
	assert.Equal(t, "whatlang", eval[string](b, `document.getElementById('control-scenario').value`))
	assert.Equal(t, "3", eval[string](b, `document.getElementById('control-arrivals-rate').value`))
	assert.Equal(t, "random", eval[string](b, `document.getElementById('control-container-routing').value`))
	assert.Equal(t, "instances", eval[string](b, `document.getElementById('chart-metric').value`))
	assert.Equal(t, "faaslab run whatlang --set arrivals.rate=3/s --set container.routing=random --set run.precision=5%", b.Text(".command code"))
	// A key that has no control may be varied by the values of the address.
	b.Run(`location.hash = 'explore?scenario=float&set=container.keep_alive%3D0s&set=run.precision%3D5%25&vary=container.provisioned%3D1,3'`)
	b.wait(`[...document.querySelectorAll('.command code')].some((e) => e.textContent.endsWith('--vary container.provisioned=1,3'))`)
	b.refined()
	assert.Equal(t, "container.provisioned", eval[string](b, `document.getElementById('chart-key').selectedOptions[0].textContent`))
	b.sound()
}

func oddAddresses(b *tab) {
	t := b.t
	b.open("#learn")
	b.wait(`document.querySelector('.lesson h1') !== null`)
	for _, c := range []struct{ fragment, said string }{
		{"#learn/%", "There is no lesson %."},
		{"#learn/nothing", "There is no lesson nothing."},
		{"#explore?scenario=nothing&set=run.precision%3D5%25", "no built-in scenario nothing; float is shown"},
		{"#explore?set=nonsense", "nonsense: want key=value"},
		{"#explore?set=container.keep_alive", "want key=value"},
		{rough + "&pin=scenario%3Dnothing", `"nothing" is not a built-in scenario`},
		{rough + "&vary=container.keep_alive%3Dnothing", `"nothing"`},
		{rough + "&transient=never", `found "never"; want a duration`},
		{"#watch?scenario=erlang-b&platform=wasm", "erlang-b has no platform wasm"},
		{"#watch?scenario=nothing&platform=wasm", "no built-in scenario nothing"},
		{"#watch?scenario=shared-node&node=first", "There is no node first; all are shown"},
	} {
		b.Run(fmt.Sprintf("location.hash = %q", c.fragment))
		b.wait(fmt.Sprintf(`[...document.querySelectorAll('#trouble, .problem')].some((e) => !e.hidden && e.textContent.includes(%q))`, c.said))
	}
	// Views that the error does not concern still work.
	b.wait(`document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	for _, fragment := range []string{"#nothing", rough + "&metric=nothing&vary=nothing%3D1..2:2", "#explore?set=run.duration%3D10m"} {
		b.Run("location.hash = '#learn'")
		b.wait(`document.querySelector('.lesson h1') !== null`)
		b.Run(fmt.Sprintf("location.hash = %q", fragment))
		b.refined()
		b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
		assert.Empty(t, b.Text("#trouble"), fragment)
	}
	b.soundBut("status of 40")
}

func errorsStay(b *tab) {
	t := b.t
	b.open("#explore?scenario=float&vary=container.keep_alive%3Dnothing")
	b.wait(shownProblem + `.includes('"nothing"')`)
	b.wait(`performance.getEntriesByType('resource').some((e) => e.name.endsWith('/api/run'))`) // the list has it once it has ended
	time.Sleep(100 * time.Millisecond)
	assert.Contains(t, eval[string](b, shownProblem), "nothing", "the run that ended well has not taken it away")
	b.enter("#chart-range", "10s,20s")
	b.wait(shownProblem + ` === ''`)
	b.soundBut("status of 400")
}

func staysOpen(b *tab) {
	t := b.t
	b.open(rough)
	b.refined()
	b.wait(`document.querySelectorAll('.results details:not([hidden])').length === 2`)
	b.Run(`for (const d of document.querySelectorAll('.results details')) d.open = true; document.querySelector('[aria-label="the metrics of Containers"]').focus()`)
	b.Run(`const rate = document.getElementById('control-arrivals-rate'); rate.value = '2'; rate.dispatchEvent(new Event('change'))`)
	b.wait(`document.querySelector('.command code').textContent.includes('arrivals.rate=2/s') && document.querySelector('#chart-title ~ .status').textContent === ''`)
	assert.Equal(t, 2, eval[int](b, `document.querySelectorAll('.results details[open] tbody').length`))
	assert.Equal(t, "the metrics of Containers", eval[string](b, `document.activeElement.getAttribute('aria-label') || ''`))
	// The link to the content does not change the address, and the links to the views lead back to
	// it.
	hash := eval[string](b, "location.hash")
	require.Contains(t, hash, "arrivals.rate")
	b.Run(`document.querySelector('.skip').click()`)
	assert.Equal(t, hash, eval[string](b, "location.hash"))
	assert.Equal(t, "main-content", eval[string](b, "document.activeElement.id"))
	b.click(at(`//nav//a[text()='Learn']`))
	b.wait(`document.querySelector('.lesson h1') !== null`)
	b.click(at(`//nav//a[text()='Explore']`))
	b.refined()
	assert.Equal(t, hash, eval[string](b, "location.hash"))
	b.sound()
}

func lawsReplaced(b *tab) {
	t := b.t
	b.open(rough + "&set=container.warm%3Derlang(k%3D2%2C+mean%3D1s)")
	b.refined()
	b.enter("#control-container-warm-mean", "1.5288") // the value of float
	b.wait(`document.querySelector('.command code').textContent.includes('container.warm.mean=1.5288s')`)
	b.refined()
	assert.Equal(t, "1.5288", eval[string](b, `document.getElementById('control-container-warm-mean').value`))
	// A rate that follows the time of day has a mean.
	b.open("#explore?scenario=daily&set=run.precision%3D5%25")
	b.wait(`(document.getElementById('control-arrivals-mean') || {}).value === '2'`)
	assert.True(t, eval[bool](b, `document.getElementById('control-arrivals-rate') === null`))
	b.enter("#control-arrivals-mean", "3")
	b.wait(`document.querySelector('.command code').textContent.includes('arrivals.mean=3/s')`)
	b.sound()
}

func doubtIsSaid(b *tab) {
	// A queue so long that the short simulations of a chart do not fill it.
	b.open("#explore?scenario=overload&set=run.max_requests%3D200000&metric=timeout_probability&vary=container.routing%3Dmru,lru")
	b.wait(`/2 of 2 points may be wrong: no end of the transient was seen/.test((document.querySelector('#chart-title ~ .status') || {}).textContent || '')`)
	b.sound()
}

func chartRefines(b *tab) {
	t := b.t
	// A precision that 200,000 requests do not reach.
	b.open("#explore?scenario=float&set=run.precision%3D1.5%25&metric=response_time&vary=container.keep_alive%3D30s,60s,90s")
	const status = `document.querySelector('#chart-title ~ .status').textContent`
	b.wait(`document.querySelector('#chart-title ~ .status') && /Refining point \d of .*3.*: up to 1.6 M requests/.test(` + status + `)`)
	assert.NotEmpty(t, eval[string](b, `document.querySelector('#chart-title').closest('section').querySelector('img').src`), "the first stage is drawn")
	b.wait(`document.querySelector('#chart-title').closest('section').querySelector('img').dataset.stage >= 2`)
	b.wait(status + ` === ''`)
	assert.Contains(t, eval[string](b, `document.querySelector('#chart-title').closest('section').querySelector('.command code').textContent`), "--set run.max_requests=")
	// Every interval is within 1.5 % of its mean.
	b.Run(`for (const d of document.querySelectorAll('.results details')) d.open = true`)
	for _, cells := range eval[[][]float64](b, `[...document.querySelector('#chart-title').closest('section').querySelectorAll('tbody tr')].map((r) => [...r.children].slice(1, 3).map((c) => parseFloat(c.textContent.replace('± ', ''))))`) {
		require.Len(t, cells, 2)
		assert.LessOrEqual(t, cells[1], 0.0155*cells[0])
	}
	b.picture("explore-refined-1280")
	// A change ends the refinement: only the new sweep runs.
	b.Run(`location.hash = 'explore?scenario=float&set=run.precision%3D0.02%25&vary=container.keep_alive%3D30s,60s,90s'`)
	b.wait(`/Refining point/.test(` + status + `)`)
	b.Run(`location.hash = 'explore?scenario=float&set=run.precision%3D5%25&vary=container.keep_alive%3D30s,60s,90s'`)
	b.enter("#control-arrivals-rate", "2")
	b.wait(`document.querySelector('.command code').textContent.includes('arrivals.rate=2/s')`)
	b.wait(status + ` === ''`)
	b.refined()
	b.sound()
}

func keyboardAlone(b *tab) {
	t := b.t
	b.open(rough)
	b.refined()
	// From the top of the page by Tab to the slider of the keep-alive, and a step with an arrow key.
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if eval[string](b, `document.activeElement.getAttribute('aria-label') || ''`) == "Keep-alive, slider" {
			break
		}
	}
	require.Equal(t, "Keep-alive, slider", eval[string](b, `document.activeElement.getAttribute('aria-label') || ''`))
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.wait(`document.querySelector('.command code').textContent.includes('container.keep_alive=')`)
	b.refined()
	assert.NotEqual(t, "60", eval[string](b, `document.getElementById('control-container-keep_alive').value`))
	b.sound()
}

// A user of a screen reader learns the purpose of each control, and the content of each picture.
const nameless = `[...document.querySelectorAll('input, select, button, img, [role=region], nav, a')].filter((e) => {
	if (e.closest('[hidden]')) return false;
	if (e.tagName === 'IMG') return !e.hasAttribute('alt');
	return !(e.getAttribute('aria-label') || e.labels && e.labels.length || e.textContent.trim());
}).map((e) => e.outerHTML.slice(0, 120))`

func fitsAPhone(b *tab) {
	t := b.t
	b.do(chromedp.EmulateViewport(390, 844))
	for _, view := range []string{"explore", "watch", "learn"} {
		b.open("#" + view + strings.TrimPrefix(rough, "#explore"))
		b.wait(`document.querySelector('main h1') !== null`)
		if view == "explore" {
			b.refined()
			b.click(at(`//button[text()='Pin this configuration']`))
			b.enter("#control-container-keep_alive", "20")
			b.wait(`/of \d+ differences are significant/.test(document.body.textContent)`)
			b.refined()
			b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
		}
		assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 390, "%s is wider than the screen", view)
		assert.Empty(t, eval[[]string](b, nameless), view)
		b.picture(view + "-390")
	}
	b.sound()
}

func inTheDark(b *tab) {
	t := b.t
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	require.NoError(t, err)
	b.open(rough)
	b.refined()
	b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
	b.picture("explore-dark-1280")
	// Ink on paper by the contrast ratio of WCAG 2.2, at least 7 for the text.
	contrast := eval[float64](b, `(() => {
		const luminance = (c) => { const [r, g, b] = c.match(/\d+/g).map((x) => { x /= 255; return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
		const style = getComputedStyle(document.body);
		const [a, z] = [luminance(style.color), luminance(style.backgroundColor)].sort((x, y) => y - x);
		return (a + 0.05) / (z + 0.05);
	})()`)
	assert.Greater(t, contrast, 7.0)
	b.sound()
}

func serverStops(b *tab) {
	t := b.t
	b.open(rough)
	b.refined()
	// So many replications of so slow a pool that the last stage takes seconds.
	b.Run(`location.hash = 'explore?scenario=float&set=container.keep_alive%3D1h&set=run.precision%3D0.05%25'`)
	b.wait(`document.querySelector('.results').dataset.stage === '1/3'`)
	require.NoError(t, b.server.Process.Kill())
	b.server.Wait()
	b.wait(`!document.getElementById('trouble').hidden`)
	assert.Regexp(t, "server", b.Text("#trouble"))
	assert.Contains(t, b.Text(coldCell), "%", "what came before stays")
	b.Run(`location.hash = 'learn'`)
	b.wait(`document.querySelector('#trouble').textContent.includes('does not answer')`)
	b.Run(`location.hash = 'explore?scenario=float&set=run.precision%3D5%25&set=arrivals.rate%3D2%2Fs'`)
	// With another server at the same place the page continues by itself, from the state in its
	// address.
	startServer(t, "--addr", strings.TrimSuffix(strings.TrimPrefix(b.url, "http://"), "/"))
	require.Eventually(t, func() bool { // a look at the moment of the reload fails
		there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`/^(\d+)\/\1$/.test((document.querySelector('.results') || {dataset: {}}).dataset.stage || '') && document.querySelector('#trouble').hidden`))
		return err == nil && there
	}, time.Minute, 50*time.Millisecond)
	assert.Equal(t, "faaslab run float --set run.precision=5% --set arrivals.rate=2/s", b.Text(".command code"))
}

func backUndoes(b *tab) {
	t := b.t
	b.open(rough)
	b.refined()
	b.enter("#control-container-keep_alive", "20")
	b.wait(`document.querySelector('.command code').textContent.includes('keep_alive=20s')`)
	b.click(at(`//button[text()='Reset']`))
	b.wait(`document.querySelector('.command code').textContent === 'faaslab run float'`)
	b.Run(`history.back()`)
	b.wait(`document.querySelector('.command code').textContent.includes('keep_alive=20s')`)
	assert.Equal(t, "20", eval[string](b, `document.getElementById('control-container-keep_alive').value`))
	b.Run(`const list = document.getElementById('control-scenario'); list.value = 'whatlang'; list.dispatchEvent(new Event('change'))`)
	b.wait(`document.querySelector('.command code').textContent === 'faaslab run whatlang'`)
	b.Run(`history.back()`)
	b.wait(`document.querySelector('.command code').textContent.includes('keep_alive=20s')`)
	// A reload shows the same.
	b.do(chromedp.Reload())
	b.refined()
	assert.Contains(t, b.Text(".command code"), "faaslab run float --set run.precision=5% --set container.keep_alive=20s")
	b.sound()
}

func wrongAtFirst(b *tab) {
	t := b.t
	b.open("#explore?scenario=float&set=wasm.cores%3D1")
	b.wait(`document.querySelector('#trouble').textContent.includes('no steady state')`)
	seen := `[...document.querySelectorAll('.results button, .results select, .results input, .results img')].filter((e) => e.checkVisibility()).length`
	assert.Zero(t, eval[int](b, seen), "nothing to press that has nothing to show")
	b.picture("wrong-1280")
	// The advice of the message can be followed here.
	b.enter("#control-run-duration", "20m")
	b.wait(`document.getElementById('trouble').hidden`)
	b.refined()
	assert.Positive(t, eval[int](b, seen))
	assert.Contains(t, b.Text(".command code"), "--set run.duration=20m")
	b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
	// A problem is marked where its cause was entered, and results that no longer hold are dimmed.
	b.enter("#control-container-keep_alive", "soon")
	b.wait(shownProblem + ` !== ''`)
	assert.Equal(t, []string{"control-container-keep_alive"}, eval[[]string](b, `[...document.querySelectorAll('[aria-invalid]')].map((e) => e.id)`))
	assert.Equal(t, "0.55", eval[string](b, `getComputedStyle(document.querySelector('.results .tables')).opacity`))
	b.picture("wrong-later-1280")
	b.enter("#control-container-keep_alive", "60")
	b.wait(`document.querySelector('[aria-invalid]') === null`)
	b.soundBut("status of 400")
}
