// The controls of a scenario: labelled fields with units, and sliders beside the numbers.

import { adopt, known, open } from './api.js';
import { at } from './config.js';
import { explain, make } from './dom.js';
import { perSecond, plain, seconds } from './format.js';
import { example, parse } from './laws.js';
import { platformOf, platforms } from './platforms.js';
import { report } from './status.js';

let learnt; // the knowledge of the server, once it has been loaded

// begin loads the knowledge of the server, and then lets a view with controls build itself and show
// its address.
export async function begin(view) {
  const waiting = make('p', { class: 'note' }, 'Loading …');
  view.root.append(waiting);
  try {
    learnt = await known();
  } catch (error) {
    report(error.message);
    waiting.textContent = 'The scenarios could not be loaded.';
    return;
  }
  if (view.stopped) return;
  const broken = learnt.scenarios.findIndex((s) => s.error); // the server's own file, edited in the meantime
  if (broken >= 0) {
    const [own] = learnt.scenarios.splice(broken, 1);
    report(own.error, 'own');
  }
  view.library = learnt.scenarios;
  waiting.remove();
  view.build();
  view.update(view.state);
}

// glossary returns the words that the server explains.
export function glossary() {
  return learnt.glossary;
}

// gone reports whether a scenario was imported in this tab, and its data are not in the server any more.
export function gone(name) {
  return learnt.gone.includes(name);
}

// units are the units of fields of numbers: how to read a text of the scenario file, and the suffix
// that a number alone lacks.
const units = {
  'per second': { read: perSecond, suffix: '/s' },
  seconds: { read: seconds, suffix: 's' },
  '%': { read: (text) => (/%\s*$/.test(text) ? Number(text.replace('%', '')) : NaN), suffix: '%' },
};

// numeric returns the properties of a field of numbers: {unit, read, suffix, from, to, whole,
// without, below, above}, where from and to are the ends of the slider, and without is a text that
// the field may have instead.
function numeric(control) {
  return { read: Number, suffix: '', ...units[control.unit], ...control };
}

// kinds are the kinds of fields for the parameters of laws.
const kinds = {
  rate: numeric({ unit: 'per second', from: 0.01, to: 1000, below: 10, above: 5 }),
  span: numeric({ unit: 'seconds', from: 0.001, to: 100 }),
  long: numeric({ unit: 'seconds', from: 1, to: 1e6 }),
  number: numeric({ unit: '', from: 0.1, to: 100 }),
  whole: numeric({ unit: '', from: 1, to: 1000, whole: true }),
};

// isNumber matches a number alone, whose unit is shown beside the field.
const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

// parameterNames are names for parameters of laws whose own names are not words.
const parameterNames = {
  cv: 'coefficient of variation', k: 'phases', sd: 'standard deviation', at: 'from', by: 'shift', min: 'least', max: 'most', value: 'time',
};

const mostParameters = 12; // of a law; a longer law is edited as a text

const steps = 1000; // of a slider

// keysOf lists the keys of a schema: {key, title, doc, choices, standard, control}. choices has a text for each value.
function keysOf(schema, block = '') {
  return Object.entries(schema.properties || {}).flatMap(([name, property]) => {
    const key = block ? `${block}.${name}` : name;
    const inner = property.properties ? keysOf(property, key) : [];
    if (!property.description) return inner;
    const listed = property.enum || property.anyOf?.find((one) => one.enum)?.enum;
    const choices = listed && Object.fromEntries(listed.map((value, i) => [value, property.enumDescriptions?.[i] ?? value]));
    return [{ key, title: property.title, doc: property.description, choices, standard: property.default, control: property['x-control'] }, ...inner];
  });
}

const blockOf = (key) => key.split('.')[0];

