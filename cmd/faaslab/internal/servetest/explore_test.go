//go:build !nobrowser

package servetest

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/dist"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim/tests"
)

// The parts of TestThePage about Explore, without the clicks on every element.

// shownProblem is the text that the page shows beside fields.
const shownProblem = `[...document.querySelectorAll('.problem:not([hidden])')].map((e) => e.textContent).join('\n')`

// quick is the address of simulations that take no time.
const quick = "#explore?scenario=float&set=run.duration%3D2m&set=run.warmup%3D0s"

// typeInto types into a field without leaving it.
func (b *tab) typeInto(selector, text string) {
	b.t.Helper()
	b.Run(fmt.Sprintf(`const field = document.querySelector(%q); field.focus(); field.select()`, selector))
	b.do(chromedp.KeyEvent(text))
}

// choose chooses from a list.
func (b *tab) choose(selector, value string) {
	b.t.Helper()
	b.Run(fmt.Sprintf(`const list = document.querySelector(%q); list.value = %q; list.dispatchEvent(new Event('change'))`, selector, value))
}

// command waits until the command line below the steady state has a text.
func (b *tab) command(text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`(document.querySelector('.command code') || {textContent: ''}).textContent.includes(%q)`, text))
}

func errorsAtTheirCause(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	b.enter("#control-container-max_instances", "many")
	b.wait(shownProblem + ` !== ''`)
	beside := `(() => {
		const field = document.querySelector('#control-container-max_instances').getBoundingClientRect();
		const said = document.querySelector('.problem:not([hidden])').getBoundingClientRect();
		return said.top >= field.bottom && said.top - field.bottom < 40 && said.left >= field.left - 1 && said.left < field.right;
	})()`
	assert.True(t, eval[bool](b, beside), "below its field")
	assert.NotContains(t, eval[string](b, shownProblem), "--set")
	// It disappears while the value is corrected, before the field is left.
	b.typeInto("#control-container-max_instances", "20")
	b.wait(shownProblem + ` === ''`)
	b.command("container.max_instances=20")
	assert.Equal(t, "control-container-max_instances", eval[string](b, `document.activeElement.id`))
	// A problem without a key comes from the last change.
	b.Run(`location.hash = 'explore?scenario=float&set=run.precision%3D5%25'`)
	b.refined()
	b.Run(`document.getElementById('control-wasm-cores-without').click()`)
	b.command("wasm.cores=8")
	b.enter("#control-wasm-cores", "1")
	b.wait(`document.querySelector('#control-wasm-cores').closest('.field').textContent.includes('no steady state')`)
	assert.NotContains(t, eval[string](b, shownProblem), "--set")
	assert.True(t, eval[bool](b, `document.querySelector('#control-run-duration').checkVisibility()`), "what it advises can be done")
	b.enter("#control-arrivals-rate", "0.1") // another field resolves it
	b.wait(shownProblem + ` === ''`)
	// A problem without a field can be closed.
	b.Run(`location.hash = 'explore?scenario=nothing'`)
	b.wait(`!document.getElementById('trouble').hidden`)
	b.click(at(`#trouble button`))
	b.wait(`document.getElementById('trouble').hidden`)
	b.soundBut("status of 400")
}

