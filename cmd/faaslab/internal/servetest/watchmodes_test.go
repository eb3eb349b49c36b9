//go:build !nobrowser

package servetest

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/narration"
	"faaslab/sim/tests"
)

// watches reports whether Watch shows the beginning of a film, and atEvent whether it shows an
// event.
const watches = `document.querySelector('.clock') && document.querySelector('.clock').textContent.includes('event 0') && !document.querySelector('.transport button:nth-child(4)').disabled`

func atEvent(n int) string {
	return fmt.Sprintf(`document.querySelector('.clock') && (%s) === %d && !document.querySelector('.clock').textContent.includes('on the way')`, event, n)
}

// button returns the element of Watch with a text.
func button(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('main button')].find((b) => b.textContent === %q)`, name)
}

// narrated returns the events of a command line of trace.
func narrated(t *testing.T, command string) []narration.EventJSON {
	t.Helper()
	out := stdoutOf(t, append(format.ShellWords(command), "--format", "json")[1:]...)
	var told struct {
		Events []narration.EventJSON `json:"events"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &told))
	return told.Events
}

func watchKeys(b *tab) {
	t := b.t
	b.open("#watch")
	b.wait(watches)
	b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	require.Equal(t, 2, eval[int](b, event))
	try := func(what string) {
		t.Helper()
		before := eval[int](b, event)
		b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
		assert.Equal(t, before+2, eval[int](b, event), "→ after %s", what)
		b.do(chromedp.KeyEvent(kb.ArrowLeft))
		assert.Equal(t, before+1, eval[int](b, event), "← after %s", what)
		b.do(chromedp.KeyEvent(" "))
		assert.Equal(t, "Pause", b.Text(".transport .wide"), "Space after %s", what)
		b.do(chromedp.KeyEvent(" "))
		assert.Equal(t, "Play", b.Text(".transport .wide"), "Space again after %s", what)
		b.do(chromedp.KeyEvent(kb.Home))
		assert.Zero(t, eval[int](b, event), "Home after %s", what)
		b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	}
	b.click(button("Play"))
	b.click(button("Pause"))
	try("a click on Pause")
	for _, name := range []string{"Step", "Back", "Copy link"} {
		b.click(button(name))
		try("a click on " + name)
	}
	for _, place := range []string{".stage", ".log", ".log li", ".command pre", "#counters-title ~ .scrolled", ".line", ".lane > details > summary", "h2"} {
		b.click(`document.querySelector('` + place + `')`)
		try("a click on " + place)
	}
	b.wait(event + ` === 2 && !` + button("Rewind") + `.disabled`) // on a busy machine
	b.click(button("Rewind"))
	b.wait(event + ` === 0`)
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	assert.Equal(t, 1, eval[int](b, event), "after Rewind, which cannot be clicked again")

	// While the user types or chooses, keys go to the field.
	for _, field := range []string{"#watch-event", "#control-container-keep_alive", "#watch-platform", "#watch-beside"} {
		b.Run(`document.querySelector('` + field + `').focus()`)
		b.do(chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.Home), chromedp.KeyEvent("l"), chromedp.KeyEvent(kb.Backspace))
		assert.Equal(t, 1, eval[int](b, event), field)
		assert.False(t, eval[bool](b, `document.documentElement.classList.contains('lecture')`), field)
	}
	b.open("#learn")
	b.open("#watch")
	b.wait(watches)
	b.Run(`document.getElementById('watch-speed').focus()`)
	speed := b.Text("output")
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	assert.NotEqual(t, speed, b.Text("output"), "a slider has its arrows")
	b.do(chromedp.KeyEvent(" "))
	assert.Equal(t, "Pause", b.Text(".transport .wide"))
	b.do(chromedp.KeyEvent(" "))

	// A button that was reached by Tab is pressed by Space.
	b.do(chromedp.KeyEvent(kb.Home))
	b.Run(`document.querySelector('.skip').focus()`)
	for range 60 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if eval[string](b, `document.activeElement.textContent`) == "Step" {
			break
		}
	}
	b.do(chromedp.KeyEvent(" "), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, 3, eval[int](b, event))
	assert.Equal(t, "Play", b.Text(".transport .wide"))
	b.do(chromedp.KeyEvent(kb.ArrowLeft))
	assert.Equal(t, 2, eval[int](b, event))
	b.sound()
}

