// Learn: the lessons of docs/lessons. Their commands can be run again on the page.

import { Refused, get, stream } from './api.js';
import { Figure, make, scrolled } from './dom.js';
import { runsCommands } from './server.js';
import { report } from './status.js';

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
      this.lessons = (await (await get('api/lessons')).json()).lessons;
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
      text = await (await get('api/lessons/' + encodeURIComponent(name))).text();
    } catch (error) {
      if (this.shown === name) this.shown = undefined; // the lesson may be tried again
      this.article.replaceChildren();
      report(error.message.includes('404') ? `There is no lesson ${name}.` : error.message);
      return;
    }
    if (this.stopped || this.shown !== name) return;
    // The lessons are part of the program, and so can be trusted as HTML.
    const page = new DOMParser().parseFromString(text, 'text/html');
    this.article.replaceChildren(...page.body.childNodes);
    this.dress();
    document.title = (this.lessons.find((l) => l.name === name) || {}).title + ' · faaslab';
    if (chosen) {
      window.scrollTo(0, 0);
      this.article.focus({ preventScroll: true });
    }
  }

  // dress adds the elements that the page has and the file has not.
  dress() {
    for (const image of this.article.querySelectorAll('img')) image.classList.add('drawn');
    for (const table of this.article.querySelectorAll('table')) {
      const box = scrolled('a table', '');
      table.replaceWith(box);
      box.append(table);
    }
    for (const formula of this.article.querySelectorAll('math[display="block"]')) {
      const box = scrolled('a formula', '');
      box.classList.add('formula');
      formula.parentElement.replaceWith(box);
      box.replaceChildren(formula);
    }
    for (const code of this.article.querySelectorAll('pre > code')) {
      code.parentElement.tabIndex = 0;
      const shown = /^\$ (faaslab .*)\n([^]*)$/.exec(code.textContent);
      if (!shown) continue;
      code.replaceChildren(make('span', { class: 'typed' }, `$ ${shown[1]}\n`), shown[2]);
      if (!code.classList.contains('language-console')) continue; // it reads or writes files
      if (!runsCommands) {
        code.parentElement.after(make('p', { class: 'note' }, 'This page has no server that runs commands: faaslab serve has one.'));
        continue;
      }
      const out = make('div', { class: 'live', role: 'region', 'aria-label': 'what the command prints now', hidden: true });
      const button = make('button', { type: 'button' }, 'Run it now');
      button.addEventListener('click', () => this.run(shown[1], shown[2], button, out));
      code.parentElement.after(make('p', { class: 'row' }, button), out);
    }
  }

  // run runs a command on the server, and shows its output and its figure below it; until it ends,
  // the button stops it.
  async run(command, before, button, out) {
    if (button.running) {
      button.running.abort();
      return;
    }
    const controller = new AbortController();
    button.running = controller;
    this.running.push(controller);
    button.textContent = 'Stop';
    const status = make('p', { class: 'status', role: 'status' }, 'It runs …');
    out.replaceChildren(status);
    out.hidden = false;
    const began = performance.now();
    const elapsed = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    const clock = setInterval(() => { status.textContent = `It runs, since ${elapsed()} …`; }, 1000);
    try {
      await stream('command', { command }, controller.signal, (answer) => {
        status.textContent = `Run just now, in ${elapsed()}` + (answer.text && answer.text === before ? ': the same as above, to the last digit.' : '.');
        out.append(...this.printed(command, answer));
      }, (answer) => answer.exit !== undefined);
    } catch (error) {
      if (error.name !== 'AbortError' && !(error instanceof Refused)) throw error;
      status.textContent = error.name === 'AbortError' ? 'Stopped.' : error.message;
    } finally {
      clearInterval(clock);
      button.running = null;
      button.textContent = 'Run it again';
    }
  }

  // printed returns the elements of an answer: the text, the figure, and the notes from stderr.
  printed(command, { text, notes, figure }) {
    const parts = [];
    if (text) parts.push(make('pre', { tabindex: '0', 'aria-label': 'the output' }, make('code', {}, text)));
    if (figure) {
      const name = /--plot (\S+)/.exec(command)[1];
      const shown = this.article.querySelector(`img[src$="/${CSS.escape(name)}"]`); // the same figure
      const drawing = new Figure('');
      drawing.show(figure, shown ? shown.alt : 'What the command draws.');
      parts.push(make('p', {}, drawing.element));
    }
    if (notes) parts.push(make('p', { class: 'note notes' }, notes.trimEnd()));
    return parts;
  }
}
