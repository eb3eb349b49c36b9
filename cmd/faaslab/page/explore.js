// Explore: change a parameter and see at once what it does.

import { Refused, save, stream } from './api.js';
import { Config } from './config.js';
import { Controls, begin, rangeOf } from './controls.js';
import { Figure, copyButton, folded, make, narrow, scrolled } from './dom.js';
import { estimate, label, metricNames, percent, requests, significant, value } from './format.js';
import { report } from './page.js';

const platforms = [['container', 'Containers'], ['wasm', 'Wasm']];

// What a point of the chart is simulated with at first: enough for a line. Those that need more get it later.
const firstRequests = 200_000;

export function mount(root, state) {
  const view = new Explore(root, state);
  begin(view);
  return { update: (s) => view.update(s), unmount: () => view.stop() };
}

class Explore {
  constructor(root, state) {
    this.root = root;
    this.state = state;
    this.running = {}; // by name: the AbortController of what is being computed
    this.timers = {};
    this.chartRequests = firstRequests; // those of a point, at most
  }

  stop() {
    this.stopped = true;
    for (const controller of Object.values(this.running)) controller.abort();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
  }

  build() {
    this.controls = new Controls(this.library, (config, whole) => this.changed(config, whole));

    this.status = make('p', { class: 'status', role: 'status' });
    this.results = scrolled('the metrics of the steady state');
    this.all = make('input', { type: 'checkbox', id: 'all-metrics', onchange: () => {
      if (this.result) this.results.replaceChildren(resultTable(this.result, this.all.checked));
    } });
    this.warnings = make('ul', { class: 'warnings', hidden: true });
    this.models = make('div', { class: 'models' });
    this.distribution = new Figure('');
    this.distributionTable = folded('Table: fraction of time with a number of instances');
    this.command = make('code', {});

    this.metric = make('select', { id: 'chart-metric', onchange: () => this.chartChanged() });
    this.varied = make('select', { id: 'chart-key', onchange: () => { this.range.value = ''; this.chartChanged(); } });
    this.range = make('input', { id: 'chart-range', type: 'text', spellcheck: 'false', autocomplete: 'off', onchange: () => this.chartChanged() });
    this.chart = new Figure('');
    this.chartStatus = make('p', { class: 'status', role: 'status' });
    this.chartTable = folded('Table: the points of the chart');
    this.chartBox = make('div', {}, this.chart.element, this.chartTable.element);
    this.sweepCommand = make('code', {});

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

    const watch = make('a', { href: '#watch', class: 'button' }, 'Watch it run');
    watch.addEventListener('click', (event) => {
      event.preventDefault();
      const params = this.config.into(new URLSearchParams());
      location.hash = 'watch?' + params;
    });

    this.sections = make('div', { class: 'results empty' },
      make('section', { 'aria-labelledby': 'results-title' },
        make('h2', { id: 'results-title' }, 'Steady state'), this.status, this.results,
        make('p', { class: 'row' }, make('label', { class: 'without', for: 'all-metrics' }, this.all, 'all metrics'), watch), this.warnings,
        this.commandLine('run', this.command),
        this.downloads('run', ['csv', 'json', 'svg', 'yaml'])),
      make('section', { 'aria-labelledby': 'chart-title' },
        make('h2', { id: 'chart-title' }, 'Over a parameter'),
        make('div', { class: 'chooser' },
          make('div', { class: 'field' }, make('label', { for: 'chart-metric' }, 'Show'), this.metric),
          make('div', { class: 'field' }, make('label', { for: 'chart-key' }, 'over'), this.varied),
          make('div', { class: 'field' }, make('label', { for: 'chart-range' }, 'from … to : number of points'), this.range)),
        this.chartStatus, this.chartBox,
        this.commandLine('sweep', this.sweepCommand),
        this.downloads('sweep', ['csv', 'json', 'svg'])),
      make('section', { 'aria-labelledby': 'distribution-title' },
        make('h2', { id: 'distribution-title' }, 'Distributions'), this.distribution.element, this.distributionTable.element),
      make('section', { 'aria-labelledby': 'models-title' },
        make('h2', { id: 'models-title' }, 'Against the models'), this.models),
      make('section', { 'aria-labelledby': 'compare-title' },
        make('h2', { id: 'compare-title' }, 'Compare'),
        make('p', { class: 'note' }, 'Pin a configuration and change something: both are simulated on the same random streams, so that the differences are known better than either side.'),
        make('div', { class: 'row' }, this.pin, this.swap, this.unpin), this.pinned, this.compareBox));
    this.root.append(make('div', { class: 'explore' }, make('div', { class: 'side' }, make('h1', {}, 'Explore'), this.controls.element), this.sections));
  }