// The command that Watch shows prints exactly the events that were watched.
func watchCommand(b *tab) {
	t := b.t
	for _, address := range []string{"#watch", "#watch?scenario=float&set=run.seed%3D7&set=container.keep_alive%3D5s", "#watch?scenario=matmul&set=wasm.cores%3D2&platform=wasm",
		"#watch?scenario=bursty&set=arrivals%3Dpoisson(rate%3D3%2Fs)"} {
		b.open("#learn")
		b.open(address)
		b.wait(watches)
		assert.Contains(t, b.Text(".command code"), "--events 0")
		b.Run(`const speed = document.getElementById('watch-speed'); speed.value = 20; speed.dispatchEvent(new Event('input'))`)
		b.click(button("Play"))
		b.wait(event + ` > 40`)
		b.click(button("Pause"))
		seen := eval[int](b, event)
		told := narrated(t, b.Text(".command code"))
		require.Len(t, told, seen, b.Text(".command code"))
		assert.Contains(t, b.Text(".sentence"), told[seen-1].Text)
		var texts []string
		for i := range 30 {
			texts = append(texts, told[seen-1-i].Text)
		}
		assert.Equal(t, texts, eval[[]string](b, `[...document.querySelectorAll('.log li')].map((l) => l.lastChild.textContent.trim())`))
	}
	b.sound()
}

func watchAddress(b *tab) {
	t := b.t
	told := narrated(t, "faaslab trace float --set run.seed=3 --events 4000")
	const address = "#watch?scenario=float&set=run.seed%3D3"
	for _, n := range []int{212, 4000} {
		b.open("#learn")
		b.open(fmt.Sprintf("%s&event=%d", address, n))
		b.wait(atEvent(n))
		assert.Contains(t, b.Text(".sentence"), told[n-1].Text)
		assert.Equal(t, strconv.Itoa(n), eval[string](b, `document.getElementById('watch-event').value`))
	}
	// The address follows the event, and can be copied.
	b.open(address + "&event=212")
	b.wait(atEvent(212))
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.wait(`location.hash.endsWith('&event=213')`)
	b.Run(`navigator.clipboard.writeText = async (text) => { window.copied = text; }`)
	b.click(button("Copy link"))
	link := eval[string](b, `window.copied`)
	assert.Equal(t, b.url+address+"&event=213", link)
	b.open("#learn")
	b.do(chromedp.Navigate(link))
	b.wait(atEvent(213))
	// A time of the log leads to its event, and back.
	b.click(`document.querySelectorAll('.log a')[7]`)
	b.wait(atEvent(206))
	assert.Contains(t, b.Text(".sentence"), told[205].Text)
	b.Run(`history.back()`)
	b.wait(atEvent(213))
	// So does a typed number.
	b.enter("#watch-event", "1800")
	b.wait(atEvent(1800))
	assert.Contains(t, b.Text(".sentence"), told[1799].Text)
	b.wait(`location.hash.endsWith('&event=1800')`)
	b.do(chromedp.Reload())
	b.wait(atEvent(1800))
	b.enter("#watch-event", "soon")
	b.wait(`document.getElementById('trouble').textContent.includes('There is no event soon')`)
	b.enter("#watch-event", "5")
	b.wait(atEvent(5) + ` && document.getElementById('trouble').hidden`)
	// The nav leads back to the event, too.
	b.wait(`location.hash.endsWith('&event=5')`)
	b.click(`document.querySelector('nav a[data-view="learn"]')`)
	b.wait(`document.querySelector('.lesson h1') !== null`)
	b.click(`document.querySelector('nav a[data-view="watch"]')`)
	b.wait(atEvent(5))
	b.sound()
}

