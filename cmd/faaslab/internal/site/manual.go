package site

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// manual returns the manual as a page.
func manual(source []byte) ([]byte, error) {
	converter := goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(links{}, 0))),
	)
	var page bytes.Buffer
	page.WriteString(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
` + policy + `
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Manual · faaslab</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="manual.css">
</head>
<body>
<header class="top">
  <p class="brand"><img src="icon.svg" alt="" width="28" height="28"> faaslab <span>a laboratory for serverless queueing</span></p>
  <nav aria-label="Views">
    <a href="./#explore">Explore</a>
    <a href="./#watch">Watch</a>
    <a href="./#learn">Learn</a>
    <a href="manual.html" aria-current="page">Manual</a>
  </nav>
</header>
<main id="main-content"><article class="lesson manual">
`)
	if err := converter.Convert(source, &page); err != nil {
		return nil, err
	}
	page.WriteString("</article></main>\n</body>\n</html>\n")
	return page.Bytes(), nil
}

// links makes links to lessons links to the page, and those to other documents, which the site does
// not have, their text.
type links struct{}

var lesson = regexp.MustCompile(`^lessons/(\w[\w-]*)\.md$`)

// Transform rewrites the links of a document.
func (links) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var absent []*ast.Link
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // Walk returns the function's error: none
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		switch name := lesson.FindSubmatch(link.Destination); {
		case name != nil && string(name[1]) == "README":
			link.Destination = []byte("./#learn")
		case name != nil:
			link.Destination = append([]byte("./#learn/"), name[1]...)
		case !bytes.HasPrefix(link.Destination, []byte("#")) && !bytes.Contains(link.Destination, []byte("://")):
			absent = append(absent, link)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range absent {
		parent := link.Parent()
		for child := link.FirstChild(); child != nil; child = link.FirstChild() {
			parent.InsertBefore(parent, link, child)
		}
		parent.RemoveChild(parent, link)
	}
}
