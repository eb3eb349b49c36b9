// Package lessons holds the lessons on serverless queueing and renders them for the page of faaslab
// serve.
//
// README.md, the table of contents, gives their order and their titles. The tests of cmd/faaslab
// keep their commands and numbers true.
package lessons

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

//go:embed *.md
var files embed.FS

// sub panics only for a name that is not a path.
func sub(files fs.FS, name string) fs.FS {
	found, err := fs.Sub(files, name)
	if err != nil {
		panic("lessons: " + err.Error())
	}
	return found
}

// A Lesson is one page.
type Lesson struct {
	Name     string `json:"name"`     // name of the file without .md: little
	Title    string `json:"title"`    // the topic: Little's law
	Question string `json:"question"` // the heading: How many instances run at once?
}

// entry is a line of the table of contents.
var entry = regexp.MustCompile(`(?m)^\d+\. \[([^\]]+)\]\(([a-z-]+)\.md\)`)

// all returns the lessons, read once from the embedded files when they are needed: most commands end in less time.
var all = sync.OnceValue(func() (lessons []Lesson) {
	for _, found := range entry.FindAllStringSubmatch(string(source("README")), -1) {
		heading, _, _ := strings.Cut(string(source(found[2])), "\n")
		lessons = append(lessons, Lesson{Name: found[2], Title: found[1], Question: strings.TrimPrefix(heading, "# ")})
	}
	return lessons
})

// source panics if the table of contents names a missing lesson.
func source(name string) []byte {
	markdown, err := files.ReadFile(name + ".md")
	if err != nil {
		panic("lessons: " + err.Error())
	}
	return markdown
}

// All returns the lessons in reading order.
func All() []Lesson { return slices.Clone(all()) }

// shown matches a command that the page can run. Those of blocks of the kind session read and write
// files.
var shown = regexp.MustCompile("(?m)^```console\n\\$ (faaslab .*)$")

// commands returns the commands of all lessons.
var commands = sync.OnceValue(func() (commands []string) {
	for _, l := range all() {
		for _, found := range shown.FindAllSubmatch(source(l.Name), -1) {
			commands = append(commands, string(found[1]))
		}
	}
	return commands
})

// Commands returns the commands of the lessons that need no files, in order, without the prompt.
func Commands() []string { return slices.Clone(commands()) }

// HTML renders the lesson with the given name. The result has no styles or scripts of its own;
// figures are at lessons/figures/ beside the page, and links to other lessons are #learn/NAME.
func HTML(name string) (string, error) {
	for _, l := range all() {
		if l.Name == name {
			var page bytes.Buffer
			err := converter().Convert(source(name), &page)
			return page.String(), err
		}
	}
	var names []string
	for _, l := range all() {
		names = append(names, l.Name)
	}
	return "", fmt.Errorf("no lesson %q; want one of %s", name, strings.Join(names, ", "))
}

// converter lets HTML through: the lessons are our own, and fold their answers away with <details>.
// It aligns columns by attributes, since a strict page refuses inline styles.
var converter = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(links{}, 0), util.Prioritized(formulas{}, 1))),
		goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(util.Prioritized(formulas{}, 0))),
	)
})

// links rewrites links to files of the lessons into links of the page.
type links struct{}

var _ parser.ASTTransformer = links{}

// Transform rewrites the links and images of a document.
func (links) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // Walk returns the function's error: none
		switch n := n.(type) {
		case *ast.Image:
			if entering && bytes.HasPrefix(n.Destination, []byte("figures/")) {
				n.Destination = append([]byte("lessons/"), n.Destination...)
			}
		case *ast.Link:
			if other, ok := bytes.CutSuffix(n.Destination, []byte(".md")); entering && ok {
				n.Destination = append([]byte("#learn/"), other...)
			}
		}
		return ast.WalkContinue, nil
	})
}