// lane returns a text of one of two lanes.
func (b *tab) lane(i int, selector string) string {
	return eval[string](b, fmt.Sprintf(`document.querySelectorAll('.lane %s')[%d].textContent`, selector, i))
}

func watchBeside(b *tab) {
	t := b.t
	tests.Long(b.t)
	b.open("#watch?scenario=float&set=arrivals.rate%3D3%2Fs&beside=container.routing%3Drandom")
	b.wait(watches + ` && document.querySelectorAll('.stage').length === 2 && document.querySelectorAll('.command code')[1].textContent !== ''`)
	assert.Equal(t, "most recently used (MRU)", b.lane(0, ".lane-title"))
	assert.Equal(t, "random", b.lane(1, ".lane-title"))
	check := func() {
		t.Helper()
		first, other := narrated(t, b.lane(0, ".command code")), narrated(t, b.lane(1, ".command code"))
		require.NotEmpty(t, first)
		assert.Contains(t, b.lane(0, ".sentence"), first[len(first)-1].Text)
		assert.Contains(t, b.lane(1, ".sentence"), other[len(other)-1].Text)
		// Both show all events up to the same moment, and the same requests.
		now := max(first[len(first)-1].Time, other[len(other)-1].Time)
		for i, told := range [][]narration.EventJSON{first, other} {
			longer := narrated(t, strings.Replace(b.lane(i, ".command code"), "--events ", "--events 1", 1)) // ten times the events, or more
			assert.Greater(t, longer[len(told)].Time, now)
		}
		arrivals := func(told []narration.EventJSON) map[int64]string {
			all := map[int64]string{}
			for _, e := range told {
				if e.Request > 0 {
					all[e.Request] = fmt.Sprint(*e.Arrived)
				}
			}
			return all
		}
		assert.Equal(t, arrivals(first), arrivals(other))
	}
	for range 60 {
		b.do(chromedp.KeyEvent(kb.ArrowRight))
	}
	check()
	assert.NotEqual(t, b.lane(0, ".sentence"), b.lane(1, ".sentence"), "they choose other instances")
	before := b.lane(0, ".command code") + b.lane(1, ".command code")
	b.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowLeft))
	assert.Equal(t, before, b.lane(0, ".command code")+b.lane(1, ".command code"))
	b.Run(`const speed = document.getElementById('watch-speed'); speed.value = 22; speed.dispatchEvent(new Event('input'))`)
	b.click(button("Play"))
	b.wait(event + ` > 2500`)
	b.click(button("Pause"))
	check()
	b.wait(`document.querySelector('#counters-title').closest('section').querySelectorAll('td.half:not(:empty)').length === 8`)
	instances := eval[[]string](b, `[...[...document.querySelectorAll('tbody tr')].find((r) => r.textContent.startsWith('instances')).querySelectorAll('td.number')].map((d) => d.textContent)`)
	require.Len(t, instances, 4)
	mru, err := strconv.ParseFloat(instances[1], 64)
	require.NoError(t, err)
	random, err := strconv.ParseFloat(instances[3], 64)
	require.NoError(t, err)
	assert.Greater(t, random, mru+1, "the steady state of each beside it")
	b.picture("watch-two-1280")
	// The address has both, and leads to the same moment.
	b.wait(`/beside=container.routing%3Drandom&event=\d+$/.test(location.hash)`)
	commands := b.lane(0, ".command code") + b.lane(1, ".command code")
	b.do(chromedp.Reload())
	b.wait(`document.querySelector('.clock') && ` + event + ` > 2500`)
	assert.Equal(t, commands, b.lane(0, ".command code")+b.lane(1, ".command code"))
	_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	require.NoError(t, err)
	b.picture("watch-two-dark-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	b.picture("watch-two-dark-390")
	assert.Empty(t, eval[[]string](b, nameless))
	b.sound()
}

