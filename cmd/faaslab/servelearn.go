package main

import (
	"net/http"

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
	encode(w, struct {
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
