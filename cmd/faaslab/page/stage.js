// The stage of Watch: the instances as cells by their slots, on a canvas, since there may be thousands at each frame.

import { make } from './dom.js';

const sizes = [72, 48, 30, 20, 14, 10, 7]; // of a cell, in pixels; the smallest are for thousands
const highest = 560; // pixels that cells take before they become smaller
const top = 34; // pixels above them, for the requests that wait or were turned away
const shown = 60; // at most, of those that wait

export class Stage {
  constructor() {
    this.element = make('canvas', { class: 'stage', role: 'img' });
    this.most = 0; // slots, so that cells do not grow again
    this.again = () => { if (this.scene) this.show(this.scene); };
    this.resized = new ResizeObserver(() => { if (this.element.clientWidth !== this.width) this.again(); });
    this.resized.observe(this.element);
    this.dark = window.matchMedia('(prefers-color-scheme: dark)');
    this.dark.addEventListener('change', this.again);
  }

  stop() {
    this.resized.disconnect();
    this.dark.removeEventListener('change', this.again);
  }

  // fit chooses the size of the cells.
  fit(slots) {
    this.most = Math.max(this.most, slots, 8);
    this.width = this.element.clientWidth || 720;
    this.size = sizes.find((s) => Math.ceil(this.most / Math.floor(this.width / s)) * s <= highest) || sizes.at(-1);
    this.columns = Math.floor(this.width / this.size);
    this.rows = Math.min(Math.ceil(this.most / this.columns), Math.floor(highest / this.size));
    const height = top + this.rows * this.size;
    const scale = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(this.width * scale), Math.round(height * scale)];
    const canvas = this.element;
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.height = height + 'px';
    }
    const pen = canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, this.width, height);
    return pen;
  }

  // show draws a scene: {slots, queue, speed, now, last, denied}, where slots are the instances by slot, speed is that of each
  // that runs, last is the event before now, if any, and denied says that it turned a request away just now. It returns how
  // many instances are not drawn, for want of room.
  show(scene) {
    this.scene = scene;
    const { slots, queue, now, last } = scene;
    if (!last) this.most = 0;
    const pen = this.fit(Math.max(slots.length, last && last.slot !== undefined ? last.slot + 1 : 0));
    const style = getComputedStyle(this.element);
    const colour = (name) => style.getPropertyValue('--' + name);
    const { size, columns } = this;
    const room = this.rows * columns;
    const gap = size >= 20 ? Math.round(size / 20) + 0.5 : 1;
    const side = size - 2 * gap;
    const round = side / 9 + (size >= 20 ? 2 : 0);
    const left = (slot) => (slot % columns) * size;
    const above = (slot) => top + Math.floor(slot / columns) * size;
    const cell = (slot) => {
      if (size < 14) pen.rect(left(slot) + gap, above(slot) + gap, side, side); // a corner is less than a pixel, and takes time
      else pen.roundRect(left(slot) + gap, above(slot) + gap, side, side, round);
    };
    const circle = (x, y, r) => { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 2 * Math.PI); };
    // outlined begins a path, lets draw add to it, and strokes it.
    const outlined = (name, width, dashes, draw) => {
      pen.beginPath();
      draw();
      pen.strokeStyle = colour(name);
      pen.lineWidth = width;
      pen.setLineDash(dashes);
      pen.stroke();
    };
    const filled = (name, draw) => {
      pen.beginPath();
      draw();
      pen.fillStyle = colour(name);
      pen.fill();
    };
    pen.textBaseline = 'middle';
    const write = (text, x, y, align, name, bold = false) => {
      pen.font = `${bold ? '600 ' : ''}${size >= 60 || !bold ? 13 : 11.5}px ${style.fontFamily}`;
      pen.textAlign = align;
      pen.fillStyle = colour(name);
      pen.fillText(text, x, y);
    };

    // The request that has just found its place.
    if (last && ['warm_start', 'cold_start', 'started', 'dequeued'].includes(last.kind) && last.slot < room) {
      const x = left(last.slot) + size / 2;
      outlined('accent', 2, [2, 3], () => { pen.moveTo(x, 24); pen.lineTo(x, above(last.slot)); });
      if (queue.length === 0) filled('accent', () => circle(x, 17, 6)); // else it would hide those that wait
    }
    const waits = queue.slice(0, Math.min(shown, Math.floor((this.width - 150) / 12)));
    filled('accent', () => waits.forEach((q, i) => { if (!q.in_dispatch) circle(10 + i * 12, 16, 4.7); }));
    filled('idle', () => waits.forEach((q, i) => { if (q.in_dispatch) circle(10 + i * 12, 16, 4.7); }));
    if (queue.length > waits.length) write(`+${queue.length - waits.length}`, 16 + waits.length * 12, 16, 'left', 'faint');
    if (scene.denied) {
      filled('trouble', () => circle(this.width - 76, 16, 6.5));
      write(last.kind === 'rejected' ? 'rejected' : 'gave up', this.width - 64, 16, 'left', 'faint');
    }

    // Cells of the same kind are one path.
    const kinds = { cold: [], warm: [], running: [], idle: [], starting: [], waiting: [] };
    const slow = [];
    let hidden = 0;
    for (const i of slots) {
      if (!i) continue;
      if (i.slot >= room) hidden++;
      else if (i.speed > 0 && scene.speed < 1) slow.push(i);
      else kinds[i.state].push(i);
    }
    const cells = (list) => () => list.forEach((i) => cell(i.slot));
    for (const list of [kinds.idle, slow]) {
      filled('paper', cells(list));
      outlined('line', 1.5, [], cells(list));
    }
    filled('cold', cells(kinds.cold));
    filled('warm', cells([...kinds.warm, ...kinds.running]));
    outlined('cold', 1.5, size >= 20 ? [4, 3] : [2, 2], cells(kinds.starting));
    outlined('faint', 1.5, size >= 20 ? [2, 3] : [2, 2], cells(kinds.waiting));
    // How fast one runs is how high its cell is filled.
    const bar = (i) => pen.roundRect(left(i.slot) + gap, above(i.slot) + gap + side * (1 - scene.speed), side, side * scene.speed, Math.min(round, side * scene.speed / 2));
    filled('cold', () => slow.forEach((i) => { if (i.state === 'cold' || i.state === 'starting') bar(i); }));
    filled('warm', () => slow.forEach((i) => { if (i.state !== 'cold' && i.state !== 'starting') bar(i); }));
    const thick = size >= 60 ? 6 : size >= 30 ? 3.5 : size >= 14 ? 2.5 : 1.5;
    const r = Math.max(side / 2 - thick / 2 - (size >= 30 ? 2 : 1), thick / 2);
    outlined('idle', thick, [], () => {
      for (const i of kinds.idle) {
        const rest = i.until_ns === undefined ? 1 : Math.min(1, Math.max(0, (i.until_ns - now) / (i.until_ns - i.since_ns)));
        const [x, y] = [left(i.slot) + size / 2, above(i.slot) + size / 2];
        pen.moveTo(x, y - r);
        if (rest > 0) pen.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * rest);
      }
    });
    if (size >= 40) {
      for (const [name, list] of [['paper', [...kinds.cold, ...kinds.warm, ...kinds.running]], ['ink', slow], ['faint', [...kinds.idle, ...kinds.starting, ...kinds.waiting]]]) {
        for (const i of list) write(String(i.instance), left(i.slot) + size / 2, above(i.slot) + size / 2 + 1, 'center', name, true);
      }
    }
    if (last && last.slot !== undefined && last.slot < room) {
      if (slots[last.slot]) {
        if (slots[last.slot].instance === last.instance) outlined('ink', 3, [], () => cell(last.slot));
      } else if (last.after === 'gone') {
        pen.globalAlpha = 0.6;
        outlined('faint', 1.5, [4, 4], () => cell(last.slot));
        pen.globalAlpha = 1;
      }
    }
    return hidden;
  }
}
