// Explore: change a parameter and see its effect at once.

import { Refused, ask, save, stream } from './api.js';
import { Cluster } from './cluster.js';
import { Config, at } from './config.js';
import { Controls, begin, glossary, gone, rangeOf } from './controls.js';
import { Figure, copyButton, explain, folded, glossed, make, narrow, scrolled } from './dom.js';
import { estimate, label, meaning, metricNames, requests, significant } from './format.js';
import { Log } from './log.js';
import { platforms } from './platforms.js';
import { report } from './status.js';
import { comparisonTables, comparisonText, distributionTable, modelTables, resultTable, sweepTable, transientTable } from './tables.js';

// firstRequests is the number of requests for a point of the chart at first: enough for a line.
// Points that need more get them later.
const firstRequests = 200_000;

export function mount(root, state) {
  const view = new Explore(root, state);
  const ready = begin(view);
  return { update: (s) => view.update(s), unmount: () => view.stop(), open: (file) => ready.then(() => view.controls?.open(file)), read: (files) => ready.then(() => view.log?.read(files)) };
}

class Explore {
  constructor(root, state) {
    this.root = root;
    this.state = state;
    this.running = {}; // by name: the AbortController of a computation
    this.timers = {};
    this.chartRequests = firstRequests; // requests of a point, at most
  }

  stop() {
    this.stopped = true;
    for (const controller of Object.values(this.running)) controller.abort();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.log?.close();
  }