// Controls show a configuration, and change it. changed(config, whole) is called after every
// change; whole says that the change replaced all overrides, so that the user may want to undo it.
// read(files), if there is one, imports files.
export class Controls {
  constructor(library, changed, read) {
    this.builtins = library;
    this.changed = changed;
    this.fields = [];
    this.laws = [];
    this.preset = make('select', { id: 'control-scenario', onchange: () => this.choose() });
    this.about = make('p', { class: 'note' });
    this.reset = make('button', { type: 'button', onclick: () => this.choose() }, 'Reset');
    this.file = make('input', { type: 'file', accept: '.yaml,.yml', hidden: true, 'aria-label': 'a scenario file', onchange: () => {
      if (this.file.files.length) this.open(this.file.files[0]);
      this.file.value = ''; // the same file can be opened again
    } });
    this.openButton = make('button', { type: 'button', class: 'small', onclick: () => this.file.click() }, 'Open a file …');
    this.logs = make('input', { type: 'file', multiple: true, hidden: true, 'aria-label': 'logs or traces', onchange: () => {
      if (this.logs.files.length) read([...this.logs.files]);
      this.logs.value = '';
    } });
    this.importButton = make('button', { type: 'button', class: 'small', hidden: !read, onclick: () => this.logs.click() }, 'Import a log …');
    this.fileProblem = problemBox();
    this.element = make('form', { class: 'controls', 'aria-label': 'Parameters', onsubmit: (event) => event.preventDefault() },
      make('div', { class: 'field' }, make('label', { for: 'control-scenario' }, 'Scenario'),
        make('div', { class: 'row' }, this.preset, this.reset), this.about,
        make('p', { class: 'row' }, this.openButton, this.importButton, make('span', { class: 'note' }, read ? 'or drop them on the page' : 'or drop it on the page'), this.file, this.logs), this.fileProblem));
    this.list();
    this.docs = new Map(keysOf(learnt.schema).map((k) => [k.key, k]));
    this.build();
  }

  // list fills the list of scenarios.
  list() {
    this.preset.replaceChildren(...this.builtins.map((b) => make('option', { value: b.name }, b.name)));
  }

  // build makes the controls as the schema describes them: the keys outside the platforms, each
  // platform, the prices, laws and other texts, and the keys without a control of their own.
  build() {
    const all = [...this.docs.values()];
    const controlled = all.filter((k) => k.control).sort((a, b) => a.control.place - b.control.place);
    const blocks = controlled.filter((k) => k.control.inner);
    const others = all.filter((k) => !k.control && !/^(name|description)$/.test(k.key) && !blocks.some((b) => k.key === `${b.key}.${b.control.inner}`));
    const own = controlled.filter((k) => !k.control.text);
    const inBlock = (b, k) => k.key.startsWith(b.key + '.');
    const texts = controlled.filter((k) => k.control.text || k.control.notation);
    this.group('Requests', own.filter((k) => !platformOf(blockOf(k.key))).map(special));
    for (const p of platforms) {
      this.group(p.title, own.filter((k) => blockOf(k.key) === p.name && !blocks.some((b) => inBlock(b, k))).map(special));
      for (const b of blocks.filter((k) => blockOf(k.key) === p.name)) this.group(b.control.group, own.filter((k) => inBlock(b, k)).map(special));
    }
    this.group('Prices', others.filter((k) => blockOf(k.key) === 'pricing').map((k) => field(k, 'pricing.')), true);
    this.more = this.group('Laws and run', texts.map((k) => ({ key: k.key, label: k.control.notation || k.title, text: true, optional: k.control.optional, when: k.control.when })), true);
    this.group('Everything else', others.filter((k) => blockOf(k.key) !== 'pricing').map((k) => field(k, '')), true);
  }

  // group adds fields under a title, folded or not.
  group(title, fields, folded = false) {
    const set = make('fieldset', {}, make('legend', {}, title), ...fields.map((f) => (f.law ? this.law(f) : this.field(f))));
    if (!folded) {
      this.element.append(set);
      return set;
    }
    set.firstChild.classList.add('hidden');
    const details = make('details', {}, make('summary', {}, title), set);
    this.element.append(details);
    return details;
  }

