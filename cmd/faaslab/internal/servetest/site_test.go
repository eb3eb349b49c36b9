//go:build !nobrowser

package servetest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/site"
	"faaslab/sim/tests"
)

// TestTheSite shows a static site to a browser, below a path of a server that knows nothing but files.
// The parts that the page of serve has, too, find the numbers of the command line.
func TestTheSite(t *testing.T) {
	tests.Long(t) // the simulator is compiled for the browser
	browser := startBrowser(t)
	simulator, err := site.Build(context.Background(), ".")
	require.NoError(t, err)
	assert.Less(t, len(simulator.Binary), 6_000_000, "compressed")
	files, err := site.Files(simulator)
	require.NoError(t, err)
	folder := t.TempDir()
	files["probe.js"] = []byte(probe) // no file of the site
	require.NoError(t, site.Write(filepath.Join(folder, "course", "lab"), files))
	for _, part := range slices.Concat(sharedParts(), []part{
		{"the first answer", siteAnswersFirst},
		{"Watch draws as fast as the screen", siteDraws},
		{"lessons and the manual", siteTeaches},
		{"what needs the server says so", siteSaysWhatItLacks},
		{"a computation is stopped", siteStops},
		{"memory stays bounded", siteForgets},
		{"a crash is said, and mended", siteCrashes},
		{"a browser that cannot", siteUnable},
		{"without a network", siteOffline},
	}) {
		t.Run(part.name, func(t *testing.T) {
			server := httptest.NewServer(http.FileServer(http.Dir(folder))) // an origin of its own, and so a cache
			t.Cleanup(server.Close)
			b := &tab{t: t, site: server, url: server.URL + "/course/lab/"}
			b.openTab(browser)
			b.before(`window.workers = []; const Own = Worker; window.Worker = class extends Own {
				constructor(...of) { super(...of); window.workers.push(this); this.addEventListener('message', ({data}) => { if (data.ready) window.readyAfter = performance.now(); }); }
			}`)
			part.show(b)
		})
	}
}

// sharedParts are those that the page of serve has, too: all but those that look at the server.
func sharedParts() []part {
	served := []string{"an error stays until it is mended", "a server that stops is reported on the page",
		"whatever can be clicked in Explore is clicked", "whatever can be clicked"} // links to the manual, too
	return slices.DeleteFunc(slices.Concat(pageParts, watchParts), func(p part) bool { return slices.Contains(served, p.name) })
}

// before evaluates a script before those of the pages that are opened from now on.
func (b *tab) before(script string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	require.NoError(b.t, err)
}

const answered = `!!(document.querySelector('.results') || {dataset: {}}).dataset.stage`

