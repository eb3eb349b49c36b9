// Watch: a platform in simulated time, event by event.

import { Refused, stream } from './api.js';
import { Config } from './config.js';
import { Controls, begin } from './controls.js';
import { copyButton, draw, make, scrolled } from './dom.js';
import { estimate, label, significant } from './format.js';
import { report } from './page.js';

const chunk = 1500; // events that are fetched at once
const mostEvents = 60_000; // then the film is over
const mostShown = 2_000_000; // and when all its events together have so many instances, which are kept in memory
const second = 1e9; // in nanoseconds

export function mount(root, state) {
  const view = new Watch(root, state);
  begin(view);
  return { update: (s) => view.update(s), unmount: () => view.stop() };
}

// A Film is the events that have come so far, and what the counts were on average up to each.
class Film {
  constructor() {
    this.events = [];
    this.shown = 0; // instances and requests that wait, of all events
    this.areas = []; // of each event: the integrals of the counts from the beginning to it, in count × ns
    this.beginning = null; // the state before the first event
    this.from = 0;
    this.ended = ''; // why no more events will come, if so
  }

  add(event) {
    const last = this.events.length - 1;
    const before = last < 0 ? this.beginning.totals : this.events[last].state.totals;
    const since = last < 0 ? this.from : this.events[last].time_ns;
    const area = last < 0 ? { instances: 0, running: 0, idle: 0 } : this.areas[last];
    const span = event.time_ns - since;
    this.areas.push({
      instances: area.instances + before.instances * span,
      running: area.running + before.running * span,
      idle: area.idle + before.idle * span,
    });
    this.events.push(event);
    this.shown += event.state.instances.length + event.state.queue.length;
  }

  // stateAt returns the platform after the first n events.
  stateAt(n) {
    return n === 0 ? this.beginning : this.events[n - 1].state;
  }

