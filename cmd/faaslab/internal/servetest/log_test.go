//go:build !nobrowser

package servetest

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The page reads logs: they are dropped or chosen, and simulated beside what they measured.

func TestLogsOnThePage(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	for _, part := range []part{
		{"a dropped log is simulated beside what it measured", logIsSimulated},
		{"columns are chosen where a table needs them", logColumns},
		{"what cannot be imported is said", logTroubles},
		{"imported data last as long as the server has them", logLasts},
	} {
		t.Run(part.name, func(t *testing.T) { part.show(serve(t, browser)) })
	}
}

// tableLog is a table of two functions, a and b, in which every tenth request of a is cold. heads are
// the names of its columns: time, duration, start-up and function.
func tableLog(heads string) string {
	var text strings.Builder
	fmt.Fprintln(&text, heads)
	for i := range 400 {
		name, startup := "a", 0.0
		if i%4 == 3 {
			name = "b"
		} else if i%10 == 0 {
			startup = 1.5 + float64(i%7)/10
		}
		fmt.Fprintf(&text, "%g,%g,%g,%s\n", float64(i)*1.7+float64(i*i%11)/20, 0.2+float64(i*7%13)/20, startup, name)
	}
	fmt.Fprintln(&text, "soon,1,0,a")
	return text.String()
}

// dropFile drops a file on the page.
func (b *tab) dropFile(name, text string) {
	b.t.Helper()
	b.Run(fmt.Sprintf(`const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(%q), (c) => c.charCodeAt(0))], %q)); window.dispatchEvent(new DragEvent('drop', {dataTransfer: data, cancelable: true}))`, base64.StdEncoding.EncodeToString([]byte(text)), name))
}

// imported waits until the panel shows what was found.
func (b *tab) imported() {
	b.t.Helper()
	b.wait(`[...document.querySelectorAll('.log-panel button.primary')].length === 1 && !document.querySelector('.log-panel .stale')`)
}

func logIsSimulated(b *tab) {
	t := b.t
	b.open("#learn") // it can be dropped on any view
	b.wait(`document.querySelector('.lesson h1') !== null`)
	b.dropFile("shop.csv", tableLog("time,duration,startup,function"))
	b.imported()
	panel := b.Text(".log-panel")
	for _, want := range []string{"shop.csv · a table (csv, recognized by its first lines)", "300 in ", "1 line was left out", "Warm service: 300 values", "Start-up: ", "faaslab import shop.csv --out shop-imported"} {
		assert.Contains(t, panel, want)
	}
	b.picture("log-1280")
	b.choose("#log-of", "b")
	b.wait(`document.querySelector('.log-panel').textContent.includes('100 in ')`)
	b.choose("#log-of", "a")
	b.wait(`document.querySelector('.log-panel').textContent.includes('Warm service: 300 values')`)
	b.click(at(`#law-warm-gamma`))
	b.click(at(`//button[text()='Simulate']`))
	b.wait(`document.querySelector('.command code') && document.querySelector('[aria-label="the command line of run"] code').textContent.includes('shop-imported/scenario.yaml')`)
	b.refined()
	lines := strings.Split(b.Text(`[aria-label="the command line of run"] code`), "\n")
	require.Len(t, lines, 2)
	assert.Equal(t, "faaslab import shop.csv --function a --out shop-imported", lines[0])
	assert.Regexp(t, `^faaslab run shop-imported/scenario.yaml --set 'container.warm=gamma\(mean=\d+\.\d+ms, cv=0\.\d+\)' --measured shop-imported/measured.csv$`, lines[1])

	// The commands do on the command line what the page shows.
	folder := t.TempDir()
	file, out := filepath.Join(folder, "shop.csv"), filepath.Join(folder, "shop-imported")
	require.NoError(t, os.WriteFile(file, []byte(tableLog("time,duration,startup,function")), 0o600))
	stdoutOf(t, "import", file, "--function", "a", "--out", out)
	_, law, _ := strings.Cut(lines[1], "'")
	law, _, _ = strings.Cut(law, "'")
	text := stdoutOf(t, "run", filepath.Join(out, "scenario.yaml"), "--set", law, "--measured", filepath.Join(out, "measured.csv"))
	rows := eval[[][]string](b, `[...document.querySelectorAll('[aria-labelledby="results-title"] tr[data-metric]')].map((r) => [...r.children].map((c) => c.textContent))`)
	require.Greater(t, len(rows), 10)
	measured := 0
	for _, row := range rows {
		require.Len(t, row, 5)
		if row[3] == "" {
			continue
		}
		measured++
		found := false
		for line := range strings.Lines(text) {
			found = found || strings.Contains(line, row[0]) && strings.Contains(line, strings.Fields(row[3])[0]) && strings.Contains(line, row[4])
		}
		assert.True(t, found, "%q is not in\n%s", row, text)
	}
	assert.Greater(t, measured, 8)
	b.picture("log-simulated-1280")
	// The chart marks what was measured: the API's test reads it.
	b.idle()
	b.choose("#chart-metric", "response_time")
	b.idle()
	b.picture("log-chart-1280")
	b.do(chromedp.EmulateViewport(390, 844))
	b.idle()
	b.Run(`document.querySelector(".log-panel").scrollIntoView()`)
	assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 390)
	b.picture("log-390")
	b.sound()
}