  commandLine(name, code) {
    return make('div', { class: 'command' }, make('pre', { tabindex: '0', 'aria-label': `the command line of ${name}` }, code),
      copyButton('the command line', () => code.textContent));
  }

  // downloads are buttons; what they save is simulated to the full precision.
  downloads(name, formats) {
    const titles = { csv: 'CSV', json: 'JSON', svg: 'SVG', yaml: 'scenario file' };
    const row = make('p', { class: 'downloads' }, 'Save: ');
    for (const format of formats) {
      const button = make('button', { type: 'button', class: 'small' }, titles[format]);
      button.addEventListener('click', async () => {
        button.disabled = true;
        try {
          await save(`faaslab.${format}`, { ...this.bodies()[name], format });
          report('', 'save');
        } catch (error) {
          report(error.message, 'save');
        }
        button.disabled = false;
      });
      row.append(button);
    }
    return row;
  }

  // bodies are the requests of what is shown.
  bodies() {
    return {
      run: { ...this.config.request() },
      sweep: {
        ...this.config.without(this.varied.value).request(this.config.rough(['run.precision=5%', `run.max_requests=${this.chartRequests}`])),
        vary: [`${this.varied.value}=${this.range.value || this.standardRange()}`], mark: this.mark(), metrics: [this.metric.value], narrow: true,
      },
      compare: { a: (this.pin.config || this.config).request(), b: this.config.request(), narrow: narrow() },
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

  // update shows what the address says.
  update(state) {
    this.state = state;
    if (!this.controls) return; // not loaded yet
    this.config = Config.from(state.params);
    if (!this.library.some((b) => b.name === this.config.scenario)) {
      report(`There is no built-in scenario ${this.config.scenario}; float is shown.`, 'address');
      this.config = new Config();
    }
    this.wanted = { metric: state.params.get('metric'), vary: state.params.get('vary') };
    const pin = state.params.get('pin');
    this.pin.config = pin ? Config.from(new URLSearchParams(pin)) : null;
    this.range.value = '';
    this.controls.show(this.config);
    this.simulate();
  }

  changed(config, whole) {
    this.config = config;
    report('', 'address');
    this.address(whole);
    clearTimeout(this.timers.run);
    this.timers.run = setTimeout(() => this.simulate(), 80);
  }

  // address writes what is shown into the address.
  address(undoable = false) {
    const params = this.config.into(new URLSearchParams());
    if (this.metric.value && this.metric.value !== 'cold_start_probability') params.set('metric', this.metric.value);
    if (this.varied.value && (this.range.value || this.varied.value !== 'container.keep_alive')) {
      params.set('vary', this.range.value ? `${this.varied.value}=${this.range.value}` : this.varied.value);
    }
    if (this.pin.config) params.set('pin', this.pin.config.into(new URLSearchParams()).toString());
    this.state.go(params, undoable);
  }

  // begin ends what was computed under a name, and returns the signal of what now is.
  begin(name) {
    if (this.running[name]) this.running[name].abort();
    this.running[name] = new AbortController();
    return this.running[name].signal;
  }

  async attempt(name, status, compute) {
    const signal = this.begin(name);
    try {
      await compute(signal);
      if (!signal.aborted) report('', name);
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      if (signal.aborted) return;
      report(error.message, name);
      if (name === 'run') this.controls.blame(error.message);
      status.textContent = 'Not simulated.';
      status.setAttribute('aria-busy', 'false');
    }
  }

  simulate() {
    this.status.textContent = 'Simulating …';
    this.sections.classList.add('stale'); // all of it is of what was set before
    // The chart and the comparison of that are of no use any more; the new ones follow the first result.
    for (const name of ['sweep', 'compare']) {
      this.begin(name);
      report('', name);
    }
    this.chartStatus.textContent = '';
    this.chartStatus.setAttribute('aria-busy', 'false');
    this.chartBox.classList.add('stale');
    this.showPin();
    this.attempt('run', this.status, async (signal) => {
      let first = true;
      await stream('run', { ...this.config.request(), figure: true, narrow: true }, signal, (line) => {
        if (line.figure) {
          this.distribution.show(line.figure, this.distributionText());
          return;
        }
        this.result = line.result;
        this.controls.blame('');
        this.command.textContent = line.command;
        this.showResult(line.stage === line.of, line);
        if (first) {
          first = false;
          this.controls.show(this.config, line.result.scenario);
          this.offer();
          this.sweep();
          this.compare();
        }
      }, (line) => line.stage === line.of && line.figure);
    });
  }

  showResult(last, line) {
    const r = this.result;
    const precision = r.run.precision === null ? '' : `, intervals within ±${significant(100 * r.run.precision, 2)} %`;
    const n = Math.max(...Object.values(r.platforms).map((p) => p.requests));
    this.status.textContent = (last ? '' : 'Refining … ') + `${requests(n)}${precision}, ${r.run.replications} replications, ${significant(100 * r.run.deleted, 2)} % deleted as warm-up.`;
    this.sections.classList.remove('stale', 'empty');
    this.results.replaceChildren(resultTable(r, this.all.checked));
    this.warnings.replaceChildren(...[...r.warnings].map((w) => make('li', {}, w)));
    this.warnings.hidden = r.warnings.length === 0;
    this.models.replaceChildren(...modelTables(r), ...(r.notes || []).map((note) => make('p', { class: 'note' }, note)));
    this.distributionTable.fill(distributionTable(r));
    this.sections.dataset.stage = `${line.stage}/${line.of}`;
  }

  distributionText() {
    const r = this.result;
    const parts = platforms.filter(([name]) => r.platforms[name]).map(([name, title]) =>
      `${title}: ${value('instances', r.platforms[name].metrics.instances.mean)} instances on average`);
    return `Fraction of time with 0, 1, 2 … instances, and of requests slower than a time. ${parts.join('; ')}. The table below has the numbers.`;
  }

  // offer fills the lists of metrics and keys by what the scenario has.
  offer() {
    const there = new Set(Object.values(this.result.platforms).flatMap((p) => Object.keys(p.metrics).filter((m) => p.metrics[m].mean !== null)));
    refill(this.metric, metricNames.filter((m) => there.has(m)).map((m) => [m, label(m)]), this.wanted.metric || 'cold_start_probability');
    const [key, range = ''] = (this.wanted.vary || '').split(/=(.*)/s);
    const before = this.varied.value;
    refill(this.varied, this.controls.values().map((v) => [v.key, v.label]), key || 'container.keep_alive');
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
    this.chartStatus.setAttribute('aria-busy', 'true'); // the count is not read aloud
    this.chartRequests = firstRequests;
    const points = [];
    const body = { ...this.bodies().sweep, refine: !this.config.set.has('run.max_requests') };
    const [metric] = body.metrics;
    const key = this.varied.value;
    this.attempt('sweep', this.chartStatus, async (signal) => {
      let of = 0;
      let refining = null; // what is said of the points that are simulated again, and how many have been
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
          this.chartTable.fill(sweepTable(points, metric, key));
        }
      }, (line) => line.figure && line.last !== false);
    });
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