  build() {
    this.log = new Log((answer, set) => this.adopted(answer, set));
    this.controls = new Controls(this.library, (config, whole) => this.changed(config, whole), (files) => this.log.read(files));

    this.status = make('p', { class: 'status', role: 'status' });
    this.results = make('div', { class: 'tables' });
    this.warnings = make('ul', { class: 'warnings', hidden: true });
    this.models = make('div', { class: 'models' });
    this.distribution = new Figure('');
    this.distributionTable = folded('Table: fraction of time with a number of instances');
    this.command = make('code', {});

    this.metric = make('select', { id: 'chart-metric', onchange: () => this.chartChanged() });
    this.varied = make('select', { id: 'chart-key', onchange: () => { this.range.value = ''; this.chartChanged(); } });
    this.range = make('input', { id: 'chart-range', type: 'text', spellcheck: 'false', autocomplete: 'off', onchange: () => this.chartChanged() });
    explain(this.metric, () => meaning(this.metric.value));
    explain(this.range, () => 'Values with commas between them, or FROM..TO:N for N values at equal distances, FROM..TO:Nlog at equal ratios.');
    this.rangeProblem = problemBox();
    mendedSoon(this.range, this.rangeProblem, () => this.chartChanged());
    this.chart = new Figure('');
    this.chartStatus = make('p', { class: 'status', role: 'status' });
    this.chartTable = folded('Table: the points of the chart');
    this.chartBox = make('div', {}, this.chart.element, this.chartTable.element);
    this.sweepCommand = make('code', {});

    this.horizon = make('input', { id: 'transient-horizon', type: 'text', spellcheck: 'false', autocomplete: 'off', placeholder: 'such as 10m', onchange: () => this.transientChanged() });
    explain(this.horizon, () => 'How long to follow the platforms from their initial state at time 0: a duration such as 90s or 10m.');
    this.horizonProblem = problemBox();
    mendedSoon(this.horizon, this.horizonProblem, () => this.transientChanged());
    this.transientStatus = make('p', { class: 'status', role: 'status' });
    this.transientFigure = new Figure('');
    this.transientTable = folded('Table: the metrics slot by slot');
    this.transientCommand = make('code', {});
    this.transientBox = make('div', { hidden: true }, this.transientFigure.element, this.transientTable.element,
      this.commandLine('transient', this.transientCommand), this.downloads('transient', ['csv', 'json', 'svg']));

    this.pin = make('button', { type: 'button', onclick: () => this.pinNow() }, 'Pin this configuration');
    this.unpin = make('button', { type: 'button', onclick: () => this.setPin(null) }, 'Unpin');
    this.swap = make('button', { type: 'button', onclick: () => this.exchange() }, 'Go to the pinned one');
    this.pinned = make('div', {});
    this.comparison = make('div', {});
    this.comparisonFigure = new Figure('');
    this.compareCommand = make('code', {});
    this.compareBox = make('div', { class: 'compared', hidden: true }, this.comparison, this.comparisonFigure.element,
      this.commandLine('compare', this.compareCommand),
      this.downloads('compare', ['csv', 'json', 'svg']));

    this.cluster = new Cluster({ choose: (key, value) => this.choosePolicy(key, value), watch: (node) => this.watchNode(node) });

    const watch = make('a', { href: '#watch', class: 'button' }, 'Watch it run');
    watch.addEventListener('click', (event) => {
      event.preventDefault();
      const params = this.config.into(new URLSearchParams());
      location.hash = 'watch?' + params;
    });

    this.sections = make('div', { class: 'results empty' },
      make('section', { 'aria-labelledby': 'results-title' },
        make('h2', { id: 'results-title' }, ...this.gloss('Steady state')), this.status, this.results,
        make('p', { class: 'row' }, watch), this.warnings,
        this.commandLine('run', this.command),
        this.downloads('run', ['csv', 'json', 'svg', 'yaml'])),
      this.cluster.element,
      make('section', { 'aria-labelledby': 'chart-title' },
        make('h2', { id: 'chart-title' }, 'Over a parameter'),
        make('div', { class: 'chooser' },
          make('div', { class: 'field' }, make('label', { for: 'chart-metric' }, 'Show'), this.metric),
          make('div', { class: 'field' }, make('label', { for: 'chart-key' }, 'over'), this.varied),
          make('div', { class: 'field' }, make('label', { for: 'chart-range' }, 'from … to : number of points'), this.range, this.rangeProblem)),
        this.chartStatus, this.chartBox,
        this.commandLine('sweep', this.sweepCommand),
        this.downloads('sweep', ['csv', 'json', 'svg'])),
      make('section', { 'aria-labelledby': 'distribution-title' },
        make('h2', { id: 'distribution-title' }, 'Distributions'), this.distribution.element, this.distributionTable.element),
      make('section', { 'aria-labelledby': 'models-title' },
        make('h2', { id: 'models-title' }, 'Against the models'), this.models),
      make('section', { 'aria-labelledby': 'transient-title' },
        make('h2', { id: 'transient-title' }, ...this.gloss('Transient')),
        make('p', { class: 'note' }, 'How the platforms come from their initial state to the steady state: averages over slots of time.'),
        make('div', { class: 'chooser' }, make('div', { class: 'field' }, make('label', { for: 'transient-horizon' }, 'The first'), this.horizon, this.horizonProblem)),
        this.transientStatus, this.transientBox),
      make('section', { 'aria-labelledby': 'compare-title' },
        make('h2', { id: 'compare-title' }, 'Compare'),
        make('p', { class: 'note' }, 'Pin a configuration and change something: both are simulated on the same random streams, so that the differences are known better than either side.'),
        make('div', { class: 'row' }, this.pin, this.swap, this.unpin), this.pinned, this.compareBox));
    this.root.append(make('div', { class: 'explore' }, make('div', { class: 'side' }, make('h1', {}, 'Explore'), this.controls.element), make('div', { class: 'column' }, this.log.element, this.sections)));
  }

  commandLine(name, code) {
    return make('div', { class: 'command' }, make('pre', { tabindex: '0', 'aria-label': `the command line of ${name}` }, code),
      copyButton('the command line', () => code.textContent));
  }

  // downloads makes the buttons that save files; the files are simulated to the full precision.
  downloads(name, formats) {
    const titles = { csv: 'CSV', json: 'JSON', svg: 'SVG', yaml: 'scenario file' };
    const row = make('p', { class: 'downloads' }, 'Save: ');
    const problem = problemBox();
    for (const format of formats) {
      const button = make('button', { type: 'button', class: 'small' }, titles[format]);
      button.addEventListener('click', async () => {
        button.disabled = true;
        try {
          await save(name, { ...this.bodies(true)[name], format });
          this.controls.complain(problem, '');
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          this.controls.complain(problem, error.message);
        }
        button.disabled = false;
      });
      row.append(button);
    }
    row.append(problem);
    return row;
  }

  // gloss returns a text whose words are explained.
  gloss(text) {
    return glossed(text, glossary().terms);
  }