func logColumns(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	file := filepath.Join(t.TempDir(), "odd.csv")
	require.NoError(t, os.WriteFile(file, []byte(tableLog("when,took,woke,who")), 0o600))
	b.do(chromedp.SetUploadFiles(`input[multiple]`, []string{file}))
	b.wait(`document.querySelector('.log-panel .problem:not([hidden])') !== null && document.getElementById('log-time') !== null`)
	b.picture("log-columns-1280")
	b.choose("#log-time", "when")
	b.imported()
	b.choose("#log-duration", "took")
	b.wait(`document.querySelector('.log-panel').textContent.includes('Warm service: 400 values')`)
	b.choose("#log-startup", "woke")
	b.wait(`document.querySelector('.log-panel').textContent.includes('Start-up: ')`)
	b.choose("#log-function", "who")
	b.wait(`document.getElementById('log-of') !== null`)
	b.choose("#log-of", "b")
	b.wait(`document.querySelector('.log-panel').textContent.includes('Warm service: 100 values')`)
	assert.Contains(t, b.Text(".log-panel code"), "faaslab import csv odd.csv --function who=b --time when --duration took --startup woke --out odd-imported")
	b.soundBut("status of 400")
}

func logTroubles(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	const problem = `document.querySelector('.log-panel .problem:not([hidden])')?.textContent`
	for _, c := range []struct{ name, text, want string }{
		{"empty.log", "", "empty.log: found nothing"},
		{"rubbish.log", "what is this\nnobody knows\n", "rubbish.log: no format is recognized"},
		{"broken.gz", "\x1f\x8b rubbish", "broken.gz: reading failed"},
		{"wrong.csv", "time,duration\nsoon,later\n", "found no request in the format csv"},
	} {
		b.dropFile(c.name, c.text)
		b.wait(fmt.Sprintf(`(%s || '').includes(%q)`, problem, c.want))
	}
	b.picture("log-trouble-1280")
	b.dropFile("good.csv", tableLog("time,duration,startup,function"))
	b.imported()
	assert.Empty(t, eval[string](b, problem+` || ''`))
	b.click(button("Close"))
	b.wait(`document.querySelector('.log-panel').hidden`)
	b.soundBut("status of 400")
}

func logLasts(b *tab) {
	t := b.t
	b.open(quick)
	b.refined()
	b.dropFile("shop.csv", tableLog("time,duration,startup,function"))
	b.imported()
	b.click(at(`//button[text()='Simulate']`))
	b.wait(`(document.querySelector('[aria-label="the command line of run"] code') || {textContent: ''}).textContent.includes('shop-imported/scenario.yaml')`)
	b.idle()
	b.do(chromedp.Reload())
	b.wait(`(document.querySelector('[aria-label="the command line of run"] code') || {textContent: ''}).textContent.includes('shop-imported/scenario.yaml')`)
	b.idle()
	b.Run(`location.hash = location.hash.replace('explore', 'watch')`)
	b.wait(`document.querySelector('.clock') && [...document.querySelectorAll('code')].some((c) => c.textContent.includes('faaslab trace shop-imported/scenario.yaml'))`)
	// The server forgets it.
	b.Run(`for (const [, id] of JSON.parse(sessionStorage.getItem('faaslab.imports'))) fetch('/api/import/' + id, {method: 'DELETE'}).then(() => { window.forgotten = true; })`)
	b.wait(`window.forgotten`)
	b.Run(`location.hash = location.hash.replace('watch', 'explore')`)
	b.do(chromedp.Reload())
	b.wait(`document.querySelector('#trouble').textContent.includes('The imported data of shop-imported are not in the server any more')`)
	assert.Equal(t, "[]", eval[string](b, `sessionStorage.getItem('faaslab.imports')`))
	b.soundBut("status of 404")
}
