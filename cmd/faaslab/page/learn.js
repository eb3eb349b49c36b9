// Learn: the lessons of docs/lessons. What their commands show can be simulated again, here and now.

import { Refused, get, stream } from './api.js';
import { Figure, make, narrow } from './dom.js';
import { report } from './page.js';

export function mount(root, state) {
  const view = new Learn(root, state);
  view.start();
  return { update: (s) => view.update(s), unmount: () => view.stop() };
}

class Learn {
  constructor(root, state) {
    this.root = root;
    this.state = state;
    this.running = [];
  }

  async start() {
    this.list = make('ol', { class: 'contents' });
    this.article = make('article', { class: 'lesson', tabindex: '-1' });
    this.heading = make('h1', {}, 'Learn');
    this.root.append(make('div', { class: 'learn' },
      make('nav', { class: 'side', 'aria-label': 'Lessons' }, this.heading, this.list), this.article));
    try {
      this.lessons = (await (await get('/api/lessons')).json()).lessons;
    } catch (error) {
      report(error.message);
      this.article.textContent = 'The lessons could not be loaded.';
      return;
    }
    if (this.stopped) return;
    this.list.append(...this.lessons.map((l) => make('li', {}, make('a', { href: '#learn/' + l.name, 'data-name': l.name }, l.title), make('span', { class: 'note' }, l.question))));
    this.update(this.state);
  }

  stop() {
    this.stopped = true;
    for (const controller of this.running) controller.abort();
  }

  async update(state) {
    this.state = state;
    if (!this.lessons) return;
    for (const controller of this.running) controller.abort();
    this.running = [];
    const name = state.path[0] || this.lessons[0].name;
    for (const link of this.list.querySelectorAll('a')) {
      if (link.dataset.name === name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (this.shown === name) return;
    const chosen = this.shown !== undefined;
    this.shown = name;
    let text;
    try {
      text = await (await get('/api/lessons/' + encodeURIComponent(name))).text();
    } catch (error) {
      if (this.shown === name) this.shown = undefined; // it may be tried again
      this.article.replaceChildren();
      report(error.message.includes('404') ? `There is no lesson ${name}.` : error.message);
      return;
    }
    if (this.stopped || this.shown !== name) return;
    // The lessons are part of the program: they come from nobody else.
    const page = new DOMParser().parseFromString(text, 'text/html');
    this.article.replaceChildren(...page.body.childNodes);
    this.dress();
    document.title = (this.lessons.find((l) => l.name === name) || {}).title + ' · faaslab';
    if (chosen) {
      window.scrollTo(0, 0);
      this.article.focus({ preventScroll: true });
    }
  }

  // dress gives the lesson what a page has and a file has not.
  dress() {
    for (const image of this.article.querySelectorAll('img')) image.classList.add('drawn');
    for (const table of this.article.querySelectorAll('table')) {
      const box = make('div', { class: 'scrolled', tabindex: '0', role: 'region', 'aria-label': 'a table' });
      table.replaceWith(box);
      box.append(table);
    }
    for (const code of this.article.querySelectorAll('pre > code')) {
      code.parentElement.tabIndex = 0;
      const first = /^\$ (faaslab .*)$/m.exec(code.textContent);
      const request = first && requestOf(words(first[1]));
      if (!request) continue;
      const out = make('div', { class: 'live' });
      const button = make('button', { type: 'button' }, 'Run it now');
      button.addEventListener('click', () => this.run(request, button, out));
      code.parentElement.after(make('p', { class: 'row' }, button), out);
    }
  }

  // run simulates what a command says and shows its figure.
  async run({ name, body }, button, out) {
    const controller = new AbortController();
    this.running.push(controller);
    button.disabled = true;
    const status = make('p', { class: 'status', role: 'status' }, 'Simulating …');
    const figure = new Figure('');
    out.replaceChildren(status, figure.element);
    const began = performance.now();
    let points = 0;
    try {
      await stream(name, body, controller.signal, (line) => {
        if (line.point) status.textContent = `${++points} points …`;
        if (line.figure) figure.show(line.figure, 'What the command finds now, drawn by the server.');
      }, (line) => line.figure && (line.of === undefined || line.stage === line.of));
      status.textContent = `Simulated just now, in ${((performance.now() - began) / 1000).toFixed(1)} s.`;
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof Refused)) throw error;
      status.textContent = error.message;
    }
    button.disabled = false;
    button.textContent = 'Run it again';
  }
}

// words splits a command as a shell does, quotes included.
function words(command) {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2]);
}

// requestOf returns what asks the API for the same as a command, or null for commands that the page cannot run.
function requestOf([, command, ...rest]) {
  const names = [];
  const flags = {};
  for (let i = 0; i < rest.length; i++) {
    if (!rest[i].startsWith('-')) {
      names.push(rest[i]);
      continue;
    }
    const [flag, given] = rest[i].replace(/^-+/, '').split(/=(.*)/s);
    (flags[flag] ??= []).push(given ?? rest[++i]);
  }
  const known = { run: ['set', 'models', 'metrics', 'plot'], sweep: ['set', 'vary', 'models', 'metrics', 'plot'], compare: ['set', 'a', 'b', 'metrics', 'plot'] };
  if (!known[command] || Object.keys(flags).some((flag) => !known[command].includes(flag))) return null;
  const set = flags.set || [];
  const scenario = names[0] || 'float';
  const models = (flags.models || [''])[0] === 'none' ? 'none' : '';
  switch (command) {
    case 'run': return { name: 'run', body: { scenario, set, models, figure: true, narrow: narrow() } };
    case 'sweep': {
      const metrics = (flags.metrics || []).flatMap((list) => list.split(',')).map((m) => m.replace(/^(container|wasm)\./, ''));
      return { name: 'sweep', body: { scenario, set, models, vary: flags.vary || [], metrics: [...new Set(metrics)], narrow: narrow() } };
    }
  }
  return { name: 'compare', body: { a: { scenario, set: [...set, ...(flags.a || [])] }, b: { scenario: names[1] || scenario, set: [...set, ...(flags.b || [])] }, narrow: narrow() } };
}
