package keyfile_test

import (
	"fmt"

	"faaslab/dist"
	"faaslab/scenarios/internal/keyfile"
	"faaslab/sim"
)

type kettle struct {
	Cups int
	Heat sim.Time
}

// A table reads a file into a struct, with an override, and writes it again.
func ExampleTable() {
	table := keyfile.NewTable(keyfile.Table[kettle]{What: "kettle", Keys: []keyfile.Key[kettle]{
		keyfile.Count("cups", "Cups of water.", "2", keyfile.Wholes{Least: 1, Most: 8}, func(k *kettle) *int { return &k.Cups }),
		keyfile.Span("plate.heat", "Time on the plate.", "3m", keyfile.Spans{Least: 1}, func(k *kettle) *sim.Time { return &k.Heat }),
	}, Lacks: func(*kettle, string) bool { return false }})
	file, err := table.TakeApart("kettle.yaml", dist.Parser{}, []byte("plate:\n  heat: 4m\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	file.Apply([]keyfile.Override{{Key: "cups", Value: "3"}, {Key: "cupps", Value: "4"}})
	var k kettle
	for _, key := range table.Keys {
		text := key.Standard
		if e, given := file.Entries[key.Path]; given {
			text = e.Text
		}
		if err := key.Read(&k, text, file.Notation); err != nil {
			file.Problems.Add(file.At(key.Path), "%w", err)
		}
	}
	fmt.Println(file.Problems.Join())
	fmt.Print(string(table.YAML(&k, func(*keyfile.Key[kettle]) bool { return true })))
	// Output:
	// --set cupps=4: unknown key; did you mean cups? the top of a kettle takes cups and plate
	// cups: 3
	// plate:
	//   heat: 4m
}
