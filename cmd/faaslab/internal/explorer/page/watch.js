// Watch: a platform in simulated time, event by event, or two of them side by side.

import { Config } from './config.js';
import { Controls, begin, holds, rangeOf } from './controls.js';
import { copyButton, make, oneColumn, scrolled } from './dom.js';
import { estimate, label, significant } from './format.js';
import { Lane, second, seconds } from './lane.js';
import { platformOf, platforms, plural } from './platforms.js';
import { report } from './status.js';

const reading = 100; // ms between two changes of the texts while the film plays: reading takes longer

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
    this.playing = false;
    this.speed = 1; // simulated seconds a second
    this.goal = 0; // the event of the first lane to show as soon as it is known; 0: none
    this.node = null; // of many functions, as a text; null: all
    this.beside = null; // {key, value} that differs in the second lane; the key platform is not a key of the scenario
    this.still = window.matchMedia('(prefers-reduced-motion: reduce)');
  }

  stop() {
    this.stopped = true;
    this.pause();
    clearTimeout(this.timer);
    clearTimeout(this.kept);
    this.setLecture(false);
    for (const lane of this.lanes || []) lane.stop();
    document.removeEventListener('keydown', this.keys);
    document.removeEventListener('pointerdown', this.points);
    oneColumn.removeEventListener('change', this.place);
  }

  build() {
    this.controls = new Controls(this.library, (config, whole) => this.changed(config, whole));
    this.platform = make('select', { id: 'watch-platform', onchange: () => { this.wanted = this.platform.value; this.address(); this.fetch(); } });
    this.nodeInput = make('select', { id: 'watch-node', onchange: () => { this.node = this.nodeInput.value || null; this.address(true); this.fetch(); } });
    this.nodeField = make('div', { class: 'field node', hidden: true }, make('label', { for: 'watch-node' }, 'Node'), this.nodeInput);
    this.playButton = make('button', { type: 'button', class: 'wide', title: 'Space', onclick: () => this.toggle() }, 'Play');
    this.stepButton = make('button', { type: 'button', title: '→', onclick: () => this.step() }, 'Step');
    this.backButton = make('button', { type: 'button', title: '←', onclick: () => this.back() }, 'Back');
    this.rewindButton = make('button', { type: 'button', title: 'Home', onclick: () => this.rewind() }, 'Rewind');
    this.speedInput = make('input', { id: 'watch-speed', type: 'range', min: '-40', max: '60', value: '0', oninput: () => { this.speedChosen = true; this.setSpeed(); } });
    this.speedText = make('output', { for: 'watch-speed' });
    this.eventInput = make('input', { id: 'watch-event', type: 'text', inputmode: 'numeric', autocomplete: 'off', onchange: () => this.goTo(this.eventInput.value.trim()) });
    this.linkButton = copyButton('the link to this event', () => location.href.replace(/#.*/, '') + this.link(this.lanes[0].seen), 'Copy link');
    this.lectureButton = make('button', { type: 'button', title: 'L', 'aria-pressed': 'false', onclick: () => this.setLecture(!this.lecture, true) }, 'Lecture');
    this.besideKey = make('select', { id: 'watch-beside', onchange: () => this.besideChosen() });
    this.besideChoice = make('select', { 'aria-label': 'its value beside', onchange: () => this.setBeside(this.besideKey.value, this.besideChoice.value) });
    this.besideText = make('input', { id: 'watch-beside-value', type: 'text', spellcheck: 'false', autocomplete: 'off', 'aria-label': 'its value beside', 'aria-describedby': 'watch-beside-trouble', oninput: () => { this.besideTyped = true; }, onchange: () => this.setBeside(this.besideKey.value, this.besideText.value.trim()) });
    this.besideTrouble = make('p', { id: 'watch-beside-trouble', class: 'beside-trouble', role: 'alert', hidden: true });
    this.clock = make('p', { class: 'clock' });
    this.legend = make('p', { class: 'legend' });
    this.head = make('thead', {});
    this.counters = make('tbody', {});
    this.stages = make('div', { class: 'lanes' });
    this.narrations = make('div', { class: 'lanes', onclick: (event) => this.follow(event) });
    this.histories = make('div', { class: 'lanes' });
    this.lanes = [];
    this.addLane();

    const explore = make('a', { class: 'button', href: '#explore' }, 'Explore this scenario');
    explore.addEventListener('click', (event) => {
      event.preventDefault();
      location.hash = 'explore?' + this.config.into(new URLSearchParams());
    });

    this.side = make('div', { class: 'side' }, make('h1', {}, 'Watch'));
    this.root.append(make('div', { class: 'watch' }, this.side,
      make('div', { class: 'results' },
        make('section', { 'aria-labelledby': 'stage-title' },
          make('div', { class: 'heading' }, make('h2', { id: 'stage-title' }, 'What happens'), this.lectureButton),
          make('div', { class: 'transport' },
            make('div', { class: 'buttons' }, this.rewindButton, this.backButton, this.playButton, this.stepButton),
            make('div', { class: 'field speed' }, make('label', { for: 'watch-speed' }, 'Speed ', this.speedText), this.speedInput),
            make('div', { class: 'field event' }, make('label', { for: 'watch-event' }, 'Event'), make('div', { class: 'row' }, this.eventInput, this.linkButton)),
            make('div', { class: 'field platform' }, make('label', { for: 'watch-platform' }, 'Platform'), this.platform),
            this.nodeField,
            make('div', { class: 'field beside' }, make('label', { for: 'watch-beside' }, 'Beside it, with another'), make('div', { class: 'row' }, this.besideKey, this.besideChoice, this.besideText), this.besideTrouble)),
          this.clock, this.stages, this.legend),
        make('section', { 'aria-labelledby': 'log-title' }, make('h2', { id: 'log-title' }, 'Event by event'), this.narrations),
        make('section', { 'aria-labelledby': 'counters-title' }, make('h2', { id: 'counters-title' }, 'So far, and in the long run'),
          scrolled('the counters', make('table', {}, this.head, this.counters)),
          make('p', { class: 'note' }, 'The number of instances (grey), its average so far (coloured) and in the long run (dashed):'),
          this.histories, explore))));

    this.keys = (event) => this.pressed(event);
    document.addEventListener('keydown', this.keys);
    this.points = () => { this.pointed = true; };
    document.addEventListener('pointerdown', this.points);
    this.place = () => this.placeControls();
    oneColumn.addEventListener('change', this.place);
    this.placeControls();
    for (const button of [this.stepButton, this.backButton, this.rewindButton]) button.disabled = true;
    this.setSpeed();
  }

  addLane() {
    const lane = new Lane({ came: () => this.came(lane), failed: (error) => this.failed(lane, error), referred: () => this.referred() });
    this.lanes.push(lane);
    this.stages.append(lane.element);
    this.narrations.append(lane.narration);
    this.histories.append(lane.history);
  }

  // pressed performs the action of a key, wherever the focus is, unless the user types or moves a
  // slider. A button that was reached by the keyboard keeps its own key, Space; a clicked button
  // does not: after a click on Step the user may want to play. Likewise an element that scrolls
  // sideways keeps the arrow keys.
  pressed(event) {
    if (event.key === 'Tab') this.pointed = false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { target } = event;
    if (target.closest('select, textarea, [contenteditable], input:not([type="range"], [type="checkbox"])')) return;
    const slides = target.closest('input[type="range"]') !== null;
    const scrolls = !this.pointed && target.closest('.scrolled, pre');
    const own = target.closest('input[type="checkbox"]') || !this.pointed && target.closest('button, summary');
    let act;
    switch (event.key) {
      case ' ': act = own || event.repeat ? null : () => this.toggle(); break;
      case 'ArrowRight': act = slides || scrolls && scrolls.scrollWidth > scrolls.clientWidth ? null : () => this.step(); break;
      case 'ArrowLeft': act = slides || scrolls && scrolls.scrollWidth > scrolls.clientWidth ? null : () => this.back(); break;
      case 'Home': act = slides ? null : () => this.rewind(); break;
      case 'l': case 'L': act = event.repeat ? null : () => this.setLecture(!this.lecture, true); break;
      case 'Escape': act = this.lecture ? () => this.setLecture(false, true) : null; break;
    }
    if (!act) return;
    event.preventDefault();
    act();
  }

  // placeControls puts the controls beside the stage or, if there is one column, below it. Their
  // order in the page is their order on the screen, and the focus stays where it is.
  placeControls() {
    const focused = document.activeElement;
    if (oneColumn.matches) this.side.parentElement.append(this.controls.element);
    else this.side.append(this.controls.element);
    if (focused && this.controls.element.contains(focused)) focused.focus({ preventScroll: true });
  }

  // update shows the state in the address. If only the event differs, it goes to the event.
  update(state) {
    this.state = state;
    this.written = location.hash;
    if (!this.controls) return;
    const { params } = state;
    const [config, platform, beside, node] = [this.config, this.wanted, this.beside, this.node];
    this.node = params.get('node') || null;
    this.config = Config.from(params);
    if (!this.builtin()) {
      report(`There is no built-in scenario ${this.config.scenario}; float is shown.`, 'address');
      this.config = new Config();
    }
    this.wanted = params.get('platform');
    if (this.wanted && !this.builtin().scenario[this.wanted]) {
      report(`${this.config.scenario} has no platform ${this.wanted}; the one that it has is shown.`, 'address');
      this.wanted = null;
    }
    if (this.node !== null && !/^\d+$/.test(this.node)) {
      report(`There is no node ${this.node}; all are shown.`, 'address');
      this.node = null;
    }
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(params.get('beside') || '') || [];
    this.beside = key ? { key, value } : null;
    this.besideTyped = false;
    this.setLecture(params.get('lecture') === 'yes');
    this.controls.show(this.config);
    const same = config && config.same(this.config) && (platform || null) === (this.wanted || null) && (node ?? null) === this.node && JSON.stringify(beside) === JSON.stringify(this.beside);
    if (!same) this.fetch();
    this.goTo(params.get('event') || '0');
  }

  // builtin returns the scenario that the configuration changes.
  builtin() {
    return this.library.find((b) => b.name === this.config.scenario);
  }

  changed(config, whole) {
    this.config = config;
    report('', 'address');
    if (!this.builtin().scenario[this.wanted]) this.wanted = null; // the new scenario lacks the platform
    if (whole) this.beside = this.node = null;
    this.goal = 0;
    this.address(whole);
    if (this.running) this.running.abort(); // pending events belong to the configuration before
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), 150);
  }

  // params returns the parameters of the address that shows an event.
  params(event) {
    const params = this.config.into(new URLSearchParams());
    if (this.wanted && this.wanted !== platforms[0].name) params.set('platform', this.wanted);
    if (this.node !== null) params.set('node', this.node);
    if (this.beside) params.set('beside', `${this.beside.key}=${this.beside.value}`);
    if (event > 0) params.set('event', String(event));
    if (this.lecture) params.set('lecture', 'yes');
    return params;
  }

  link(event) {
    return '#watch?' + this.params(event);
  }

  address(undoable = false, event = 0) {
    clearTimeout(this.kept);
    this.state.go(this.params(event), undoable);
    this.written = location.hash;
  }

  // follow goes to the event whose time in the log was clicked; "back" returns to the event before
  // the click.
  follow(click) {
    const chosen = click.target.closest('a.time');
    if (!chosen || click.ctrlKey || click.metaKey || click.shiftKey) return;
    click.preventDefault();
    this.address(false, this.lanes[0].seen);
    this.address(true, chosen.dataset.event);
    this.goTo(chosen.dataset.event);
  }

  // keep writes the shown event into the address, once it has not changed for a moment.
  keep() {
    clearTimeout(this.kept);
    this.kept = setTimeout(() => {
      if (location.hash !== this.written) return; // the address has just been changed otherwise
      if (!this.stopped && !this.playing) this.address(false, this.goal || this.lanes[0].seen);
    }, 300);
  }

  // fetch begins new films.
  fetch() {
    this.pause();
    clearTimeout(this.kept);
    this.now = 0;
    this.clock.textContent = 'Loading …';
    while (this.lanes.length > (this.beside ? 2 : 1)) this.lanes.pop().stop();
    if (this.beside && this.lanes.length === 1) this.addLane();
    this.besideTrouble.hidden = true;
    this.besideText.removeAttribute('aria-invalid');
    this.fillBeside();
    this.root.firstChild.classList.toggle('two', this.lanes.length === 2);
    this.lanes[0].fetch(this.config, this.wanted, this.node);
    if (this.lanes.length === 1) return;
    const { key, value } = this.beside;
    const other = this.config.copy();
    if (key !== 'platform') other.set.set(key, value);
    this.lanes[1].fetch(other, key === 'platform' ? value : this.wanted, this.node);
  }

  // came shows a lane's new events.
  came(lane) {
    const first = lane === this.lanes[0];
    if (lane.film.events.length === 0) {
      if (first) this.begin(lane);
      this.showLegend();
      this.nameLanes();
    } else if (first) {
      report('');
      this.controls.blame(null);
      this.suitSpeed();
    }
    if (!this.settle()) this.show();
  }

  // referred shows the steady state of a lane.
  referred() {
    if (!this.playing) this.show();
    else if (this.ready()) this.showCounters();
  }

  // failed reports that a lane gets no more events.
  failed(lane, error) {
    if (lane === this.lanes[0]) {
      report(this.controls.blame(error));
    } else {
      this.besideTrouble.textContent = error.message;
      this.besideTrouble.hidden = false;
      this.besideText.setAttribute('aria-invalid', 'true');
    }
    if (!this.settle()) this.show();
  }

  // begin fits the choices to the scenario of the first lane.
  begin(lane) {
    this.controls.show(this.config, lane.scenario);
    const has = platforms.filter((p) => lane.scenario[p.name]);
    this.platform.replaceChildren(...has.map((p) => make('option', { value: p.name }, plural(p))));
    this.platform.value = lane.kind;
    const count = lane.scenario.nodes?.count ?? 0;
    this.nodeField.hidden = count < 2;
    this.nodeInput.replaceChildren(make('option', { value: '' }, 'all'), ...Array.from({ length: Math.min(count, 1000) }, (_, n) => make('option', { value: String(n) }, String(n))));
    this.nodeInput.value = this.node ?? '';
    this.fillBeside();
  }

  // showLegend explains the states on the stages.
  showLegend() {
    const shown = (p, s) => this.lanes.some((l) => l.kind === p.name && !l.places && holds(s.when, l.scenario));
    const words = platforms.flatMap((p) => p.states.filter((s) => shown(p, s)));
    for (const l of this.lanes) for (const s of l.places?.states || []) if (holds(s.when, l.scenario) && !words.some((w) => w.state === s.state)) words.push(s);
    const states = [{ state: 'request', text: 'a request' }, ...words];
    this.legend.replaceChildren(...states.map(({ state, text }) => make('span', {}, make('span', { class: 'swatch ' + state, 'aria-hidden': 'true' }), text)));
  }

  // others returns the keys that may differ in the second lane: {key, label, text, choices}.
  others() {
    const all = this.controls.values().filter((v) => v.text !== undefined);
    const kind = this.lanes[0].kind || this.wanted;
    const of = (key) => key.split('.')[0];
    const fitting = all.filter((v) => !platformOf(of(v.key)) || of(v.key) === kind);
    const has = platforms.filter((p) => this.builtin().scenario[p.name]);
    if (has.length > 1) fitting.push({ key: 'platform', label: 'Platform', text: kind, choices: Object.fromEntries(has.map((p) => [p.name, plural(p)])), beside: 1000 });
    const place = (v) => v.beside || Infinity;
    return fitting.sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  }

  // fillBeside makes the fields of the second lane show its difference from the first. What is being typed stays.
  fillBeside() {
    const others = this.others();
    const { key = '', value = '' } = this.beside || {};
    const chosen = others.find((v) => v.key === key);
    if (key && !chosen) others.push({ key, label: key });
    this.besideKey.replaceChildren(make('option', { value: '' }, '(nothing beside it)'), ...others.map((v) => make('option', { value: v.key }, v.label)));
    this.besideKey.value = key;
    const choices = chosen && chosen.choices;
    this.besideChoice.hidden = !choices;
    this.besideText.hidden = !key || Boolean(choices);
    if (choices) {
      this.besideChoice.replaceChildren(...Object.entries(choices).filter(([name]) => name).map(([name, text]) => make('option', { value: name }, text)));
      this.besideChoice.value = value;
    } else if (!this.besideTyped || document.activeElement !== this.besideText) {
      this.besideText.value = value;
    }
  }

  // besideChosen proposes a value for the chosen key, different from the value of the first lane.
  besideChosen() {
    const v = this.others().find((o) => o.key === this.besideKey.value);
    if (!v) {
      this.setBeside('', '');
      return;
    }
    const preferred = v.propose || Object.keys(v.choices || {});
    const proposed = v.choices ? preferred.find((name) => name && name !== v.text) : rangeOf(v).split('..')[0];
    this.setBeside(v.key, proposed);
  }

  setBeside(key, value) {
    this.beside = key ? { key, value } : null;
    this.besideTyped = false;
    const shown = this.goal || this.lanes[0].seen; // the shown event stays
    this.address(true, shown);
    this.fetch();
    this.goal = shown;
  }

  // nameLanes names the lanes by their difference.
  nameLanes() {
    const [first, other] = this.lanes;
    if (!other) {
      first.name('');
      return;
    }
    const { key, value } = this.beside;
    const v = this.others().find((o) => o.key === key);
    const named = (x) => (v && v.choices && v.choices[x]) || `${v ? v.label : key}: ${x ?? 'as it is'}`;
    first.name(named(key === 'platform' ? first.kind : v && v.text));
    const requests = first.scenario && other.scenario && (first.scenario.arrivals !== other.scenario.arrivals || first.scenario.run.seed !== other.scenario.run.seed);
    other.name(named(value) + (requests ? ' (other requests)' : ''));
  }

  // suitSpeed chooses a speed at which an event happens about once or twice a second, unless the
  // user has chosen one.
  suitSpeed() {
    const { events, from } = this.lanes[0].film;
    if (this.speedChosen || events.length === 0 || this.suited === this.lanes[0].film) return;
    this.suited = this.lanes[0].film;
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

  // setLecture shows only the stage, in large type, or everything again.
  setLecture(on, chosen = false) {
    if (Boolean(this.lecture) === on) return;
    this.lecture = on;
    document.documentElement.classList.toggle('lecture', on);
    this.lectureButton.textContent = on ? 'Leave the lecture' : 'Lecture';
    this.lectureButton.setAttribute('aria-pressed', String(on));
    for (const lane of this.lanes) lane.stage.again();
    if (chosen) this.address(false, this.lanes[0].seen);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  ready() {
    return this.lanes.every((l) => l.film && l.film.beginning);
  }

  play() {
    if (!this.ready()) return;
    this.goal = 0;
    this.playing = true;
    this.playButton.textContent = 'Pause';
    for (const lane of this.lanes) lane.sentence.removeAttribute('role'); // else screen readers would read it without end
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
    cancelAnimationFrame(this.frame); // else another start would make a second loop
    if (!this.playButton) return;
    this.playButton.textContent = 'Play';
    for (const lane of this.lanes) lane.sentence.setAttribute('role', 'status');
    if (!played || this.stopped) return;
    this.show();
    this.keep();
  }

  // advance lets simulated time pass, as far as the events of all lanes are known: at the end of
  // the known events it waits for more, or stays if there are none.
  advance(to) {
    const before = this.lanes.map((l) => l.seen);
    this.now = Math.min(to, ...this.lanes.map((l) => l.known()));
    for (const lane of this.lanes) lane.moveTo(this.now);
    if (this.lanes.some((l) => l.over())) this.pause();
    for (const lane of this.lanes) lane.foresee();
    if (this.still.matches && this.playing && this.lanes.every((l, i) => l.seen === before[i] && l.told === l.seen)) return; // nothing moves between events
    this.show();
  }

  // step goes to the moment of the next event; events of both lanes at that moment are one step.
  step() {
    if (!this.ready() || this.lanes.some((l) => l.next() === undefined)) return;
    this.goal = 0;
    this.pause();
    this.now = Math.min(...this.lanes.map((l) => l.next()));
    for (const lane of this.lanes) {
      if (lane.next() === this.now) lane.seen++;
      lane.foresee();
    }
    this.show();
    this.keep();
  }

  back() {
    if (!this.ready() || this.lanes.every((l) => l.seen === 0)) return;
    this.goal = 0;
    this.pause();
    const last = Math.max(...this.lanes.map((l) => l.last()));
    for (const lane of this.lanes) {
      if (lane.seen > 0 && lane.last() === last) lane.seen--;
    }
    this.now = Math.max(...this.lanes.map((l) => l.last()));
    this.show();
    this.keep();
  }

  rewind() {
    this.goTo('0');
    this.keep();
  }

  // goTo goes to an event of the first lane, by its number as a text.
  goTo(text) {
    if (!/^\d+$/.test(text)) {
      report(`There is no event ${text}; want a whole number, such as 212.`, 'event');
      return;
    }
    report('', 'event');
    this.pause();
    this.goal = Number(text);
    if (this.goal === 0) {
      this.now = 0;
      for (const lane of this.lanes) lane.seen = 0;
    }
    if (!this.settle()) this.show();
  }

  // settle goes to the requested event if it is known by now, and otherwise fetches more events.
  settle() {
    if (this.goal === 0 || !this.ready()) return false;
    const [first] = this.lanes;
    const { events, ended } = first.film;
    if (events.length < this.goal && !ended) {
      first.goOn();
      return false;
    }
    if (events.length < this.goal) {
      report(`There is no event ${this.goal}: the last one is ${events.length}; ${ended}.`, 'event');
      this.goal = events.length;
      if (this.goal === 0) return false;
    }
    const now = events[this.goal - 1].time_ns;
    const late = this.lanes.find((l) => l.known() < now && !l.film.ended);
    if (late) {
      late.goOn();
      return false;
    }
    this.now = now;
    for (const lane of this.lanes) lane.moveTo(now);
    first.seen = this.goal; // other events may be at the same moment
    this.goal = 0;
    this.show();
    this.keep();
    return true;
  }

  // show shows the present: the stages at each frame, and the texts now and then.
  show() {
    if (!this.ready()) {
      if (this.lanes.some((l) => l.film && l.film.ended)) this.stepButton.disabled = true;
      return;
    }
    for (const lane of this.lanes) lane.showStage(this.now, this.speed);
    const time = performance.now();
    if (this.playing && time - this.shownAt < reading) return;
    this.shownAt = time;
    const [first] = this.lanes;
    const over = this.lanes.find((l) => l.over());
    const clock = `${seconds(this.now)} simulated · event ${first.seen}` + (this.goal ? `, on the way to ${this.goal} …` : over ? `, the last one: ${over.film.ended}` : '');
    if (this.clock.textContent !== clock) this.clock.textContent = clock;
    if (document.activeElement !== this.eventInput) this.eventInput.value = String(first.seen);
    this.stepButton.disabled = this.lanes.some((l) => l.next() === undefined);
    this.backButton.disabled = this.rewindButton.disabled = this.lanes.every((l) => l.seen === 0);
    const most = Math.max(...this.lanes.map((l) => l.most()));
    for (const lane of this.lanes) lane.showTexts(this.now, most, lane === first ? (event) => this.link(event) : null);
    this.showCounters();
  }

  // showCounters shows the counts so far beside the steady state.
  showCounters() {
    const two = this.lanes.length > 1;
    const counts = this.lanes.map((l) => l.counts());
    const titles = [make('tr', {}, make('th', { scope: 'col' }, 'Metric'), ...this.lanes.flatMap(soFar))];
    if (two) titles.unshift(make('tr', {}, make('td', {}), ...this.lanes.map((l) => make('th', { scope: 'colgroup', colspan: '3' }, l.title.textContent))));
    if (this.titled !== titles.map((t) => t.textContent).join()) {
      this.head.replaceChildren(...titles);
      this.titled = titles.map((t) => t.textContent).join();
    }
    const names = [...new Set(counts.flatMap((c) => Object.keys(c)))];
    this.counters.replaceChildren(...names.map((name) => make('tr', {}, make('th', { scope: 'row' }, name === 'requests' ? 'requests so far' : label(name)),
      ...this.lanes.flatMap((lane, i) => {
        const steady = counts[i][name] === undefined ? undefined : lane.metrics()[name];
        const goal = estimate(name, steady);
        return [make('td', { class: 'number' }, counts[i][name] ?? ''), make('td', { class: 'number' }, steady ? goal.mean + goal.unit : ''), make('td', { class: 'half' }, steady ? goal.half : '')];
      }))));
  }
}

// soFar returns the titles of a lane's counters.
function soFar() {
  return [make('th', { scope: 'col' }, 'So far'), make('th', { scope: 'col', colspan: '2' }, 'Steady state')];
}
