// Report reads what go test -json prints, and prints what failed, what became of each package, and the ten slowest tests.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// most is how many tests are named as the slowest.
const most = 10

// An event is one line of go test -json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of what does not build
	Elapsed                       float64
}

func main() {
	type test struct{ pkg, name string }
	said := map[test]*strings.Builder{}
	parents := map[test]bool{}
	var ended []event
	failed := false
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // of the go command itself
			continue
		}
		key := test{e.Package, e.Test}
		switch e.Action {
		case "build-output":
			fmt.Print(e.Output)
		case "output":
			if said[key] == nil {
				said[key] = &strings.Builder{}
			}
			said[key].WriteString(e.Output)
		case "pass", "fail", "skip":
			if i := strings.LastIndex(e.Test, "/"); i > 0 {
				parents[test{e.Package, e.Test[:i]}] = true
			}
			if e.Action == "fail" {
				failed = true
				if said[key] != nil {
					fmt.Print(said[key].String())
				}
			}
			if e.Test == "" {
				fmt.Printf("%-5s %-28s %7.1f s\n", e.Action, e.Package, e.Elapsed)
			} else {
				ended = append(ended, e)
			}
			delete(said, key)
		}
	}
	// A test with subtests takes as long as these.
	ended = slices.DeleteFunc(ended, func(e event) bool { return parents[test{e.Package, e.Test}] })
	slices.SortStableFunc(ended, func(a, b event) int { return int(1000 * (b.Elapsed - a.Elapsed)) })
	fmt.Println("The slowest:")
	for _, e := range ended[:min(most, len(ended))] {
		fmt.Printf("  %6.1f s  %s %s\n", e.Elapsed, e.Package, e.Test)
	}
	if failed {
		os.Exit(1)
	}
}
