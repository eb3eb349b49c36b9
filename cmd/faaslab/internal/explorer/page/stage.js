// The stage of Watch: the instances as cells by their slots, on a canvas, since a frame may have
// thousands. An instance of several places is a box of them (boxes.js).

import { boxSizes, drawBoxes } from './boxes.js';
import { make } from './dom.js';

const sizes = [110, 72, 48, 30, 20, 14, 10, 7]; // cell sizes in pixels; the first is for a lecture, the smallest for thousands
const highest = 560; // height of the cells, in pixels, above which they become smaller
const shown = 60; // the most waiting requests that are drawn

export class Stage {
  constructor() {
    this.element = make('canvas', { class: 'stage', role: 'img' });
    this.most = 0; // the most slots so far, so that cells do not grow again
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

  // fit chooses the size of the cells, or of boxes of places.
  fit(slots, places) {
    this.most = Math.max(this.most, slots, places ? 4 : 8);
    this.width = this.element.clientWidth || 720;
    const lecture = document.documentElement.classList.contains('lecture');
    this.scale = lecture ? 1.6 : 1; // of texts and requests
    this.top = 34 * this.scale; // pixels above the cells, for requests that wait or were turned away
    const most = lecture ? Math.max(200, window.innerHeight * 0.5) : highest;
    const known = places ? boxSizes(places.each) : sizes.map((size) => ({ size, wide: size, tall: size }));
    const fits = ({ wide, tall }) => wide <= this.width && Math.ceil(this.most / Math.floor(this.width / wide)) * tall <= most;
    Object.assign(this, known.find((s, i) => fits(s) && (lecture || i > 0)) || known.at(-1)); // size, wide and tall
    this.columns = Math.max(1, Math.floor(this.width / this.wide));
    this.rows = Math.max(1, Math.min(Math.ceil(this.most / this.columns), Math.floor(most / this.tall)));
    const height = this.top + this.rows * this.tall;
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

  // show draws a scene: {slots, queue, speed, now, last, denied, places}, where slots are the instances
  // by slot, speed is the speed of each running instance, last is the latest event, if any, and denied
  // says that this event turned a request away just now. places says of instances of several places
  // how many each has: {each}, null for any number. It returns the number of instances that are not
  // drawn for want of room.
  show(scene) {
    this.scene = scene;
    const { slots, queue, now, last, places } = scene;
    if (!last) this.most = 0;
    const pen = this.fit(Math.max(slots.length, last && last.slot !== undefined ? last.slot + 1 : 0), places);
    const style = getComputedStyle(this.element);
    const colour = (name) => style.getPropertyValue('--' + name);
    const { size, wide, tall, columns, top } = this;
    const f = this.scale;
    const room = this.rows * columns;
    const gap = size >= 20 ? Math.round(size / 20) + 0.5 : 1;
    const side = size - 2 * gap;
    const round = side / 9 + (size >= 20 ? 2 : 0);
    const left = (slot) => (slot % columns) * wide;
    const above = (slot) => top + Math.floor(slot / columns) * tall;
    const cell = (slot) => {
      if (places) pen.roundRect(left(slot) + 2.5, above(slot) + 2.5, wide - 5, tall - 5, size < 8 ? 2 : 5);
      else if (size < 14) pen.rect(left(slot) + gap, above(slot) + gap, side, side); // a corner is less than a pixel, and takes time to draw
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
    const filled = (name, draw, style = colour(name)) => {
      pen.beginPath();
      draw();
      pen.fillStyle = style;
      pen.fill();
    };
    // A cold start has stripes, so that it differs from a warm one not only by its colour.
    const striped = (name, draw) => filled(name, draw, stripes(pen, colour(name), colour(name + '-stripe'), size));
    pen.textBaseline = 'middle';
    const write = (text, x, y, align, name, bold = false) => {
      pen.font = `${bold ? '600 ' : ''}${f * (size >= 60 || !bold ? 13 : 11.5)}px ${style.fontFamily}`;
      pen.textAlign = align;
      pen.fillStyle = colour(name);
      pen.fillText(text, x, y);
    };

    // The request that has just got its instance.
    if (last && (['warm_start', 'cold_start', 'started', 'served', 'dequeued'].includes(last.kind) || last.kind === 'freed' && last.request) && last.slot < room) {
      const x = left(last.slot) + wide / 2;
      outlined('request', 2, [2, 3], () => { pen.moveTo(x, 24 * f); pen.lineTo(x, above(last.slot)); });
      if (queue.length === 0) filled('request', () => circle(x, 17 * f, 6 * f)); // else it would hide the waiting requests
    }
    const waits = queue.slice(0, Math.min(shown, Math.floor((this.width - 150 * f) / (12 * f))));
    const place = (i) => circle((10 + i * 12) * f, 16 * f, 4.7 * f);
    filled('request', () => waits.forEach((q, i) => { if (!q.in_dispatch) place(i); }));
    filled('idle', () => waits.forEach((q, i) => { if (q.in_dispatch) place(i); }));
    if (queue.length > waits.length) write(`+${queue.length - waits.length}`, (16 + waits.length * 12) * f, 16 * f, 'left', 'faint');
    if (scene.denied) {
      filled('trouble', () => circle(this.width - 76 * f, 16 * f, 6.5 * f));
      write(last.kind === 'rejected' ? 'rejected' : 'gave up', this.width - 64 * f, 16 * f, 'left', 'faint');
    }

    const drawn = slots.filter((i) => i && i.slot < room);
    const kit = { pen, style, colour, filled, outlined, striped, write, left, above, cell };
    if (places) drawBoxes(kit, this, scene, drawn);
    else this.drawCells(kit, scene, drawn, { gap, side, round });
    if (last && last.slot !== undefined && last.slot < room) {
      if (slots[last.slot]) {
        if (slots[last.slot].instance === last.instance) outlined('ink', 3, [], () => cell(last.slot));
      } else if (last.after === 'gone') {
        pen.globalAlpha = 0.6;
        outlined('faint', 1.5, [4, 4], () => cell(last.slot));
        pen.globalAlpha = 1;
      }
    }
    return slots.filter((i) => i && i.slot >= room).length;
  }

  // drawCells draws instances of one place.
  drawCells({ pen, filled, outlined, striped, write, left, above, cell }, scene, drawn, { gap, side, round }) {
    const { size } = this;
    const { now } = scene;
    // Cells of the same kind are one path.
    const kinds = { cold: [], warm: [], releasing: [], running: [], idle: [], starting: [], waiting: [], loading: [] };
    const slow = [];
    for (const i of drawn) {
      if (i.speed > 0 && scene.speed < 1) slow.push(i);
      else kinds[i.state].push(i);
    }
    const cells = (list) => () => list.forEach((i) => cell(i.slot));
    for (const list of [kinds.idle, kinds.releasing, slow]) {
      filled('paper', cells(list));
      outlined('line', 1.5, [], cells(list));
    }
    striped('cold', cells(kinds.cold));
    filled('warm', cells(kinds.warm));
    // Hollow: the instance has responded, and is still taken.
    const [wall, inset] = size >= 30 ? [5, 5] : size >= 14 ? [3, 3] : [1.5, 1];
    outlined('warm', wall, [], () => kinds.releasing.forEach((i) => pen.rect(left(i.slot) + gap + inset, above(i.slot) + gap + inset, side - 2 * inset, side - 2 * inset)));
    filled('running', cells(kinds.running));
    outlined('running', 1.5, size >= 20 ? [4, 3] : [2, 2], cells(kinds.starting));
    outlined('cold', 1.5, size >= 20 ? [4, 3] : [2, 2], cells(kinds.loading));
    outlined('faint', 1.5, size >= 20 ? [2, 3] : [2, 2], cells(kinds.waiting));
    // The height to which a cell is filled shows the speed of its instance.
    const bar = (i) => pen.roundRect(left(i.slot) + gap, above(i.slot) + gap + side * (1 - scene.speed), side, side * scene.speed, Math.min(round, side * scene.speed / 2));
    const bars = (...states) => () => slow.forEach((i) => { if (states.includes(i.state)) bar(i); });
    striped('cold', bars('cold'));
    filled('warm', bars('warm'));
    filled('running', bars('running', 'starting'));
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
      for (const [name, list] of [['paper', [...kinds.cold, ...kinds.warm, ...kinds.running]], ['ink', slow], ['faint', [...kinds.idle, ...kinds.releasing, ...kinds.starting, ...kinds.waiting, ...kinds.loading]]]) {
        for (const i of list) write(String(i.instance), left(i.slot) + size / 2, above(i.slot) + size / 2 + 1, 'center', name, true);
      }
    }
  }
}

const patterns = {}; // of stripes, by their colours

// stripes returns a filling of oblique stripes, fine in small cells.
function stripes(pen, ground, stripe, size) {
  const step = size >= 30 ? 10 : size >= 14 ? 6 : 4;
  return patterns[ground + stripe + step] ??= pen.createPattern(tile(ground, stripe, step), 'repeat');
}

// tile returns the picture that is repeated to make stripes.
function tile(ground, stripe, n) {
  const canvas = make('canvas', { width: n, height: n });
  const pen = canvas.getContext('2d');
  pen.fillStyle = ground;
  pen.fillRect(0, 0, n, n);
  pen.strokeStyle = stripe;
  pen.lineWidth = 0.32 * n;
  for (const x of [-n, 0, n]) {
    pen.moveTo(x - 1, n + 1);
    pen.lineTo(x + n + 1, -1);
  }
  pen.stroke();
  return canvas;
}
