package lessons

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTableOfContentsNamesEveryLesson(t *testing.T) {
	var names []string
	for _, l := range All() {
		names = append(names, l.Name)
		assert.NotEmpty(t, l.Title)
		assert.True(t, strings.HasSuffix(l.Question, "?"), "%s: %q is no question", l.Name, l.Question)
	}
	assert.Equal(t, []string{"little", "insensitivity", "erlang-b", "keep-alive", "inspection-paradox", "processor-sharing", "routing", "break-even", "intervals", "clock", "trust", "caching", "prediction", "provisioned", "panic", "waiting-or-starting", "concurrency"}, names)
	pages, err := fs.Glob(files, "*.md")
	require.NoError(t, err)
	assert.Len(t, pages, len(names)+1, "a page that is not in the table of contents")
}

// Every lesson has the same parts, so readers know where to look.
func TestEveryLessonHasAllItsParts(t *testing.T) {
	for _, l := range All() {
		markdown := string(source(l.Name))
		for _, part := range []string{"\n## The experiment\n", "](#explore?scenario=", "](figures/", "\n## Why\n", "\n## Exercise\n", "<details>", "\n## Sources\n"} {
			assert.Contains(t, markdown, part, l.Name)
		}
		assert.Regexp(t, "\n```(console|session)\n\\$ faaslab ", markdown, l.Name)
	}
}

// The pages contain nothing that the content policy of faaslab serve refuses, and their links
// exist.
func TestHTMLSuitsAStrictPage(t *testing.T) {
	shown := map[string]bool{}
	for _, l := range All() {
		page, err := HTML(l.Name)
		require.NoError(t, err)
		assert.NotContains(t, page, "style=", l.Name)
		assert.NotContains(t, page, "<script", l.Name)
		assert.NotRegexp(t, `<[^>]* on[a-z]+=`, page, l.Name)
		assert.Contains(t, page, `<h1 id="`, l.Name)
		for _, link := range regexp.MustCompile(`<a href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			other, isLesson := strings.CutPrefix(link[1], "#learn/")
			switch {
			case isLesson:
				_, err := HTML(other)
				assert.NoError(t, err, l.Name)
			default:
				assert.Regexp(t, `^(#explore\?scenario=|https://)`, link[1], l.Name)
			}
		}
		for _, image := range regexp.MustCompile(`<img src="([^"]*)" alt="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			figure, ok := strings.CutPrefix(image[1], "lessons/figures/")
			require.True(t, ok, "%s: %s", l.Name, image[1])
			_, err := fs.Stat(Figures, figure)
			assert.NoError(t, err, l.Name)
			assert.NotEmpty(t, image[2], "%s: %s is not described", l.Name, figure)
			shown[figure] = true
		}
		for _, tag := range regexp.MustCompile(`</?([a-z0-9]+)`).FindAllStringSubmatch(page, -1) {
			assert.Contains(t, strings.Fields("h1 h2 h3 p a img em strong code pre table thead tbody tr th td ul ol li details summary math mrow mi mn mo mtext mspace msub msup msubsup munder mover mfrac msqrt"), tag[1], l.Name)
		}
		wellFormed(t, l.Name, page)
	}
	figures, err := fs.Glob(Figures, "*.svg")
	require.NoError(t, err)
	assert.Len(t, shown, len(figures), "a figure that no lesson shows")
}

// wellFormed checks that tags nest, after closing void elements.
func wellFormed(t *testing.T, name, page string) {
	t.Helper()
	closed := regexp.MustCompile(`<(img [^>]*[^/])>`).ReplaceAllString(page, "<$1/>")
	decoder := xml.NewDecoder(strings.NewReader("<page>" + closed + "</page>"))
	decoder.Entity = xml.HTMLEntity
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, name)
	}
}

func TestAnUnknownLessonIsAnError(t *testing.T) {
	_, err := HTML("../lessons")
	assert.ErrorContains(t, err, `no lesson "../lessons"; want one of little, insensitivity, `)
	_, err = HTML("README")
	assert.Error(t, err)
}
