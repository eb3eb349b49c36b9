package narration

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"faaslab/cmd/faaslab/internal/format"
	"faaslab/cmd/faaslab/internal/words"
	"faaslab/platform"
	"faaslab/scenarios"
	"faaslab/sim"
)

// widest is the largest number of instances that are drawn with a character each where there is
// room.
const widest = 48

// widest returns the largest number of instances that are drawn with a character each: a quarter of
// the columns, if the number of columns is known.
func (t *textWriter) widest() int {
	if t.watch.Columns == 0 {
		return widest
	}
	return min(widest, t.watch.Columns/4)
}

// lookedAt is the largest number of events that are looked at to align the text of all.
const lookedAt = 10_000

// A textWriter writes a line per event: the time, a picture of the pool, and a sentence.
type textWriter struct {
	w     io.Writer
	watch Watch
	queue bool // requests may have to wait: a column shows how many do
	// The layout, found by going through the first events before writing:
	decimals int // of the time
	time     int // characters of it
	picture  int // characters of it
	slots    int // instances alive at once; t.widest() or fewer are drawn
}

// newTextWriter goes through the first events of the watch to find the widths of the columns, since
// written lines cannot be aligned later.
func newTextWriter(ctx context.Context, w io.Writer, watched Watch) (Writer, error) {
	t := &textWriter{w: w, watch: watched, queue: watched.narrator().waits(watched.Scenario)}
	m := &traceMeasure{}
	ahead := watched
	ahead.Events = min(ahead.Events, lookedAt)
	if _, err := ahead.Tell(ctx, m); err != nil {
		return nil, err
	}
	// Two digits more than the mean time between events needs, at least milliseconds.
	t.decimals = 3
	if spacing := (m.last - m.first).Seconds() / float64(max(m.events-1, 1)); spacing > 0 {
		t.decimals = min(max(3, 2-int(math.Floor(math.Log10(spacing)))), 9)
	}
	t.time = max(len("time"), len(t.seconds(m.last)))
	t.slots = max(m.slots, 1)
	t.picture = max(len(t.Kind().Subject), min(t.slots, t.widest()))
	if t.slots > t.widest() {
		t.picture = max(len(t.Kind().Subject), m.counts)
	}
	return t, nil
}

// A traceMeasure measures the room that a text needs.
type traceMeasure struct {
	events        int
	first, last   sim.Time
	slots, counts int
}

func (m *traceMeasure) begin(h *platform.History) error {
	m.look(h.State())
	return nil
}

func (m *traceMeasure) event(e platform.Event, h *platform.History) error {
	if m.events++; m.events == 1 {
		m.first = e.Time
	}
	m.last = e.Time
	m.look(h.State())
	return nil
}

func (m *traceMeasure) look(s platform.State) {
	if n := len(s.Instances); n > 0 {
		m.slots = max(m.slots, s.Instances[n-1].Slot+1)
	}
	m.counts = max(m.counts, utf8.RuneCountInString(stateCounts(s)))
}

func (m *traceMeasure) end(*platform.History, int, Ending) error { return nil }

// Kind returns the kind of the watched platform.
func (t *textWriter) Kind() *scenarios.Kind { return scenarios.KindOf(t.watch.Platform) }

func (t *textWriter) begin(h *platform.History) error {
	head := &format.Page{Columns: t.watch.Columns}
	words.Title(head, t.watch.Scenario)
	one := t.Kind().One
	words.Heading(head, t.Kind().Label, words.DescribePlatform(t.watch.Scenario, t.watch.Platform))
	how := fmt.Sprintf("a column for each %s, which a later one may take when it is gone", one)
	if t.slots > t.widest() {
		how = fmt.Sprintf("the number of %ss in each state, since up to %d are alive at once", one, t.slots)
	}
	format.Paragraph(head, "  ", "  ", t.watch.narrator().legend(t.watch.Scenario)+": "+how)
	at := t.watch.From
	if now := h.Observations().Span; now < at-1 { // the trace ended before, or the user interrupted
		at = now
	}
	if at > 0 {
		t.time = max(t.time, len(t.seconds(at)))
	}
	fmt.Fprintf(head, "\n%*s s  %-*s", t.time, "time", t.picture, t.Kind().Subject)
	if t.queue {
		fmt.Fprint(head, "  waiting")
	}
	fmt.Fprintln(head, "  what happens")
	if _, err := head.WriteTo(t.w); err != nil {
		return err
	}
	if s := h.State(); len(s.Instances) > 0 || t.watch.From > 0 {
		return t.Line(at, s, "the state at "+format.Duration(at))
	}
	return nil
}

