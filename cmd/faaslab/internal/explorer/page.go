package explorer

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed page
var pageFiles embed.FS

// Page returns the files of the page, by names such as index.html.
func Page() fs.FS {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic("faaslab: " + err.Error()) // the folder is embedded
	}
	return files
}

// routePage serves the page: its files are in the program.
func routePage(mux *http.ServeMux) {
	files := Page()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuseRequest(w, http.StatusMethodNotAllowed, fmt.Errorf("found %s %s; want GET", r.Method, r.URL.Path))
			return
		}
		w.Header().Set("Cache-Control", "no-cache") // another version may listen here next time
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" {
			name = "index.html"
		}
		sendEmbedded(w, r, files, name)
	})
}