func watchBesideChosen(b *tab) {
	t := b.t
	choose := func(id, value string) {
		b.Run(fmt.Sprintf(`const list = document.querySelector(%q); list.focus(); list.value = %q; list.dispatchEvent(new Event('change'))`, id, value))
	}
	b.open("#watch")
	b.wait(watches)
	for range 6 {
		b.do(chromedp.KeyEvent(kb.ArrowRight))
	}
	assert.Equal(t, 1, eval[int](b, `document.querySelectorAll('.stage').length`))
	offered := eval[[]string](b, `[...document.getElementById('watch-beside').options].map((o) => o.value)`)
	assert.Subset(t, offered, []string{"", "container.routing", "container.keep_alive", "container.max_instances", "arrivals.rate", "platform"})
	assert.NotContains(t, offered, "wasm.cores")
	shown := atEvent(6) + ` && document.querySelectorAll('.stage').length === 2 && document.querySelectorAll('.command code')[1].textContent.includes('--events')`
	choose("#watch-beside", "container.routing")
	b.wait(shown)
	assert.Equal(t, "random", eval[string](b, `document.querySelector('[aria-label="its value beside"]:not([hidden])').value`))
	choose(`select[aria-label="its value beside"]`, "lru")
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('container.routing=lru')`)
	choose("#watch-beside", "container.keep_alive")
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('container.keep_alive=')`)
	b.enter("#watch-beside-value", "1s")
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('container.keep_alive=1s')`)
	assert.Equal(t, "Keep-alive: 1s", b.lane(1, ".lane-title"))
	// Its problem is shown there, and the first pool goes on.
	b.enter("#watch-beside-value", "soon")
	b.wait(`document.querySelector('.beside-trouble').textContent.includes('soon')`)
	assert.True(t, eval[bool](b, `document.getElementById('watch-beside-value').getAttribute('aria-invalid') === 'true' && document.getElementById('trouble').hidden`))
	b.enter("#watch-beside-value", "2s")
	b.wait(shown + ` && document.querySelector('.beside-trouble').hidden`)
	choose("#watch-beside", "platform")
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('--platform wasm')`)
	assert.Equal(t, []string{"Containers", "Wasm executors"}, []string{b.lane(0, ".lane-title"), b.lane(1, ".lane-title")})
	assert.Contains(t, b.Text(".legend"), "runs")
	assert.Contains(t, b.Text(".legend"), "warm")
	b.picture("watch-platforms-1280")
	choose("#watch-beside", "arrivals.rate")
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('arrivals.rate=')`)
	assert.Contains(t, b.lane(1, ".lane-title"), "(other requests)")
	choose("#watch-beside", "")
	b.wait(atEvent(6) + ` && document.querySelectorAll('.stage').length === 1`)
	assert.NotContains(t, eval[string](b, `location.hash`), "beside")
	b.Run(`history.back()`)
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('arrivals.rate=')`)
	// New films that come while a value is being typed leave the text alone.
	choose("#watch-beside", "container.keep_alive")
	b.wait(shown + ` && document.querySelectorAll('.command code')[1].textContent.includes('container.keep_alive=')`)
	b.Run(`const field = document.getElementById('watch-beside-value'); field.focus(); field.select()`)
	b.do(chromedp.KeyEvent("4"))
	b.Run(`document.getElementById('watch-platform').dispatchEvent(new Event('change'))`)
	b.wait(atEvent(0))
	b.do(chromedp.KeyEvent("s"), chromedp.KeyEvent(kb.Tab))
	b.wait(`document.querySelectorAll('.command code')[1].textContent.includes('container.keep_alive=4s')`)
	b.soundBut("status of 400")
}

