//go:build !nobrowser

package servetest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/docs/lessons"
	"faaslab/sim/tests"
)

func TestLearn(t *testing.T) {
	t.Parallel()
	tests.Long(t)
	browser := startBrowser(t)
	for _, part := range []part{
		{"every lesson", learnShows},
		{"formulas", learnFormulas},
		{"whatever can be clicked", learnClicks},
	} {
		t.Run(part.name, func(t *testing.T) { part.show(serve(t, browser)) })
	}
	ran := map[commandKind]bool{}
	for _, l := range lessons.All() {
		t.Run("the commands of "+l.Name, func(t *testing.T) {
			learnRuns(serve(t, browser, "--budget-time", "5m"), l, ran)
		})
	}
}

func learnShows(b *tab) {
	t := b.t
	for i, l := range lessons.All() {
		b.openLesson(l)
		assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.lesson img')].filter((i) => i.naturalWidth === 0 || !i.alt).map((i) => i.src)`), l.Name)
		assert.Empty(t, eval[[]string](b, nameless), l.Name)
		assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.lesson a')].map((a) => a.getAttribute('href')).filter((h) => !/^(#(explore|watch|learn)|https:)/.test(h))`), l.Name)
		if i == 0 {
			b.picture("learn-1280")
		}
	}
	b.sound()
}

const lessonsDirectory = "../../../../docs/lessons"

// shownCommand is a command that the page runs, with its output. Blocks of kind session read and write files: the page shows
// them, and does not run them.
var shownCommand = regexp.MustCompile("(?s)```console\n\\$ ([^\n]*)\n(.*?)```")

// A commandKind says what the page has to do for a command.
type commandKind struct{ draws, picks, quiet bool }

// A click on Run it now runs the shown command, which prints and draws, to the byte, the output and
// the figure in the lesson: the test clicks one command of each kind that has not run.
// TestTheLessonsShowRealOutput runs all of them.
func learnRuns(b *tab, l lessons.Lesson, ran map[commandKind]bool) {
	t := b.t
	b.openLesson(l)
	b.Run(`for (const d of document.querySelectorAll('details')) d.open = true`)
	// The policy lets the page show a blob, but not read it.
	b.Run(`const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.drawn = text; }); return make.call(URL, blob); }`)
	text, err := os.ReadFile(filepath.Join(lessonsDirectory, l.Name+".md"))
	require.NoError(t, err)
	shown := shownCommand.FindAllStringSubmatch(string(text), -1)
	assert.Equal(t, len(shown), eval[int](b, `document.querySelectorAll('.live').length`))
	for i, example := range shown {
		command, output := example[1], example[2]
		k := commandKind{strings.Contains(command, "--plot "), strings.Contains(command, "| jq "), output == ""}
		live := fmt.Sprintf(`document.querySelectorAll('.live')[%d]`, i)
		button := live + `.previousElementSibling.querySelector('button')`
		assert.Equal(t, "$ "+command+"\n"+output, eval[string](b, live+`.previousElementSibling.previousElementSibling.textContent`))
		if ran[k] {
			continue
		}
		ran[k] = true
		b.Run(`window.drawn = ''`)
		b.click(button)
		b.waitFor(2*time.Minute, `/again/.test(`+button+`.textContent)`)
		status := eval[string](b, live+`.querySelector('.status').textContent`)
		assert.Equal(t, output, eval[string](b, `(`+live+`.querySelector('pre') || {textContent: ''}).textContent`), "%s: %s", command, status)
		assert.Regexp(t, `^Run just now, in [0-9.]+ s`, status)
		assert.Equal(t, output != "", strings.HasSuffix(status, ": the same as above, to the last digit."), status)
		assert.NotEmpty(t, eval[string](b, live+`.querySelector('.notes').textContent`), "what goes to stderr")
		_, file, draws := strings.Cut(command, "--plot ")
		assert.Equal(t, draws, eval[bool](b, live+`.querySelector('img') !== null`), command)
		if !draws {
			continue
		}
		name := strings.Fields(file)[0]
		committed, err := os.ReadFile(filepath.Join(lessonsDirectory, "figures", name))
		require.NoError(t, err)
		b.wait(`window.drawn !== '' && ` + live + `.querySelector('img').complete`)
		assert.True(t, string(committed) == eval[string](b, `window.drawn`), "%s draws another figure than %s", command, name)
		assert.Greater(t, eval[int](b, live+`.querySelector('img').naturalWidth`), 300)
		assert.Equal(t, eval[string](b, fmt.Sprintf(`document.querySelector('img[src$="/%s"]').alt`, name)), eval[string](b, live+`.querySelector('img').alt`))
	}
	b.picture("learn-run-" + l.Name + "-1280")
	b.sound()
}

// openLesson opens a lesson in a tab.
func (b *tab) openLesson(l lessons.Lesson) {
	b.t.Helper()
	b.open("#learn/" + l.Name)
	b.wait(fmt.Sprintf(`(document.querySelector('.lesson h1') || {}).textContent === %q`, l.Question))
	b.wait(`[...document.querySelectorAll('.lesson img')].every((i) => i.complete)`)
}

