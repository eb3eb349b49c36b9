// Watch: a platform in simulated time, event by event.

import { Refused, stream } from './api.js';
import { Config } from './config.js';
import { Controls, begin } from './controls.js';
import { copyButton, draw, make, oneColumn, scrolled } from './dom.js';
import { Film } from './film.js';
import { estimate, label, significant } from './format.js';
import { report } from './page.js';
import { Stage } from './stage.js';

const chunk = 1500; // events that are fetched at once, at first; later more
const ahead = 3000; // more are fetched when fewer are left
const mostEvents = 60_000; // then the film is over
const second = 1e9; // in nanoseconds
const reading = 100; // ms between two changes of the texts while the film plays: nobody reads faster
const logged = 30; // events

export function mount(root, state) {
  const view = new Watch(root, state);
  const ready = begin(view);
  return { update: (s) => view.update(s), unmount: () => view.stop(), open: (file) => ready.then(() => view.controls?.open(file)) };
}

class Watch {
  constructor(root, state) {
    this.root = root;
    this.state = state;
    this.now = 0; // simulated, in ns
    this.seen = 0; // events up to now
    this.playing = false;
    this.speed = 1; // simulated seconds a second
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
  }

  stop() {
    this.stopped = true;
    this.pause();
    clearTimeout(this.timer);
    if (this.running) this.running.abort();
    if (this.reference) this.reference.abort();
    document.removeEventListener('keydown', this.keys);
    oneColumn.removeEventListener('change', this.place);
    if (this.stage) this.stage.stop();
  }

  build() {
    this.controls = new Controls(this.library, (config, whole) => this.changed(config, whole));
    this.platform = make('select', { id: 'watch-platform', onchange: () => { this.wanted = this.platform.value; this.address(); this.fetch(); } });
    this.playButton = make('button', { type: 'button', class: 'wide', onclick: () => this.toggle() }, 'Play');
    this.stepButton = make('button', { type: 'button', onclick: () => this.step() }, 'Step');
    this.backButton = make('button', { type: 'button', onclick: () => this.back() }, 'Back');
    this.rewindButton = make('button', { type: 'button', onclick: () => this.rewind() }, 'Rewind');
    this.speedInput = make('input', { id: 'watch-speed', type: 'range', min: '-40', max: '60', value: '0', oninput: () => { this.speedChosen = true; this.setSpeed(); } });
    this.speedText = make('output', { for: 'watch-speed' });
    this.clock = make('p', { class: 'clock' });
    this.summary = make('p', { class: 'status' });
    this.stage = new Stage();
    this.sentence = make('p', { class: 'sentence', role: 'status' });
    this.log = make('ol', { class: 'log', tabindex: '0', 'aria-label': 'Events, the last one first' });
    this.counters = make('tbody', {});
    this.noSteady = make('p', { class: 'note' });
    this.line = draw('svg', { class: 'line', role: 'img' });
    this.command = make('code', {});
    this.table = make('tbody', {});
    this.tableBox = make('details', { ontoggle: () => this.showTable() }, make('summary', {}, 'Table: the instances now'),
      scrolled('the instances now', make('table', {}, make('thead', {}, make('tr', {}, ...['Instance', 'State', 'For', 'Request', 'Speed'].map((t) => make('th', { scope: 'col' }, t)))), this.table)));
    this.legend = make('p', { class: 'legend' });

    const explore = make('a', { class: 'button', href: '#explore' }, 'Explore this scenario');
    explore.addEventListener('click', (event) => {
      event.preventDefault();
      location.hash = 'explore?' + this.config.into(new URLSearchParams());
    });

    this.side = make('div', { class: 'side' }, make('h1', {}, 'Watch'));
    this.root.append(make('div', { class: 'watch' }, this.side,
      make('div', { class: 'results' },
        make('section', { 'aria-labelledby': 'stage-title' },
          make('h2', { id: 'stage-title' }, 'What happens'),
          make('div', { class: 'transport' },
            this.rewindButton, this.backButton, this.playButton, this.stepButton,
            make('div', { class: 'field speed' }, make('label', { for: 'watch-speed' }, 'Speed ', this.speedText), this.speedInput),
            make('div', { class: 'field' }, make('label', { for: 'watch-platform' }, 'Platform'), this.platform)),
          this.clock, this.sentence, this.stage.element, this.legend, this.summary, this.tableBox),
        make('section', { 'aria-labelledby': 'log-title' }, make('h2', { id: 'log-title' }, 'Event by event'), this.log,
          make('div', { class: 'command' }, make('pre', { tabindex: '0', 'aria-label': 'the command line of trace' }, this.command), copyButton('the command line', () => this.command.textContent))),
        make('section', { 'aria-labelledby': 'counters-title' }, make('h2', { id: 'counters-title' }, 'So far, and in the long run'),
          scrolled('the counters', make('table', {}, make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Metric'), make('th', { scope: 'col' }, 'So far'), make('th', { scope: 'col', colspan: '2' }, 'Steady state'))), this.counters)),
          make('p', { class: 'note' }, 'The number of instances (grey), its average so far (blue) and in the long run (dashed):'),
          this.noSteady, this.line, explore))));

    this.keys = (event) => {
      if (event.target.closest('input, select, textarea, button, summary, pre, a, .scrolled, .log') || event.ctrlKey || event.metaKey || event.altKey) return;
      switch (event.key) {
        case ' ': event.preventDefault(); this.toggle(); break;
        case 'ArrowRight': event.preventDefault(); this.step(); break;
        case 'ArrowLeft': event.preventDefault(); this.back(); break;
        case 'Home': event.preventDefault(); this.rewind(); break;
      }
    };
    document.addEventListener('keydown', this.keys);
    this.place = () => this.placeControls();
    oneColumn.addEventListener('change', this.place);
    this.placeControls();
    for (const button of [this.stepButton, this.backButton, this.rewindButton]) button.disabled = true;
    this.setSpeed();
  }

  // placeControls puts the controls beside the stage or, where there is one column, below it: they are in the order of
  // the page as they are on the screen, and so is what has the focus.
  placeControls() {
    const focused = document.activeElement;
    if (oneColumn.matches) this.side.parentElement.append(this.controls.element);
    else this.side.append(this.controls.element);
    if (focused && this.controls.element.contains(focused)) focused.focus({ preventScroll: true });
  }

  update(state) {
    this.state = state;
    if (!this.controls) return;
    this.config = Config.from(state.params);
    if (!this.builtin()) {
      report(`There is no built-in scenario ${this.config.scenario}; float is shown.`, 'address');
      this.config = new Config();
    }
    this.wanted = state.params.get('platform');
    if (this.wanted && !this.builtin().scenario[this.wanted]) {
      report(`${this.config.scenario} has no platform ${this.wanted}; the one that it has is shown.`, 'address');
      this.wanted = null;
    }
    this.controls.show(this.config);
    this.fetch();
  }

  // builtin is the scenario that the configuration changes.
  builtin() {
    return this.library.find((b) => b.name === this.config.scenario);
  }

  changed(config, whole) {
    this.config = config;
    report('', 'address');
    if (!this.builtin().scenario[this.wanted]) this.wanted = null; // another scenario, which lacks the platform
    this.address(whole);
    if (this.running) this.running.abort(); // what still comes is of what was set before
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), 150);
  }