func watchLecture(b *tab) {
	t := b.t
	on := `document.documentElement.classList.contains('lecture')`
	visible := func(selector string) bool {
		return eval[bool](b, fmt.Sprintf(`document.querySelector(%q).getClientRects().length > 0`, selector))
	}
	b.open("#watch?scenario=float&event=40")
	b.wait(atEvent(40))
	size := eval[float64](b, `parseFloat(getComputedStyle(document.querySelector('.sentence')).fontSize)`)
	height := eval[float64](b, `document.querySelector('.stage').clientHeight`)
	b.click(button("Lecture"))
	b.wait(on)
	assert.GreaterOrEqual(t, eval[float64](b, `parseFloat(getComputedStyle(document.querySelector('.sentence')).fontSize)`), 1.5*size)
	assert.Greater(t, eval[float64](b, `document.querySelector('.stage').clientHeight`), height)
	for _, hidden := range []string{".side", ".top", ".log", ".line", "#control-scenario"} {
		assert.False(t, visible(hidden), hidden)
	}
	for _, shown := range []string{".stage", ".sentence", ".transport", ".legend", ".clock"} {
		assert.True(t, visible(shown), shown)
	}
	assert.Equal(t, 1280, eval[int](b, `document.documentElement.scrollWidth`))
	assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollHeight`), 900, "all is seen at once")
	b.picture("watch-lecture-1280")
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	assert.Equal(t, 41, eval[int](b, event))
	b.wait(`location.hash.includes('lecture=yes')`)
	b.do(chromedp.KeyEvent(kb.Escape))
	assert.False(t, eval[bool](b, on), "Escape leaves it")
	assert.True(t, visible(".side"))
	assert.NotContains(t, eval[string](b, `location.hash`), "lecture")
	b.do(chromedp.KeyEvent("l"))
	assert.True(t, eval[bool](b, on))
	b.do(chromedp.KeyEvent("l"))
	assert.False(t, eval[bool](b, on))
	// An address opens it, and another view has none of it.
	b.open("#watch?scenario=float&event=300&lecture=yes&beside=container.routing%3Drandom")
	b.wait(atEvent(300) + ` && ` + on + ` && document.querySelectorAll('.stage').length === 2`)
	assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollHeight`), 900)
	b.picture("watch-lecture-two-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	assert.Equal(t, 390, eval[int](b, `document.documentElement.scrollWidth`))
	b.picture("watch-lecture-two-390")
	b.open("#explore")
	b.refined()
	assert.False(t, eval[bool](b, on))
	b.sound()
}

