package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"faaslab/cmd/faaslab/internal/report"
	"faaslab/scenarios"
)

// metricsOfFlag reads --metrics. Each item must be a metric of one of the scenario's platforms, or a
// limit, which the caller adds to the scenario.
func metricsOfFlag(c *cli.Context, platforms ...string) (report.MetricChoice, []scenarios.Limit, error) {
	chosen, limits, err := readMetricsFlag(c)
	if err == nil {
		err = chosen.Check(platforms...)
	}
	return chosen, limits, err
}

// readMetricsFlag reads --metrics without the scenario.
func readMetricsFlag(c *cli.Context) (report.MetricChoice, []scenarios.Limit, error) {
	if !c.IsSet("metrics") {
		return nil, nil, nil
	}
	chosen, limits, err := report.ReadMetrics(strings.Split(c.String("metrics"), ","))
	if err != nil {
		err = fmt.Errorf("--metrics: %w", err)
	}
	return chosen, limits, err
}
