//go:build !nobrowser

package servetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fleet is a small cluster that is short of memory.
const fleet = `name: fleet
functions:
  checkout: {arrivals: poisson(rate=1/s), warm: exponential(mean=80ms), startup: constant(600ms), memory: 256MB}
  report: {arrivals: poisson(rate=3/m), warm: constant(2s), startup: constant(3s), memory: 1GB}
  thumbnail: {arrivals: poisson(rate=20/m), warm: exponential(mean=1s), startup: constant(2s), memory: 512MB}
  rare: {arrivals: poisson(rate=1/h), warm: constant(1s), startup: constant(2s), memory: 128MB}
nodes: {count: 2, memory: 1.5GB}
container: {keep_alive: 10m}
run: {warmup: 1h, duration: 4h, replications: 4}
`

// Many functions in Explore, and one of their nodes in Watch.
func TestTheCluster(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	file := filepath.Join(t.TempDir(), "fleet.yaml")
	require.NoError(t, os.WriteFile(file, []byte(fleet), 0o600))
	b := serve(t, browser, file)
	b.open("")
	b.refined()
	b.wait(`document.querySelectorAll('.nodes li').length === 2`)
	assert.Regexp(t, `^Node 0.* MB running, .* GB idle, .*of 1.5 GB.*Watch this node$`, b.Text(".nodes li"))
	assert.Empty(t, eval[[]string](b, nameless))
	shares := eval[[]float64](b, `[...document.querySelectorAll('.nodes li')].map((li) => [...li.querySelectorAll('.memory > span')].reduce((sum, part) => sum + part.getBoundingClientRect().width, 0) / li.querySelector('.memory').clientWidth)`)
	assert.InDeltaSlice(t, []float64{1, 1}, shares, 0.02, "the parts fill the bar")
	b.picture("cluster-1280")

	// The table sorts, by a click and by the keyboard.
	names := `[...document.querySelectorAll('.functions tbody th')].map((th) => th.textContent)`
	b.click(at(`//th/button[starts-with(.,'requests')]`))
	assert.Equal(t, []string{"checkout", "thumbnail", "report", "rare"}, eval[[]string](b, names))
	assert.Equal(t, "descending", eval[string](b, `document.querySelectorAll('.functions thead th')[2].ariaSort`))
	b.Run(`document.querySelector('.functions thead button').focus()`)
	b.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, []string{"checkout", "rare", "report", "thumbnail"}, eval[[]string](b, names))
	b.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, []string{"thumbnail", "report", "rare", "checkout"}, eval[[]string](b, names))
	b.do(chromedp.SendKeys("#cluster-find", "RE"))
	assert.Equal(t, []string{"report", "rare"}, eval[[]string](b, names))

	// A long name, as those of traces, leaves the numbers in sight.
	b.Run(`const name = document.querySelector('.functions tbody th'); window.name0 = name.textContent; name.textContent = 'x'.repeat(100)`)
	assert.True(t, eval[bool](b, `(() => { const around = document.querySelector('.functions').parentElement; return around.scrollWidth <= around.clientWidth; })()`))
	b.Run(`document.querySelector('.functions tbody th').textContent = window.name0`)

	// A policy is changed at a click, and the paired difference stands beside it.
	b.click(at(`//fieldset[legend='Keep-alive']//label[contains(.,'1 minute')]`))
	b.wait(`/^Against fleet.yaml, on the same requests: \d of \d differences are significant/.test(document.querySelector('.cluster [role=status]').textContent)`)
	b.refined()
	b.wait(`document.querySelector('.cluster tr[data-metric="wasted_memory"].significant') !== null`)
	assert.Contains(t, b.Text(".compared code"), "compare "+file+" --b container.keep_alive=60s")
	assert.True(t, eval[bool](b, `document.activeElement.type === 'radio' && document.activeElement.checked`), "the focus stays where it is")
	b.Run(`document.querySelector('.cluster').scrollIntoView()`)
	b.picture("cluster-compared")
	b.do(chromedp.EmulateViewport(390, 844))
	b.wait(`document.documentElement.scrollWidth <= 390`)
	b.Run(`document.querySelector('.cluster').scrollIntoView()`)
	b.picture("cluster-390")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.click(at(`//fieldset[legend='Keep-alive']//label[contains(.,'10 minutes')]`))
	b.wait(`document.querySelector('.cluster [role=status]').textContent.startsWith('Choose another')`)

	// A node is watched.
	b.click(at(`(//ul[@class='nodes']//button)[2]`))
	b.wait(`location.hash.startsWith('#watch') && document.querySelector('#watch-node') !== null && document.querySelector('#watch-node').value === '1'`)
	b.wait(event + ` === 0`)
	b.click(at(`//button[text()='Step']`))
	b.wait(event + ` === 1`)
	assert.Regexp(t, `request \d+ of \w+ finds no idle instance; instance \d+ cold-starts with`, b.Text(".sentence"))
	assert.Regexp(t, `^Node 1\d+ MB running, 0 MB idle, .* free, of 1.5 GB$`, b.Text(".nodes li"))
	assert.Contains(t, b.Text(".log + .command code"), "--node 1 --events 1")

	// The steady state is that of all nodes together: it stands beside all of them, not beside one.
	const steady = `[...document.querySelectorAll('[aria-labelledby=counters-title] tbody td.half')].map((td) => td.textContent).join('')`
	b.wait(`document.querySelector('[aria-labelledby=counters-title]').textContent.includes('of all nodes together')`)
	assert.Empty(t, eval[string](b, steady))
	assert.Zero(t, eval[int](b, `document.querySelectorAll('path.steady').length`))
	b.Run(`const node = document.querySelector('#watch-node'); node.value = ''; node.dispatchEvent(new Event('change'))`)
	b.wait(steady + `.includes('±')`)
	b.wait(`!document.querySelector('[aria-labelledby=counters-title]').textContent.includes('of all nodes together')`)
	b.open("#watch?scenario=fleet.yaml&event=60")
	b.wait(event + ` === 60`)
	assert.Equal(t, 2, eval[int](b, `document.querySelectorAll('.nodes li').length`))
	assert.Empty(t, eval[[]string](b, nameless))
	b.picture("cluster-watched")

	// Beside it, another eviction: the first that is another one.
	b.Run(`const other = document.querySelector('#watch-beside'); other.value = 'container.evict'; other.dispatchEvent(new Event('change'))`)
	b.wait(`document.querySelectorAll('.lanes > .lane .node-memory:not([hidden])').length === 2`)
	assert.Equal(t, []string{"lru", "greedy-dual", "random", "none"}, eval[[]string](b, `[...document.querySelectorAll('#watch-beside ~ select option')].map((o) => o.value)`))
	assert.Contains(t, eval[string](b, `location.hash`), "beside=container.evict%3Dgreedy-dual")
	assert.True(t, eval[bool](b, `document.querySelector('#watch-beside-trouble').hidden`))
	assert.True(t, eval[bool](b, `[...document.querySelectorAll('.lane .node-memory')].every((m) => m.getBoundingClientRect().bottom <= m.nextSibling.getBoundingClientRect().top + 1)`), "nothing lies on the bars")
	b.picture("cluster-beside")
	b.sound()
}
