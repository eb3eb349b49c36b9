// The cluster of Explore: nodes as bars of memory, functions as a table that sorts, and policies to
// choose, with the difference that they make beside them.

import { at } from './config.js';
import { make, scrolled, term } from './dom.js';
import { duration, estimate, label, meaning, megabytes, minus, plain, share } from './format.js';
import { NodeBars, legend } from './nodes.js';

const few = 15; // functions that are shown at first

export class Cluster {
  // choose(key, value) is called with a policy that was chosen, watch(node) with a node.
  constructor({ choose, watch }) {
    this.choose = choose;
    this.bars = new NodeBars('the memory of the nodes, averaged over time', watch);
    this.policies = make('div', { class: 'policies' });
    this.against = make('p', { class: 'status', role: 'status' });
    this.difference = make('div', {});
    this.find = make('input', { id: 'cluster-find', type: 'text', spellcheck: 'false', autocomplete: 'off', oninput: () => this.showRows() });
    this.head = make('tr', {});
    this.body = make('tbody', {});
    this.count = make('p', { class: 'note' });
    this.more = make('button', { type: 'button', class: 'small', onclick: () => { this.all = !this.all; this.showRows(); } });
    this.element = make('section', { class: 'cluster', 'aria-labelledby': 'cluster-title', hidden: true },
      make('h2', { id: 'cluster-title' }, 'The cluster'),
      make('div', { class: 'cluster-parts' },
        make('div', {}, make('h3', {}, 'Memory of the nodes'), make('p', { class: 'note' }, 'Averages over the measured time.'), legend(), this.bars.element),
        make('div', {}, make('h3', {}, 'Policies'), this.policies)),
      this.against, this.difference,
      make('h3', {}, 'Functions'),
      make('div', { class: 'field find' }, make('label', { for: 'cluster-find' }, 'Find a function'), this.find),
      scrolled('the functions', make('table', { class: 'functions' },
        make('caption', { class: 'hidden' }, 'The functions whose instances take most memory; the buttons in the head sort them'),
        make('thead', {}, this.head), this.body)),
      make('div', { class: 'row' }, this.more, this.count));
  }

  // show shows a result, whose line has the cluster; without one it hides.
  show({ result, cluster }) {
    this.element.hidden = !cluster;
    if (!cluster) return;
    this.compared = cluster.compared;
    this.rows = cluster.rows;
    this.of = cluster.of;
    this.bars.show(Object.values(result.platforms).find((p) => p.nodes).nodes);
    this.showPolicies(cluster.policies, result.scenario);
    this.showHead(cluster.columns);
    this.showRows();
  }

  // showPolicies checks the present values; the controls stay, and with them the focus.
  showPolicies(policies, scenario) {
    const known = policies.map((p) => {
      const value = at(scenario, p.key);
      return p.choices.some((c) => c.value === value) ? p : { ...p, choices: [{ value, text: value }, ...p.choices] };
    });
    const listed = JSON.stringify(known);
    if (this.listed !== listed) {
      this.listed = listed;
      const focused = document.activeElement.id;
      this.policies.replaceChildren(...known.map((p, i) => make('fieldset', { class: 'policy' }, make('legend', {}, p.label),
        ...p.choices.map((c, k) => make('label', { class: 'choice' },
          make('input', { type: 'radio', name: `policy-${i}`, id: `policy-${i}-${k}`, value: c.value, onchange: () => this.choose(p.key, c.value) }), c.text)),
        p.note ? make('p', { class: 'note' }, p.note) : null)));
      if (focused.startsWith('policy-')) document.getElementById(focused)?.focus({ preventScroll: true });
    }
    known.forEach((p, i) => p.choices.forEach((c, k) => { document.getElementById(`policy-${i}-${k}`).checked = c.value === at(scenario, p.key); }));
  }

