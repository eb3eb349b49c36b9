// The controls of a scenario: labelled fields with units, and sliders beside the numbers.

import { builtins } from './api.js';
import { make } from './dom.js';
import { at } from './config.js';
import { parameter, perSecond, plain, seconds } from './format.js';
import { report } from './page.js';

// begin loads the built-in scenarios, and then lets a view that has controls build itself and show its address.
export async function begin(view) {
  const waiting = make('p', { class: 'note' }, 'Loading …');
  view.root.append(waiting);
  try {
    view.library = await builtins();
  } catch (error) {
    report(error.message);
    waiting.textContent = 'The scenarios could not be loaded.';
    return;
  }
  if (view.stopped) return;
  waiting.remove();
  view.build();
  view.update(view.state);
}

// Fields of numbers: what reads a text of the scenario file, what writes one, and the ends of the slider.
const kinds = {
  rate: { unit: 'per second', read: perSecond, write: (x) => plain(x) + '/s', from: 0.01, to: 1000 },
  span: { unit: 'seconds', read: seconds, write: (x) => plain(x) + 's', from: 0.001, to: 100 },
  keep: { unit: 'seconds', read: seconds, write: (x) => plain(x) + 's', from: 0.1, to: 36000, without: 'never' },
  count: { unit: 'instances', read: Number, write: (x) => String(Math.round(x)), from: 1, to: 1000, whole: true, without: 'unlimited' },
  cores: { unit: 'cores', read: Number, write: (x) => String(Math.round(x)), from: 1, to: 64, whole: true, without: 'unlimited' },
};