  address(undoable = false) {
    const params = this.config.into(new URLSearchParams());
    if (this.wanted === 'wasm') params.set('platform', 'wasm');
    this.state.go(params, undoable);
  }

  // fetch begins a new film.
  fetch() {
    this.pause();
    if (this.running) this.running.abort();
    this.film = new Film();
    this.now = 0;
    this.seen = 0;
    this.steady = null;
    this.noSteady.textContent = '';
    this.log.replaceChildren();
    this.sentence.textContent = '';
    this.told = undefined; // how many events the log tells
    this.more(0);
    this.refer();
  }

  // more fetches the events from a moment on.
  async more(from) {
    const film = this.film;
    if (this.fetching === film || film.ended) return;
    this.fetching = film;
    this.running = new AbortController();
    const signal = this.running.signal;
    const before = film.events.length;
    const last = before ? film.events[before - 1].number : 0;
    try {
      const body = { ...this.config.request(), events: from ? 5000 : chunk, from: from ? `${from}ns` : '', changes: true };
      if (this.wanted === 'wasm') body.platform = 'wasm';
      await stream('trace', body, signal, (line) => {
        if (line.beginning) {
          if (film.beginning) return;
          film.begin(line.beginning);
          this.begin(line);
        } else if (line.number) {
          if (line.number > last) film.add(line);
        } else if (line.ending !== 'events') {
          film.ended = 'no more requests arrive';
        } else if (film.events.length > mostEvents || film.events.length === before) {
          film.ended = 'the page keeps no more, the command line does';
        }
      }, (line) => line.ending);
      report('');
      this.controls.blame('');
      if (before === 0) this.suitSpeed();
      this.show();
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      report(this.controls.blame(error));
      film.ended = 'what comes next could not be had';
      if (!film.beginning) this.summary.textContent = 'Nothing to watch.';
    } finally {
      if (this.fetching === film) this.fetching = null;
    }
  }