  // bodies returns the requests for the results that are shown; the requests for saved files match
  // the command lines.
  bodies(saved = false) {
    const shape = saved ? {} : { narrow: narrow() };
    return {
      run: this.config.request(),
      sweep: {
        ...this.config.without(this.varied.value).request(this.config.rough(['run.precision=5%', `run.max_requests=${this.chartRequests}`])),
        vary: [`${this.varied.value}=${this.range.value || this.standardRange()}`], metrics: [this.metric.value], ...(saved ? {} : { mark: this.mark(), narrow: true }),
      },
      transient: { ...this.config.request(), horizon: this.horizon.value.trim(), ...shape },
      compare: { a: (this.pin.config || this.config).request(), b: this.config.request(), ...shape },
    };
  }

  standardRange() {
    const v = this.controls.values().find((v) => v.key === this.varied.value);
    return v ? rangeOf(v) : '';
  }

  mark() {
    const v = this.controls.values().find((v) => v.key === this.varied.value);
    return v && v.text !== undefined && v.text !== 'never' && v.text !== 'unlimited' ? v.text : '';
  }

  // update shows the configuration in the address.
  update(state) {
    this.state = state;
    if (!this.controls) return; // not loaded yet
    this.config = Config.from(state.params);
    if (!this.library.some((b) => b.name === this.config.scenario)) {
      const why = gone(this.config.scenario)
        ? `The imported data of ${this.config.scenario} are not in the server any more: import the files again`
        : `There is no built-in scenario ${this.config.scenario}`;
      report(`${why}; float is shown.`, 'address');
      this.config = new Config();
    }
    this.wanted = { metric: state.params.get('metric'), vary: state.params.get('vary') };
    const pin = state.params.get('pin');
    this.pin.config = pin ? Config.from(new URLSearchParams(pin)) : null;
    this.range.value = '';
    this.horizon.value = state.params.get('transient') || '';
    this.controls.blame(null);
    this.controls.show(this.config);
    this.simulate();
  }

  // adopted simulates an imported scenario, with the laws that were chosen.
  adopted(answer, set) {
    this.controls.adopt(answer);
    this.config = new Config(answer.name, set);
    this.horizon.value = '';
    report('', 'address');
    this.controls.blame(null);
    this.controls.show(this.config);
    this.address(true);
    this.simulate();
    this.sections.scrollIntoView({ block: 'start' });
  }

  changed(config, whole) {
    this.config = config;
    report('', 'address');
    this.address(whole);
    this.begin('run'); // pending results belong to the configuration before
    clearTimeout(this.timers.run);
    this.timers.run = setTimeout(() => this.simulate(), 80);
  }

  // choosePolicy changes a policy. The configuration before the first change is pinned, so that what
  // it changes is known.
  choosePolicy(key, value) {
    this.pin.config ??= this.config.copy();
    if (at(this.controls.base, key) === value) this.config.set.delete(key);
    else this.config.set.set(key, value);
    this.controls.show(this.config);
    this.changed(this.config, true);
  }

  // watchNode goes to a node of the cluster in Watch.
  watchNode(node) {
    const params = this.config.into(new URLSearchParams());
    params.set('node', String(node));
    location.hash = 'watch?' + params;
  }

  // address writes the shown configuration into the address.
  address(undoable = false) {
    const params = this.config.into(new URLSearchParams());
    if (this.metric.value && this.metric.value !== metricNames[0]) params.set('metric', this.metric.value);
    if (this.varied.value && (this.range.value || this.varied.value !== this.controls.first())) {
      params.set('vary', this.range.value ? `${this.varied.value}=${this.range.value}` : this.varied.value);
    }
    if (this.horizon.value.trim()) params.set('transient', this.horizon.value.trim());
    if (this.pin.config) params.set('pin', this.pin.config.into(new URLSearchParams()).toString());
    this.state.go(params, undoable);
  }

  // begin ends the computation with a name, and returns the signal of the new one.
  begin(name) {
    if (this.running[name]) this.running[name].abort();
    this.running[name] = new AbortController();
    return this.running[name].signal;
  }