  // first returns the key that is varied by default: of the numbers that the scenario has, the first of
  // those that a second lane of Watch is likely to have otherwise, else the first key of the file, else
  // the first parameter of a law.
  first() {
    const shown = this.values().filter((v) => v.kind);
    const likely = ({ control }) => control.beside || Infinity;
    const numbers = [...this.docs.values()].filter((k) => k.control && k.control.unit)
      .sort((a, b) => (likely(a) === likely(b) ? 0 : likely(a) - likely(b)) || a.control.place - b.control.place);
    return (numbers.find((k) => shown.some((v) => v.key === k.key)) || shown[0])?.key;
  }

  // law makes the list of laws, and the place for the parameters.
  law(f) {
    const id = 'control-' + f.law.replaceAll('.', '-') + '-law';
    const examples = learnt.glossary[f.law === 'arrivals' ? 'arrivals' : 'distributions'];
    const law = { ...f, parameters: make('div', { class: 'parameters' }), names: '' };
    law.input = make('select', { id, onchange: () => {
      const chosen = examples.find((e) => parse(e).name === law.input.value);
      if (chosen) this.override({ key: f.law, text: true }, example(chosen, this.meanOf(f.law)));
    } });
    law.options = examples.map((e) => parse(e).name);
    law.element = make('div', { class: 'law field' }, make('label', { for: id }, f.label), law.input, law.parameters);
    explain(law.input, () => this.docs.get(f.law)?.doc, law.element.firstChild);
    this.laws.push(law);
    return law.element;
  }

  // meanOf returns the mean time of a law, or the mean time between arrivals, in seconds; NaN if it
  // is not obvious.
  meanOf(key) {
    const notation = this.config.set.get(key) ?? at(this.scenario, key);
    const law = parse(notation);
    const p = law?.parameters.find((one) => ['rate', 'mean', 'value'].includes(one.path));
    if (!p) return NaN;
    const rate = perSecond(p.text);
    if (!Number.isNaN(rate)) return 1 / rate;
    const users = law.name === 'closed' && law.parameters.find((one) => one.path === 'users');
    return seconds(p.text) / (users ? Number(users.text) : 1);
  }

  // parametersOf makes the fields of a law's parameters, again if the parameters have changed.
  parametersOf(law) {
    const notation = at(this.scenario, law.law);
    const found = parse(notation);
    const wanted = found && found.parameters.length <= mostParameters ? found.parameters.filter((p) => p.path !== 'file') : [];
    const names = found ? `${found.name} ${wanted.map((p) => p.path + kindOf(p))}` : '';
    law.element.hidden = notation === undefined;
    if (names === law.names) return;
    law.names = names;
    law.input.replaceChildren(...law.options.map((name) => make('option', { value: name }, name)));
    if (found && !law.options.includes(found.name)) law.input.prepend(make('option', { value: found.name }, found.name));
    if (found) law.input.value = found.name;
    this.fields = this.fields.filter((f) => f.of !== law.law);
    law.parameters.replaceChildren(...wanted.map((p) => this.field({
      key: `${law.law}.${p.path}`, of: law.law, path: p.path, label: labelOf(law, p, found.name), kind: kinds[kindOf(p)],
    })));
    if (found && wanted.length < found.parameters.length && wanted.length === 0) {
      law.parameters.append(make('p', { class: 'note' }, 'Its values are below, in Laws and run.'));
    }
  }

