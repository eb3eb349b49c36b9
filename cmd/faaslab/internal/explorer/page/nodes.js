// The memory of nodes as bars: what running, idle and loading instances take, and what is free.

import { make } from './dom.js';
import { megabytes } from './format.js';

const few = 24; // nodes that are shown at first

const parts = ['running', 'idle', 'loading', 'free'];

// legend explains the bars.
export function legend() {
  return make('p', { class: 'memory-legend' }, ...parts.map((part) => make('span', {}, make('span', { class: 'swatch memory-' + part, 'aria-hidden': 'true' }), part)));
}

// NodeBars are a list of nodes with their bars. With watch(node), each has a button.
export class NodeBars {
  constructor(label, watch) {
    this.watch = watch;
    this.list = make('ul', { class: 'nodes', 'aria-label': label });
    this.more = make('button', { type: 'button', class: 'small', hidden: true, onclick: () => { this.all = true; this.show(this.nodes); } });
    this.element = make('div', {}, this.list, this.more);
    this.rows = [];
  }

  // show shows nodes: {node, memory_mb, running_mb, idle_mb, loading_mb}; memory_mb is null if there
  // is no limit.
  show(nodes) {
    this.nodes = nodes;
    const shown = this.all ? nodes : nodes.slice(0, few);
    this.more.hidden = shown.length === nodes.length;
    this.more.textContent = `Show all ${nodes.length} nodes`;
    while (this.rows.length > shown.length) this.rows.pop().element.remove();
    while (this.rows.length < shown.length) this.add(shown[this.rows.length].node);
    const used = (n) => n.running_mb + n.idle_mb + n.loading_mb;
    const most = Math.max(1, ...nodes.map((n) => n.memory_mb ?? used(n)));
    shown.forEach((n, i) => {
      const row = this.rows[i];
      const taken = { running: n.running_mb, idle: n.idle_mb, loading: n.loading_mb, free: n.memory_mb === null ? 0 : n.memory_mb - used(n) };
      if (taken.free < 1e-6 * most) taken.free = 0; // but for rounding
      for (const part of parts) row.parts[part].style.width = `${100 * Math.max(0, taken[part]) / most}%`;
      const words = parts.filter((part) => taken[part] > 0 || part === 'running' || part === 'idle').map((part) => `${megabytes(taken[part])} ${part}`);
      const text = words.join(', ') + (n.memory_mb === null ? '' : `, of ${megabytes(n.memory_mb)}`);
      if (row.text.textContent !== text) row.text.textContent = text;
      row.name.textContent = `Node ${n.node}`;
      row.node = n.node;
    });
  }

  add() {
    const row = { name: make('span', { class: 'node-name' }), text: make('span', { class: 'note' }), parts: {} };
    for (const part of parts) row.parts[part] = make('span', { class: 'memory-' + part });
    let button = null;
    if (this.watch) {
      button = make('button', { type: 'button', class: 'small', onclick: () => this.watch(row.node) }, 'Watch', make('span', { class: 'hidden' }, ' this node'));
    }
    row.element = make('li', {}, make('div', { class: 'node-head' }, row.name, row.text, button), make('div', { class: 'memory', 'aria-hidden': 'true' }, ...parts.map((part) => row.parts[part])));
    this.rows.push(row);
    this.list.append(row.element);
  }
}