// contrast returns the contrast ratio of two colours, of sRGB from 0 to 1. (WCAG 2.2)
func contrast(a, c [3]float64) float64 {
	luminance := func(c [3]float64) (y float64) {
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			y += weight * linearLight(c[i])
		}
		return y
	}
	x, y := luminance(a), luminance(c)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func linearLight(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// seenBy are the colours, of linear sRGB, as people see them who lack one kind of cones. (Machado,
// Oliveira and Fernandes, 2009, table 1)
var seenBy = map[string][3][3]float64{
	"everyone":     {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopes":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopes": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopes":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// distance returns the distance of two colours in CIELAB as a person sees them: 2.3 is just
// noticeable.
func distance(seen [3][3]float64, a, c [3]float64) float64 {
	lab := func(c [3]float64) [3]float64 {
		var rgb [3]float64
		for i := range 3 {
			for j := range 3 {
				rgb[i] += seen[i][j] * linearLight(c[j])
			}
			rgb[i] = min(max(rgb[i], 0), 1)
		}
		f := func(x float64) float64 {
			if x > 0.008856 {
				return math.Cbrt(x)
			}
			return 7.787*x + 16.0/116
		}
		x := f((0.4124*rgb[0] + 0.3576*rgb[1] + 0.1805*rgb[2]) / 0.9505)
		y := f(0.2126*rgb[0] + 0.7152*rgb[1] + 0.0722*rgb[2])
		z := f((0.0193*rgb[0] + 0.1192*rgb[1] + 0.9505*rgb[2]) / 1.089)
		return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
	}
	p, q := lab(a), lab(c)
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

// Blue and orange are the platforms; cold and warm have colours of their own, which everybody can
// tell apart, on light and on dark.
func watchColours(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&event=3")
	b.wait(atEvent(3))
	for _, scheme := range []string{"light", "dark"} {
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		require.NoError(t, err)
		colour := func(name string) (c [3]float64) {
			text := eval[string](b, fmt.Sprintf(`getComputedStyle(document.documentElement).getPropertyValue('--%s').trim()`, name))
			value, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 32)
			require.NoError(t, err, name)
			for i := range 3 {
				c[i] = float64(value>>(16-8*i)&255) / 255
			}
			return c
		}
		for _, name := range []string{"cold", "warm", "container", "wasm", "idle", "request"} {
			assert.GreaterOrEqual(t, contrast(colour(name), colour("card")), 3.0, "%s in the %s", name, scheme)
		}
		for _, name := range []string{"cold", "warm"} {
			assert.GreaterOrEqual(t, contrast(colour(name), colour("paper")), 4.5, "the number on %s in the %s", name, scheme)
		}
		for who, seen := range seenBy {
			assert.Greater(t, distance(seen, colour("cold"), colour("warm")), 20.0, "cold and warm for %s in the %s", who, scheme)
			for _, state := range []string{"cold", "warm"} {
				for _, platform := range []string{"container", "wasm"} {
					if who == "everyone" {
						assert.Greater(t, distance(seen, colour(state), colour(platform)), 40.0, "%s and %s in the %s", state, platform, scheme)
					}
				}
			}
		}
		// A cold start also differs by its stripes.
		assert.True(t, b.paints("cold"))
		assert.True(t, b.paints("cold-stripe"))
		assert.Contains(t, eval[string](b, `getComputedStyle(document.querySelector('.swatch.cold')).backgroundImage`), "repeating-linear-gradient")
		assert.False(t, b.paints("container"), "blue on the stage in the %s", scheme)
		assert.False(t, b.paints("wasm"), "orange on the stage in the %s", scheme)
		assert.Equal(t, eval[string](b, `(() => { const d = document.createElement('i'); d.style.color = 'var(--container)'; document.body.append(d); const c = getComputedStyle(d).color; d.remove(); return c; })()`),
			eval[string](b, `getComputedStyle(document.querySelector('.line .mean')).stroke`), "the average of containers")
		b.picture("watch-colours-" + scheme + "-1280")
	}
	b.sound()
}

func watchPhone(b *tab) {
	t := b.t
	b.do(chromedp.EmulateViewport(390, 844))
	for i, address := range []string{"#watch?scenario=float&event=60", "#watch?scenario=float&event=60&beside=container.routing%3Drandom"} {
		b.open(address)
		b.wait(atEvent(60) + fmt.Sprintf(` && document.querySelectorAll('.stage').length === %d`, i+1))
		b.wait(`document.querySelector('td.half:not(:empty)') !== null`)
		assert.Equal(t, 390, eval[int](b, `document.documentElement.scrollWidth`), address)
		// Parts that are cut off can be scrolled to.
		assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.results *')].filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > 391 && !e.closest('.scrolled')).map((e) => e.outerHTML.slice(0, 80))`), address)
		assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.results :is(button, select, input:not([type="range"]))')].filter((e) => e.getClientRects().length && e.closest('.transport, .heading') && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)`), "large enough for a finger")
		b.picture(fmt.Sprintf("watch-phone-%d-390", i+1))
	}
	b.do(chromedp.Tap(chromedp.JSPath(button("Step"))))
	assert.Equal(t, 61, eval[int](b, event))
	b.sound()
}

// clickables returns the names of the elements that can be clicked inside an element, without
// numbers, each once.
func (b *tab) clickables(within string) []string {
	b.t.Helper()
	return eval[[]string](b, fmt.Sprintf(`[...new Set([...document.querySelectorAll(%q)].flatMap((w) => [...w.querySelectorAll('a[href], button, summary, select, input, textarea, [role="button"]')])
		.filter((e) => e.getClientRects().length && !e.closest('.controls'))
		.map((e) => (e.getAttribute('aria-label') || (e.labels && e.labels[0] ? e.labels[0].firstChild.textContent : e.textContent)).replace(/[\d.]+ (ms|s|h)/, 'time').trim()))]`, within))
}

// Every element of Watch that can be clicked is clicked, and has its effect.
func watchClicks(b *tab) {
	t := b.t
	b.open("#watch?scenario=float&event=40&beside=container.routing%3Drandom")
	both := ` && document.querySelectorAll('.stage').length === 2`
	b.wait(atEvent(40) + both)
	b.Run(`navigator.clipboard.writeText = async (text) => { window.copied = text; }`)
	named := func(label string) string { return fmt.Sprintf(`document.querySelector('[aria-label=%q]')`, label) }
	choose := func(list, value string) {
		b.click(list)
		b.do(chromedp.KeyEvent(kb.Escape))
		b.Run(`const list = ` + list + `; list.value = '` + value + `'; list.dispatchEvent(new Event('change'))`)
	}
	effects := map[string]func(){
		"Lecture": func() {
			b.click(button("Lecture"))
			b.click(button("Leave the lecture"))
			assert.False(t, eval[bool](b, `document.documentElement.classList.contains('lecture')`))
		},
		"Step": func() {
			b.click(button("Step"))
			assert.Equal(t, 41, eval[int](b, event))
		},
		"Back": func() {
			b.click(button("Back"))
			assert.Equal(t, 40, eval[int](b, event))
		},
		"Play": func() {
			b.click(button("Play"))
			b.wait(event + ` > 42`)
			b.click(button("Pause"))
		},
		"Speed": func() {
			b.click(`document.getElementById('watch-speed')`) // its middle
			assert.Equal(t, "× 10", b.Text("output"))
		},
		"Event": func() {
			b.click(`document.getElementById('watch-event')`)
			b.enter("#watch-event", "50")
			b.wait(atEvent(50))
		},
		"Copy the link to this event": func() {
			b.click(named("Copy the link to this event"))
			assert.Contains(t, eval[string](b, `window.copied`), "event=50")
		},
		"Copy the command line of trace": func() {
			b.click(named("Copy the command line of trace"))
			assert.Equal(t, "faaslab trace float --events 50", eval[string](b, `window.copied`))
		},
		"Table: the instances now": func() {
			b.click(`document.querySelector('.lane > details > summary')`)
			b.wait(`document.querySelector('.lane details tbody tr') !== null`)
			assert.Equal(t, eval[string](b, `/^\d+/.exec(document.querySelector('.summary').textContent)[0]`), eval[string](b, `String(document.querySelector('.lane details tbody').children.length)`))
		},
		"time": func() { // of an event in the log
			b.click(`document.querySelectorAll('.log a')[10]`)
			b.wait(atEvent(40))
		},
		"its value beside": func() {
			choose(`document.querySelector('select[aria-label="its value beside"]')`, "lru")
			b.wait(`document.querySelectorAll('.command code')[1].textContent.includes('routing=lru')`)
		},
		"Beside it, with another": func() {
			choose(`document.getElementById('watch-beside')`, "")
			b.wait(atEvent(40) + ` && document.querySelectorAll('.stage').length === 1`)
		},
		"Platform": func() {
			choose(`document.getElementById('watch-platform')`, "wasm")
			b.wait(`document.querySelector('.command code').textContent.includes('--platform wasm')`)
		},
		"Rewind": func() {
			b.click(button("Rewind"))
			assert.Zero(t, eval[int](b, event))
		},
		"Explore this scenario": func() {
			b.click(`[...document.querySelectorAll('main a')].find((a) => a.textContent === 'Explore this scenario')`)
			b.refined()
			assert.Contains(t, eval[string](b, `location.hash`), "#explore?scenario=float")
		},
	}
	order := []string{"Lecture", "Step", "Back", "Play", "Speed", "Event", "Copy the link to this event", "Copy the command line of trace", "Table: the instances now", "time",
		"its value beside", "Beside it, with another", "Rewind", "Platform", "Explore this scenario"}
	assert.ElementsMatch(t, b.clickables("main"), order, "what can be clicked is clicked here")
	for _, name := range order {
		effects[name]()
	}
	assert.Len(t, effects, len(order))
	b.sound()
}
