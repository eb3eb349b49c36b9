// What a log shows: the panel that imports files, and offers choices before they are simulated.

import { Refused, discard, importChoices, importFiles } from './api.js';
import { copyButton, make, scrolled } from './dom.js';
import { duration, minus, number } from './format.js';

// The options of an import that are columns of a table, in words.
const columns = { time: 'Time', duration: 'Duration', startup: 'Start-up', cold: 'Cold or not', function: 'Function' };
const labels = { ...columns, format: 'Format', unit: 'Unit of times', times: 'The time is' };

let choices; // what the server says that options may be

// Log is the panel. simulate(answer, set) simulates an import with overrides of laws.
export class Log {
  constructor(simulate) {
    this.simulate = simulate;
    this.status = make('p', { class: 'status', role: 'status' });
    this.stop = make('button', { type: 'button', class: 'small', hidden: true, onclick: () => this.stopped() }, 'Stop');
    this.problem = make('p', { class: 'problem', role: 'alert', hidden: true });
    this.body = make('div', {});
    this.fields = make('div', { class: 'chooser' });
    this.otherwise = make('details', { hidden: true }, make('summary', {}, 'Read it otherwise'), this.fields);
    this.element = make('section', { class: 'log-panel', 'aria-labelledby': 'log-title', tabindex: '-1', hidden: true },
      make('div', { class: 'heading' }, make('h2', { id: 'log-title' }, 'What the log shows'),
        make('button', { type: 'button', class: 'small', onclick: () => this.close() }, 'Close')),
      make('div', { class: 'row' }, this.status, this.stop), this.problem, this.body, this.otherwise);
  }

  // close ends what is being read, and removes from the server what was not simulated.
  close() {
    this.controller?.abort();
    this.drop();
    this.element.hidden = true;
  }

  drop() {
    if (this.answer && !this.adopted) discard(this.answer.import);
    this.answer = undefined;
  }

  // read imports files that were dropped or chosen.
  read(files) {
    this.files = files;
    this.options = {};
    this.columnNames = [];
    this.body.replaceChildren();
    return this.import();
  }

  // set changes an option and imports the files again; an empty text takes the option away.
  set(name, text) {
    if (text) this.options[name] = text;
    else delete this.options[name];
    if (name === 'format') for (const column of Object.keys(columns)) delete this.options[column];
    else if (name in columns && text && !this.options.format && !this.answer) this.options.format = choices.formats.find((f) => f.columns).name;
    this.import();
  }

  async import() {
    this.controller?.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.element.hidden = false;
    this.stop.hidden = false;
    this.complain('');
    this.body.classList.add('stale');
    const size = this.files.reduce((sum, file) => sum + file.size, 0);
    this.status.textContent = `Reading ${names(this.files)}, ${bytes(size)} …`;
    this.element.scrollIntoView({ block: 'nearest' });
    try {
      choices ??= await importChoices();
      if (size > choices.largest) {
        throw new Refused({ error: `${names(this.files)}: ${bytes(size)} are more than the ${bytes(choices.largest)} that the page reads. The command line has no such limit: faaslab import FILE --out DIR` });
      }
      const answer = await importFiles(this.files, this.options, signal);
      if (signal.aborted) {
        discard(answer.import);
        return;
      }
      this.drop();
      this.answer = answer;
      this.adopted = false;
      this.columnNames = answer.found.columns || [];
      this.status.textContent = answer.heading;
      this.show();
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      if (signal.aborted) return;
      if (error.columns.length) this.columnNames = error.columns;
      this.drop();
      this.status.textContent = 'Not imported.';
      this.body.replaceChildren();
      this.complain(inWords(error.message));
    }
    this.stop.hidden = true;
    this.body.classList.remove('stale');
    this.offer();
  }

  stopped() {
    this.controller.abort();
    this.drop();
    this.stop.hidden = true;
    this.body.replaceChildren();
    this.status.textContent = 'Stopped: nothing was imported.';
  }

  complain(text) {
    this.problem.textContent = text;
    this.problem.hidden = text === '';
  }