func numbersAsTyped(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	value := func(field string) string {
		return eval[string](b, fmt.Sprintf(`document.getElementById('control-%s').value`, field))
	}
	for _, wrong := range []struct{ field, text, said string }{
		{"container-max_instances", "1,000", `found "1,000"; want a whole number`},
		{"container-max_instances", "1.000", `found "1.000"; want a whole number`},
		{"container-max_instances", "2.5", `found "2.5"; want a whole number`},
		{"arrivals-rate", "1,5", `",5" follows`},
		{"container-keep_alive", "1,5", `"," is not a unit`},
		{"container-warm-mean", "-1", `"-1s" is negative`},
	} {
		b.enter("#control-"+wrong.field, wrong.text)
		b.wait(fmt.Sprintf(shownProblem+`.includes(%q)`, wrong.said))
		assert.Equal(t, wrong.text, value(wrong.field), "what was typed stays")
		b.Run(fmt.Sprintf("location.hash = %q", quick))
		b.wait(shownProblem + ` === ''`)
	}
	for _, right := range []struct{ field, text, command, shown string }{
		{"container-max_instances", "1e3", "container.max_instances=1e3", "1000"},
		{"container-keep_alive", "0.123456789", "container.keep_alive=0.123456789s", "0.123456789"},
		{"container-keep_alive", "1m30s", "container.keep_alive=1m30s", "90"},
		{"arrivals-rate", "120/m", "arrivals.rate=120/m", "2"},
		{"container-warm-mean", "1.23456789012", "container.warm.mean=1.23456789012s", "1.23456789012"},
	} {
		b.enter("#control-"+right.field, right.text)
		b.command("--set " + right.command)
		b.wait(fmt.Sprintf(`document.getElementById('control-%s').value === %q`, right.field, right.shown))
		assert.Empty(t, eval[string](b, shownProblem))
	}
	b.soundBut("status of 400")
}

// A list is a text like others: it is shown, changed and refused beside its field.
func listsAsTyped(b *tab) {
	t := b.t
	b.open("#explore?scenario=wasm-10-cores&set=run.duration%3D2m&set=run.warmup%3D0s&set=wasm.cores.physical%3D10&set=wasm.cores.speeds%3D%5B1,1.5%5D")
	b.refined()
	const field = "#control-wasm-cores-speeds"
	assert.Equal(t, "[1, 1.5]", eval[string](b, `document.querySelector('`+field+`').value`))
	b.enter(field, "[1, 2, 2.7]")
	b.command("wasm.cores.speeds=[1, 2, 2.7]")
	b.idle()
	assert.Empty(t, eval[string](b, shownProblem))
	b.enter(field, "[1, fast]")
	b.wait(fmt.Sprintf(shownProblem+`.includes(%q)`, `found "[1, fast]"; want a list of 1 to 1000 numbers from 0.1 to 10`))
	b.soundBut("status of 400")
}

// A release is a law like the others; with it there is its metric.
func releaseAsChosen(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	row := `document.querySelector('tr[data-metric="releasing"]')`
	assert.True(t, eval[bool](b, row+` === null`))
	b.enter("#control-container-release-value", "0.5")
	b.command("container.release.value=0.5s")
	b.refined()
	assert.Contains(t, eval[string](b, row+`.textContent`), "releasing")
	assert.Contains(t, eval[string](b, `document.querySelector('.tables').textContent`), "release constant(500ms)")
	b.sound()
}

