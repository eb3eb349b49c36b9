// What an autoscaler measures and decides: the averages of its windows as bars against what the ready
// instances are meant for, and the last decision by hand.

import { make } from './dom.js';
import { significant } from './format.js';

const measured = { concurrency: 'requests', rps: 'requests a second', cpu: 'instances in use' };

// ScalerView shows the last evaluation of a lane.
export class ScalerView {
  constructor() {
    this.head = make('p', { class: 'decision' });
    this.stable = bar();
    this.panic = bar();
    this.numbers = make('p', { class: 'note' });
    this.steps = make('ol', { class: 'by-hand' });
    this.element = make('div', { class: 'scaler', role: 'group', 'aria-label': 'the autoscaler', hidden: true }, this.head,
      make('div', { class: 'windows' }, this.stable.element, this.panic.element), this.numbers,
      make('details', {}, make('summary', {}, 'The decision by hand'), this.steps));
  }

  // show shows an evaluation, if there was one, at a time that is written as a text; places describes
  // the platform. most is the largest average so far, by which the bars are scaled.
  show(places, evaluation, time, most) {
    this.element.hidden = !places?.window;
    if (this.element.hidden || this.shown === evaluation && this.of === places && this.most === most) return;
    [this.shown, this.of, this.most] = [evaluation, places, most];
    const e = evaluation || { stable: 0, panic: 0, target: 0, ready: 0 };
    this.element.classList.toggle('panics', Boolean(e.in_panic));
    this.head.replaceChildren(...(evaluation
      ? [make('strong', {}, `${e.wanted} wanted`), ` at ${time}`, e.in_panic ? make('span', { class: 'badge' }, 'panic') : '']
      : ['Nothing has been evaluated yet.']));
    const meant = e.ready * e.target;
    const top = Math.max(most, meant * 1.1, e.panic_above ?? 0, e.target, 1e-9);
    this.stable.set(`stable, ${places.window} s`, e.stable, top, [{ at: meant, name: 'meant', text: 'meant for' }]);
    this.panic.element.hidden = !places.panic;
    if (places.panic) this.panic.set(`panic, ${places.panic} s`, e.panic, top, [{ at: meant, name: 'meant' }, { at: e.panic_above, name: 'limit' }], e.panic > e.panic_above);
    const what = measured[places.metric];
    this.numbers.textContent = evaluation
      ? `Averages of ${what}. ${e.ready} ready × target ${number(e.target)} = ${number(meant)}: what they are meant for (line).` + (places.panic ? ` Panic above ${number(e.panic_above)} (dashed).` : '')
      : `Averages of ${what}.`;
    fillSteps(this.steps, e);
  }
}

// fillSteps writes the steps of a decision into a list.
function fillSteps(list, evaluation) {
  list.replaceChildren(...(evaluation.by_hand || []).map((step) => make('li', {}, step)));
}

// told returns the text of an evaluation in the list of events, which opens the decision by hand.
export function told(event) {
  const steps = make('ol', { class: 'by-hand' });
  fillSteps(steps, event.evaluation);
  return make('details', { class: event.evaluation.in_panic ? 'panics' : '' }, make('summary', {}, event.text), steps);
}

function number(x) {
  return x === 0 ? '0' : String(Number(significant(x, 4).replace('−', '-')));
}

// bar makes a bar with a name, a value and marks.
function bar() {
  const name = make('span', { class: 'window-name' });
  const level = make('span', { class: 'level' });
  const marks = make('span', {});
  const value = make('span', { class: 'window-value' });
  const element = make('div', { class: 'window' }, name, make('span', { class: 'track', 'aria-hidden': 'true' }, level, marks), value);
  const share = (x, top) => Math.min(1, x / top);
  return {
    element,
    set(text, x, top, places, over = false) {
      name.textContent = text;
      value.textContent = number(x);
      level.style.setProperty('width', `${100 * share(x, top)}%`);
      element.classList.toggle('over', over);
      marks.replaceChildren(...places.filter(({ at }) => at > 0).map(({ at, name: kind }) => {
        const mark = make('span', { class: 'mark ' + kind });
        mark.style.setProperty('left', `${100 * share(at, top)}%`);
        return mark;
      }));
    },
  };
}
