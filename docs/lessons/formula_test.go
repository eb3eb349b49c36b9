package lessons

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFormulasAreMathML(t *testing.T) {
	for source, want := range map[string]string{
		"L = λ W":              "<mi>L</mi><mo>=</mo><mi>λ</mi><mi>W</mi>",
		"x < 12.5":             "<mi>x</mi><mo>&lt;</mo><mn>12.5</mn>",
		"c!":                   "<mi>c</mi><mo>!</mo>",
		"S_w":                  "<msub><mi>S</mi><mi>w</mi></msub>",
		"p^*":                  "<msup><mi>p</mi><mo>*</mo></msup>",
		"x_i^{n − 1}":          "<msubsup><mi>x</mi><mi>i</mi><mrow><mi>n</mi><mo>−</mo><mn>1</mn></mrow></msubsup>",
		"x^2_i":                "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>",
		`\frac{a}{b + c}`:      "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>",
		`\sqrt{a}`:             "<msqrt><mrow><mi>a</mi></mrow></msqrt>",
		`\bar{x}`:              "<mover><mrow><mi>x</mi></mrow><mo>¯</mo></mover>",
		`\sum_{k ≤ n} π_k`:     "<munder><mo>∑</mo><mrow><mi>k</mi><mo>≤</mo><mi>n</mi></mrow></munder><msub><mi>π</mi><mi>k</mi></msub>",
		`\int_0^∞ f`:           "<msubsup><mo>∫</mo><mn>0</mn><mi>∞</mi></msubsup><mi>f</mi>",
		`\min(n, N)`:           `<mi>min</mi><mo stretchy="false">(</mo><mi>n</mi><mo>,</mo><mi>N</mi><mo stretchy="false">)</mo>`,
		`\text{what is < 1} x`: "<mtext>what\u00a0is\u00a0&lt;\u00a01</mtext><mi>x</mi>",
		`\left( 1 \right) a`:   "<mrow><mo>(</mo><mn>1</mn><mo>)</mo></mrow><mi>a</mi>",
		`a \, b`:               `<mi>a</mi><mspace width="0.17em"></mspace><mi>b</mi>`,
		`\{a\}`:                `<mo stretchy="false">{</mo><mi>a</mi><mo stretchy="false">}</mo>`,
	} {
		found, err := mathML(source, false)
		require.NoError(t, err, source)
		assert.Equal(t, "<math>"+want+"</math>", found, source)
	}
	found, err := mathML("a", true)
	require.NoError(t, err)
	assert.Equal(t, `<math display="block"><mi>a</mi></math>`, found)
}

func TestFormulasThatCannotBeReadAreErrors(t *testing.T) {
	for source, want := range map[string]string{
		"a}":               "found a } too many",
		"{a":               "it ends too early",
		"a_":               "it ends too early",
		`\frac{a}`:         "it ends too early",
		`\text{a`:          "it ends too early",
		`\text a`:          `found \text without braces`,
		"a_1_2":            "found two scripts at the same place",
		`\left( a`:         "it ends too early",
		`\left| a \right|`: "without a parenthesis",
		`\mathbb{R}`:       `found \mathbb, which no lesson needed so far`,
		"a & b":            `found '&', which no lesson needed so far`,
		`a \`:              `found \, which no lesson needed so far`,
	} {
		_, err := mathML(source, false)
		assert.ErrorContains(t, err, want, source)
	}
}

// Every formula is typeset: none is left as code, and no notation is left in the text.
func TestTheLessonsHaveTheirFormulasTypeset(t *testing.T) {
	for _, l := range All() {
		page, err := HTML(l.Name)
		require.NoError(t, err, l.Name)
		assert.Contains(t, page, `<math display="block">`, l.Name)
		text := regexp.MustCompile(`(?s)<pre>.*?</pre>`).ReplaceAllString(page, "")
		for _, code := range regexp.MustCompile(`<code>([^<]*)</code>`).FindAllStringSubmatch(text, -1) {
			if !strings.HasPrefix(code[1], "faaslab ") {
				assert.NotRegexp(t, `[=λτ√]|\\`, code[1], l.Name)
			}
		}
		words := regexp.MustCompile(`(?s)<math.*?</math>|<code>.*?</code>|<a [^>]*>`).ReplaceAllString(text, "")
		assert.NotRegexp(t, `\$|\\|[λτπ√]\b|E\[|[a-zA-Z]_[a-z{]|\^`, regexp.MustCompile(`(?s)<h2 id="sources">.*`).ReplaceAllString(words, ""), l.Name)
		assert.NotContains(t, page, "<pre><code>", "%s: code without a language", l.Name)
	}
}