func exploreSaves(b *tab) {
	t := b.t
	folder := t.TempDir()
	_, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder})
	require.NoError(t, err)
	b.open("#explore?scenario=float&set=run.precision%3D5%25&vary=container.keep_alive%3D20s,60s&transient=3m&pin=scenario%3Dfloat%26set%3Drun.precision%253D5%2525%26set%3Dcontainer.keep_alive%253D20s")
	b.idle()
	b.wait(`/of \d+ differences are significant/.test(document.body.textContent)`)
	run := []string{"run", "float", "--set", "run.precision=5%"}
	sweep := []string{"sweep", "float", "--set", "run.precision=5%", "--set", "run.max_requests=200000", "--vary", "container.keep_alive=20s,60s"}
	compare := []string{"compare", "float", "--set", "run.precision=5%", "--a", "container.keep_alive=20s"}
	transient := append(slices.Clone(run), "--transient", "3m")
	plot := filepath.Join(t.TempDir(), "plot.svg")
	for _, c := range []struct {
		section, button, file string
		command               []string
	}{
		{"results", "CSV", "float.csv", append(slices.Clone(run), "--format", "csv")},
		{"results", "JSON", "float.json", append(slices.Clone(run), "--format", "json")},
		{"results", "SVG", "float.svg", append(slices.Clone(run), "--plot", plot)},
		{"results", "scenario file", "float.yaml", []string{"scenarios", "show", "float", "--set", "run.precision=5%"}},
		{"chart", "CSV", "float-sweep.csv", append(slices.Clone(sweep), "--format", "csv")},
		{"chart", "JSON", "float-sweep.json", append(slices.Clone(sweep), "--format", "json")},
		{"chart", "SVG", "float-sweep.svg", append(slices.Clone(sweep), "--metrics", "cold_start_probability", "--plot", plot)},
		{"compare", "CSV", "float-compared.csv", append(slices.Clone(compare), "--format", "csv")},
		{"compare", "JSON", "float-compared.json", append(slices.Clone(compare), "--format", "json")},
		{"compare", "SVG", "float-compared.svg", append(slices.Clone(compare), "--plot", plot)},
		{"transient", "CSV", "float-transient.csv", append(slices.Clone(transient), "--format", "csv")},
		{"transient", "JSON", "float-transient.json", append(slices.Clone(transient), "--format", "json")},
		{"transient", "SVG", "float-transient.svg", append(slices.Clone(transient), "--plot", plot)},
	} {
		b.click(at(fmt.Sprintf(`//section[@aria-labelledby='%s-title']//p[@class='downloads']/button[text()='%s']`, c.section, c.button)))
		path := filepath.Join(folder, c.file)
		require.Eventually(t, func() bool { _, err := os.Stat(path); return err == nil || eval[string](b, shownProblem) != "" }, 30*time.Second, 20*time.Millisecond, c.file)
		require.Empty(t, eval[string](b, shownProblem), c.file)
		saved, err := os.ReadFile(path)
		require.NoError(t, err)
		want := stdoutOf(t, c.command...)
		if strings.HasSuffix(c.file, ".svg") {
			drawn, err := os.ReadFile(plot)
			require.NoError(t, err)
			want = string(drawn)
		}
		got := string(saved)
		if b.site != nil {
			want, got = rounded(want), rounded(got)
		}
		assert.True(t, want == got, "%s is what %v prints", c.file, c.command)
	}
	b.sound()
}

// pageRows returns the rows of a table of the page as the command line prints them, without
// alignment.
const pageRows = `[...document.querySelectorAll('[aria-label="%s"] tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent.trim()).filter((text) => text).join(' '))`

// spaces matches the spaces that align the columns of a text.
var spaces = regexp.MustCompile(` {2,}`)

// rowsBelow returns the rows of a table of the command's text.
func rowsBelow(text, heading string) (rows []string) {
	_, rest, _ := strings.Cut(text, "\n"+heading)
	_, rest, _ = strings.Cut(rest, "\n")
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "  ") {
			break
		}
		rows = append(rows, spaces.ReplaceAllString(strings.TrimSpace(line), " "))
	}
	return rows
}

// downloads returns a folder for saved files that are not looked at. The browser may still write
// when the test ends, so that files left then are no failure.
func downloads(t *testing.T) string {
	folder, err := os.MkdirTemp("", "faaslab-downloads")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

var (
	manyDigits = regexp.MustCompile(`\d+\.\d+`)
	checksum   = regexp.MustCompile(`(?m)"check":"[0-9a-f]{8}"|,[0-9a-f]{8}$`) // of a row of a sweep
)

// rounded returns a text with its numbers rounded to twelve digits, and without checksums: the last digits of models depend on
// the processor's logarithms, which a browser does not use.
func rounded(text string) string {
	return checksum.ReplaceAllString(manyDigits.ReplaceAllStringFunc(text, func(number string) string {
		x, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return number
		}
		return strconv.FormatFloat(x, 'g', 12, 64)
	}), "")
}

// tablesOf returns the text of run without its title and its answer.
func tablesOf(text string) string {
	_, rest, _ := strings.Cut(text, "\n\n")
	_, rest, _ = strings.Cut(rest, "\n\n")
	return "\n" + rest
}

