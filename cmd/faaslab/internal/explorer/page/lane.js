// A lane of Watch: one platform, its film, and the elements that show it. Several lanes share the
// time.

import { Refused, stream } from './api.js';
import { copyButton, draw, make, scrolled } from './dom.js';
import { Film } from './film.js';
import { counts, metricsOf, significant } from './format.js';
import { NodeBars, legend } from './nodes.js';
import { platformOf } from './platforms.js';
import { ScalerView, told } from './scaler.js';
import { Stage } from './stage.js';

const chunk = 1500; // number of events fetched at first; later more
const ahead = 3000; // more events are fetched when fewer are left
const mostEvents = 60_000; // the film ends after this many
const logged = 30; // events in the log
const shown = 'instances'; // the count that the line shows
export const second = 1e9; // in nanoseconds

export class Lane {
  // came() is called when events have come, failed(error) when none will come, and referred() when
  // the steady state is known.
  constructor(calls) {
    this.calls = calls;
    this.seen = 0; // number of events up to now
    this.now = 0; // the moment that the texts show, in ns
    this.title = make('h3', { class: 'lane-title' });
    this.sentence = make('p', { class: 'sentence', role: 'status' });
    this.stage = new Stage();
    this.scaler = new ScalerView();
    this.summary = make('p', { class: 'status summary' });
    this.bars = new NodeBars('the memory of the nodes now');
    this.memory = make('div', { class: 'node-memory', hidden: true }, legend(), this.bars.element);
    this.table = make('tbody', {});
    this.tableHead = make('tr', {});
    this.tableBox = make('details', { ontoggle: () => this.showTable() }, make('summary', {}, 'Table: the instances now'),
      scrolled('the instances now', make('table', {}, make('thead', {}, this.tableHead), this.table)));
    this.element = make('div', { class: 'lane' }, this.title, this.sentence, this.stage.element, this.summary, this.scaler.element, this.memory, this.tableBox);

    this.log = make('ol', { class: 'log', tabindex: '0', 'aria-label': 'Events, the last one first' });
    this.command = make('code', {});
    this.logTitle = make('h3', { class: 'lane-title' });
    this.narration = make('div', { class: 'lane' }, this.logTitle, this.log,
      make('div', { class: 'command' }, make('pre', { tabindex: '0', 'aria-label': 'the command line of trace' }, this.command), copyButton('the command line of trace', () => this.command.textContent)));

    this.lineTitle = make('h3', { class: 'lane-title' });
    this.line = draw('svg', { class: 'line', role: 'img' });
    this.noSteady = make('p', { class: 'note' });
    this.history = make('div', { class: 'lane' }, this.lineTitle, this.line, this.noSteady);
  }

  stop() {
    this.stopped = true;
    if (this.running) this.running.abort();
    if (this.reference) this.reference.abort();
    this.stage.stop();
    for (const part of [this.element, this.narration, this.history]) part.remove();
  }

  // name gives the lane a title, if there are several lanes.
  name(title) {
    for (const heading of [this.title, this.logTitle, this.lineTitle]) {
      heading.textContent = title;
      heading.hidden = title === '';
    }
  }

  // fetch begins a new film of a platform, by default the first of the scenario, and of a node of
  // many functions, by default all.
  fetch(config, platform, node) {
    if (this.running) this.running.abort();
    this.config = config;
    this.wanted = platform;
    this.node = node;
    this.film = new Film(counts());
    this.seen = 0;
    this.now = 0;
    this.steady = null;
    this.noSteady.textContent = '';
    this.log.replaceChildren();
    this.sentence.textContent = '';
    this.summary.textContent = '';
    this.told = undefined; // number of the last event in the log
    this.more(0);
    this.refer();
  }