  field(f) {
    const id = 'control-' + f.key.replaceAll('.', '-');
    const label = make('label', { for: id }, f.label);
    const field = { ...f, problem: problemBox(), element: make('div', { class: 'field' }, label) };
    const { kind } = f;
    const apply = () => {
      clearTimeout(field.timer);
      field.dirty = false;
      field.typed = true; // the text stays until the value in use is known
      this.override(field, kind ? this.textTyped(field) : field.input.value.trim());
    };
    // An error disappears as soon as it is corrected, not only when the user leaves the field.
    const mended = () => {
      field.dirty = true;
      clearTimeout(field.timer);
      if (!field.problem.hidden) field.timer = setTimeout(apply, 300);
    };
    if (f.choices) {
      field.input = make('select', { id, onchange: apply }, ...Object.entries(f.choices).map(([value, text]) => make('option', { value }, text)));
      field.element.append(field.input);
    } else if (f.text) {
      field.input = make('input', { id, type: 'text', spellcheck: 'false', autocomplete: 'off', placeholder: f.standard, onchange: apply, oninput: mended });
      field.element.append(field.input);
    } else {
      field.input = make('input', { id, type: 'text', inputmode: 'decimal', autocomplete: 'off', 'aria-describedby': id + '-unit', onchange: apply, oninput: mended });
      field.slider = make('input', { type: 'range', min: '0', max: String(steps), 'aria-label': f.label + ', slider', oninput: () => this.slid(field) });
      field.unit = make('span', { class: 'unit', id: id + '-unit' }, kind.unit);
      const row = make('div', { class: 'row' }, field.input, field.unit);
      if (kind.without) {
        field.without = make('input', { type: 'checkbox', id: id + '-without', onchange: () => this.lifted(field) });
        row.append(make('label', { class: 'without', for: id + '-without' }, field.without, kind.without));
      }
      field.element.append(row, field.slider);
    }
    field.element.append(field.problem);
    explain(field.input, () => (this.docs.get(f.key) || this.docs.get(f.of))?.doc, label);
    this.fields.push(field);
    return field.element;
  }

  // show makes the controls show a configuration, whose resolved scenario is known or guessed.
  show(config, scenario) {
    this.config = config;
    if (this.preset.options.length !== this.builtins.length) this.list();
    this.preset.value = config.scenario;
    const builtin = this.builtins.find((b) => b.name === config.scenario);
    this.about.textContent = builtin ? builtin.description : '';
    this.reset.disabled = config.set.size === 0;
    this.base = builtin ? builtin.scenario : {};
    this.scenario = scenario || this.base;
    for (const law of this.laws) this.parametersOf(law);
    for (const field of this.fields) this.fill(field, scenario !== undefined && !this.pending);
    for (const details of this.element.querySelectorAll('details')) {
      if (details.querySelector('.changed')) details.open = true; // changed values are visible
    }
  }

  // textOf returns the value of the scenario for a field, as a text, or what is usual where it may be left
  // out; undefined if it has none.
  textOf(field, scenario) {
    if (field.of) return parse(at(scenario, field.of))?.parameters.find((p) => p.path === field.path)?.text;
    return written(this.valueOf(field, scenario)) ?? (at(scenario, blockOf(field.key)) === undefined ? undefined : field.usual);
  }

  // valueOf returns the value of the scenario for a field, of a block its inner one.
  valueOf({ key, inner }, scenario) {
    const value = at(scenario, key);
    return inner && value !== null && typeof value === 'object' ? value[inner] : value;
  }