  // attempt computes a result, and shows an error where its cause is.
  async attempt(name, status, compute, complain = () => {}) {
    const signal = this.begin(name);
    try {
      await compute(signal);
      if (!signal.aborted) {
        report('', name);
        complain('');
      }
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      if (signal.aborted) return;
      report(error.lost ? error.message : complain(error.problems.length === 1 ? error.problems[0].text : error.message, error) || '', name);
      status.textContent = 'Not simulated.';
      status.setAttribute('aria-busy', 'false');
    }
  }

  simulate() {
    this.status.textContent = 'Simulating …';
    this.sections.classList.add('stale'); // all results belong to the configuration before
    // The old chart and comparison are of no use any more; the new ones follow the first result.
    for (const name of ['sweep', 'transient', 'compare']) {
      this.begin(name);
      report('', name);
    }
    this.chartStatus.textContent = '';
    this.chartStatus.setAttribute('aria-busy', 'false');
    this.chartBox.classList.add('stale');
    this.transientBox.classList.add('stale');
    this.showPin();
    this.attempt('run', this.status, async (signal) => {
      let first = true;
      await stream('run', { ...this.config.request(), figure: true, narrow: true }, signal, (line) => {
        if (line.figure) {
          this.distribution.show(line.figure, this.distributionText());
          return;
        }
        this.result = line.result;
        this.shown = line.shown;
        this.controls.blame(null);
        this.command.textContent = line.command;
        this.showResult(line.stage === line.of, line);
        if (first) {
          first = false;
          this.controls.show(this.config, line.result.scenario);
          this.offer();
          this.sweep();
          this.transient();
          this.compare();
        }
      }, (line) => line.stage === line.of && line.figure);
    }, (_, error) => this.controls.blame(error || null));
  }

  showResult(last, line) {
    const r = this.result;
    const precision = r.run.precision === null ? '' : `The headline intervals are within ± ${significant(100 * r.run.precision, 2)} %.`;
    this.status.replaceChildren((last ? '' : 'Refining … ') + precision);
    this.sections.classList.remove('stale', 'empty');
    this.showTables(r);
    this.cluster.show(line);
    this.warnings.replaceChildren(...[...r.warnings].map((w) => make('li', {}, w)));
    this.warnings.hidden = r.warnings.length === 0;
    this.models.replaceChildren(...modelTables(r, this.shown, (text) => this.gloss(text)), ...(r.notes || []).map((note) => make('p', { class: 'note' }, note)));
    this.distributionTable.fill(distributionTable(r));
    this.sections.dataset.stage = `${line.stage}/${line.of}`;
  }

  // showTables shows a table for each platform, and their difference, as the text of the command
  // does. The focus stays where it is.
  showTables(r) {
    const focused = [...this.results.querySelectorAll('button, [tabindex]')].indexOf(document.activeElement);
    const tables = platforms.filter(({ name }) => r.platforms[name]).map(({ name, title }) => make('div', {},
      make('p', {}, ...this.gloss(this.shown[name].heading)),
      scrolled(`the metrics of ${title}`, resultTable(title, this.shown[name].rows, r.platforms[name].metrics, { measured: r.platforms[name].measured?.[0] }))));
    if (r.difference) {
      const [first, second] = platforms.filter(({ name }) => r.platforms[name]);
      const rows = this.shown[second.name].rows.filter((metric) => r.difference[metric]);
      const title = `${second.label} − ${first.label}`;
      if (rows.length) {
        const same = r.scenario.arrivals.startsWith('closed(') ? 'with the same users' : 'on the same requests';
        tables.push(make('div', {}, make('p', {}, `${title}, ${same}`),
          scrolled('the difference', resultTable(title, rows, r.difference, { difference: true }))));
      }
    }
    this.results.replaceChildren(...tables);
    if (focused >= 0) this.results.querySelectorAll('button, [tabindex]')[focused]?.focus({ preventScroll: true });
  }

  // labels returns the labels of the models that have a column.
  labels() {
    return new Map(Object.values(this.shown).flatMap((s) => (s.models || []).map((m) => [m.name, m.label])));
  }

  distributionText() {
    const r = this.result;
    const parts = platforms.filter(({ name }) => r.platforms[name]).map(({ name, title }) =>
      `${title}: ${estimate('instances', r.platforms[name].metrics.instances).mean} instances on average`);
    return `Fraction of time with 0, 1, 2 … instances, and of requests slower than a time. ${parts.join('; ')}. The table below has the numbers.`;
  }