  // more fetches the events from a moment on.
  async more(from) {
    const film = this.film;
    if (this.fetching === film || film.ended) return;
    this.fetching = film;
    this.running = new AbortController();
    const before = film.events.length;
    const last = before ? film.events[before - 1].number : 0;
    let wrong = null;
    try {
      const body = { ...this.config.request(), events: from ? 5000 : chunk, from: from ? `${from}ns` : '', changes: true };
      if (this.wanted) body.platform = this.wanted;
      if (this.node !== null) body.node = Number(this.node);
      await stream('trace', body, this.running.signal, (line) => {
        if (line.beginning) {
          if (film.beginning) return;
          film.begin(line.beginning);
          this.scenario = line.scenario;
          this.kind = line.platform;
          this.places = line.places; // of instances of several places
          this.shell = line.command;
          this.calls.came();
        } else if (line.number) {
          if (line.number > last) film.add(line);
        } else if (line.ending !== 'events') {
          film.ended = 'no more requests arrive';
        } else if (film.events.length > mostEvents || film.events.length === before) {
          film.ended = 'the page keeps no more, the command line does';
        }
      }, (line) => line.ending);
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      wrong = error;
      film.ended = 'what comes next could not be had';
      if (!film.beginning) this.summary.textContent = 'Nothing to watch.';
    } finally {
      if (this.fetching === film) this.fetching = null;
    }
    if (this.stopped || this.film !== film) return;
    if (wrong) this.calls.failed(wrong);
    else this.calls.came();
  }

  // goOn fetches the events after the known ones.
  goOn() {
    const { events } = this.film;
    if (events.length > 0) this.more(events[events.length - 1].time_ns);
  }

  // foresee fetches more events before they are needed.
  foresee() {
    if (this.seen > this.film.events.length - ahead) this.goOn();
  }

  // refer computes the steady state that the averages approach.
  async refer() {
    if (this.reference) this.reference.abort();
    this.reference = new AbortController();
    const signal = this.reference.signal;
    try {
      await stream('run', { ...this.config.request(this.config.rough(['run.precision=2%', 'run.max_requests=2000000'])), models: 'none' }, signal, (line) => {
        if (!line.result) return;
        this.steady = line.result.platforms;
        if (this.oneOfSeveral()) this.noSteady.textContent = 'A steady state is known of all nodes together, and not of one alone.';
        this.calls.referred();
      }, (line) => line.result && line.stage === line.of);
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      this.noSteady.textContent = error.reason; // the scenario may have none
    }
  }

  // oneOfSeveral reports whether the events are those of one node of several. A run has the metrics of
  // all nodes together alone.
  oneOfSeveral() {
    return this.node !== null && this.scenario?.nodes?.count > 1;
  }

  // metrics returns the metrics of the steady state that the averages approach.
  metrics() {
    return this.steady && this.steady[this.kind] && !this.oneOfSeveral() ? this.steady[this.kind].metrics : {};
  }

  // known returns the moment up to which events are known.
  known() {
    const { events } = this.film;
    return events.length ? events[events.length - 1].time_ns : 0;
  }

  // next returns the moment of the next event, undefined if it is not known; last returns the
  // moment of the latest event.
  next() {
    return this.film.events[this.seen]?.time_ns;
  }

  last() {
    return this.seen ? this.film.events[this.seen - 1].time_ns : 0;
  }

  // over reports whether all events of the film have been seen.
  over() {
    return this.seen === this.film.events.length && this.film.ended !== '';
  }

  // moveTo makes the events up to a moment happen.
  moveTo(now) {
    const { events } = this.film;
    while (this.seen > 0 && events[this.seen - 1].time_ns > now) this.seen--;
    while (this.seen < events.length && events[this.seen].time_ns <= now) this.seen++;
  }

  // showStage draws the instances.
  showStage(now, speed) {
    const { film } = this;
    film.moveTo(this.seen);
    const last = this.seen ? film.events[this.seen - 1] : null;
    const denied = last !== null && (last.kind === 'rejected' || last.kind === 'timed_out') && now - last.time_ns < speed * second;
    this.hidden = this.stage.show({ slots: film.slots, queue: film.queue, speed: film.stateAt(this.seen).speed, now, last, denied, places: this.places });
    this.stage.element.classList.toggle('panics', Boolean(film.evaluationAt(this.seen)?.evaluation.in_panic));
  }

  // showTexts writes the texts. most is the number of instances for which the line has room, and
  // link returns the address of an event.
  showTexts(now, most, link) {
    this.now = now;
    this.command.textContent = `${this.shell} --events ${this.seen}`;
    this.showLog(link);
    this.showSummary();
    this.showScaler();
    this.showLine(most);
    this.showTable();
  }

