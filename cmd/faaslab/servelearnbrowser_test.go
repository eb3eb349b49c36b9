//go:build !nobrowser

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/docs/lessons"
)

func TestLearn(t *testing.T) {
	browser := startBrowser(t)
	t.Run("every lesson", func(t *testing.T) {
		b := &tab{t: t}
		b.server, b.url = startServer(t)
		b.openTab(browser)
		learnShows(b)
	})
	for _, l := range lessons.All() {
		t.Run("the commands of "+l.Name, func(t *testing.T) {
			b := &tab{t: t}
			b.server, b.url = startServer(t, "--budget-time", "5m")
			b.openTab(browser)
			learnRuns(b, l)
		})
	}
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

// A click on Run it now runs what is shown: each command prints and draws what the lesson has, to the byte.
func learnRuns(b *tab, l lessons.Lesson) {
	t := b.t
	b.openLesson(l)
	b.run(`for (const d of document.querySelectorAll('details')) d.open = true`)
	// The policy lets the page show a blob, not read it.
	b.run(`const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.text().then((text) => { window.drawn = text; }); return make.call(URL, blob); }`)
	shown := examplesOf(lessonText(t, l.Name))
	assert.Equal(t, len(shown), eval[int](b, `document.querySelectorAll('.live').length`))
	for i, example := range shown {
		live := fmt.Sprintf(`document.querySelectorAll('.live')[%d]`, i)
		button := live + `.previousElementSibling.querySelector('button')`
		assert.Equal(t, "$ "+example.command+"\n"+example.output, eval[string](b, live+`.previousElementSibling.previousElementSibling.textContent`))
		b.run(`window.drawn = ''; ` + button + `.scrollIntoView({block: 'center'})`)
		b.do(chromedp.Click(chromedp.JSPath(button)))
		b.waitFor(2*time.Minute, `/again/.test(`+button+`.textContent)`)
		status := eval[string](b, live+`.querySelector('.status').textContent`)
		assert.Equal(t, example.output, eval[string](b, `(`+live+`.querySelector('pre') || {textContent: ''}).textContent`), "%s: %s", example.command, status)
		assert.Regexp(t, `^Run just now, in [0-9.]+ s`, status)
		assert.Equal(t, example.output != "", strings.HasSuffix(status, ": the same as above, to the last digit."), status)
		assert.NotEmpty(t, eval[string](b, live+`.querySelector('.notes').textContent`), "what goes to stderr")
		_, file, draws := strings.Cut(example.command, "--plot ")
		assert.Equal(t, draws, eval[bool](b, live+`.querySelector('img') !== null`), example.command)
		if !draws {
			continue
		}
		name := strings.Fields(file)[0]
		committed, err := os.ReadFile(filepath.Join(lessonsDirectory, "figures", name))
		require.NoError(t, err)
		b.wait(`window.drawn !== '' && ` + live + `.querySelector('img').complete`)
		assert.True(t, string(committed) == eval[string](b, `window.drawn`), "%s draws another figure than %s", example.command, name)
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
