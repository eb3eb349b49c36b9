//go:build !nobrowser

package servetest

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"faaslab/sim/tests"
)

// The page in a real browser, on the real server. The tag nobrowser leaves out the library that controls
// the browser, which is large to compile. FAASLAB_SHOTS=DIR keeps pictures of the page.

// browsers are the names of browsers that tests can control; the first one, which has no windows to draw, takes a fraction of
// the time of the others.
var browsers = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell"}

// A tab is a page in a browser, with its errors.
type tab struct {
	t      *testing.T
	ctx    context.Context
	server *exec.Cmd        // of a tab of faaslab serve
	site   *httptest.Server // of a tab of a static site
	url    string

	mu     sync.Mutex
	errors []string
}

// A part of a test is shown a page of its own.
type part struct {
	name string
	show func(*tab)
}

// serve opens an empty tab for the page of a server that is started with arguments.
func serve(t *testing.T, browser context.Context, arguments ...string) *tab {
	t.Helper()
	b := &tab{t: t}
	b.server, b.url = startServer(t, arguments...)
	b.openTab(browser)
	return b
}

// startBrowser starts a browser that ends with the test. Without a browser the test is skipped.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	tests.Slow(t)
	program := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skipf("found no browser; want one of %s", strings.Join(browsers, ", "))
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	browser, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	require.NoError(t, chromedp.Do(browser))
	return browser
}

// openTab opens an empty tab of a desktop's size.
func (b *tab) openTab(browser context.Context) {
	t := b.t
	ctx, closeTab := chromedp.NewContext(browser)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	b.ctx = ctx
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			text := e.ExceptionDetails.Text
			if e.ExceptionDetails.Exception != nil {
				text += " " + e.ExceptionDetails.Exception.Description
			}
			b.errors = append(b.errors, fmt.Sprintf("%s %s:%d", text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1))
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError {
				b.errors = append(b.errors, fmt.Sprint("console: ", e.Args))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				b.errors = append(b.errors, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	}))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	require.NoError(t, err)
	b.do(chromedp.EmulateViewport(1280, 900))
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.picture("failed")
		b.mu.Lock()
		defer b.mu.Unlock()
		require.NoError(b.t, err, "%s", strings.Join(b.errors, "\n"))
	}
}

// click clicks as a mouse does on the element that an expression returns. On a busy machine the page may still move
// between the look where the element is and the press: what reaches another element is kept from the page, and done again.
// So it is if the page moves between the press and the release, where no click comes of them.
func (b *tab) click(element string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`(() => { const one = %s; return !!one && !one.disabled && one.getBoundingClientRect().width > 0; })()`, element))
	for range 20 {
		b.Run(fmt.Sprintf(`const one = %s;
			one.scrollIntoView({block: 'center', behavior: 'instant'});
			const kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
			if (window.lookedFor) window.lookedFor(); // no click came of a press
			window.missed = window.clicked = false;
			const look = (e) => {
				if (!e.isTrusted) return;
				if (e.type === 'pointerdown') window.missed = !e.composedPath().includes(one);
				if (window.missed) { e.preventDefault(); e.stopImmediatePropagation(); }
				if (e.type !== 'click') return;
				window.clicked = !window.missed && e.composedPath().includes(one);
				window.lookedFor();
			};
			window.lookedFor = () => kinds.forEach((kind) => removeEventListener(kind, look, true));
			for (const kind of kinds) addEventListener(kind, look, true)`, element))
		b.do(chromedp.Click(chromedp.JSPath(element)))
		for range 20 { // undefined where the click led to another page
			if eval[bool](b, `window.clicked !== false`) {
				return
			}
			if eval[bool](b, `window.missed === true`) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	require.Fail(b.t, "the page does not come to rest", element)
}

// at returns an expression for the first element that a selector or an XPath finds.
func at(path string) string {
	if strings.HasPrefix(path, "/") || strings.HasPrefix(path, "(") {
		return fmt.Sprintf(`document.evaluate(%q, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue`, path)
	}
	return fmt.Sprintf(`document.querySelector(%q)`, path)
}

// open goes to a view by its fragment.
func (b *tab) open(fragment string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url + fragment))
}

// wait waits until an expression is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	b.waitFor(90*time.Second, expression) // the machine may be busy
}

func (b *tab) waitFor(most time.Duration, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, most)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(most))); err != nil {
		b.picture("failed")
		require.NoError(b.t, err, "waiting for %s; trouble: %q; clock: %q; errors: %s", expression, b.Text("#trouble"), b.Text(".clock"), strings.Join(b.errors, "\n"))
	}
}

// eval returns the value of an expression.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	require.NoError(b.t, err, expression)
	return value
}

// Run evaluates an expression without a value.
func (b *tab) Run(expression string) {
	b.t.Helper()
	eval[bool](b, "(() => {"+expression+"; return true; })()")
}

func (b *tab) Text(selector string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf(`(document.querySelector(%q) || {}).textContent || ''`, selector))
}

// enter replaces the text of a field and leaves it.
func (b *tab) enter(selector, text string) {
	b.t.Helper()
	b.Run(fmt.Sprintf(`const field = document.querySelector(%q); field.focus(); field.select()`, selector))
	b.do(chromedp.KeyEvent(text), chromedp.KeyEvent(kb.Tab))
}

// refined waits until the whole precision is reached.
func (b *tab) refined() {
	b.t.Helper()
	b.wait(`/^(\d+)\/\1$/.test((document.querySelector('.results') || {dataset: {}}).dataset.stage || '')`)
}

// picture keeps a picture of the page, if requested.
func (b *tab) picture(name string) {
	dir := os.Getenv("FAASLAB_SHOTS")
	if dir == "" {
		return
	}
	for part, take := range map[string]chromedp.Action[[]byte]{"": chromedp.FullScreenshot(100), "-top": chromedp.CaptureScreenshot()} {
		png, err := chromedp.Run(b.ctx, take)
		if err != nil {
			continue
		}
		require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+part+".png"), png, 0o644))
	}
}

// sound asserts that the page had no error.
func (b *tab) sound() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	assert.Empty(b.t, b.errors, "JavaScript errors, or what the policy forbids")
}

// soundBut asserts that the page had no error, except errors with a text, such as the status of
// answers that the browser logs.
func (b *tab) soundBut(text string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		assert.Contains(b.t, e, text)
	}
}

// refused asserts that the server refused something and that the page had no other error, and forgets it.
func (b *tab) refused() {
	b.t.Helper()
	b.soundBut("400 (Bad Request)")
	b.mu.Lock()
	defer b.mu.Unlock()
	assert.NotEmpty(b.t, b.errors, "nothing was refused")
	b.errors = nil
}

// stdoutOf returns the output of a command line.
func stdoutOf(t *testing.T, arguments ...string) string {
	t.Helper()
	var out, errOut bytes.Buffer
	command := exec.Command(program, arguments...)
	command.Stdout, command.Stderr = &out, &errOut
	require.NoError(t, command.Run(), "%s", &errOut)
	return out.String()
}