  // showLog writes the last events.
  showLog(link) {
    const { events } = this.film;
    if (this.told === this.seen) return;
    if (!(this.told < this.seen)) {
      this.log.replaceChildren();
      this.told = 0;
    }
    for (let i = Math.max(this.told, this.seen - logged); i < this.seen; i++) {
      const event = events[i];
      const time = link ? make('a', { class: 'time', href: link(event.number), 'data-event': event.number, title: `to event ${event.number}` }, seconds(event.time_ns)) : make('span', { class: 'time' }, seconds(event.time_ns));
      this.log.prepend(make('li', { class: 'kind-' + event.kind }, time, event.evaluation ? told(event) : make('span', {}, ' ', event.text)));
    }
    while (this.log.children.length > logged) this.log.lastChild.remove();
    this.told = this.seen;
    const last = events[this.seen - 1];
    this.sentence.textContent = last ? `${seconds(last.time_ns)}: ${last.text}` : 'Nothing has happened yet. Play it, or Step from event to event (the keys → and ← do, too, and Space plays).';
  }

  // showScaler shows the last decision of an autoscaler, if there is one.
  showScaler() {
    const last = this.places?.window ? this.film.evaluationAt(this.seen) : undefined;
    this.scaler.show(this.places, last?.evaluation, last && seconds(last.time_ns), this.places?.window ? this.film.mostMeasured(this.seen) : 0);
  }

  // showSummary describes the stage in words.
  showSummary() {
    const state = this.film.stateAt(this.seen);
    const t = state.totals;
    const shares = state.on_cores && state.speed !== 1 ? `${significant(100 * state.speed, 3)} % of its speed` : '';
    const { one, all_run: allRun } = platformOf(this.kind);
    let words;
    if (this.places) {
      const ready = t.instances - (t.starting || 0) - (t.draining || 0);
      const held = this.film.instances().reduce((sum, i) => sum + (i.state === 'starting' ? 0 : i.held || 0), 0);
      words = `${counted(t.instances, one)}: ${ready} ready` + (t.starting ? `, ${t.starting} starting` : '') + (t.draining ? `, ${t.draining} draining` : '')
        + `; ${counted(held, 'request')} ${held === 1 ? 'runs' : 'run'}, ${t.waiting} ${t.waiting === 1 ? 'waits' : 'wait'}`;
    } else if (allRun) {
      words = counted(t.instances, one) + (shares && `, ${state.on_cores} share the cores: each runs at ${shares}`) + (t.waiting ? `, ${t.waiting} of them ${t.waiting === 1 ? 'waits' : 'wait'} for a core` : '');
    } else {
      words = `${counted(t.instances, one)}: ${t.running_cold} cold, ${t.running - t.running_cold} warm, ${t.idle} idle` + (t.releasing ? `, ${t.releasing} of them releasing` : '') + (t.waiting ? `, ${counted(t.waiting, 'request')} ${t.waiting === 1 ? 'waits' : 'wait'}` : '')
        + (shares && `; on the cores each runs at ${shares}`);
    }
    if (this.hidden) words += `; ${this.hidden} of them are not drawn`;
    this.memory.hidden = !state.nodes; // of many nodes, events do not have them
    if (state.nodes) this.bars.show(state.nodes);
    this.summary.textContent = words;
    this.stage.element.setAttribute('aria-label', words);
  }

  // counts returns the counts and averages so far, by metric, as texts.
  counts() {
    const t = this.film.totalsAt(this.seen);
    const mean = (count) => (this.now > this.film.from ? significant(this.film.meanAt(this.seen, this.now, count), 3) : '–');
    const share = (part, whole) => (whole ? significant(100 * part / whole, 3) + ' %' : '–');
    const sum = (names) => names.reduce((total, name) => total + t[name], 0);
    const found = { requests: String(t.requests) };
    for (const m of metricsOf(this.kind)) {
      if (m.so_far && (m.always || t[m.so_far.part])) found[m.name] = share(t[m.so_far.part], sum(m.so_far.whole));
      if (m.counts && !(platformOf(this.kind).all_run && m.name !== shown)) found[m.name] = mean(m.name);
    }
    return found;
  }

  // drawn returns the first event that the line shows.
  drawn() {
    return Math.max(0, this.seen - 3000);
  }

  // most returns the largest number of instances that the line shows.
  most() {
    const steady = this.metrics().instances;
    let most = Math.max(this.film.totalsAt(this.drawn()).instances, steady ? steady.mean * 1.2 : 0, 1);
    for (let i = this.drawn(); i < this.seen; i++) most = Math.max(most, this.film.events[i].state.totals.instances);
    return most;
  }