  // showPin offers what can be done with the pinned configuration.
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
    this.pinned.append(status);
    this.attempt('compare', status, (signal) => stream('compare', this.bodies().compare, signal, (line) => {
      this.compareBox.hidden = false;
      this.compareBox.classList.remove('stale');
      status.textContent = line.stage === line.of ? comparisonText(line.result) : 'Refining …';
      this.compareCommand.textContent = line.command;
      this.comparison.replaceChildren(...comparisonTables(line.result));
      this.comparisonFigure.show(line.figure, 'The differences B − A relative to A, with their intervals; the table above has the numbers.');
    }, (line) => line.stage === line.of));
  }
}

// refill gives a select its options and keeps a choice, if it is there.
function refill(select, options, chosen) {
  select.replaceChildren(...options.map(([v, text]) => make('option', { value: v }, text)));
  if (options.some(([v]) => v === chosen)) select.value = chosen;
}

function estimateCells(metric, e, signed) {
  const shown = estimate(metric, e, signed);
  return [make('td', { class: 'number' }, shown.mean + shown.unit), make('td', { class: 'half' }, shown.half)];
}

// happens reports whether a metric has something to say: a probability that cannot be anything but 0 has not.
function happens(metric, ...estimates) {
  const some = estimates.filter((e) => e && e.mean !== null);
  if (some.length === 0) return false;
  return !/rejection|timeout|waiting|queue/.test(metric) || some.some((e) => e.mean !== 0 || e.half_width !== 0);
}