  // meanAt returns the time average of a count up to a moment, of which n events came before; NaN at the beginning.
  meanAt(n, now, count) {
    const area = n === 0 ? 0 : this.areas[n - 1][count];
    const since = n === 0 ? this.from : this.events[n - 1].time_ns;
    return (area + this.stateAt(n).totals[count] * (now - since)) / (now - this.from);
  }
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
  }

  build() {
    this.controls = new Controls(this.library, (config) => this.changed(config));
    this.platform = make('select', { id: 'watch-platform', onchange: () => { this.wanted = this.platform.value; this.address(); this.fetch(); } });
    this.playButton = make('button', { type: 'button', class: 'wide', onclick: () => this.toggle() }, '▶ Play');
    this.stepButton = make('button', { type: 'button', onclick: () => this.step() }, 'Step');
    this.backButton = make('button', { type: 'button', onclick: () => this.back() }, 'Back');
    this.rewindButton = make('button', { type: 'button', onclick: () => this.rewind() }, 'Rewind');
    this.speedInput = make('input', { id: 'watch-speed', type: 'range', min: '-10', max: '30', value: '0', oninput: () => this.setSpeed() });
    this.speedText = make('output', { for: 'watch-speed' });
    this.clock = make('p', { class: 'clock' });
    this.summary = make('p', { class: 'status' });
    this.stage = draw('svg', { class: 'stage', role: 'img' });
    this.sentence = make('p', { class: 'sentence', role: 'status' });
    this.log = make('ol', { class: 'log', tabindex: '0', 'aria-label': 'Events, the last one first' });
    this.counters = make('tbody', {});
    this.noSteady = make('p', { class: 'note' });
    this.line = draw('svg', { class: 'line', viewBox: '0 0 600 150', role: 'img' });
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

    this.root.append(make('div', { class: 'watch' },
      make('div', { class: 'side' }, make('h1', {}, 'Watch'), this.controls.element),
      make('div', { class: 'results' },
        make('section', { 'aria-labelledby': 'stage-title' },
          make('h2', { id: 'stage-title' }, 'What happens'),
          make('div', { class: 'transport' },
            this.rewindButton, this.backButton, this.playButton, this.stepButton,
            make('div', { class: 'field speed' }, make('label', { for: 'watch-speed' }, 'Speed ', this.speedText), this.speedInput),
            make('div', { class: 'field' }, make('label', { for: 'watch-platform' }, 'Platform'), this.platform)),
          this.clock, this.sentence, this.stage, this.legend, this.summary, this.tableBox),
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
    for (const button of [this.stepButton, this.backButton, this.rewindButton]) button.disabled = true;
    this.setSpeed();
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

  changed(config) {
    this.config = config;
    report('', 'address');
    if (!this.builtin().scenario[this.wanted]) this.wanted = null; // another scenario, which lacks the platform
    this.address();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), 150);
  }

  address() {
    const params = this.config.into(new URLSearchParams());
    if (this.wanted === 'wasm') params.set('platform', 'wasm');
    this.state.go(params);
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
      const body = { ...this.config.request(), events: chunk, from: from ? `${from}ns` : '' };
      if (this.wanted === 'wasm') body.platform = 'wasm';
      await stream('trace', body, signal, (line) => {
        if (line.beginning) {
          if (film.beginning) return;
          film.beginning = line.beginning;
          this.begin(line);
        } else if (line.number) {
          if (line.number > last) film.add(line);
        } else if (line.ending !== 'events') {
          film.ended = 'no more requests arrive';
        } else if (film.events.length > mostEvents || film.shown > mostShown || film.events.length === before) {
          film.ended = 'the page keeps no more, the command line does';
        }
      }, (line) => line.ending);
      report('');
      this.show();
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      report(error.message);
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

  setSpeed() {
    this.speed = 10 ** (Number(this.speedInput.value) / 10);
    this.speedText.textContent = `× ${this.speed < 10 ? significant(this.speed, 2) : Math.round(this.speed)}`;
    this.speedInput.setAttribute('aria-valuetext', `${significant(this.speed, 2)} simulated seconds a second`);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (!this.film || !this.film.beginning) return;
    this.playing = true;
    this.playButton.textContent = '⏸ Pause';
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
    this.playing = false;
    cancelAnimationFrame(this.frame); // else another start would have two of them
    if (!this.playButton) return;
    this.playButton.textContent = '▶ Play';
    this.sentence.setAttribute('role', 'status');
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
    if (this.seen > events.length - chunk / 2 && events.length > 0) this.more(events[events.length - 1].time_ns);
    if (this.still.matches && this.playing && from === this.seen) return; // between events nothing moves
    for (let i = Math.max(from, this.seen - 30); i < this.seen; i++) this.note(events[i]);
    this.show();
  }

  step() {
    if (!this.film || this.seen >= this.film.events.length) return;
    this.pause();
    const event = this.film.events[this.seen];
    this.seen++;
    this.now = event.time_ns;
    if (this.seen > this.film.events.length - chunk / 2) this.more(this.film.events[this.film.events.length - 1].time_ns);
    this.note(event);
    this.show();
  }

  back() {
    if (this.seen === 0) return;
    this.pause();
    this.seen--;
    this.now = this.seen ? this.film.events[this.seen - 1].time_ns : 0;
    this.relog();
    this.show();
  }

  rewind() {
    this.pause();
    this.seen = 0;
    this.now = 0;
    this.relog();
    this.show();
  }

  // relog writes the log anew.
  relog() {
    this.log.replaceChildren();
    this.sentence.textContent = '';
    for (let i = Math.max(0, this.seen - 30); i < this.seen; i++) this.note(this.film.events[i]);
  }

  // note writes an event into the log.
  note(event) {
    const time = seconds(event.time_ns);
    this.sentence.textContent = `${time}: ${event.text}`;
    this.log.prepend(make('li', { class: 'kind-' + event.kind }, make('span', { class: 'time' }, time), make('span', {}, ' ', event.text)));
    while (this.log.children.length > 30) this.log.lastChild.remove();
  }

  show() {
    if (!this.film.beginning) return;
    this.clock.textContent = `${seconds(this.now)} simulated · event ${this.seen}` + (this.seen === this.film.events.length && this.film.ended ? `, the last one: ${this.film.ended}` : '');
    this.stepButton.disabled = this.seen >= this.film.events.length;
    this.backButton.disabled = this.rewindButton.disabled = this.seen === 0;
    this.showStage();
    this.showCounters();
    this.showLine();
    this.showTable();
  }

  showStage() {
    const state = this.film.stateAt(this.seen);
    const last = this.seen ? this.film.events[this.seen - 1] : null;
    const t = state.totals;
    const width = 720;
    const slots = state.instances.reduce((most, i) => Math.max(most, i.slot + 1), last && last.slot !== undefined ? last.slot + 1 : 0);
    this.most = Math.max(this.seen ? this.most || 0 : 0, slots, 8);
    const size = this.most <= 36 ? 60 : this.most <= 108 ? 40 : 24;
    const columns = Math.floor(width / size);
    const rows = Math.min(Math.ceil(this.most / columns), Math.ceil(360 / size) + 4);
    const top = 34; // for those that wait or were turned away
    const parts = [];
    // Requests that wait, and the one that just came.
    state.queue.slice(0, 60).forEach((q, i) => parts.push(draw('circle', { class: q.in_dispatch ? 'request dispatch' : 'request', cx: 14 + i * 11, cy: 16, r: 4.5 })));
    if (state.queue.length > 60) parts.push(text(width - 4, 20, `+${state.queue.length - 60}`, 'end'));
    if (last && (last.kind === 'rejected' || last.kind === 'timed_out') && this.now - last.time_ns < this.speed * second) {
      parts.push(draw('circle', { class: 'request rejected', cx: width - 60, cy: 16, r: 6 }), text(width - 50, 20, last.kind === 'rejected' ? 'rejected' : 'gave up', 'start'));
    }
    // The request that has just found its place.
    if (last && ['warm_start', 'cold_start', 'started', 'dequeued'].includes(last.kind) && last.slot < rows * columns) {
      const x = (last.slot % columns) * size + size / 2;
      parts.push(draw('path', { class: 'path', d: `M${x} 24V${top + Math.floor(last.slot / columns) * size}` }), draw('circle', { class: 'request', cx: x, cy: 18, r: 5.5 }));
    }
    for (const i of state.instances) {
      if (i.slot >= rows * columns) continue;
      const x = (i.slot % columns) * size;
      const y = top + Math.floor(i.slot / columns) * size;
      parts.push(this.cell(i, x, y, size, last));
    }
    if (last && last.after === 'gone' && last.slot !== undefined && last.slot < rows * columns && !state.instances.some((i) => i.slot === last.slot)) {
      parts.push(draw('rect', { class: 'cell gone', x: (last.slot % columns) * size + 3, y: top + Math.floor(last.slot / columns) * size + 3, width: size - 6, height: size - 6, rx: 6 }));
    }
    const hidden = state.instances.filter((i) => i.slot >= rows * columns).length;
    this.stage.setAttribute('viewBox', `0 0 ${width} ${top + rows * size}`);
    this.stage.replaceChildren(...parts);
    let words;
    if (this.kind === 'wasm') {
      words = counted(t.instances, 'executor') + (state.on_cores && state.speed < 1 ? `, ${state.on_cores} share the cores: each runs at ${significant(100 * state.speed, 3)} % of its speed` : '') + (t.waiting ? `, ${t.waiting} of them ${t.waiting === 1 ? 'waits' : 'wait'} for a core` : '');
    } else {
      words = `${counted(t.instances, 'instance')}: ${t.running_cold} cold, ${t.running - t.running_cold} warm, ${t.idle} idle` + (t.waiting ? `, ${counted(t.waiting, 'request')} ${t.waiting === 1 ? 'waits' : 'wait'}` : '')
        + (state.on_cores && state.speed < 1 ? `; on the cores each runs at ${significant(100 * state.speed, 3)} % of its speed` : '');
    }
    if (hidden) words += `; ${hidden} of them are not drawn`;
    this.summary.textContent = words;
    this.stage.setAttribute('aria-label', words);
  }

  cell(i, x, y, size, last) {
    const middle = size / 2;
    const active = last && last.instance === i.instance;
    const group = draw('g', { class: `instance ${i.state}${active ? ' active' : ''}`, transform: `translate(${x} ${y})`, 'data-instance': i.instance });
    group.append(draw('rect', { class: 'cell', x: 3, y: 3, width: size - 6, height: size - 6, rx: 6 }));
    if (i.state === 'idle') {
      const left = i.until_ns === undefined ? 1 : Math.max(0, (i.until_ns - this.now) / (i.until_ns - i.since_ns));
      const thick = size >= 60 ? 5 : 3;
      const r = middle - 4 - thick;
      const around = 2 * Math.PI * r;
      group.append(draw('circle', { class: 'ring', cx: middle, cy: middle, r, 'stroke-width': thick, 'stroke-dasharray': `${around * left} ${around}`, transform: `rotate(-90 ${middle} ${middle})` }));
    } else if (i.speed > 0 && i.speed < 1) {
      // How fast it runs is how high it is filled.
      const height = (size - 6) * i.speed;
      group.append(draw('rect', { class: 'slow', x: 3, y: size - 3 - height, width: size - 6, height, rx: 4 }));
    }
    if (size >= 40) group.append(text(middle, middle + 4, String(i.instance), 'middle', size >= 60 ? 'number' : 'number small-number'));
    return group;
  }

  showCounters() {
    const t = this.film.stateAt(this.seen).totals;
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
    const [width, height, left, bottom] = [600, 150, 34, 18];
    const from = Math.max(0, this.seen - 3000);
    const start = from === 0 ? this.film.from : this.film.events[from - 1].time_ns;
    const steady = this.steady && this.steady[this.kind] && this.steady[this.kind].metrics.instances;
    let most = Math.max(this.film.stateAt(from).totals.instances, steady ? steady.mean * 1.2 : 0, 1);
    for (let i = from; i < this.seen; i++) most = Math.max(most, this.film.events[i].state.totals.instances);
    const x = (time) => left + (width - left - 4) * ((time - start) / Math.max(1, this.now - start));
    const y = (n) => height - bottom - (height - bottom - 8) * (n / most);
    const every = Math.max(1, Math.ceil((this.seen - from) / 400));
    let steps = `M${x(start)} ${y(this.film.stateAt(from).totals.instances)}`;
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
    this.line.setAttribute('aria-label', `The number of instances over time, now ${this.film.stateAt(this.seen).totals.instances}; on average so far ${significant(m, 3)}` + (steady ? `, in the long run ${significant(steady.mean, 3)}` : ''));
  }

  showTable() {
    if (!this.tableBox.open || !this.film.beginning) return;
    const state = this.film.stateAt(this.seen);
    this.table.replaceChildren(...state.instances.slice(0, 200).map((i) => make('tr', {}, make('th', { scope: 'row' }, String(i.instance)), make('td', {}, i.state),
      make('td', { class: 'number' }, seconds(this.now - i.since_ns)), make('td', { class: 'number' }, i.request ? String(i.request) : ''),
      make('td', { class: 'number' }, i.speed ? significant(100 * i.speed, 3) + ' %' : ''))));
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
  if (s < 100) return s.toFixed(3) + ' s';
  if (s < 3600) return s.toFixed(1) + ' s';
  return significant(s / 3600, 5) + ' h';
}
