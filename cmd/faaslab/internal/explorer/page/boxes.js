// Instances of several places as boxes: a place is filled while a request runs in it.

const manyPlaces = 100; // an instance of more places is a box with a level and a number

// grid returns the columns and rows of the places of an instance.
function grid(each) {
  const columns = each <= 3 ? each : each <= 10 ? Math.ceil(each / 2) : Math.ceil(Math.sqrt(each));
  return { columns, rows: Math.ceil(each / columns) };
}

// counts reports whether the requests of an instance are a number and not places.
function counts(each) {
  return each === null || each > manyPlaces;
}

// headOf returns the height of the line above the places of a box, which has the number of the instance.
function headOf(each, size) {
  return counts(each) || size >= (each === 1 ? 14 : 10) ? 15 : 0;
}

// boxSizes returns sizes of boxes of instances with so many places, null for any number, from large to
// small: {size, wide, tall}, where size is that of a place. The first is for a lecture.
export function boxSizes(each) {
  if (counts(each)) return [120, 84, 64, 48, 36, 24, 14].map((size) => ({ size, wide: size, tall: size }));
  const { columns, rows } = grid(each);
  return [34, each === 1 ? 30 : 19, 15, 12, 10, 8, 6, 4].map((size) => {
    const head = headOf(each, size);
    const wide = Math.max(columns * size + 11, head ? 38 : 0);
    return { size, wide, tall: rows * size + head + 11 };
  });
}

// drawBoxes draws instances of several places, with the pens of a stage and the sizes that it chose.
export function drawBoxes({ pen, filled, outlined, write, left, above, cell }, stage, scene, drawn) {
  const { size, wide, tall } = stage;
  const { now, last, places: { each } } = scene;
  // The scale of the levels of instances of any number of places: the most so far, so that it hardly changes.
  stage.mostHeld = Math.max(last && stage.mostHeld || 10, ...drawn.map((i) => i.held || 0));
  const ready = drawn.filter((i) => i.state === 'idle' || i.state === 'running');
  const starting = drawn.filter((i) => i.state === 'starting');
  const draining = drawn.filter((i) => i.state === 'draining');
  const boxes = (list) => () => list.forEach((i) => cell(i.slot));
  filled('card', boxes(drawn));
  const inside = (i) => ({ x: left(i.slot) + 5.5, y: above(i.slot) + 5.5, w: wide - 11, h: tall - 11 });
  // How much of its start-up an instance has behind it.
  pen.globalAlpha = 0.18;
  filled('accent', () => starting.forEach((i) => {
    const { x, y, w, h } = inside(i);
    const done = i.until_ns > i.since_ns ? Math.min(1, Math.max(0, (now - i.since_ns) / (i.until_ns - i.since_ns))) : 0;
    pen.rect(x - 2, y + h + 2 - (h + 4) * done, w + 4, (h + 4) * done);
  }));
  pen.globalAlpha = 1;
  if (counts(each)) {
    const most = each ?? stage.mostHeld;
    const level = (list) => () => list.forEach((i) => {
      const { x, y, w, h } = inside(i);
      const full = (h + 4) * Math.min(1, (i.held || 0) / most);
      pen.rect(x - 2, y + h + 2 - full, w + 4, full);
    });
    pen.globalAlpha = 0.5; // the number stays legible
    filled('warm', level([...ready, ...draining]));
    filled('idle', level(starting));
    pen.globalAlpha = 1;
  } else {
    drawPlaces({ pen, filled, outlined }, each, size, drawn, inside);
  }
  outlined('idle', 1.5, [], boxes(ready));
  outlined('accent', 1.5, size >= 8 ? [4, 3] : [2, 2], boxes(starting));
  outlined('faint', 1.5, [1.5, 3], boxes(draining));
  if (counts(each) && size >= 36) {
    for (const i of drawn) {
      const { x, y, w, h } = inside(i);
      write(String(i.instance), x, y + 7, 'left', 'ink');
      write(String(i.held || 0), x + w / 2, y + h / 2 + 6, 'center', 'ink', true);
    }
  } else if (!counts(each) && headOf(each, size)) {
    for (const i of drawn) write(String(i.instance), inside(i).x, inside(i).y + 7, 'left', 'faint');
  }
}

// drawPlaces draws the places of boxes. A place is filled up to the speed of its request, which is less
// than whole where the requests of an instance share its cores.
function drawPlaces({ pen, filled, outlined }, each, size, drawn, inside) {
  const { columns } = grid(each);
  const gap = size >= 12 ? 2 : size >= 8 ? 1.5 : 0.5;
  const side = size - gap;
  const round = size >= 10 ? 3 : 0;
  const put = (i, place, height = 1) => {
    const { x, y } = inside(i);
    const [px, py] = [x + (place % columns) * size + gap / 2, y + headOf(each, size) + Math.floor(place / columns) * size + gap / 2 + side * (1 - height)];
    if (round) pen.roundRect(px, py, side, side * height, Math.min(round, side * height / 2));
    else pen.rect(px, py, side, side * height);
  };
  const all = (list, from, to, height) => () => list.forEach((i) => { for (let p = from(i); p < to(i); p++) put(i, p, height?.(i)); });
  const held = (i) => Math.min(i.held || 0, each);
  const zero = () => 0;
  filled('paper', all(drawn, zero, () => each));
  const running = drawn.filter((i) => i.state !== 'starting');
  const bound = drawn.filter((i) => i.state === 'starting'); // to its places, before it is ready
  filled('warm', all(running, zero, held, (i) => Math.min(1, i.speed || 1)));
  filled('idle', all(bound, zero, held));
  if (size >= 8) {
    outlined('line', 1, [], all(drawn.filter((i) => i.state !== 'draining'), held, () => each));
    outlined('warm', 1, [], all(running.filter((i) => i.speed && i.speed < 1), zero, held));
  }
}