  // begin shows the platform before the first event.
  begin(head) {
    this.scenario = head.scenario;
    this.kind = head.platform;
    this.controls.show(this.config, head.scenario);
    const has = ['container', 'wasm'].filter((name) => head.scenario[name]);
    this.platform.replaceChildren(...has.map((name) => make('option', { value: name }, name === 'wasm' ? 'Wasm executors' : 'Containers')));
    this.platform.value = head.platform;
    this.command.textContent = head.command;
    const states = this.kind === 'wasm'
      ? [['running', 'runs'], ['waiting', 'waits for a core'], ['starting', 'starts up']]
      : [['cold', 'cold start'], ['warm', 'warm'], ['idle', 'idle; the ring is what is left of its keep-alive'], ['gone', 'expired']];
    states.unshift(['request', 'a request']);
    this.legend.replaceChildren(...states.map(([name, text]) => make('span', {}, make('span', { class: 'swatch ' + name, 'aria-hidden': 'true' }), text)));
    this.show();
  }

  // refer finds the steady state that the counters go to.
  async refer() {
    if (this.reference) this.reference.abort();
    this.reference = new AbortController();
    const signal = this.reference.signal;
    try {
      await stream('run', { ...this.config.request(this.config.rough(['run.precision=2%', 'run.max_requests=2000000'])), models: 'none' }, signal, (line) => {
        if (!line.result) return;
        this.steady = line.result.platforms;
        if (this.film.beginning) this.showCounters();
      }, (line) => line.result && line.stage === line.of);
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      this.noSteady.textContent = error.message.split('\n')[0]; // it may have none
    }
  }

  // suitSpeed chooses a speed, while nobody else has, at which something happens about once or twice a second.
  suitSpeed() {
    const { events, from } = this.film;
    if (this.speedChosen || events.length === 0) return;
    const few = Math.min(events.length, 100);
    const span = (events[few - 1].time_ns - from) / second;
    this.speedInput.value = String(10 * Math.round(Math.log10(2 * span / few)));
    this.setSpeed();
  }

  setSpeed() {
    this.speed = 10 ** (Number(this.speedInput.value) / 10);
    const shown = this.speed < 10 ? significant(this.speed, 2) : Math.round(Number(this.speed.toPrecision(2))).toLocaleString('en');
    this.speedText.textContent = `× ${shown}`;
    this.speedInput.setAttribute('aria-valuetext', `${shown} simulated seconds a second`);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (!this.film || !this.film.beginning) return;
    this.playing = true;
    this.playButton.textContent = 'Pause';
    this.sentence.removeAttribute('role'); // it would be read without an end
    let before = performance.now();
    const frame = (time) => {
      if (!this.playing) return;
      const span = Math.min(time - before, 250) / 1000;
      before = time;
      this.advance(this.now + span * this.speed * second);
      this.frame = requestAnimationFrame(frame);
    };
    this.frame = requestAnimationFrame(frame);
  }

  pause() {
    const played = this.playing;
    this.playing = false;
    cancelAnimationFrame(this.frame); // else another start would have two of them
    if (!this.playButton) return;
    this.playButton.textContent = 'Play';
    this.sentence.setAttribute('role', 'status');
    if (played) this.show();
  }

  // advance lets simulated time pass, as far as events are known.
  advance(to) {
    const events = this.film.events;
    const from = this.seen;
    while (this.seen < events.length && events[this.seen].time_ns <= to) this.seen++;
    this.now = to;
    if (this.seen === events.length) {
      // What comes next is not known: time stands still until it is.
      this.now = this.seen ? events[this.seen - 1].time_ns : 0;
      if (this.film.ended) this.pause();
    }
    this.foresee();
    if (this.still.matches && this.playing && from === this.seen && this.told === this.seen) return; // between events nothing moves
    this.show();
  }

  // foresee fetches more events before they are needed.
  foresee() {
    const events = this.film.events;
    if (this.seen > events.length - ahead && events.length > 0) this.more(events[events.length - 1].time_ns);
  }

  step() {
    if (!this.film || this.seen >= this.film.events.length) return;
    this.pause();
    this.now = this.film.events[this.seen++].time_ns;
    this.foresee();
    this.show();
  }

  back() {
    if (this.seen === 0) return;
    this.pause();
    this.seen--;
    this.now = this.seen ? this.film.events[this.seen - 1].time_ns : 0;
    this.show();
  }