// siteAnswersFirst measures the time to the first answer without anything in the cache, and the speed beside that
// of the same scenario in this process, of each the best of some runs.
func siteAnswersFirst(b *tab) {
	b.open(rough)
	b.wait(answered)
	b.t.Logf("the first answer comes after %.1f s with an empty cache; the simulator was loaded after %.1f s, and ready after %.1f s", eval[float64](b, `performance.now() / 1000`),
		eval[float64](b, `performance.getEntriesByType('resource').find((r) => r.name.endsWith('/simulator.bin')).responseEnd / 1000`),
		eval[float64](b, `window.readyAfter / 1000`))
	b.refined()
	b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
	b.picture("site-explore-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	assert.LessOrEqual(b.t, eval[int](b, `document.documentElement.scrollWidth`), 390)
	b.picture("site-explore-390")
	const requests, runs = 2_000_000, 4
	b.open("#learn")
	b.Run(fmt.Sprintf(`import('./server.js').then(async ({reach}) => {
		const body = JSON.stringify({scenario: 'float', set: ['run.replications=2', 'run.duration=%dms', 'run.warmup=0s']});
		const times = [];
		while (times.length < %d) {
			const begun = performance.now();
			const text = await (await reach('api/run', {method: 'POST', headers: {'Content-Type': 'application/json'}, body})).text();
			if (text.includes('"error"')) throw new Error(text);
			times.push(performance.now() - begun);
		}
		window.took = Math.min(...times);
	})`, requests/2*1000, runs))
	b.wait(`window.took > 0`)
	inside := time.Duration(eval[float64](b, `window.took`) * float64(time.Millisecond))
	outside := time.Hour
	for range runs {
		begun := time.Now()
		stdoutOf(b.t, "run", "float", "--set", "run.replications=2", "--set", fmt.Sprintf("run.duration=%ds", requests/2), "--set", "run.warmup=0s", "--workers", "1")
		outside = min(outside, time.Since(begun))
	}
	b.t.Logf("it simulates at %.2f of the speed of the command", outside.Seconds()/inside.Seconds())
	b.sound()
}

// siteDraws measures how often Watch draws some 200 instances while it plays.
func siteDraws(b *tab) {
	b.open("#watch?scenario=float&platform=container&set=arrivals.rate%3D120%2Fs&set=container.max_instances%3Dunlimited&event=20000")
	b.wait(`document.querySelector('.clock') !== null`)
	b.wait(event + ` === 20000`)
	b.wait(`!document.querySelector('.transport button:nth-child(4)').disabled`)
	b.click(at(`//button[text()='Play']`))
	b.Run(`const begun = performance.now(); let frames = 0;
		const count = () => {
			const took = performance.now() - begun;
			if (took > 3000) { window.framesPerSecond = 1000 * frames / took; return; }
			frames++;
			requestAnimationFrame(count);
		};
		requestAnimationFrame(count)`)
	b.wait(`window.framesPerSecond > 0`)
	assert.Greater(b.t, eval[int](b, `Number(/event (\d+)/.exec(document.querySelector('.clock').textContent)[1])`), 20000, "it plays")
	b.t.Logf("Watch draws %d instances %.0f times a second", eval[int](b, `parseInt(document.querySelector('.summary').textContent)`), eval[float64](b, `window.framesPerSecond`))
	b.sound()
}

func siteTeaches(b *tab) {
	b.open("#learn/little")
	b.wait(`!!document.querySelector('.lesson h1')`)
	b.wait(`[...document.querySelectorAll('.lesson img')].every((i) => i.complete && i.naturalWidth > 0)`)
	assert.Positive(b.t, eval[int](b, `document.querySelectorAll('.lesson img').length`))
	assert.Contains(b.t, b.Text(".lesson"), "This page has no server that runs commands")
	assert.Zero(b.t, eval[int](b, `document.querySelectorAll('.lesson button').length`))
	assert.Equal(b.t, b.url+"manual.html", eval[string](b, `[...document.querySelectorAll('nav a')].find((a) => a.textContent === 'Manual').href`))
	b.do(chromedp.Navigate(b.url + "manual.html"))
	b.wait(`!!document.querySelector('.manual #the-scenario-file')`)
	b.do(chromedp.EmulateViewport(390, 844))
	assert.LessOrEqual(b.t, eval[int](b, `document.documentElement.scrollWidth`), 390)
	b.picture("site-manual-390")
	assert.Empty(b.t, eval[[]string](b, `[...document.querySelectorAll('main a')].map((a) => a.getAttribute('href')).filter((to) => to.startsWith('#') ? !document.getElementById(to.slice(1)) : !/^(https:|\.\/#learn)/.test(to))`), "links that lead nowhere")
	assert.Equal(b.t, b.url+"#explore", eval[string](b, `[...document.querySelectorAll('nav a')].find((a) => a.textContent === 'Explore').href`))
	b.sound()
}

func siteSaysWhatItLacks(b *tab) {
	b.open(rough)
	b.refined()
	b.Run(`const carried = new DataTransfer(); carried.items.add(new File(['start,duration\n0,1\n'], 'log.csv'));
		window.dispatchEvent(new DragEvent('drop', {dataTransfer: carried, cancelable: true}))`)
	b.wait(`document.body.textContent.includes('This page has no server, which reads logs and traces')`)
	b.sound()
}

// endlessly is the address of a simulation that takes all its time.
const endlessly = "#explore?scenario=float&set=run.precision%3D0.1%25&set=run.max_requests%3D20000000"

// A computation ends soon after the page has another one, in the same worker.
func siteStops(b *tab) {
	b.open(endlessly)
	b.wait(answered)
	b.Run(`window.marked = true`)
	b.open(rough) // a fragment alone
	b.refined()
	assert.True(b.t, eval[bool](b, `window.marked`), "the page is the same one")
	assert.Equal(b.t, fmt.Sprintf("%.3f %%", 100*commandFinds(b.t, "cold_start_probability", "float", "--set", "run.precision=5%")), b.Text(coldCell))
	// What does not stop is ended with its worker, and the page goes on.
	b.Run(`window.before = workers.length; workers.at(-1).postMessage = function (message) { if (!message.abort) Object.getPrototypeOf(Object.getPrototypeOf(this)).postMessage.call(this, message); }`)
	b.open(endlessly)
	b.wait(`document.querySelector('.results').dataset.stage.endsWith('/3')`)
	b.open(rough + "&set=run.seed%3D2")
	b.wait(`workers.length === before + 1`)
	b.refined()
	b.wait(`document.querySelector('.command code').textContent.includes('run.seed=2')`)
	b.sound()
}

// probe is a script for the worker in the place of worker.js, which tells the size of the simulator's memory when it is asked.
const probe = `const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (...of) => {
	const instance = await instantiate(...of);
	self.memory = instance.exports.mem;
	return instance;
};
addEventListener('message', (event) => {
	if (!event.data.probe) return;
	event.stopImmediatePropagation();
	postMessage({memory: self.memory.buffer.byteLength});
});
importScripts('worker.js');
`

// The memory of the worker, which WebAssembly never gives back, is that of the largest runs, however many there are: ended
// ones, stopped ones, and those of Watch.
func siteForgets(b *tab) {
	b.before(`window.Worker = class extends Worker { constructor(url) { super(String(url).replace('worker.js', 'probe.js')); } }`)
	b.open("#learn")
	b.wait(`workers.length === 1`)
	b.Run(`import('./server.js').then(async ({reach}) => {
		const answer = async (path, body, after) => {
			const stop = new AbortController();
			if (after) setTimeout(() => stop.abort(), after);
			try {
				return await (await reach(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body), signal: stop.signal})).text();
			} catch (error) {
				if (!after) throw error;
			}
		};
		const quick = ['run.replications=2', 'run.warmup=0s'];
		const large = {scenario: 'float', models: 'none', set: [...quick, 'arrivals.rate=2000/s', 'run.duration=20s', 'container.max_instances=unlimited']};
		const memory = () => new Promise((resolve) => {
			const told = ({data}) => { if (data.memory) { workers.at(-1).removeEventListener('message', told); resolve(data.memory); } };
			workers.at(-1).addEventListener('message', told);
			workers.at(-1).postMessage({probe: true});
		});
		window.memories = [];
		for (let round = 0; round < 4; round++) {
			for (let i = 0; i < 6; i++) {
				const text = await answer('api/run', {scenario: 'float', set: [...quick, 'run.duration=1h', 'run.seed=' + (1 + 10 * round + i)]});
				if (!text.includes('cold_start_probability')) throw new Error(text);
			}
			if (!(await answer('api/run', large)).includes('cold_start_probability')) throw new Error('the large run has no result');
			await answer('api/run', {...large, set: [...large.set, 'run.duration=1h']}, 300);
			if (!(await answer('api/trace', {scenario: 'float', set: quick, events: 2000})).includes('event')) throw new Error('Watch has no events');
			window.memories.push(await memory());
		}
		window.ended = true;
	}).catch((error) => { window.ended = String(error); })`)
	b.waitFor(2*time.Minute, `window.ended !== undefined`)
	require.Equal(b.t, "true", eval[string](b, `String(window.ended)`))
	memories := eval[[]int64](b, `window.memories`)
	b.t.Logf("after each round of runs, the simulator has %d bytes", memories)
	require.Len(b.t, memories, 4)
	assert.LessOrEqual(b.t, memories[3], memories[1]+4<<20, "two more rounds take no more than one arena of the heap")
	assert.Equal(b.t, 1, eval[int](b, `workers.length`), "no run has ended the worker")
	b.sound()
}

func siteCrashes(b *tab) {
	b.open(endlessly)
	b.wait(answered)
	b.Run(`workers.at(-1).postMessage({id: -1, method: 'GET', path: 'api/scenarios', headers: null, body: null})`) // a panic of its own
	b.wait(`document.getElementById('trouble').textContent.includes('The simulator of this page ended in the middle of its answer')`)
	b.open(rough) // a fragment alone
	b.wait(`document.getElementById('trouble').hidden && workers.length === 2`)
	b.refined()
	b.picture("site-after-a-crash")
}

func siteUnable(b *tab) {
	b.before(`delete window.WebAssembly; delete window.Worker`)
	b.open("")
	b.wait(`!!document.querySelector('#unable')`)
	assert.Equal(b.t, "The simulator of this page cannot run here: it needs WebAssembly, and Web Workers. A browser of 2023 or later has it all, unless it is switched off.", b.Text("#unable"))
	b.picture("site-unable")
}

func siteOffline(b *tab) {
	b.open(rough)
	b.refined()
	b.wait(`navigator.serviceWorker.ready.then(() => true)`)
	b.wait(`!!navigator.serviceWorker.controller`)
	b.Run(`window.old = true`)
	b.site.Close()
	b.do(chromedp.Reload())
	b.wait(`window.old === undefined`)
	b.refined()
	b.open("#learn/little")
	b.wait(`[...document.querySelectorAll('.lesson img')].length > 0 && [...document.querySelectorAll('.lesson img')].every((i) => i.complete && i.naturalWidth > 0)`)
	b.do(chromedp.Navigate(b.url + "manual.html"))
	b.wait(`!!document.querySelector('.manual')`)
}