  // fill shows a value: the value in use if the resolved scenario is known, else the override.
  fill(field, resolved) {
    const has = this.textOf(field, this.scenario);
    const set = this.config.set.get(field.key);
    const text = resolved ? has ?? set : set ?? has;
    const block = blockOf(field.key);
    const possible = !platformOf(block) || at(this.scenario, block) !== undefined;
    const value = this.valueOf(field, this.scenario);
    // A choice that has a default, and yet no value, is of a part that the scenario lacks.
    const lacking = field.choices && field.standard !== undefined && text === undefined;
    const there = !lacking && (text !== undefined || field.optional && possible) && (value === undefined || written(value) !== undefined) && holds(field.when, this.scenario);
    field.element.hidden = !there;
    field.element.classList.toggle('changed', set !== undefined);
    if (!there) return;
    const { kind } = field;
    if (resolved) field.typed = false;
    const typing = field.dirty && document.activeElement === field.input || field.typed || !field.problem.hidden;
    if (!kind) {
      if (!typing || field.choices) field.input.value = text ?? '';
      return;
    }
    const lifted = text === kind.without;
    if (field.without) field.without.checked = lifted;
    field.input.disabled = field.slider.disabled = lifted;
    const x = lifted ? NaN : kind.read(text);
    // A value of another kind, as of a target that may be a share or a rate: it is typed, with its unit.
    field.odd = kind.suffix === '%' && has !== undefined && has !== kind.without && Number.isNaN(kind.read(has));
    field.unit.hidden = field.slider.hidden = field.odd;
    if (!typing) field.input.value = lifted ? '' : Number.isNaN(x) ? text : plain(x);
    // A notation such as histogram(range=4h) has the whole row, and no unit beside it.
    const notation = !lifted && Number.isNaN(x) && (text ?? '').includes('(');
    field.input.parentElement.classList.toggle('notation', notation);
    field.input.title = notation ? text : '';
    if (document.activeElement !== field.slider) field.slider.value = String(position(kind, x));
    field.slider.setAttribute('aria-valuetext', lifted ? kind.without : Number.isNaN(x) ? text : `${plain(x)} ${kind.unit}`);
  }

  // textTyped returns the typed text unchanged, except that a number alone gets the unit beside the
  // field. The server reports errors in it.
  textTyped(field) {
    const text = field.input.value.trim();
    return isNumber.test(text) && !field.odd ? text + field.kind.suffix : text;
  }

  slid(field) {
    const { kind } = field;
    const x = Number(valueAt(kind, Number(field.slider.value)).toPrecision(3));
    this.clear(field);
    field.input.value = plain(kind.whole ? Math.round(x) : x);
    field.slider.setAttribute('aria-valuetext', `${field.input.value} ${kind.unit}`);
    this.override(field, field.input.value + kind.suffix);
  }

  lifted(field) {
    const { kind } = field;
    this.clear(field);
    if (field.without.checked) {
      this.override(field, kind.without);
      return;
    }
    const base = this.textOf(field, this.base);
    const x = base === undefined || base === kind.without ? NaN : kind.read(base);
    const middle = Math.sqrt(kind.from * kind.to);
    this.override(field, Number.isNaN(x) ? plain(kind.whole ? Math.round(middle) : middle) + kind.suffix : base);
  }

  // override sets a key; a value that the scenario has anyway is no override, unless the law to
  // which the key belongs was replaced, or a preset by which other keys have other values.
  override(field, text) {
    const base = this.textOf(field, this.base);
    const same = text === base || field.kind && field.kind.read(text) === field.kind.read(base);
    const preset = this.fields.some((f) => f.inner && f !== field && blockOf(f.key) === blockOf(field.key) && this.config.set.has(f.key));
    if (text === '' || same && !preset && !this.config.set.has(field.of)) this.config.set.delete(field.key);
    else this.config.set.set(field.key, text);
    if (field.inner) {
      // What was changed in the block belongs to the value before.
      for (const key of [...this.config.set.keys()]) if (key.startsWith(field.key + '.')) this.config.set.delete(key);
    }
    if (field.text) {
      // A new law replaces its parameters.
      for (const key of [...this.config.set.keys()]) {
        if (key.startsWith(field.key + '.') && !this.docs.has(key)) this.config.set.delete(key);
      }
    }
    this.last = field.key;
    this.follow();
  }

  choose() {
    this.config.scenario = this.preset.value;
    this.config.set.clear();
    this.scenario = undefined;
    for (const field of this.fields) this.clear(field);
    this.follow(true);
  }

  // open shows a scenario file, or says beside the button why it cannot be read.
  async open(file) {
    this.complain(this.fileProblem, '');
    try {
      await open(learnt, file.name, await file.text());
    } catch (error) {
      this.complain(this.fileProblem, error.message);
      this.openButton.scrollIntoView({ block: 'nearest' });
      return;
    }
    this.list();
    this.preset.value = file.name;
    this.choose();
  }

