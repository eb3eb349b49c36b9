// Package servetest has the tests of faaslab serve from outside: the process with its signals and its memory, and its page,
// and that of a static site, in a browser. They have a package of their own, since each waits much of the time, so that they
// run beside the tests of the command. All take seconds: -short skips them, and the tag nobrowser leaves out what drives a browser.
package servetest