  // showDifference shows a line of a comparison, whose A is named.
  showDifference({ result, shown }, name) {
    if (this.element.hidden) return;
    const [platform] = Object.keys(result.difference).filter((p) => shown[p].rows);
    if (!platform) {
      this.against.textContent = 'Nothing differs.';
      this.difference.replaceChildren();
      return;
    }
    const differences = result.difference[platform];
    const rows = this.compared.filter((metric) => shown[platform].rows.includes(metric));
    this.against.textContent = `Against ${name}, on the same requests: ${rows.filter((metric) => differences[metric].significant).length} of ${rows.length} differences are significant (*).`;
    this.difference.replaceChildren(scrolled('the difference that the policy makes', make('table', { class: 'comparison' },
      make('caption', { class: 'hidden' }, 'Before, now, and now − before; * is significant'),
      make('thead', {}, make('tr', {}, make('td', {}), make('th', { scope: 'col', class: 'number' }, 'Before'), make('th', { scope: 'col', class: 'number' }, 'Now'), make('th', { scope: 'col', colspan: '2' }, 'Difference'),
        make('th', { scope: 'col' }, make('span', { class: 'hidden' }, 'significant')))),
      make('tbody', {}, ...rows.map((metric) => {
        const [a, b] = ['a', 'b'].map((side) => estimate(metric, result[side].platforms[platform].metrics[metric]));
        const d = estimate(metric, differences[metric], true);
        return make('tr', { class: differences[metric].significant ? 'significant' : '', 'data-metric': metric }, make('th', { scope: 'row' }, term(label(metric), meaning(metric))),
          make('td', { class: 'number' }, a.mean + a.unit), make('td', { class: 'number' }, b.mean + b.unit),
          make('td', { class: 'number' }, d.mean + d.unit), make('td', { class: 'half' }, d.half), make('td', {}, differences[metric].significant ? '*' : ''));
      })))));
  }

  // waitForDifference says that a comparison is on its way, or that there is none.
  waitForDifference(compares) {
    this.against.textContent = this.element.hidden ? '' : compares ? 'Comparing …' : 'Choose another policy: what it changes is shown here, on the same requests.';
    if (!compares) this.difference.replaceChildren();
  }

  // showHead makes the buttons that sort, again if there are other columns.
  showHead(columns) {
    if (JSON.stringify(this.columns) === JSON.stringify(columns)) return;
    this.columns = columns;
    this.sorted = columns.findIndex((c) => c.name === 'memory');
    this.downwards = true;
    this.head.replaceChildren(...columns.map((c, i) => make('th', { scope: 'col', class: c.unit === 'text' ? '' : 'number' },
      make('button', { type: 'button', class: 'sort', title: c.text, onclick: () => this.sort(i) }, c.label, make('span', { class: 'arrow', 'aria-hidden': 'true' })))));
  }

  // sort sorts by a column, the largest first, or turns the order round; names begin with A.
  sort(i) {
    this.downwards = this.sorted === i ? !this.downwards : this.columns[i].unit !== 'text';
    this.sorted = i;
    this.showRows();
  }

  showRows() {
    if (!this.columns) return;
    const [i, sign] = [this.sorted, this.downwards ? -1 : 1];
    [...this.head.children].forEach((th, k) => {
      if (k === i) th.setAttribute('aria-sort', this.downwards ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
      th.querySelector('.arrow').textContent = k === i ? (this.downwards ? ' ▾' : ' ▴') : '';
    });
    const wanted = this.find.value.trim().toLowerCase();
    const found = this.rows.filter((r) => r[0].toLowerCase().includes(wanted));
    const order = (a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : typeof a === 'string' ? sign * a.localeCompare(b, 'en', { numeric: true }) : sign * (a - b));
    found.sort((a, b) => order(a[i], b[i]));
    const shown = this.all ? found : found.slice(0, few);
    this.body.replaceChildren(...shown.map((r) => make('tr', {}, ...r.map((x, k) => (k === 0
      ? make('th', { scope: 'row', title: x }, x) : make('td', { class: 'number' }, written(this.columns[k].unit, x)))))));
    this.more.hidden = found.length <= few;
    this.more.textContent = this.all ? 'Show fewer' : `Show all ${found.length}`;
    this.count.textContent = this.rows.length < this.of
      ? `The ${this.rows.length} of ${this.of} functions whose instances take most memory; run --functions writes all.`
      : `${shown.length} of ${this.of} functions.`;
  }
}

// written writes a value in the unit of its column.
function written(unit, x) {
  if (x === null) return '—';
  switch (unit) {
    case 'probability': return share(x);
    case 'seconds': return duration(x);
    case 'megabytes': return megabytes(x);
  }
  return minus(plain(x));
}
