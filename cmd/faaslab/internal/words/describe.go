package words

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/scenarios"
)

// Title writes the name of the simulated scenario, its arrivals unless they are varied, and its seed.
func Title(w io.Writer, s scenarios.Scenario, varied ...string) {
	format.Paragraph(w, "", "  ", fmt.Sprintf("%s · seed %d", NameAndArrivals(s, varied...), s.Run.Seed))
}

// NameAndArrivals returns the name of a scenario and, unless one of the varied keys changes them, its arrivals.
func NameAndArrivals(s scenarios.Scenario, varied ...string) string {
	if slices.ContainsFunc(varied, ofArrivals) {
		return s.Name
	}
	return fmt.Sprintf("%s · %s", s.Name, format.Abridged(s.Arrivals.String()))
}

// ofArrivals reports whether a key is of the arrivals, of one function or of many.
func ofArrivals(key string) bool {
	parts := strings.Split(key, ".")
	return parts[0] == "arrivals" || parts[0] == "workload" || parts[0] == "functions" && len(parts) > 2 && parts[2] == "arrivals"
}

// Heading writes the line above a platform's table.
func Heading(w io.Writer, platform string, parts ...[]string) {
	head := platform + "  "
	fmt.Fprintln(w)
	format.Paragraph(w, "", strings.Repeat(" ", format.Width(head)), head+strings.Join(slices.Concat(parts...), " · "))
}

// Notes writes the notes about the models, each on a line.
func Notes(w io.Writer, notes []string) {
	for i, note := range notes {
		if i == 0 {
			fmt.Fprintln(w)
		}
		format.Paragraph(w, "", "  ", note)
	}
}

// DescribePlatform returns the configuration of a platform in words.
func DescribePlatform(s scenarios.Scenario, name string) []string {
	return s.Describe(name, format.Duration)
}

// Prices describes the basis of the costs: nothing without a pricing block.
func Prices(s scenarios.Scenario, name string) []string {
	if s.Pricing == nil {
		return nil
	}
	text := "each function's memory"
	if gb := s.Memory(name); gb > 0 {
		text = scenarios.FormatMemory(gb)
	}
	if list := s.ListPrices(); list != nil {
		text += " at the prices of " + list.Name
	}
	if s.Pricing.Currency != "" {
		text += ", in " + s.Pricing.Currency
	}
	return []string{text}
}