  // showLine draws the number of instances and its average so far.
  showLine(most) {
    const { film, now } = this;
    const span = now - film.from;
    if (!(span > 0)) {
      this.line.replaceChildren();
      this.line.setAttribute('aria-label', 'The number of instances over time: nothing has happened yet.');
      return;
    }
    this.line.setAttribute('class', 'line ' + this.kind);
    const [width, height, left, bottom] = [this.line.clientWidth || 600, 150, 40, 18];
    this.line.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const from = this.drawn();
    const start = from === 0 ? film.from : film.events[from - 1].time_ns;
    const steady = this.metrics().instances;
    const x = (time) => left + (width - left - 4) * ((time - start) / Math.max(1, now - start));
    const y = (n) => height - bottom - (height - bottom - 8) * (n / most);
    const every = Math.max(1, Math.ceil((this.seen - from) / 400));
    let steps = `M${x(start)} ${y(film.totalsAt(from).instances)}`;
    let mean = '';
    for (let i = from; i < this.seen; i += every) {
      const event = film.events[i];
      steps += `H${x(event.time_ns).toFixed(1)}V${y(event.state.totals.instances).toFixed(1)}`;
      const m = film.meanAt(i + 1, event.time_ns, shown);
      if (event.time_ns > film.from) mean += `${mean ? 'L' : 'M'}${x(event.time_ns).toFixed(1)} ${y(m).toFixed(1)}`;
    }
    steps += `H${x(now).toFixed(1)}`;
    const m = film.meanAt(this.seen, now, shown);
    mean += `${mean ? 'L' : 'M'}${x(now).toFixed(1)} ${y(m).toFixed(1)}`;
    const parts = [draw('path', { class: 'axis', d: `M${left} 4V${height - bottom}H${width}` }),
      text(left - 5, 14, significant(most, most < 10 ? 2 : 3), 'end'), text(left - 5, height - bottom + 4, '0', 'end'),
      text(left, height - 4, seconds(start), 'start'), text(width - 4, height - 4, seconds(now), 'end')];
    if (steady) parts.push(draw('path', { class: 'steady', d: `M${left} ${y(steady.mean)}H${width}` }), text(width - 4, y(steady.mean) - 4, 'steady state', 'end'));
    parts.push(draw('path', { class: 'steps', d: steps }), draw('path', { class: 'mean', d: mean }));
    this.line.replaceChildren(...parts);
    this.line.setAttribute('aria-label', `The number of instances over time, now ${film.totalsAt(this.seen).instances}; on average so far ${significant(m, 3)}` + (steady ? `, in the long run ${significant(steady.mean, 3)}` : ''));
  }

  showTable() {
    if (!this.tableBox.open || !this.film.beginning) return;
    const { speed, nodes } = this.film.stateAt(this.seen);
    const titles = ['Instance', ...(nodes ? ['Function'] : []), 'State', 'For', this.places ? 'Requests' : 'Request', 'Speed'];
    if (this.tableHead.children.length !== titles.length) this.tableHead.replaceChildren(...titles.map((t) => make('th', { scope: 'col' }, t)));
    this.table.replaceChildren(...this.film.instances().slice(0, 200).map((i) => make('tr', {}, make('th', { scope: 'row' }, String(i.instance)), nodes ? make('td', {}, i.function) : null, make('td', {}, i.state),
      make('td', { class: 'number' }, seconds(this.now - i.since_ns)), make('td', { class: 'number' }, this.places ? String(i.held || 0) : i.request ? String(i.request) : ''),
      make('td', { class: 'number' }, i.speed ? significant(100 * (this.places ? i.speed : speed), 3) + ' %' : ''))));
  }
}

function text(x, y, content, anchor) {
  return draw('text', { x, y, 'text-anchor': anchor }, content);
}

// counted returns a text such as: 1 instance, 2 instances.
function counted(n, what) {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

// seconds writes a moment or a span of simulated time.
export function seconds(ns) {
  const s = ns / second;
  if (s > 0 && s < 0.1) return (s * 1000).toFixed(3) + ' ms';
  if (s < 100) return s.toFixed(3) + ' s';
  if (s < 3600) return s.toFixed(1) + ' s';
  return significant(s / 3600, 5) + ' h';
}