func rowsOfTheCommand(b *tab) {
	t := b.t
	tests.Long(b.t)
	b.open("#explore?scenario=erlang-c&set=run.precision%3D5%25&set=arrivals%3Dpoisson(rate%3D100%2Fm)&pin=scenario%3Derlang-c%26set%3Drun.precision%253D5%2525")
	b.idle()
	b.wait(`/of \d+ differences are significant/.test(document.body.textContent)`)
	text := tablesOf(stdoutOf(t, "run", "erlang-c", "--set", "run.precision=5%", "--set", "arrivals=poisson(rate=100/m)", "--models", "none"))
	assert.Equal(t, rowsBelow(text, "containers"), eval[[]string](b, fmt.Sprintf(pageRows, "the metrics of Containers")))
	heading := strings.TrimSpace(strings.TrimPrefix(regexp.MustCompile(`(?m)^containers.*$`).FindString(text), "containers"))
	assert.Equal(t, "containers: "+heading, b.Text(".tables p"))
	compared := stdoutOf(t, "compare", "erlang-c", "--set", "run.precision=5%", "--b", "arrivals=poisson(rate=100/m)")
	rows := rowsBelow(compared, "containers")
	require.Greater(t, len(rows), 10)
	assert.Equal(t, rows[1:], eval[[]string](b, fmt.Sprintf(pageRows, "the comparison of Containers")), "units, too: pp for what is a difference of percentages")
	assert.Contains(t, strings.Join(rows, "\n"), " pp ")
	marked := 0
	for _, row := range rows[1:] {
		if strings.HasSuffix(row, "*") {
			marked++
		}
	}
	assert.Contains(t, b.Text(`[aria-labelledby="compare-title"]`), fmt.Sprintf("%d of %d differences are significant", marked, len(rows)-1))
	assert.Contains(t, compared, eval[string](b, `[...document.querySelectorAll('.compared .note')].at(-1).textContent`))
	// Both platforms, and a difference.
	sets, args := "", []string{"run", "float", "--models", "none"}
	for _, set := range []string{"run.precision=5%", "run.max_requests=100000", "container.max_instances=5", "container.when_full=queue", "wasm.cores=9", "wasm.discipline=fcfs"} {
		sets, args = sets+"&set="+url.QueryEscape(set), append(args, "--set", set)
	}
	b.open("#explore?scenario=float" + sets)
	b.command("faaslab run float")
	b.refined()
	text = tablesOf(stdoutOf(t, args...))
	for heading, label := range map[string]string{"containers": "the metrics of Containers", "Wasm  ": "the metrics of Wasm", "Wasm −": "the difference"} {
		assert.Equal(t, rowsBelow(text, heading), eval[[]string](b, fmt.Sprintf(pageRows, label)), label)
	}
	assert.Contains(t, strings.Join(rowsBelow(text, "Wasm −"), "\n"), " pp ")
	b.sound()
}

func processesHaveControls(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	// The page reads the notation as the program does.
	for _, example := range append(dist.Examples(true), dist.Examples(false)...) {
		if example == "constant(rate=10/s)" || !strings.HasPrefix(example, "constant") {
			b.Run(fmt.Sprintf(`window.paths = null; import('./laws.js').then((laws) => { window.paths = laws.parse(%q).parameters.map((p) => p.path); })`, example))
			b.wait(`window.paths !== null`)
			assert.Equal(t, dist.Parameters(example), eval[[]string](b, `window.paths`), example)
		}
	}
	for _, example := range dist.Examples(true) {
		name, _, _ := strings.Cut(example, "(")
		b.choose("#control-arrivals-law", name)
		if name != "poisson" {
			b.command("arrivals=" + name)
		}
		b.refined()
		for _, path := range dist.Parameters(example) {
			id := "control-arrivals-" + strings.ReplaceAll(path, ".", "-")
			assert.True(t, eval[bool](b, fmt.Sprintf(`document.getElementById(%q) !== null && document.getElementById(%[1]q).checkVisibility()`, id)), "%s of %s", path, name)
		}
	}
	// A parameter that only this process has.
	b.choose("#control-arrivals-law", "mmpp")
	b.command("mmpp")
	b.enter("#control-arrivals-sojourns-1", "7")
	b.command("--set arrivals.sojourns.1=7s")
	b.choose("#control-container-warm-law", "lognormal")
	b.command("container.warm=lognormal(mean=1.5288s, cv=1.5)")
	b.wait(`document.getElementById('control-container-warm-cv') !== null`)
	b.enter("#control-container-warm-cv", "0.5")
	b.command("--set container.warm.cv=0.5")
	b.choose("#control-container-warm-law", "quantiles")
	b.command("container.warm=quantiles(")
	b.wait(`document.getElementById('control-container-warm-0-99') !== null`)
	assert.Equal(t, "Warm service, quantile 0.99", eval[string](b, `document.querySelector('label[for=control-container-warm-0-99]').textContent.trim()`))
	b.enter("#control-container-warm-0-99", "0.5")
	b.command("--set container.warm.0.99=0.5s")
	for _, builtin := range []struct{ name, field, value string }{{"bursty", "rates-1", "20"}, {"daily", "peak", "3"}, {"daily", "period", "86400"}} {
		b.choose("#control-scenario", builtin.name)
		b.wait(fmt.Sprintf(`(document.getElementById('control-arrivals-%s') || {}).value === %q`, builtin.field, builtin.value))
	}
	b.sound()
}