  // offer fills the lists of metrics and keys with those of the scenario.
  offer() {
    const there = new Set(Object.values(this.result.platforms).flatMap((p) => Object.keys(p.metrics).filter((m) => p.metrics[m].mean !== null)));
    refill(this.metric, metricNames.filter((m) => there.has(m)).map((m) => [m, label(m)]), this.wanted.metric || metricNames[0]);
    const [key, range = ''] = (this.wanted.vary || '').split(/=(.*)/s);
    const before = this.varied.value;
    const keys = this.controls.values().map((v) => [v.key, v.label]);
    // A key without a control comes with its values in the address.
    const other = this.controls.docs.get(key);
    if (other && !this.controls.offers(key) && (range || key === before)) keys.push([key, other.title || key]);
    refill(this.varied, keys, keys.some(([k]) => k === key) ? key : this.controls.first());
    if (range && this.varied.value === key) this.range.value = range;
    else if (before && before !== this.varied.value) this.range.value = '';
    this.range.placeholder = this.standardRange();
    this.wanted = { metric: this.metric.value, vary: this.varied.value };
  }

  chartChanged() {
    this.wanted = { metric: this.metric.value, vary: this.varied.value };
    this.range.placeholder = this.standardRange();
    this.address();
    this.sweep();
  }

  sweep() {
    this.chartStatus.textContent = 'Simulating the points …';
    this.chartStatus.setAttribute('aria-busy', 'true'); // screen readers do not read the count
    this.chartRequests = firstRequests;
    const points = [];
    const body = { ...this.bodies().sweep, refine: !this.config.set.has('run.max_requests') };
    const [metric] = body.metrics;
    const key = this.varied.value;
    this.attempt('sweep', this.chartStatus, async (signal) => {
      let of = 0;
      let refining = null; // the line about the points that are simulated again, and the number already done
      await stream('sweep', body, signal, (line) => {
        if (line.points) {
          of = line.points;
          this.sweepCommand.textContent = line.command;
        } else if (line.again !== undefined) {
          refining = { line, done: 0 };
          this.chartRequests = line.max_requests;
          this.sweepCommand.textContent = line.command;
          this.chartStatus.textContent = refiningText(refining, of);
        } else if (line.point) {
          const at = points.findIndex((p) => p.point === line.point);
          if (at < 0) points.push(line);
          else points[at] = line;
          if (refining) refining.done++;
          this.chartStatus.textContent = refining ? refiningText(refining, of) : `${points.length} of ${of} points`;
        } else {
          const last = line.last !== false;
          if (last) this.chartStatus.setAttribute('aria-busy', 'false');
          this.chartStatus.textContent = last ? sweepText(points, line.short) : 'Refining …';
          this.chart.show(line.figure, `${label(metric)} over ${body.vary[0]}; the table below has the numbers.`);
          this.chartBox.classList.remove('stale');
          this.chart.element.dataset.stage = line.stage || 1;
          this.chartTable.fill(sweepTable(points, metric, key, this.labels()));
        }
      }, (line) => line.figure && line.last !== false);
    }, (text) => this.controls.complain(this.rangeProblem, text));
  }

  transientChanged() {
    this.address();
    this.transient();
  }

  // transient simulates the beginning, if a horizon is given.
  transient() {
    this.transientStatus.textContent = '';
    if (!this.horizon.value.trim()) {
      this.begin('transient');
      this.controls.complain(this.horizonProblem, '');
      this.transientBox.hidden = true;
      return;
    }
    this.transientStatus.textContent = 'Simulating …';
    this.transientBox.classList.add('stale');
    this.attempt('transient', this.transientStatus, async (signal) => {
      const answer = await ask('transient', this.bodies().transient, signal);
      this.transientStatus.textContent = answer.result.warnings.join(' ');
      this.transientCommand.textContent = answer.command;
      this.transientFigure.show(answer.figure, `Averages over slots of the first ${this.horizon.value}; the table below has the numbers.`);
      this.transientTable.fill(transientTable(answer.result, answer.shown));
      this.transientBox.hidden = false;
      this.transientBox.classList.remove('stale');
    }, (text) => this.controls.complain(this.horizonProblem, text));
  }

  pinNow() {
    this.setPin(this.config.copy());
  }

