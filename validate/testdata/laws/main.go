// Laws tests the laws of some scenarios, as faaslab validate SUITE --only NAME --format json does, and is built
// faster than the whole command. Its arguments are SUITE, NAME and SEED.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strconv"

	"faaslab/validate"
)

func main() {
	seed, err := strconv.ParseUint(os.Args[3], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	report, err := validate.Run(context.Background(), validate.Options{Suites: []string{os.Args[1]}, Only: os.Args[2], Seed: seed})
	if err != nil {
		log.Fatal(err)
	}
	type verdict struct{ Scenario, Model, Metric, Verdict string }
	var found struct{ Cases []verdict }
	for _, v := range report.Verdicts {
		found.Cases = append(found.Cases, verdict{v.Scenario, v.Model, v.Metric, string(v.Outcome)})
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
	if report.Failed() > 0 {
		os.Exit(1)
	}
}
