package lessons

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Formulas are written as code hosts typeset them too, in the part of TeX that the lessons need:
// $`a = λ E[S]`$ in a line, and a separate block of code in the language math. The page contains
// MathML, which browsers typeset without a library.

// A formula is a part of a document.
type formula struct {
	ast.BaseInline
	source  string
	display bool // on a line of its own
}

// formulaKind tells formulas from other nodes.
var formulaKind = ast.NewNodeKind("Formula")

// Kind returns formulaKind.
func (f *formula) Kind() ast.NodeKind { return formulaKind }

// Dump prints the formula for debugging.
func (f *formula) Dump(source []byte, level int) {
	ast.DumpHelper(f, source, level, map[string]string{"source": f.source}, nil)
}

// formulas finds and renders the formulas of a document.
type formulas struct{}

var (
	_ parser.ASTTransformer = formulas{}
	_ renderer.NodeRenderer = formulas{}
)

// Transform replaces the code of formulas by formula nodes.
func (formulas) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	var spans []*ast.CodeSpan
	var blocks []*ast.FencedCodeBlock
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // Walk returns the function's error: none
		switch n := n.(type) {
		case *ast.CodeSpan:
			if entering {
				spans = append(spans, n)
			}
		case *ast.FencedCodeBlock:
			if entering && string(n.Language(source)) == "math" {
				blocks = append(blocks, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, span := range spans {
		before, ok := span.PreviousSibling().(*ast.Text)
		after, ok2 := span.NextSibling().(*ast.Text)
		if !ok || !ok2 || !bytes.HasSuffix(before.Segment.Value(source), []byte("$")) || !bytes.HasPrefix(after.Segment.Value(source), []byte("$")) {
			continue
		}
		before.Segment.Stop--
		after.Segment.Start++
		var written strings.Builder
		for part := span.FirstChild(); part != nil; part = part.NextSibling() {
			written.Write(part.(*ast.Text).Segment.Value(source))
		}
		span.Parent().ReplaceChild(span.Parent(), span, &formula{source: written.String()})
	}
	for _, block := range blocks {
		paragraph := ast.NewParagraph()
		paragraph.AppendChild(paragraph, &formula{source: string(block.Lines().Value(source)), display: true})
		block.Parent().ReplaceChild(block.Parent(), block, paragraph)
	}
}

// RegisterFuncs registers the renderer of formulas.
func (formulas) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(formulaKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		f := n.(*formula)
		typeset, err := mathML(f.source, f.display)
		if err != nil {
			return ast.WalkStop, err
		}
		_, err = w.WriteString(typeset)
		return ast.WalkContinue, err
	})
}

// mathML returns a formula as a math element.
func mathML(source string, display bool) (string, error) {
	c := &formulaConverter{source: []rune(source)}
	row, err := c.row(0)
	if err != nil {
		return "", fmt.Errorf("the formula %s: %w", strings.TrimSpace(source), err)
	}
	if display {
		return `<math display="block">` + row + "</math>", nil
	}
	return "<math>" + row + "</math>", nil
}

// A formulaConverter reads a formula from left to right.
type formulaConverter struct {
	source []rune
	at     int
}

// row converts everything up to an end, which it consumes: a closing brace, 'r' for \right, or 0
// for the end of the formula.
func (c *formulaConverter) row(end rune) (string, error) {
	var row strings.Builder
	for {
		next := c.peek()
		switch {
		case next == end && end != 'r':
			if end != 0 {
				c.at++
			}
			return row.String(), nil
		case end == 'r' && c.takes(`\right`):
			return row.String(), nil
		case next == 0:
			return "", errors.New("it ends too early")
		case next == '}':
			return "", errors.New("found a } too many")
		}
		part, err := c.scripted()
		if err != nil {
			return "", err
		}
		row.WriteString(part)
	}
}

// scripted converts an atom with its scripts above and below.
func (c *formulaConverter) scripted() (string, error) {
	limits := false // scripts below and above the atom instead of behind it
	for _, name := range []string{`\sum`, `\max`, `\min`} {
		limits = limits || strings.HasPrefix(string(c.rest()), name)
	}
	base, err := c.atom()
	if err != nil {
		return "", err
	}
	var below, above string
	for {
		var script *string
		switch c.peek() {
		case '_':
			script = &below
		case '^':
			script = &above
		default:
			kind := map[[2]bool]string{{true, false}: "sub", {false, true}: "sup", {true, true}: "subsup"}[[2]bool{below != "", above != ""}]
			if limits {
				kind = map[string]string{"sub": "under", "sup": "over", "subsup": "underover"}[kind]
			}
			if kind == "" {
				return base, nil
			}
			return "<m" + kind + ">" + base + below + above + "</m" + kind + ">", nil
		}
		c.at++
		if *script != "" {
			return "", errors.New("found two scripts at the same place")
		}
		if *script, err = c.atom(); err != nil {
			return "", err
		}
	}
}