  // offer makes the choices of how the files are read: the format and, of a table, the columns.
  offer() {
    this.otherwise.hidden = !choices;
    if (!choices) return;
    const field = (name, options) => {
      const id = 'log-' + name;
      const select = make('select', { id, onchange: () => this.set(name, select.value) }, ...options.map(([v, text]) => make('option', { value: v }, text)));
      select.value = this.options[name] || '';
      return make('div', { class: 'field' }, make('label', { for: id }, labels[name]), select);
    };
    const asked = this.options.format || this.answer?.found.format;
    const table = this.columnNames.length && (!asked || choices.formats.find((f) => f.name === asked)?.columns);
    const fields = [field('format', [['', 'as recognized'], ...choices.formats.map((f) => [f.name, `${f.name}: ${f.title}`])])];
    if (table) {
      const named = [['', 'as found'], ...this.columnNames.map((c) => [c, c])];
      // A function of a column is chosen above, as COLUMN=NAME.
      fields.push(...Object.keys(columns).map((name) => field(name, named)));
      fields.find((f) => f.querySelector('#log-function')).querySelector('select').value = this.functionColumn();
      fields.push(field('unit', [['', 'as in the column’s name, or s'], ...choices.units.map((u) => [u, u])]),
        field('times', [['', 'as the rows show'], ...choices.times.map((t) => [t, `the ${t} of the request`])]));
    }
    this.fields.replaceChildren(...fields);
    if (!this.answer) this.otherwise.open = true; // a choice may help
  }

  // functionColumn returns the column that was chosen to tell functions apart.
  functionColumn() {
    const [column] = (this.options.function || '').split('=');
    return this.columnNames.includes(column) ? column : '';
  }

  // show shows what was found.
  show() {
    const { answer } = this;
    const { found } = answer;
    const simulate = make('button', { type: 'button', class: 'primary', onclick: () => this.run() }, 'Simulate');
    const save = make('a', { class: 'button', href: `/api/import/${answer.import}.zip`, download: `${answer.name}.zip` }, 'Save the scenario and its data');
    const code = make('code', {}, answer.command);
    this.chosen = new Map(); // the laws that were chosen, by key
    this.body.replaceChildren(...[
      this.functions(),
      make('dl', { class: 'sides' }, ...answer.facts.flatMap(({ name, text }) => [make('dt', {}, name), make('dd', {}, text)])),
      found.warnings.length ? make('ul', { class: 'warnings' }, ...found.warnings.map((w) => make('li', {}, w))) : null,
      this.leftOut(),
      ...found.samples.map((sample, i) => this.laws(sample, answer.samples[i])),
      ...found.notes.map((note) => make('p', { class: 'note' }, note)),
      make('div', { class: 'row actions' }, simulate, save),
      make('div', { class: 'command' }, make('pre', { tabindex: '0', 'aria-label': 'the command line of import' }, code), copyButton('the command line', () => code.textContent)),
      make('p', { class: 'note' }, 'The files are read by faaslab serve, which keeps what it made of them until it stops, or for an hour after the last use. Nothing goes anywhere else.'),
    ].filter((e) => e !== null));
  }

  // functions offers the functions of the log, if there are several.
  functions() {
    const { found } = this.answer;
    if (found.functions_in_all < 2) return found.function ? make('p', {}, `Function ${found.function}`) : null;
    const listed = found.functions.some((f) => f.name === found.function) ? found.functions : [{ name: found.function, requests: found.requests, cold_starts: found.cold_starts }, ...found.functions];
    const select = make('select', { id: 'log-of', onchange: () => this.setFunction(select.value) }, ...listed.map((f) => make('option', { value: f.name, disabled: f.name === '' },
      `${f.name || '(without a name)'}: ${f.requests} requests${f.cold_starts === null ? '' : `, ${f.cold_starts} cold`}`)));
    select.value = found.function;
    const box = make('div', { class: 'chooser' }, make('div', { class: 'field' }, make('label', { for: 'log-of' }, `Function, one of ${found.functions_in_all}`), select));
    if (found.functions_in_all > found.functions.length) {
      const other = make('input', { type: 'text', id: 'log-other', spellcheck: 'false', autocomplete: 'off', placeholder: 'its name, or how it begins', onchange: () => { if (other.value.trim()) this.setFunction(other.value.trim()); } });
      box.append(make('div', { class: 'field' }, make('label', { for: 'log-other' }, 'Another function'), other));
    }
    return box;
  }

