package explorer

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/scenarios"
)

// An ownScenario is the scenario given to the command serve.
type ownScenario struct {
	ref  string // as on the command line: a built-in name, or a file
	name string // its name in requests
	// files are the files and folders that its notations name; requests read no others.
	files []string
}

// openOwn reads the scenario with which the page opens.
func openOwn(ref string) (*ownScenario, error) {
	s, err := scenarios.Load(ref, nil)
	if err != nil {
		return nil, err
	}
	own := &ownScenario{ref, filepath.Base(ref), s.Named()}
	if _, err := scenarios.Source(own.name); err == nil {
		own.name = ref // a file without an ending that has the name of a built-in scenario: "./float"
	}
	return own, nil
}

// Text reads the scenario anew: the file may have been edited.
func (o *ownScenario) Text() (scenarios.Text, error) {
	text, err := scenarios.Read(o.ref)
	return text.SealedBut(o.files), err
}

// A listedScenario is a scenario that requests may name.
type listedScenario struct {
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Scenario    *scenarios.Scenario `json:"scenario"`        // null if it cannot be read
	Own         bool                `json:"own,omitempty"`   // the scenario given to serve
	Error       string              `json:"error,omitempty"` // why it can no longer be read
}

// listScenarios sends the scenarios that requests may name, with all their values.
func (e *explorer) listScenarios(w http.ResponseWriter, r *http.Request) {
	standard := scenarios.DefaultName
	var all []listedScenario
	for _, b := range scenarios.List() {
		s, err := scenarios.Load(b.Name, nil)
		if err != nil {
			refuseRequest(w, http.StatusInternalServerError, err)
			return
		}
		all = append(all, listedScenario{Name: b.Name, Description: b.Description, Scenario: &s})
	}
	if e.own != nil {
		standard = e.own.name
		if !slices.ContainsFunc(all, func(l listedScenario) bool { return l.Name == standard }) {
			all = slices.Insert(all, 0, e.own.listed())
		}
	}
	w.Header().Set("Content-Type", "application/json")
	format.JSON(w, struct {
		Version   string           `json:"version"`
		Standard  string           `json:"default"` // the scenario of a request that names none
		Scenarios []listedScenario `json:"scenarios"`
	}{words.Version, standard, all})
}

func (o *ownScenario) listed() listedScenario {
	l := listedScenario{Name: o.name, Own: true}
	text, err := o.Text()
	if err == nil {
		var s scenarios.Scenario
		if s, err = text.Scenario(nil); err == nil {
			l.Description, l.Scenario = s.Description, &s
		}
	}
	if err != nil {
		l.Error = err.Error()
	}
	return l
}

// A resolveRequest asks for all values of a scenario.
type resolveRequest struct {
	scenarioRequest
}

// resolve reads a scenario, and answers with all its values.
func (e *explorer) resolve(r resolveRequest) (func(*exchange) error, error) {
	text, overrides, err := e.Text(r.scenarioRequest)
	if err != nil {
		return nil, err
	}
	s, err := text.Scenario(overrides)
	if err != nil {
		return nil, err
	}
	return func(x *exchange) error {
		return x.send(struct {
			Scenario scenarios.Scenario `json:"scenario"`
		}{s})
	}, nil
}

// OpenArgument returns the scenario given to serve, or nil.
func OpenArgument(arguments []string) (*ownScenario, error) {
	switch len(arguments) {
	case 0:
		return nil, nil
	case 1:
		return openOwn(arguments[0])
	}
	return nil, fmt.Errorf("found %d scenarios (%q, %q …); want one", len(arguments), arguments[0], arguments[1])
}