// secondary are the metrics that are shown on demand only.
const secondary = new Set(['response_time_p90', 'response_time_warm', 'response_time_cold', 'waiting_time_p50', 'waiting_time_p90', 'warm_instances', 'running_warm', 'running_cold', 'instance_lifetime', 'throughput']);

function resultTable(r, all) {
  const there = platforms.filter(([name]) => r.platforms[name]);
  const head = make('tr', {}, make('th', { scope: 'col' }, 'Metric'),
    ...there.map(([, title]) => make('th', { scope: 'col', colspan: '2' }, title)),
    r.difference ? make('th', { scope: 'col', colspan: '2' }, 'Wasm − containers') : null);
  const body = make('tbody', {});
  for (const metric of metricNames) {
    const estimates = there.map(([name]) => r.platforms[name].metrics[metric]);
    if (!happens(metric, ...estimates) || !all && (secondary.has(metric) || /rejection/.test(metric) && estimates.every((e) => !e || e.mean === 0))) continue;
    const row = make('tr', { 'data-metric': metric }, make('th', { scope: 'row' }, label(metric)));
    for (const e of estimates) row.append(...(e ? estimateCells(metric, e) : [make('td', {}), make('td', {})]));
    if (r.difference) row.append(...(r.difference[metric] ? estimateCells(metric, r.difference[metric], true) : [make('td', {}), make('td', {})]));
    body.append(row);
  }
  return make('table', {}, make('caption', { class: 'hidden' }, 'Metrics with 95 % confidence intervals'), make('thead', {}, head), body);
}

function modelTables(r) {
  const tables = [];
  for (const [name, title] of platforms) {
    const p = r.platforms[name];
    const models = p && p.models ? Object.keys(p.models) : [];
    if (models.length === 0) continue;
    const head = make('tr', {}, make('th', { scope: 'col' }, title), make('th', { scope: 'col', colspan: '2' }, 'simulated'),
      ...models.map((m) => make('th', { scope: 'col', colspan: '2' }, modelTitle(m))));
    const body = make('tbody', {});
    for (const metric of metricNames) {
      const e = p.metrics[metric];
      if (!models.some((m) => p.models[m][metric] !== undefined && p.models[m][metric] !== null) || !happens(metric, e)) continue;
      const row = make('tr', {}, make('th', { scope: 'row' }, label(metric)), ...estimateCells(metric, e));
      for (const m of models) {
        const x = p.models[m][metric];
        const off = e.mean ? (x - e.mean) / e.mean : NaN;
        const far = e.half_width !== null && Math.abs(x - e.mean) > 2 * e.half_width && Math.abs(off) > 0.01;
        row.append(make('td', { class: 'number' }, value(metric, x)), make('td', { class: far ? 'off' : 'half' }, x === undefined ? '' : percent(off) + (far ? ' *' : '')));
      }
      body.append(row);
    }
    tables.push(scrolled(`the models of ${title}`, make('table', {},
      make('caption', { class: 'hidden' }, `${title}: what the models say, and how far that is from the simulation`), make('thead', {}, head), body)));
  }
  if (tables.length === 0) return [make('p', { class: 'note' }, 'No model applies to this scenario.')];
  tables.push(make('p', { class: 'note' }, '* is further from the simulation than twice its interval, and by more than 1 %.'));
  return tables;
}

function modelTitle(name) {
  return {
    smp: 'SMP', 'smp-modified': 'SMP modified', 'mg-infinity': 'M/G/∞', 'always-cold': 'M/G/∞ cold',
    mmc: 'M/M/c', 'pollaczek-khinchine': 'Pollaczek–Khinchine', 'gi-m-1': 'GI/M/1', 'mmc-deadline': 'M/M/c+D', 'erlang-b': 'Erlang B', 'erlang-c': 'Erlang C',
    'level-crossing': 'level-crossing', 'processor-sharing': 'processor sharing', 'sliding-maximum': 'sliding maximum',
  }[name] || name;
}