  // adopt makes an imported scenario one of the list.
  adopt(answer) {
    adopt(learnt, answer);
    this.list();
  }

  follow(whole = false) {
    this.pending = true; // the known scenario is the one before the change
    this.show(this.config, this.config.set.size ? this.scenario : undefined);
    this.pending = false;
    this.changed(this.config, whole);
  }

  complain(box, text) {
    box.textContent = text;
    box.hidden = text === '';
  }

  clear(field) {
    field.typed = false;
    this.complain(field.problem, '');
    field.input.removeAttribute('aria-invalid');
    field.input.removeAttribute('aria-errormessage');
  }

  // blame shows each problem of an error beside its field, and removes the problems shown before.
  // It returns the problems without a field, in the words of the page. Without an error there are
  // no problems.
  blame(error) {
    for (const field of this.fields) if (!field.problem.hidden) this.clear(field);
    if (!error || error.lost) return error ? error.message : '';
    const left = [];
    const problems = error.problems?.length ? error.problems : [{ key: '', text: error.message ?? error }];
    if (problems.some((p) => p.text.includes('run.duration'))) this.more.open = true; // the message advises to set it
    for (const { key, line, text } of problems) {
      const words = this.inWords(text);
      const place = line ? `line ${line}${key && ', ' + key}: ` : key ? `${key}: ` : '';
      // A problem without a key comes from the last change.
      if (line || !this.mark(key || this.last, words) && !this.mark(this.last, place + words)) left.push(place + words);
    }
    return left.join('\n');
  }

  // mark shows a problem beside a field; false if the field does not exist.
  mark(key, text) {
    const field = this.fields.find((f) => f.key === key && !f.element.hidden) || this.fields.find((f) => key && key.startsWith(f.key + '.') && f.text && !f.element.hidden);
    if (!field) return false;
    const before = field.problem.hidden ? '' : field.problem.textContent + '\n';
    this.complain(field.problem, before + text);
    field.problem.id = field.input.id + '-problem';
    field.input.setAttribute('aria-invalid', 'true');
    field.input.setAttribute('aria-errormessage', field.problem.id);
    const folded = field.element.closest('details');
    if (folded) folded.open = true;
    return true;
  }

  // inWords replaces the words about flags by words about fields.
  inWords(text) {
    return text.replace(/\n {4}.*\n *\^$/, '').replace(/--set ([\w.]+)=(\S+)/g, (_, key, value) => {
      const field = this.fields.find((f) => f.key === key);
      return field ? `${field.label}: ${value}` : `${key} = ${value}`;
    });
  }

  // offers reports whether a key has a control that can be varied, be it of a part that this scenario lacks.
  offers(key) {
    return this.fields.some((f) => f.key === key && (f.kind || f.choices));
  }

  // values returns the numeric keys that can be varied, with their labels and present texts.
  values() {
    return this.fields.filter((f) => !f.element.hidden && (f.kind || f.choices)).map((f) => ({
      key: f.key, label: f.label, kind: f.kind, choices: f.choices, propose: f.propose, beside: f.beside,
      text: this.config.set.get(f.key) ?? this.textOf(f, this.scenario),
    }));
  }
}

// special makes a control for a key whose control the schema describes. A law has a list of laws,
// and a field for each parameter.
function special({ key, title, choices, standard, control }) {
  if (control.notation) return { law: key, label: title };
  const { when, propose, beside, inner, optional } = control;
  const usual = optional ? String(standard ?? Object.keys(choices)[0]) : undefined;
  return { key, label: title, choices, when, propose, beside, inner, optional, usual, kind: choices ? undefined : numeric(control) };
}

// written returns a value as a scenario file has it on one line; undefined for a block.
function written(value) {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}

// holds reports whether a condition on another value is true.
export function holds(when, scenario) {
  if (!when || when.or && holds(when.or, scenario)) return true;
  const value = at(scenario, when.key);
  if (when.and && !holds(when.and, scenario)) return false;
  if (when.absent) return value === undefined;
  if (when.begins !== undefined) return String(value ?? '').startsWith(when.begins);
  if (when.exists && (value === undefined || when.not === undefined)) return value !== undefined;
  return when.is !== undefined ? value === when.is : value !== when.not;
}