  setPin(config) {
    this.pin.config = config;
    this.address();
    this.compare();
  }

  exchange() {
    const here = this.config.copy();
    this.config = this.pin.config.copy();
    this.pin.config = here;
    this.controls.show(this.config);
    this.address(true);
    this.simulate();
  }

  // showPin shows the actions for the pinned configuration.
  showPin() {
    const pinned = this.pin.config;
    this.unpin.hidden = this.swap.hidden = !pinned;
    this.pin.textContent = pinned ? 'Pin this one instead' : 'Pin this configuration';
  }

  compare() {
    const pinned = this.pin.config;
    this.showPin();
    this.begin('compare');
    this.compareBox.classList.add('stale');
    this.cluster.waitForDifference(false);
    if (!pinned) {
      this.compareBox.hidden = true;
      this.pinned.replaceChildren();
      return;
    }
    this.pinned.replaceChildren(make('dl', { class: 'sides' },
      make('dt', {}, 'A, pinned'), make('dd', {}, pinned.describe()),
      make('dt', {}, 'B, shown'), make('dd', {}, this.config.describe())));
    const own = (c) => c.overrides().filter((text) => !text.startsWith('run.')).sort().join('\n');
    if (pinned.scenario === this.config.scenario && own(pinned) === own(this.config)) {
      this.compareBox.hidden = true;
      this.pinned.append(make('p', { class: 'status', role: 'status' }, 'Both are the same: change something.'));
      return;
    }
    const status = make('p', { class: 'status', role: 'status' }, 'Comparing …');
    const problem = problemBox();
    this.pinned.append(status, problem);
    this.cluster.waitForDifference(true);
    this.attempt('compare', status, (signal) => stream('compare', this.bodies().compare, signal, (line) => {
      this.compareBox.hidden = false;
      this.compareBox.classList.remove('stale');
      status.textContent = line.stage === line.of ? comparisonText(line) : 'Refining …';
      this.compareCommand.textContent = line.command;
      this.cluster.showDifference(line, pinned.describe());
      this.comparison.replaceChildren(...comparisonTables(line), make('p', { class: 'note' }, line.note));
      this.comparisonFigure.show(line.figure, 'The differences B − A relative to A, with their intervals; the table above has the numbers.');
    }, (line) => line.stage === line.of), (text) => {
      this.controls.complain(problem, text);
      if (text) this.cluster.waitForDifference(false);
    });
  }
}

function problemBox() {
  return make('p', { class: 'problem', role: 'alert', hidden: true });
}

// mendedSoon lets the user correct a field with an error: the field is tried again while the user
// types.
function mendedSoon(input, problem, apply) {
  let timer;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    if (!problem.hidden) timer = setTimeout(apply, 300);
  });
}

// refill gives a select its options and keeps the choice, if it is still available.
function refill(select, options, chosen) {
  select.replaceChildren(...options.map(([v, text]) => make('option', { value: v }, text)));
  if (options.some(([v]) => v === chosen)) select.value = chosen;
}

// refiningText describes the points that are simulated again.
function refiningText({ line, done }, of) {
  const those = line.again === of ? `${of}` : `the ${line.again} of ${of} that need more requests`;
  const which = line.again ? `point ${Math.min(done + 1, line.again)} of ${those}` : 'the marked point';
  return `Refining ${which}: up to ${requests(line.max_requests)} …`;
}

// sweepText says which points cannot be simulated, which cannot be trusted because their simulation
// is short, and how many are less precise than requested. Points without a value are visible in the
// chart.
function sweepText(points, short) {
  const failed = points.filter((p) => p.error);
  const doubtful = points.flatMap((p) => (p.warnings || []).filter((w) => !/precision of|nothing was observed|^the trace is one sample path/.test(w)).slice(0, 1));
  const texts = [];
  if (failed.length) texts.push(`${failed.length} of ${points.length} points could not be simulated: ${failed[0].error}`);
  if (doubtful.length) texts.push(`${doubtful.length} of ${points.length} points may be wrong: ${doubtful[0]}, or a larger run.max_requests on the command line below.`);
  else if (short) texts.push(`${short} of ${points.length} points are less precise than they should be: the requests and the time that a simulation has here are spent.`);
  return texts.join(' ');
}