func pricesAndTransient(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	// Every key of the scenario file has a control; that of the autoscaler shows its preset.
	for _, key := range scenarios.Keys() {
		if key != "name" && key != "description" && key != "container.scaling.preset" && !strings.Contains(key, ".NAME.") {
			assert.True(t, eval[bool](b, fmt.Sprintf(`document.getElementById('control-' + %q.replaceAll('.', '-')) !== null`, key)), key)
		}
	}
	b.choose("#control-pricing-preset", "aws-lambda")
	b.wait(shownProblem + ` !== ''`) // the memories are missing, and can be entered where the page says so
	b.enter("#control-pricing-container_memory", "512MB")
	b.enter("#control-pricing-wasm_memory", "128MB")
	b.wait(shownProblem + ` === ''`)
	b.command("pricing.wasm_memory=128MB")
	b.wait(`document.querySelector('tr[data-metric="user_cost"]') !== null`)
	assert.Contains(t, b.Text(`tr[data-metric="user_cost"] td.number`), "/M")

	b.open("#explore?scenario=float&set=run.replications%3D4&set=run.duration%3D2m&set=run.warmup%3D0s")
	b.refined()
	b.enter("#transient-horizon", "3m")
	b.wait(`document.querySelectorAll('[aria-labelledby="transient-title"] tbody tr').length > 10`)
	b.wait(`document.querySelector('[aria-labelledby="transient-title"] img').src.startsWith('blob:')`)
	assert.Equal(t, "faaslab run float --set run.replications=4 --set run.duration=2m --set run.warmup=0s --transient 3m", b.Text(`[aria-labelledby="transient-title"] code`))
	assert.Contains(t, eval[string](b, "location.hash"), "transient=3m")
	b.picture("transient-1280")
	b.enter("#transient-horizon", "later")
	b.wait(shownProblem + `.includes('want a duration')`)
	b.typeInto("#transient-horizon", "2m")
	b.wait(shownProblem + ` === ''`)
	b.soundBut("status of 400")
}