// formulaElements holds the commands of TeX that stand for one element.
var formulaElements = map[string]string{
	"sum": "<mo>∑</mo>", "int": "<mo>∫</mo>", "max": "<mi>max</mi>", "min": "<mi>min</mi>", "ln": "<mi>ln</mi>",
	",": `<mspace width="0.17em"></mspace>`, "quad": `<mspace width="1em"></mspace>`, "{": `<mo stretchy="false">{</mo>`, "}": `<mo stretchy="false">}</mo>`,
}

// atom converts a number, a letter, an operator, a group or a command with its arguments.
func (c *formulaConverter) atom() (string, error) {
	next := c.peek()
	switch {
	case next == 0:
		return "", errors.New("it ends too early")
	case next == '{':
		c.at++
		row, err := c.row('}')
		return "<mrow>" + row + "</mrow>", err
	case next == '\\':
		return c.command()
	case unicode.IsDigit(next):
		return "<mn>" + c.while(func(r rune) bool { return unicode.IsDigit(r) || r == '.' }) + "</mn>", nil
	case unicode.IsLetter(next), next == '∞':
		c.at++
		return "<mi>" + string(next) + "</mi>", nil
	case strings.ContainsRune("()[]", next):
		c.at++
		return `<mo stretchy="false">` + string(next) + "</mo>", nil // a fraction elsewhere would stretch it
	case strings.ContainsRune("+−±×=<>≤≥≈∝/!*:,…", next):
		c.at++
		return "<mo>" + html.EscapeString(string(next)) + "</mo>", nil
	}
	return "", fmt.Errorf("found %q, which no lesson needed so far", next)
}

func (c *formulaConverter) command() (string, error) {
	c.at++
	name := c.while(unicode.IsLetter)
	if name == "" && c.at < len(c.source) {
		name = string(c.source[c.at])
		c.at++
	}
	if element, ok := formulaElements[name]; ok {
		return element, nil
	}
	switch name {
	case "frac":
		over, err := c.atom()
		if err != nil {
			return "", err
		}
		under, err := c.atom()
		return "<mfrac>" + over + under + "</mfrac>", err
	case "sqrt":
		root, err := c.atom()
		return "<msqrt>" + root + "</msqrt>", err
	case "bar":
		under, err := c.atom()
		return "<mover>" + under + "<mo>¯</mo></mover>", err
	case "text":
		if c.peek() != '{' {
			return "", errors.New(`found \text without braces`)
		}
		c.at++
		words := c.while(func(r rune) bool { return r != '}' })
		if c.at++; c.at > len(c.source) {
			return "", errors.New("it ends too early")
		}
		return "<mtext>" + html.EscapeString(strings.ReplaceAll(words, " ", "\u00a0")) + "</mtext>", nil
	case "left":
		opening := c.peek()
		c.at++
		row, err := c.row('r')
		if err != nil {
			return "", err
		}
		closing := c.peek()
		c.at++
		if !strings.ContainsRune("([", opening) || !strings.ContainsRune(")]", closing) {
			return "", errors.New(`found \left or \right without a parenthesis`)
		}
		return "<mrow><mo>" + string(opening) + "</mo>" + row + "<mo>" + string(closing) + "</mo></mrow>", nil
	}
	return "", fmt.Errorf(`found \%s, which no lesson needed so far`, name)
}

// peek returns the next character that is not a space, 0 at the end.
func (c *formulaConverter) peek() rune {
	c.while(unicode.IsSpace)
	if c.at == len(c.source) {
		return 0
	}
	return c.source[c.at]
}

func (c *formulaConverter) rest() []rune {
	c.peek()
	return c.source[c.at:]
}

// takes consumes a command if it comes next.
func (c *formulaConverter) takes(command string) bool {
	if !strings.HasPrefix(string(c.rest()), command) {
		return false
	}
	c.at += len(command)
	return true
}

// while consumes and returns the characters that fulfil a condition.
func (c *formulaConverter) while(fulfils func(rune) bool) string {
	from := c.at
	for c.at < len(c.source) && fulfils(c.source[c.at]) {
		c.at++
	}
	return string(c.source[from:c.at])
}