// field makes a control for a key without one of its own.
function field({ key, choices, standard }, prefix) {
  const label = key.slice(prefix.length).replaceAll('_', ' ').replaceAll('.', ', ');
  const common = { key, label: label[0].toUpperCase() + label.slice(1), optional: true };
  if (!choices) return { ...common, text: true, standard };
  return { ...common, standard, choices: { '': '—', ...choices } };
}

function problemBox() {
  return make('p', { class: 'problem', role: 'alert', hidden: true });
}

// kindOf returns the kind of the field of a law's parameter.
function kindOf({ path, text }) {
  if (!Number.isNaN(perSecond(text))) return 'rate';
  if (/^(at|sojourns)\.|^period$/.test(path)) return 'long';
  if (!Number.isNaN(seconds(text))) return 'span';
  return /(^|\.)(k|size|users)$/.test(path) ? 'whole' : 'number';
}

// labelOf names a parameter: Warm service, mean.
function labelOf(law, { path, quantile }, name) {
  if (law.law === 'arrivals' && path === 'rate') return name === 'batch' ? 'Batch rate' : 'Arrival rate';
  if (law.law === 'arrivals' && path === 'mean') {
    return { daily: 'Arrival rate, mean', closed: 'Think time, mean' }[name] || 'Time between arrivals, mean';
  }
  if (name === 'superpose') return path.replace(/^(\d+)\./, (_, i) => `Stream ${Number(i) + 1}, `);
  const names = quantile === undefined ? path : path.slice(0, -quantile.length) + 'quantile';
  const words = names.split('.').map((w) => (/^\d+$/.test(w) ? String(Number(w) + 1) : parameterNames[w] || w));
  return `${law.label}, ${words.join(' ').replace(/s (?=\d)/, ' ')}${quantile === undefined ? '' : ` ${quantile}`}`;
}

function position(kind, x) {
  if (!(x > 0)) return 0;
  return Math.round(steps * Math.min(1, Math.max(0, Math.log(x / kind.from) / Math.log(kind.to / kind.from))));
}

function valueAt(kind, position) {
  return kind.from * (kind.to / kind.from) ** (position / steps);
}

// rangeOf returns values around the present one for a sweep of a field, in the notation of --vary.
export function rangeOf(value) {
  if (value.choices) return Object.keys(value.choices).filter((c) => c).join(',');
  const { kind } = value;
  let x = value.text === kind.without ? NaN : kind.read(value.text);
  if (!(x > 0)) x = Math.sqrt(kind.from * kind.to);
  const unit = kind.suffix;
  if (kind.whole) {
    const from = Math.max(1, Math.round(x / 4));
    const to = Math.max(from + 4, Math.round(x * 2));
    return `${from}..${to}:${Math.min(13, to - from + 1)}`;
  }
  if (unit === '%') { // at whole multiples of 5 or 10
    const most = 5 * Math.ceil(Math.min(100, 1.5 * x) / 5);
    const step = most > 60 ? 10 : 5;
    const least = Math.max(step, step * Math.round(x / 4 / step));
    const to = least + step * Math.max(1, Math.round((most - least) / step));
    return `${least}%..${to}%:${(to - least) / step + 1}`;
  }
  if (kind.below) return `${short(Math.max(x / kind.below, kind === kinds.rate ? 0 : kind.from))}${unit}..${short(x * kind.above)}${unit}:13log`;
  if (kind === kinds.number) return `${short(Math.max(x / 3, 1))}..${short(x * 3)}:13log`;
  return `${short(x / 5)}${unit}..${short(x * 3)}${unit}:13log`;
}

// short writes the end of a range with three digits, which are enough.
function short(x) {
  return String(Number(x.toPrecision(3)));
}