func filesAreOpened(b *tab) {
	t := b.t
	const good = "arrivals: poisson(rate=3/s)\nwasm:\n  service: exponential(mean=0.5s)\nrun: {duration: 2m, warmup: 0s}\n"
	b.open(quick)
	b.refined()
	folder := t.TempDir()
	wrong, mine := filepath.Join(folder, "wrong.yaml"), filepath.Join(folder, "mine.yaml")
	require.NoError(t, os.WriteFile(wrong, []byte("arrivals: poisson(rate=3/s)\nwasm:\n  servise: exponential(mean=0.5s)\n"), 0o600))
	require.NoError(t, os.WriteFile(mine, []byte(good), 0o600))
	b.do(chromedp.SetUploadFiles(`input[type=file]`, []string{wrong}))
	b.wait(shownProblem + `.includes('wrong.yaml:3: wasm.servise: unknown key; did you mean wasm.service?')`)
	b.do(chromedp.SetUploadFiles(`input[type=file]`, []string{mine}))
	b.wait(shownProblem + ` === ''`)
	b.command("faaslab run mine.yaml")
	b.refined()
	assert.Equal(t, "3", eval[string](b, `document.getElementById('control-arrivals-rate').value`))
	b.enter("#control-arrivals-rate", "4")
	b.command("faaslab run mine.yaml --set arrivals.rate=4/s")
	b.idle()
	b.do(chromedp.Reload()) // it lasts as long as the tab
	b.command("faaslab run mine.yaml --set arrivals.rate=4/s")
	b.Run(`location.hash = location.hash.replace('explore', 'watch')`)
	b.wait(`document.querySelector('.clock') && [...document.querySelectorAll('code')].some((c) => c.textContent.startsWith('faaslab trace mine.yaml'))`)
	// It can be dropped on any view.
	b.Run(`location.hash = 'learn'`)
	b.wait(`document.querySelector('.lesson h1') !== null`)
	b.Run(fmt.Sprintf(`const data = new DataTransfer(); data.items.add(new File([%q], 'dropped.yaml')); window.dispatchEvent(new DragEvent('drop', {dataTransfer: data, cancelable: true}))`, good))
	b.command("faaslab run dropped.yaml")
	// The server may be started with a scenario.
	_, url := startServer(t, mine)
	b.do(chromedp.Navigate(url))
	b.command("faaslab run " + mine)
	assert.Equal(t, "mine.yaml", eval[string](b, `document.getElementById('control-scenario').value`))
	require.NoError(t, os.WriteFile(mine, []byte("arrivals: poisson(rate=soon)\n"), 0o600)) // edited, and wrong
	b.do(chromedp.Reload())
	b.wait(`document.querySelector('#trouble').textContent.includes('mine.yaml:1: arrivals')`)
	b.soundBut("status of 400")
}

func termsAreExplained(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	const tip = `(document.getElementById('tip') || {hidden: true}).hidden ? '' : document.getElementById('tip').textContent`
	for _, m := range platform.MetricsOf(platform.Pooled) {
		button := fmt.Sprintf(`tr[data-metric="%s"] .term`, m.Name)
		if !eval[bool](b, fmt.Sprintf(`document.querySelector('%s') !== null`, button)) {
			continue // the metric cannot differ from 0 here
		}
		b.Run(fmt.Sprintf(`document.querySelector('%s').focus()`, button))
		assert.Equal(t, m.Doc, eval[string](b, tip), m.Name)
		assert.Equal(t, "tip", eval[string](b, `document.activeElement.getAttribute('aria-describedby')`))
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	assert.Empty(t, eval[string](b, tip))
	// The pointer shows it, too, and a tap.
	b.Run(`const term = [...document.querySelectorAll('.tables p .term')][0]; term.dispatchEvent(new PointerEvent('pointerenter')); window.term = term`)
	assert.NotEmpty(t, eval[string](b, tip))
	b.Run(`window.term.dispatchEvent(new PointerEvent('pointerleave'))`)
	assert.Empty(t, eval[string](b, tip))
	b.Run(`window.term.click()`)
	assert.NotEmpty(t, eval[string](b, tip))
	// Every control of a scenario, and every model.
	b.Run(`for (const d of document.querySelectorAll('details')) d.open = true`)
	assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.controls input[type=text]:not(:disabled), .controls select:not(#control-scenario)')].filter((e) => {
		if (!e.checkVisibility()) return false;
		document.activeElement.blur();
		e.focus();
		return (document.getElementById('tip') || {hidden: true}).hidden;
	}).map((e) => e.id)`))
	assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.models thead th')].slice(1).filter((e) => e.textContent && !/^(Containers|Wasm)$/.test(e.textContent) && !e.querySelector('.term')).map((e) => e.textContent)`))
	b.sound()
}

// idle waits until no computation is running.
func (b *tab) idle() {
	b.t.Helper()
	b.refined()
	b.wait(`![...document.querySelectorAll('.stale')].some((e) => e.checkVisibility()) && ![...document.querySelectorAll('.status')].some((s) => /…|points$/.test(s.textContent))`)
}

// clickables are all elements of the page that can be clicked, by names that stay.
const clickables = `(() => {
	const all = new Map();
	for (const e of document.querySelectorAll('a[href], button, input, select, summary, label[for], [tabindex="0"]')) {
		if (!e.checkVisibility() || e.disabled) continue;
		const place = (e.closest('section') || {getAttribute: () => ''}).getAttribute('aria-labelledby') || '';
		const name = e.classList.contains('term') ? 'term' : e.matches('label') ? 'label' : e.id || e.getAttribute('aria-label') || e.textContent.trim();
		const key = [place.replace('-title', ''), e.tagName.toLowerCase(), name].filter((x) => x).join(' ');
		if (!all.has(key)) all.set(key, e);
	}
	window.clickable = all;
	return [...all.keys()];
})()`