// Formulas are typeset: they have the shapes of formulas, and stay on the page, at each width.
func learnFormulas(b *tab) {
	t := b.t
	for _, width := range []int64{1280, 390} {
		b.do(chromedp.EmulateViewport(width, 844))
		for _, l := range lessons.All() {
			b.openLesson(l)
			b.Run(`for (const d of document.querySelectorAll('details')) d.open = true`)
			assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('math')].filter((m) => m.getBoundingClientRect().height < 5 || m.getBoundingClientRect().width < 5).map((m) => m.textContent)`), l.Name)
			assert.NotZero(t, eval[int](b, `document.querySelectorAll('.formula math[display="block"]').length`), l.Name)
			assert.Equal(t, width, int64(eval[int](b, `document.documentElement.scrollWidth`)), "%s at %d pixels is wider than the screen", l.Name, width)
			assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.formula')].filter((f) => f.scrollWidth > f.clientWidth).map((f) => f.textContent)`), "%s at %d pixels: a formula is cut", l.Name, width)
			assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.lesson td[align="right"]')].filter((d) => { const r = document.createRange(); r.selectNodeContents(d); return new Set([...r.getClientRects()].map((c) => c.top)).size > 1; }).map((d) => d.textContent)`), "%s at %d pixels: a number is broken", l.Name, width)
			// A formula that is wider than its place scrolls inside a box that keys reach.
			assert.Empty(t, eval[[]string](b, `[...document.querySelectorAll('.lesson math, .lesson table, .lesson pre, .lesson p > img')].filter((m) => {
				const box = m.closest('.scrolled, pre, p:has(> img)') || m.parentElement;
				return m.getBoundingClientRect().right > box.getBoundingClientRect().right + 1 && !/auto|scroll/.test(getComputedStyle(box).overflowX);
			}).map((m) => m.textContent || m.src)`), "%s at %d pixels", l.Name, width)
			b.picture(fmt.Sprintf("learn-%s-%d", l.Name, width))
		}
	}
	// A fraction has its numerator above its denominator.
	b.open("#learn/erlang-b")
	b.wait(`document.querySelector('mfrac') !== null`)
	assert.True(t, eval[bool](b, `(() => { const [over, under] = [...document.querySelector('mfrac').children].map((c) => c.getBoundingClientRect()); return over.bottom <= under.top + 1; })()`))
	b.sound()
}

// Every element of Learn that can be clicked is clicked, and has its effect: the contents, the
// links between lessons and to the explorer, the answers. learnRuns clicks the commands of all
// lessons.
func learnClicks(b *tab) {
	t := b.t
	all := lessons.All()
	title := func(l lessons.Lesson) string {
		return fmt.Sprintf(`(document.querySelector('.lesson h1') || {}).textContent === %q`, l.Question)
	}
	b.openLesson(all[0])
	for _, l := range all { // in the contents
		b.click(fmt.Sprintf(`[...document.querySelectorAll('.contents a')].find((a) => a.textContent === %q)`, l.Title))
		b.wait(title(l) + fmt.Sprintf(` && location.hash === '#learn/%s' && document.querySelector('.contents a[aria-current]').textContent === %q`, l.Name, l.Title))
	}
	for _, l := range all {
		b.openLesson(l)
		var unknown []string
		sources := eval[[]string](b, `[...document.querySelectorAll('.lesson a[href^="https:"]')].map((a) => a.textContent)`) // lead out of the page
		for _, name := range b.clickables(".lesson") {
			if !slices.Contains([]string{"Run it now", "Answer", "Open in the explorer"}, name) && !slices.ContainsFunc(all, func(o lessons.Lesson) bool { return name == o.Question }) && !strings.HasPrefix(name, "lesson ") && !strings.HasPrefix(name, "Lesson ") && !slices.Contains(sources, name) && name != "Little's law" {
				unknown = append(unknown, name)
			}
		}
		assert.Empty(t, unknown, "%s: what can be clicked is clicked here", l.Name)
		b.click(`document.querySelector('.lesson summary')`)
		assert.True(t, eval[bool](b, `document.querySelector('.lesson details').open`), l.Name)
		links := eval[[]string](b, `[...document.querySelectorAll('.lesson a[href^="#learn/"]')].map((a) => a.getAttribute('href').slice(7))`)
		assert.NotEmpty(t, links)
		for i, name := range links {
			other := all[slices.IndexFunc(all, func(o lessons.Lesson) bool { return o.Name == name })]
			b.openLesson(l)
			b.Run(`for (const d of document.querySelectorAll('.lesson details')) d.open = true`)
			b.click(fmt.Sprintf(`document.querySelectorAll('.lesson a[href^="#learn/"]')[%d]`, i))
			b.wait(title(other))
		}
		b.openLesson(l)
		address := eval[string](b, `document.querySelector('.lesson a[href^="#explore"]').getAttribute('href')`)
		b.click(`document.querySelector('.lesson a[href^="#explore"]')`)
		b.wait(`document.querySelector('main .explore .command code') !== null`)
		assert.True(t, strings.HasPrefix(address, "#explore?scenario="))
		b.wait(`document.querySelector('.command code').textContent.startsWith('faaslab run ')`)
		assert.True(t, eval[bool](b, `document.getElementById('trouble').hidden`), l.Name)
	}
	// A second click stops a running command, and the command can be run again.
	b.openLesson(all[slices.IndexFunc(all, func(l lessons.Lesson) bool { return l.Name == "break-even" })])
	button := `document.querySelectorAll('.live')[1].previousElementSibling.querySelector('button')`
	b.click(button)
	b.wait(button + `.textContent === 'Stop'`)
	b.click(button)
	b.wait(button + `.textContent === 'Run it again'`)
	assert.Equal(t, "Stopped.", eval[string](b, `document.querySelectorAll('.live')[1].textContent`))
	b.sound()
}
