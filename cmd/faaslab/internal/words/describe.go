package words

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/scenarios"
)

// Title writes the name of the simulated scenario, its arrivals and its seed.
func Title(w io.Writer, s scenarios.Scenario) {
	format.Paragraph(w, "", "  ", fmt.Sprintf("%s · %s · seed %d", s.Name, format.Abridged(s.Arrivals.String()), s.Run.Seed))
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