// act uses an element as a person uses one of its kind: it must be in sight, and not covered.
const act = `(() => {
	` + clickables + `; // some are new elements
	const e = window.clickable.get(%q);
	if (!e) return 'it is not there any more';
	e.focus({preventScroll: true}); // elements that are visible only with the focus get it
	e.scrollIntoView({block: 'center', inline: 'nearest'});
	const box = e.getBoundingClientRect();
	const hit = document.elementFromPoint(box.left + Math.min(box.width / 2, 40), box.top + box.height / 2);
	if (!hit || !(e.contains(hit) || hit.contains(e))) return 'something is over it: ' + (hit && hit.outerHTML.slice(0, 80));
	if (e.matches('select')) {
		const at = [...e.options].findIndex((o, i) => i > e.selectedIndex && o.value);
		e.selectedIndex = at >= 0 ? at : [...e.options].findIndex((o) => o.value);
		e.dispatchEvent(new Event('change'));
	} else if (e.matches('input[type=range]')) {
		e.value = String(Number(e.value) > 500 ? Number(e.value) - 20 : Number(e.value) + 20);
		e.dispatchEvent(new Event('input'));
	} else if (e.matches('input[type=text]')) {
		e.focus();
		e.dispatchEvent(new Event('change'));
	} else if (e.matches('summary')) {
		e.click();
		const closed = !e.parentElement.open;
		e.click(); // its content is clicked later
		return closed && e.parentElement.open ? '' : 'it does not fold';
	} else {
		e.focus();
		e.click();
	}
	return '';
})()`

// A click is the expected effect of clicking on some elements.
type click struct {
	names string // a regular expression
	// happens is an expression that becomes true soon; empty: no visible effect.
	happens string
	// elsewhere: the element is clicked in Explore, and not again.
	elsewhere bool
	// refused: the server refuses what the click asks for.
	refused bool
}

// clickAll clicks every element that can be clicked in a view, from the same address each time, and
// asserts that the view knows all of them, that the expected effect happens, and that there is no
// error. again is true when the view is shown again.
func clickAll(b *tab, address string, ready func(), again string, expected []click) {
	t := b.t
	b.open(address)
	ready()
	b.Run(`for (const d of document.querySelectorAll('details')) d.open = true`)
	met := map[string]bool{}
	for _, key := range eval[[]string](b, clickables) {
		at := slices.IndexFunc(expected, func(c click) bool { return regexp.MustCompile(`(?s)^(?:` + c.names + `)$`).MatchString(key) })
		if !assert.GreaterOrEqual(t, at, 0, "no test knows what happens after a click on %q", key) {
			continue
		}
		met[expected[at].names] = true
		if expected[at].elsewhere {
			continue
		}
		b.wait(fmt.Sprintf(`(%s, window.clickable.has(%q))`, clickables, key)) // the last change may still be computed
		before := eval[string](b, "location.hash")
		assert.Empty(t, eval[string](b, fmt.Sprintf(act, key)), key)
		if happens := expected[at].happens; happens != "" {
			b.wait(happens)
		}
		// The changes of a text field or a slider do not affect the next clicks.
		if eval[string](b, "location.hash") != before && !strings.HasPrefix(key, "input control-") && !strings.HasSuffix(key, ", slider") || strings.HasSuffix(key, "-without") {
			b.Run(fmt.Sprintf("location.hash = %q", address))
			b.wait(`document.querySelector('main h1') !== null`)
			time.Sleep(20 * time.Millisecond)
			b.wait(again)
			b.Run(`for (const d of document.querySelectorAll('details')) d.open = true`)
		}
		if expected[at].refused {
			b.refused()
		}
		b.sound()
		if t.Failed() {
			t.Fatalf("after a click on %q", key)
		}
	}
	for _, c := range expected {
		assert.True(t, met[c.names], "nothing is named %s", c.names)
	}
}