func (t *textWriter) event(e platform.Event, h *platform.History) error {
	s := h.State()
	return t.Line(e.Time, s, t.watch.sentence(e, s))
}

func (t *textWriter) Line(at sim.Time, s platform.State, text string) error {
	picture := t.pictureOf(s)
	line := fmt.Sprintf("%*s s  %s%*s", t.time, t.seconds(at), picture, max(0, t.picture-utf8.RuneCountInString(picture)), "")
	if t.queue {
		waiting := ""
		if s.Totals.Waiting > 0 {
			waiting = strconv.Itoa(s.Totals.Waiting)
		}
		line += fmt.Sprintf("  %*s", len("waiting"), waiting)
	}
	hang := format.Width(line) + 2
	for i, told := range format.Fold(text, t.watch.Columns-hang, 0) {
		if i > 0 {
			line = strings.Repeat(" ", hang-2)
		}
		if _, err := fmt.Fprintln(t.w, strings.TrimRight(line+"  "+told, " ")); err != nil {
			return err
		}
	}
	return nil
}

// seconds writes a time.
func (t *textWriter) seconds(at sim.Time) string {
	return strconv.FormatFloat(at.Seconds(), 'f', t.decimals, 64)
}

// pictureOf draws the instances.
func (t *textWriter) pictureOf(s platform.State) string {
	if t.slots > t.widest() {
		return stateCounts(s)
	}
	var picture []rune
	for _, i := range s.Instances {
		for len(picture) < i.Slot {
			picture = append(picture, ' ')
		}
		picture = append(picture, stateChars[i.State])
	}
	return string(picture)
}

// stateCounts returns the number of instances in each state: 3C 12W 5·
func stateCounts(s platform.State) string {
	n := map[platform.InstanceState]int{}
	for _, i := range s.Instances {
		n[i.State]++
	}
	var parts []string
	for _, state := range []platform.InstanceState{platform.StateCold, platform.StateWarm, platform.StateReleasing, platform.StateLoading, platform.StateIdle, platform.StateStarting, platform.StateRunning, platform.StateWaiting} {
		if n[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d%c", n[state], stateChars[state]))
		}
	}
	return strings.Join(parts, " ")
}

func (t *textWriter) end(h *platform.History, told int, why Ending) error {
	n := h.Totals()
	parts := []string{format.Counted(int(n.Requests), "request")}
	parts = append(parts, t.watch.narrator().sums(t.watch.Scenario, n)...)
	if t.queue {
		parts = append(parts, fmt.Sprintf("%d waiting", n.Waiting))
	}
	switch why {
	case LastArrival:
		end := "nothing more happens before virtual time ends"
		if h.Ended() {
			end = "the trace is over with its last response"
		}
		parts = append(parts, end)
	case Interruption:
		parts = append(parts, "interrupted")
	}
	events := format.Counted(told, "event")
	if t.watch.From > 0 {
		events += fmt.Sprintf(" from %s on; since time 0", format.Duration(t.watch.From))
	}
	foot := &format.Page{Columns: t.watch.Columns}
	fmt.Fprintln(foot)
	format.Paragraph(foot, "", "  ", events+": "+strings.Join(parts, " · "))
	_, err := foot.WriteTo(t.w)
	return err
}