// fields are the controls in their order. of is the notation that has the field as a parameter.
const groups = [
  ['Requests', [
    { key: 'arrivals.rate', of: 'arrivals', parameter: 'rate', label: 'Arrival rate', kind: 'rate' },
    { key: 'arrivals.mean', of: 'arrivals', parameter: 'mean', label: 'Arrival rate, mean', kind: 'rate', when: (s) => /^daily\(/.test(at(s, 'arrivals')) },
  ]],
  ['Containers', [
    { key: 'container.warm.mean', of: 'container.warm', parameter: 'mean', label: 'Warm service, mean', kind: 'span' },
    { key: 'container.cold.mean', of: 'container.cold', parameter: 'mean', label: 'Cold service, mean', kind: 'span' },
    { key: 'container.startup.mean', of: 'container.startup', parameter: 'mean', label: 'Start-up, mean', kind: 'span' },
    { key: 'container.keep_alive', label: 'Keep-alive', kind: 'keep' },
    { key: 'container.max_instances', label: 'Cap on instances', kind: 'count' },
    { key: 'container.when_full', label: 'When all are busy', choices: { reject: 'reject', queue: 'queue' } },
    { key: 'container.queue_timeout', label: 'Queue time-out', kind: 'keep', when: (s) => at(s, 'container.when_full') === 'queue' },
    { key: 'container.routing', label: 'Which idle instance serves', choices: { mru: 'most recently used (MRU)', newest: 'newest', lru: 'least recently used (LRU)', random: 'random' } },
    { key: 'container.cores', label: 'Cores that they share', kind: 'cores', when: (s) => typeof at(s, 'container.cores') !== 'object' },
  ]],
  ['Wasm', [
    { key: 'wasm.service.mean', of: 'wasm.service', parameter: 'mean', label: 'Service, mean', kind: 'span' },
    { key: 'wasm.cores', label: 'Cores', kind: 'cores', when: (s) => typeof at(s, 'wasm.cores') !== 'object' },
    { key: 'wasm.discipline', label: 'How they share', choices: { 'processor-sharing': 'equally (processor sharing)', fcfs: 'one each, in order of arrival' }, when: (s) => at(s, 'wasm.cores') !== 'unlimited' },
  ]],
  ['Laws and run', [
    { key: 'arrivals', label: 'Arrival process', text: true },
    { key: 'container.warm', label: 'Warm service time', text: true },
    { key: 'container.cold', label: 'Cold service time', text: true },
    { key: 'container.startup', label: 'Start-up time', text: true },
    { key: 'wasm.service', label: 'Wasm service time', text: true },
    { key: 'run.seed', label: 'Seed', text: true },
    { key: 'run.precision', label: 'Precision', text: true },
    { key: 'run.duration', label: 'Length (run.duration), instead of a precision', text: true, optional: true },
  ], 'details'],
];

const steps = 1000; // of a slider

// Controls show a configuration, and change it. changed(config, whole) is called after every change; whole is whether it
// took the place of all that was set, so that somebody may want it undone.
export class Controls {
  constructor(builtins, changed) {
    this.builtins = builtins;
    this.changed = changed;
    this.fields = [];
    this.element = make('form', { class: 'controls', 'aria-label': 'Parameters', onsubmit: (e) => e.preventDefault() });
    this.preset = make('select', { id: 'control-scenario', onchange: () => this.choose() },
      ...builtins.map((b) => make('option', { value: b.name }, b.name)));
    this.about = make('p', { class: 'note' });
    this.reset = make('button', { type: 'button', class: 'small', onclick: () => { this.config.set.clear(); this.follow(true); } }, 'Reset');
    this.element.append(make('div', { class: 'field' },
      make('label', { for: 'control-scenario' }, 'Scenario'),
      make('div', { class: 'row' }, this.preset, this.reset), this.about));
    for (const [title, fields, folded] of groups) {
      const inside = fields.map((f) => this.field(f));
      const set = make('fieldset', {}, make('legend', {}, title), ...inside);
      this.element.append(folded ? this.more = make('details', {}, make('summary', {}, title), set) : set);
      if (folded) set.firstChild.classList.add('hidden');
    }
  }

  field(f) {
    const id = 'control-' + f.key.replaceAll('.', '-');
    const field = { ...f, element: make('div', { class: 'field' }, make('label', { for: id }, f.label)) };
    const kind = kinds[f.kind];
    if (f.choices) {
      field.input = make('select', { id, onchange: () => this.override(field, field.input.value) },
        ...Object.entries(f.choices).map(([value, text]) => make('option', { value }, text)));
      field.element.append(field.input);
    } else if (f.text) {
      field.input = make('input', { id, type: 'text', spellcheck: 'false', autocomplete: 'off', onchange: () => this.override(field, field.input.value.trim()) });
      field.element.append(field.input);
    } else {
      field.input = make('input', { id, type: 'text', inputmode: 'decimal', autocomplete: 'off', 'aria-describedby': id + '-unit', onchange: () => this.typed(field) });
      field.slider = make('input', { type: 'range', min: '0', max: String(steps), 'aria-label': f.label + ', slider', oninput: () => this.slid(field) });
      const row = make('div', { class: 'row' }, field.input, make('span', { class: 'unit', id: id + '-unit' }, kind.unit));
      if (kind.without) {
        field.without = make('input', { type: 'checkbox', id: id + '-without', onchange: () => this.lifted(field) });
        row.append(make('label', { class: 'without', for: id + '-without' }, field.without, kind.without));
      }
      field.element.append(row, field.slider);
    }
    this.fields.push(field);
    return field.element;
  }

  // show makes the controls show a configuration, whose resolved scenario is known or guessed.
  show(config, scenario) {
    this.config = config;
    this.preset.value = config.scenario;
    const builtin = this.builtins.find((b) => b.name === config.scenario);
    this.about.textContent = builtin ? builtin.description : '';
    this.reset.disabled = config.set.size === 0;
    this.base = builtin ? builtin.scenario : {};
    this.scenario = scenario || this.base;
    for (const field of this.fields) this.fill(field);
    if (this.more.querySelector('.changed')) this.more.open = true; // what was changed can be seen
  }

  // textOf returns what the scenario has for a field, as a text; undefined if it lacks it.
  textOf(field, scenario) {
    if (field.of) {
      const notation = at(scenario, field.of);
      const text = notation === undefined ? null : parameter(notation, field.parameter);
      return text === null ? undefined : text;
    }
    const value = at(scenario, field.key);
    return value === undefined || typeof value === 'object' ? undefined : String(value);
  }

  fill(field) {
    const text = this.config.set.get(field.key) ?? this.textOf(field, this.scenario);
    const there = (text !== undefined || field.optional) && (!field.when || field.when(this.scenario));
    field.element.hidden = !there;
    field.element.classList.toggle('changed', this.config.set.has(field.key));
    if (!there) return;
    const kind = kinds[field.kind];
    if (!kind) {
      if (document.activeElement !== field.input || field.choices) field.input.value = text ?? '';
      return;
    }
    const lifted = text === kind.without;
    if (field.without) field.without.checked = lifted;
    field.input.disabled = field.slider.disabled = lifted;
    const x = lifted ? NaN : kind.read(text);
    if (document.activeElement !== field.input) field.input.value = lifted ? '' : Number.isNaN(x) ? text : plain(x);
    if (document.activeElement !== field.slider) field.slider.value = String(position(kind, x));
    field.slider.setAttribute('aria-valuetext', lifted ? kind.without : Number.isNaN(x) ? text : `${plain(x)} ${kind.unit}`);
  }

  typed(field) {
    const kind = kinds[field.kind];
    const text = field.input.value.trim();
    const x = Number(text.replace(',', '.'));
    // What is no plain number is sent as it is: 10m is fine, and the server says what is not.
    this.override(field, text !== '' && !Number.isNaN(x) ? kind.write(x) : text);
  }

  slid(field) {
    const kind = kinds[field.kind];
    const x = Number(valueAt(kind, Number(field.slider.value)).toPrecision(3));
    field.input.value = plain(kind.whole ? Math.round(x) : x);
    field.slider.setAttribute('aria-valuetext', `${field.input.value} ${kind.unit}`);
    this.override(field, kind.write(x));
  }

  lifted(field) {
    const kind = kinds[field.kind];
    if (field.without.checked) {
      this.override(field, kind.without);
      return;
    }
    const base = this.textOf(field, this.base);
    const x = base === undefined || base === kind.without ? NaN : kind.read(base);
    this.override(field, Number.isNaN(x) ? kind.write(Math.sqrt(kind.from * kind.to)) : base);
  }

  // override sets a key; what the built-in scenario has anyway is no override, unless the law it is of was replaced.
  override(field, text) {
    if (text === '' || text === this.textOf(field, this.base) && !this.config.set.has(field.of)) this.config.set.delete(field.key);
    else this.config.set.set(field.key, text);
    if (field.text) {
      // A law replaces its parameters.
      for (const key of [...this.config.set.keys()]) {
        if (key.startsWith(field.key + '.')) this.config.set.delete(key);
      }
    }
    this.follow();
  }

  choose() {
    this.config.scenario = this.preset.value;
    this.config.set.clear();
    this.scenario = undefined;
    this.follow(true);
  }

  follow(whole = false) {
    this.show(this.config, this.config.set.size ? this.scenario : undefined);
    this.changed(this.config, whole);
  }

  // blame marks the fields that were set to what a message says is wrong; an empty one takes the marks away.
  blame(message) {
    if (message.includes('run.duration')) this.more.open = true; // it may be what the message advises
    for (const field of this.fields) {
      const wrong = this.config.set.has(field.key) && new RegExp(`(^|[^\\w.])${field.key.replaceAll('.', '\\.')}=`).test(message);
      if (wrong) field.input.setAttribute('aria-invalid', 'true');
      else field.input.removeAttribute('aria-invalid');
    }
  }

  // values returns the numeric keys that can be varied, with their labels and present texts.
  values() {
    return this.fields.filter((f) => !f.element.hidden && (f.kind || f.choices)).map((f) => ({
      key: f.key, label: f.label, kind: f.kind, choices: f.choices,
      text: this.config.set.get(f.key) ?? this.textOf(f, this.scenario),
    }));
  }
}

function position(kind, x) {
  if (!(x > 0)) return 0;
  return Math.round(steps * Math.min(1, Math.max(0, Math.log(x / kind.from) / Math.log(kind.to / kind.from))));
}

function valueAt(kind, position) {
  return kind.from * (kind.to / kind.from) ** (position / steps);
}

// range returns values around a present one for a sweep of a field, as --vary has them.
export function rangeOf(value) {
  if (value.choices) return Object.keys(value.choices).join(',');
  const kind = kinds[value.kind];
  let x = value.text === kind.without ? NaN : kind.read(value.text);
  if (!(x > 0)) x = Math.sqrt(kind.from * kind.to);
  switch (value.key) {
    case 'arrivals.rate':
    case 'arrivals.mean': return `${short(x / 10)}/s..${short(x * 5)}/s:13log`;
    case 'container.keep_alive': return `${short(Math.max(x / 60, 0.1))}s..${short(x * 10)}s:13log`;
  }
  if (kind.whole) {
    const from = Math.max(1, Math.round(x / 4));
    const to = Math.max(from + 4, Math.round(x * 2));
    return `${from}..${to}:${Math.min(13, to - from + 1)}`;
  }
  return `${short(x / 5)}s..${short(x * 3)}s:13log`;
}

// short writes the end of a range: three digits are enough.
function short(x) {
  return String(Number(x.toPrecision(3)));
}