func exploreClicked(b *tab) {
	t := b.t
	tests.Long(b.t)
	_, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: downloads(t)})
	require.NoError(t, err)
	chosen := make(chan bool, 10)
	require.NoError(t, chromedp.Listen(b.ctx, func(event any) {
		if _, ok := event.(*cdpage.EventFileChooserOpened); ok {
			chosen <- true
		}
	}))
	_, err = chromedp.Call(b.ctx, cdpage.SetInterceptFileChooserDialog, cdpage.SetInterceptFileChooserDialogParams{Enabled: true})
	require.NoError(t, err)
	// Two replications of two minutes, with prices and a dispatch stage, so that every choice made
	// next is valid.
	set := []string{"run.duration=1m", "run.warmup=0s", "run.replications=2", "pricing.preset=aws-lambda", "pricing.container_memory=512MB", "pricing.wasm_memory=128MB",
		"container.when_full=queue", "container.dispatch.interval=10ms", "wasm.cores=8"}
	address := "#explore?scenario=float&vary=container.keep_alive%3D20s,60s&transient=1m&pin=scenario%3Dfloat%26set%3Drun.duration%253D1m"
	for _, s := range set {
		address += "&set=" + strings.NewReplacer("=", "%3D", "%", "%25").Replace(s)
	}
	const (
		command   = `document.querySelector('.command code').textContent`
		hash      = `decodeURIComponent(location.hash)`
		clipboard = `[...document.querySelectorAll('button')].some((e) => /^(Copied|Select and copy)$/.test(e.textContent))`
	)
	clickAll(b, address, b.idle, `document.querySelector('.results[data-stage]:not(.stale):not(.empty)') !== null`, []click{
		{names: `a faaslab|a Skip to the content`},
		{names: `a Explore`, happens: `location.hash.startsWith('#explore')`},
		{names: `a Watch`, happens: `document.querySelector('.clock') !== null`},
		{names: `a Learn`, happens: `document.querySelector('.lesson h1') !== null`},
		{names: `select control-scenario`, happens: command + ` === 'faaslab run heavy-tailed'`},
		{names: `button Reset`, happens: command + ` === 'faaslab run float'`},
		{names: `button (Open a file|Import a log) …`},
		{names: `(\w+ )?(div|pre) .*`}, // elements that scroll
		{names: `(.* )?label label`},
		{names: `select control-container-scaling`, elsewhere: true}, // TestTheAutoscaler; it does not go with a dispatch stage
		{names: `select control-.*`, happens: `!document.querySelector('.results.stale') && ` + hash + ` !== ''`},
		// A dispatch stage and cold services allow no concurrency: that is said below the box.
		{names: `input control-container-concurrency-without`, happens: shownProblem + ` !== ''`, refused: true},
		{names: `input control-.*`},
		{names: `input .*, slider`, happens: `document.querySelector('.controls .changed') !== null`},
		{names: `(.* )?button term`, happens: `!document.getElementById('tip').hidden`},
		{names: `(.* )?summary .*`},
		{names: `results a Watch it run`, happens: `location.hash.startsWith('#watch')`},
		{names: `\w+ button Copy the command line`, happens: clipboard},
		{names: `\w+ button (CSV|JSON|SVG|scenario file)`, happens: `![...document.querySelectorAll('.downloads button')].some((e) => e.disabled)`},
		{names: `chart select chart-metric`, happens: hash + `.includes('metric=')`},
		{names: `chart select chart-key`, happens: `!` + hash + `.includes('container.keep_alive=20s')`},
		{names: `chart input chart-range`},
		{names: `transient input transient-horizon`},
		{names: `compare button Pin this one instead`, happens: `document.body.textContent.includes('Both are the same')`},
		{names: `compare button Go to the pinned one`, happens: hash + `.includes('pin=scenario=float&set=run.duration')`},
		{names: `compare button Unpin`, happens: `!` + hash + `.includes('pin=')`},
	})
	select {
	case <-chosen:
	case <-time.After(5 * time.Second):
		t.Error("the button opens no dialog for a file")
	}
}