function distributionTable(r) {
  const there = platforms.filter(([name]) => r.platforms[name]);
  const most = Math.max(...there.map(([name]) => r.platforms[name].distributions.instances.length));
  const rows = [];
  for (let n = 0; n < Math.min(most, 400); n++) {
    const cells = there.map(([name]) => r.platforms[name].distributions.instances[n] || 0);
    if (cells.every((p) => p < 1e-4)) continue;
    rows.push(make('tr', {}, make('th', { scope: 'row' }, String(n)), ...cells.map((p) => make('td', { class: 'number' }, value('utilization', p)))));
  }
  return make('table', {},
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Instances'), ...there.map(([, title]) => make('th', { scope: 'col' }, title)))),
    make('tbody', {}, ...rows));
}

// refiningText says what is simulated again.
function refiningText({ line, done }, of) {
  const those = line.again === of ? `${of}` : `the ${line.again} of ${of} that need more requests`;
  const which = line.again ? `point ${Math.min(done + 1, line.again)} of ${those}` : 'the marked point';
  return `Refining ${which}: up to ${requests(line.max_requests)} …`;
}

// sweepText says which points cannot be, which cannot be trusted since they are simulated for a short time only, and how many
// are less precise than they were to be. What was not observed can be seen.
function sweepText(points, short) {
  const failed = points.filter((p) => p.error);
  const doubtful = points.flatMap((p) => (p.warnings || []).filter((w) => !/precision of|nothing was observed/.test(w)).slice(0, 1));
  const texts = [];
  if (failed.length) texts.push(`${failed.length} of ${points.length} points could not be simulated: ${failed[0].error}`);
  if (doubtful.length) texts.push(`${doubtful.length} of ${points.length} points may be wrong: ${doubtful[0]}, or a larger run.max_requests on the command line below.`);
  else if (short) texts.push(`${short} of ${points.length} points are less precise than they should be: the requests and the time that a simulation has here are spent.`);
  return texts.join(' ');
}

function sweepTable(points, metric, key) {
  const names = platforms.filter(([name]) => points.some((p) => p.platforms && p.platforms[name] && p.platforms[name].metrics[metric]));
  const rows = points.map((p) => {
    const row = make('tr', {}, make('th', { scope: 'row' }, p.values[key]));
    for (const [name] of names) {
      const platform = p.platforms && p.platforms[name];
      row.append(...estimateCells(metric, platform && platform.metrics[metric]));
      row.append(make('td', {}, platform && platform.models ? Object.entries(platform.models)
        .filter(([, m]) => m[metric] !== undefined).map(([m, v]) => `${modelTitle(m)} ${value(metric, v[metric])}`).join(', ') : ''));
    }
    return row;
  });
  return make('table', {},
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, key), ...names.flatMap(([, title]) => [make('th', { scope: 'col', colspan: '2' }, title), make('th', { scope: 'col' }, 'models')]))),
    make('tbody', {}, ...rows));
}

function comparisonText(c) {
  let all = 0;
  let significant = 0;
  for (const metrics of Object.values(c.difference)) {
    for (const d of Object.values(metrics)) {
      if (d.mean === null) continue;
      all++;
      if (d.significant) significant++;
    }
  }
  return `${significant} of ${all} differences are significant: their 95 % intervals do not include 0.`;
}

function comparisonTables(c) {
  const tables = [];
  for (const [name, title] of platforms) {
    const differences = c.difference[name];
    if (!differences) continue;
    const a = c.a.platforms[name].metrics;
    const b = c.b.platforms[name].metrics;
    if (Object.values(differences).every((d) => d.mean === 0 || d.mean === null)) {
      tables.push(make('p', { class: 'note' }, `${title}: the same on both sides.`));
      continue;
    }
    const rows = [];
    for (const metric of metricNames) {
      const d = differences[metric];
      if (!d || !happens(metric, a[metric], b[metric])) continue;
      rows.push(make('tr', { class: d.significant ? 'significant' : '' }, make('th', { scope: 'row' }, label(metric)),
        ...estimateCells(metric, a[metric]), ...estimateCells(metric, b[metric]), ...estimateCells(metric, d, true),
        make('td', {}, d.significant ? '*' : '')));
    }
    tables.push(scrolled(`the comparison of ${title}`, make('table', { class: 'comparison' },
      make('caption', { class: 'hidden' }, `${title}: A, B and B − A; * is significant`),
      make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, title), ...['A', 'B', 'B − A'].map((t) => make('th', { scope: 'col', colspan: '2' }, t)),
        make('th', { scope: 'col' }, make('span', { class: 'hidden' }, 'significant')))),
      make('tbody', {}, ...rows))));
  }
  return tables;
}