  setFunction(name) {
    const column = this.functionColumn();
    this.set('function', column ? `${column}=${name}` : name);
  }

  leftOut() {
    const { left_out: omitted, files } = this.answer.found;
    if (omitted.length === 0) return null;
    const lines = omitted.reduce((sum, o) => sum + o.count, 0);
    const heads = ['why', 'lines', 'first in line', ...(files.length > 1 ? ['of'] : [])];
    return make('details', {}, make('summary', {}, lines === 1 ? '1 line was left out' : `${lines} lines were left out`),
      scrolled('what was left out', make('table', {}, make('thead', {}, make('tr', {}, ...heads.map((h) => make('th', { scope: 'col' }, h)))),
        make('tbody', {}, ...omitted.map((o) => make('tr', {}, make('th', { scope: 'row' }, o.reason), make('td', { class: 'number' }, String(o.count)), make('td', { class: 'number' }, String(o.line)),
          files.length > 1 ? make('td', {}, o.file) : null))))));
  }

  // laws shows the laws that fit a sample; the chosen one is what the scenario says.
  laws(sample, { key, label }) {
    const row = (law, text, cells, checked) => {
      const radio = make('input', { type: 'radio', name: 'law-' + key, id: `law-${sample.of}-${text.split('(')[0].trim().replaceAll(' ', '-')}`, checked,
        onchange: () => { if (law) this.chosen.set(key, law); else this.chosen.delete(key); } });
      return make('tr', {}, make('th', { scope: 'row' }, make('label', { class: 'choice' }, radio, text)), ...cells.map((c) => make('td', { class: 'number' }, c)));
    };
    const moments = (of) => [duration(of.mean), number(of.cv), duration(of.p99)];
    const size = `${sample.n} values${sample.kept < sample.n ? `, ${sample.kept} of them kept` : ''}`;
    const title = `${label[0].toUpperCase()}${label.slice(1)}: ${size}`;
    const reasons = new Map();
    for (const { name, reason } of sample.without_fit || []) reasons.set(reason, [...(reasons.get(reason) || []), name]);
    return make('div', {}, make('h3', {}, title),
      scrolled(title, make('table', { class: 'laws' }, make('caption', { class: 'hidden' }, `${title}; the laws that fit, the best by AIC first`),
        make('thead', {}, make('tr', {}, ...['the scenario says', 'AIC', 'KS', 'mean', 'cv', 'p99'].map((h, i) => make('th', { scope: 'col', class: i ? 'number' : '' }, h)))),
        make('tbody', {}, row('', 'the values themselves', ['', '', ...moments(sample)], true),
          ...(sample.laws || []).map((l) => row(l.law, shortened(l.law), [minus(l.aic.toFixed(1)), l.ks.toFixed(3), ...moments(l)], false))))),
      ...[...reasons].map(([reason, without]) => make('p', { class: 'note' }, `${without.join(', ')}: no fit, ${reason}`)));
  }

  run() {
    this.adopted = true;
    this.simulate(this.answer, new Map(this.chosen));
  }
}

// names names some files.
function names(files) {
  return files.length === 1 ? files[0].name : `${files.length} files`;
}

// bytes writes a size.
function bytes(n) {
  const [factor, unit] = n < 1024 ? [1, 'bytes'] : n < 1 << 20 ? [1024, 'KB'] : [1 << 20, 'MB'];
  return `${Number((n / factor).toPrecision(3))} ${unit}`;
}

// shortened writes a law with three digits of each number.
function shortened(law) {
  return law.replace(/\d+(\.\d+)?/g, (x) => String(Number(Number(x).toPrecision(3))));
}

// inWords replaces flags by the names of the fields.
function inWords(text) {
  return text.replace(/; want one of [\w, ]+ before the file$/, ': choose its “Format” below or, of a table, its “Time”').replace(/--([a-z]+)/g, (flag, name) => (labels[name] ? `“${labels[name]}”` : flag));
}