  rewind() {
    this.pause();
    this.seen = 0;
    this.now = 0;
    this.show();
  }

  // showLog writes the last events.
  showLog() {
    const events = this.film.events;
    if (this.told === this.seen) return;
    if (!(this.told < this.seen)) {
      this.log.replaceChildren();
      this.told = 0;
    }
    for (let i = Math.max(this.told, this.seen - logged); i < this.seen; i++) {
      const event = events[i];
      this.log.prepend(make('li', { class: 'kind-' + event.kind }, make('span', { class: 'time' }, seconds(event.time_ns)), make('span', {}, ' ', event.text)));
    }
    while (this.log.children.length > logged) this.log.lastChild.remove();
    this.told = this.seen;
    const last = events[this.seen - 1];
    this.sentence.textContent = last ? `${seconds(last.time_ns)}: ${last.text}` : 'Nothing has happened yet. Play it, or Step from event to event (the keys → and ← do, too, and Space plays).';
  }

  // show shows the present: the stage at each frame, and what is read now and then.
  show() {
    if (!this.film.beginning) return;
    const hidden = this.showStage();
    const time = performance.now();
    if (this.playing && time - this.shownAt < reading) return;
    this.shownAt = time;
    this.clock.textContent = `${seconds(this.now)} simulated · event ${this.seen}` + (this.seen === this.film.events.length && this.film.ended ? `, the last one: ${this.film.ended}` : '');
    this.stepButton.disabled = this.seen >= this.film.events.length;
    this.backButton.disabled = this.rewindButton.disabled = this.seen === 0;
    this.showLog();
    this.showSummary(hidden);
    this.showCounters();
    this.showLine();
    this.showTable();
  }

  // showStage draws the instances, and returns how many have no room.
  showStage() {
    const { film } = this;
    film.moveTo(this.seen);
    const last = this.seen ? film.events[this.seen - 1] : null;
    const denied = last !== null && (last.kind === 'rejected' || last.kind === 'timed_out') && this.now - last.time_ns < this.speed * second;
    return this.stage.show({ slots: film.slots, queue: film.queue, speed: film.stateAt(this.seen).speed, now: this.now, last, denied });
  }

  // showSummary says what the stage shows.
  showSummary(hidden) {
    const state = this.film.stateAt(this.seen);
    const t = state.totals;
    let words;
    if (this.kind === 'wasm') {
      words = counted(t.instances, 'executor') + (state.on_cores && state.speed < 1 ? `, ${state.on_cores} share the cores: each runs at ${significant(100 * state.speed, 3)} % of its speed` : '') + (t.waiting ? `, ${t.waiting} of them ${t.waiting === 1 ? 'waits' : 'wait'} for a core` : '');
    } else {
      words = `${counted(t.instances, 'instance')}: ${t.running_cold} cold, ${t.running - t.running_cold} warm, ${t.idle} idle` + (t.waiting ? `, ${counted(t.waiting, 'request')} ${t.waiting === 1 ? 'waits' : 'wait'}` : '')
        + (state.on_cores && state.speed < 1 ? `; on the cores each runs at ${significant(100 * state.speed, 3)} % of its speed` : '');
    }
    if (hidden) words += `; ${hidden} of them are not drawn`;
    this.summary.textContent = words;
    this.stage.element.setAttribute('aria-label', words);
  }

  showCounters() {
    const t = this.film.totalsAt(this.seen);
    const mean = (count) => (this.now > this.film.from ? this.film.meanAt(this.seen, this.now, count) : NaN);
    const started = t.warm + t.cold;
    const rows = this.kind === 'wasm'
      ? [['requests', t.requests], ['instances', mean('instances')]]
      : [['requests', t.requests], ['cold_start_probability', started ? t.cold / started : NaN],
        ['rejection_probability', t.requests && t.rejected ? t.rejected / t.requests : NaN], ['timeout_probability', t.requests && t.timed_out ? t.timed_out / t.requests : NaN],
        ['instances', mean('instances')], ['running', mean('running')], ['idle', mean('idle')]];
    const steady = this.steady && this.steady[this.kind] ? this.steady[this.kind].metrics : {};
    this.counters.replaceChildren(...rows.filter(([name, x]) => !/rejection|timeout/.test(name) || x > 0).map(([name, x]) => {
      const goal = estimate(name, steady[name]);
      const shown = name === 'requests' ? String(x) : Number.isNaN(x) ? '–' : /probability/.test(name) ? significant(100 * x, 3) + ' %' : significant(x, 3);
      return make('tr', {}, make('th', { scope: 'row' }, name === 'requests' ? 'requests so far' : label(name)), make('td', { class: 'number' }, shown),
        make('td', { class: 'number' }, steady[name] ? goal.mean + goal.unit : ''), make('td', { class: 'half' }, steady[name] ? goal.half : ''));
    }));
  }

