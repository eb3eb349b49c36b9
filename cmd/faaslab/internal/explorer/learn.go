package explorer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/docs/lessons"
)

// routeLessons serves the lessons of docs/lessons.
func routeLessons(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/lessons", listLessons)
	mux.HandleFunc("GET /api/lessons/{name}", sendLesson)
	mux.HandleFunc("GET /lessons/figures/{name}", func(w http.ResponseWriter, r *http.Request) {
		sendEmbedded(w, r, lessons.Figures, r.PathValue("name"))
	})
}

func listLessons(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	format.JSON(w, struct {
		Lessons []lessons.Lesson `json:"lessons"`
	}{lessons.All()})
}

// sendLesson sends the lesson as HTML, without a page around it.
func sendLesson(w http.ResponseWriter, r *http.Request) {
	text, err := lessons.HTML(r.PathValue("name"))
	if err != nil {
		refuseRequest(w, http.StatusNotFound, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write([]byte(text))
}

// A commandRequest asks for the output of a command of a lesson.
type commandRequest struct {
	Command string `json:"command"` // as a lesson shows it after "$ "
}

// A CommandOutput is the output of the command line.
type CommandOutput struct {
	Text   string `json:"text"`             // to stdout
	Notes  string `json:"notes"`            // to stderr
	Figure string `json:"figure,omitempty"` // an SVG: the figure that --plot would have written to its file
	Exit   int    `json:"exit"`             // the exit code
}

// command runs a command that a lesson shows, word for word, as the command line does. It runs no
// other: these commands name no file, and end soon on any computer on which the page is read.
func (e *explorer) command(r commandRequest) (func(*exchange) error, error) {
	if !slices.Contains(lessons.Commands(), r.Command) {
		return nil, fmt.Errorf("command: found %q; want one that a lesson shows", r.Command)
	}
	if e.execute == nil {
		return nil, errors.New("command: this server runs none")
	}
	return func(x *exchange) error {
		out, err := e.runShown(x, r.Command)
		if err != nil {
			return err
		}
		return x.send(out)
	}, nil
}

// runShown runs a command as a lesson shows it. Of the shell's syntax it understands '…', and at
// the end | jq 'PATH' and > /dev/null.
func (e *explorer) runShown(x *exchange, command string) (out CommandOutput, err error) {
	line, path, picks := strings.Cut(command, " | jq ")
	line, dropped := strings.CutSuffix(line, " > /dev/null")
	var stdout, stderr, figure bytes.Buffer
	out.Exit = e.execute(x.ctx, format.ShellWords(line), x.workers, &stdout, &stderr, &figure)
	if err := x.ctx.Err(); err != nil {
		return out, err
	}
	out.Text, out.Notes, out.Figure = stdout.String(), stderr.String(), figure.String()
	switch {
	case dropped:
		out.Text = ""
	case picks && out.Exit == 0:
		picked, err := jq(stdout.Bytes(), format.ShellWords(path)[0])
		if err != nil {
			return out, err
		}
		out.Text = string(picked) + "\n"
	}
	return out, nil
}

// jq returns the number or text in a JSON document at a path such as .points[3].values, as the program jq does.
func jq(document []byte, path string) (json.RawMessage, error) {
	found := json.RawMessage(document)
	for _, step := range regexp.MustCompile(`[^.\[\]]+`).FindAllString(path, -1) {
		var inside any
		if _, err := strconv.Atoi(step); err == nil {
			inside = &[]json.RawMessage{}
		} else {
			inside = &map[string]json.RawMessage{}
		}
		if err := json.Unmarshal(found, inside); err != nil {
			return nil, fmt.Errorf("jq %s: at %s: %w", path, step, err)
		}
		switch inside := inside.(type) {
		case *[]json.RawMessage:
			if i, _ := strconv.Atoi(step); i < len(*inside) {
				found = (*inside)[i]
				continue
			}
		case *map[string]json.RawMessage:
			if value, ok := (*inside)[step]; ok {
				found = value
				continue
			}
		}
		return nil, fmt.Errorf("jq %s: there is no %s", path, step)
	}
	if len(found) > 0 && (found[0] == '{' || found[0] == '[') {
		return nil, errors.New("jq " + path + ": found a list or an object; want a number or a text")
	}
	return found, nil
}
