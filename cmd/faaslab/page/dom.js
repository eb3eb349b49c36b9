// Elements, made by hand.

// make returns an element: make('p', {class: 'note'}, 'text', child …). A property whose name begins with on
// is a listener; null and undefined children are left out.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...children.filter((c) => c !== null && c !== undefined));
  return element;
}

const svgSpace = 'http://www.w3.org/2000/svg';

// draw is make for a drawing.
export function draw(tag, properties = {}, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  set(element, properties);
  element.append(...children);
  return element;
}

function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
}

// A Figure shows an SVG that the server drew; its text is behind it for those who do not see.
export class Figure {
  constructor(alt) {
    this.image = make('img', { class: 'drawn', alt, hidden: true });
    this.element = this.image;
  }

  show(svg, alt) {
    if (this.image.src) URL.revokeObjectURL(this.image.src); // the drawing stays until the next one is there
    this.image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    if (alt) this.image.alt = alt;
    this.image.hidden = false;
  }
}

// scrolled puts something wide into a box that scrolls, by the keyboard too.
export function scrolled(label, child) {
  return make('div', { class: 'scrolled', tabindex: '0', role: 'region', 'aria-label': label }, child);
}

// oneColumn is whether the page is as narrow as a phone, where its style sheet has one column.
export const oneColumn = window.matchMedia('(max-width: 860px)');

export function narrow() {
  return oneColumn.matches;
}

// folded is a table that opens on demand, and stays open when it is filled anew by fill(table).
export function folded(title) {
  const box = scrolled(title, make('table'));
  const element = make('details', { hidden: true }, make('summary', {}, title), box);
  const fill = (table) => {
    box.replaceChildren(table);
    element.hidden = false;
  };
  return { element, fill };
}

// copyButton copies a text that is known when it is pressed.
export function copyButton(what, text, name = 'Copy') {
  const button = make('button', { type: 'button', class: 'small' }, name);
  button.setAttribute('aria-label', 'Copy ' + what);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select and copy';
    }
    setTimeout(() => { button.textContent = name; }, 2000);
  });
  return button;
}