  // showLine draws the number of instances and its average so far.
  showLine() {
    const span = this.now - this.film.from;
    if (!(span > 0)) {
      this.line.replaceChildren();
      this.line.setAttribute('aria-label', 'The number of instances over time: nothing has happened yet.');
      return;
    }
    const [width, height, left, bottom] = [this.line.clientWidth || 600, 150, 40, 18];
    this.line.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const from = Math.max(0, this.seen - 3000);
    const start = from === 0 ? this.film.from : this.film.events[from - 1].time_ns;
    const steady = this.steady && this.steady[this.kind] && this.steady[this.kind].metrics.instances;
    let most = Math.max(this.film.totalsAt(from).instances, steady ? steady.mean * 1.2 : 0, 1);
    for (let i = from; i < this.seen; i++) most = Math.max(most, this.film.events[i].state.totals.instances);
    const x = (time) => left + (width - left - 4) * ((time - start) / Math.max(1, this.now - start));
    const y = (n) => height - bottom - (height - bottom - 8) * (n / most);
    const every = Math.max(1, Math.ceil((this.seen - from) / 400));
    let steps = `M${x(start)} ${y(this.film.totalsAt(from).instances)}`;
    let mean = '';
    for (let i = from; i < this.seen; i += every) {
      const event = this.film.events[i];
      steps += `H${x(event.time_ns).toFixed(1)}V${y(event.state.totals.instances).toFixed(1)}`;
      const m = this.film.meanAt(i + 1, event.time_ns, 'instances');
      if (event.time_ns > this.film.from) mean += `${mean ? 'L' : 'M'}${x(event.time_ns).toFixed(1)} ${y(m).toFixed(1)}`;
    }
    steps += `H${x(this.now).toFixed(1)}`;
    const m = this.film.meanAt(this.seen, this.now, 'instances');
    mean += `${mean ? 'L' : 'M'}${x(this.now).toFixed(1)} ${y(m).toFixed(1)}`;
    const parts = [draw('path', { class: 'axis', d: `M${left} 4V${height - bottom}H${width}` }),
      text(left - 5, 14, significant(most, most < 10 ? 2 : 3), 'end'), text(left - 5, height - bottom + 4, '0', 'end'),
      text(left, height - 4, seconds(start), 'start'), text(width - 4, height - 4, seconds(this.now), 'end')];
    if (steady) parts.push(draw('path', { class: 'steady', d: `M${left} ${y(steady.mean)}H${width}` }), text(width - 4, y(steady.mean) - 4, 'steady state', 'end'));
    parts.push(draw('path', { class: 'steps', d: steps }), draw('path', { class: 'mean', d: mean }));
    this.line.replaceChildren(...parts);
    this.line.setAttribute('aria-label', `The number of instances over time, now ${this.film.totalsAt(this.seen).instances}; on average so far ${significant(m, 3)}` + (steady ? `, in the long run ${significant(steady.mean, 3)}` : ''));
  }

  showTable() {
    if (!this.tableBox.open || !this.film.beginning) return;
    const { speed } = this.film.stateAt(this.seen);
    this.table.replaceChildren(...this.film.instances().slice(0, 200).map((i) => make('tr', {}, make('th', { scope: 'row' }, String(i.instance)), make('td', {}, i.state),
      make('td', { class: 'number' }, seconds(this.now - i.since_ns)), make('td', { class: 'number' }, i.request ? String(i.request) : ''),
      make('td', { class: 'number' }, i.speed ? significant(100 * speed, 3) + ' %' : ''))));
  }
}

function text(x, y, content, anchor, name = '') {
  return draw('text', { x, y, 'text-anchor': anchor, class: name }, content);
}

// counted writes such as: 1 instance, 2 instances.
function counted(n, what) {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

// seconds writes a moment or a span of simulated time.
function seconds(ns) {
  const s = ns / second;
  if (s > 0 && s < 0.1) return (s * 1000).toFixed(3) + ' ms';
  if (s < 100) return s.toFixed(3) + ' s';
  if (s < 3600) return s.toFixed(1) + ' s';
  return significant(s / 3600, 5) + ' h';
}
