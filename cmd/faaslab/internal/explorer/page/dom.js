// Functions that make elements.

// make returns an element: make('p', {class: 'note'}, 'text', child …). A property whose name
// begins with on is a listener; null and undefined children are left out.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...children.filter((c) => c !== null && c !== undefined));
  return element;
}

const svgSpace = 'http://www.w3.org/2000/svg';

// draw makes an element of a drawing.
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

// A Figure shows an SVG drawn by the server; behind it is its text for users who do not see.
export class Figure {
  constructor(alt) {
    this.image = make('img', { class: 'drawn', alt, hidden: true });
    this.element = this.image;
  }

  show(svg, alt) {
    if (this.image.src) URL.revokeObjectURL(this.image.src); // the old drawing stays until the new one is there
    this.image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    if (alt) this.image.alt = alt;
    this.image.hidden = false;
  }
}

// scrolled puts wide content into a box that scrolls, also by the keyboard.
export function scrolled(label, child) {
  return make('div', { class: 'scrolled', tabindex: '0', role: 'region', 'aria-label': label }, child);
}

// oneColumn reports whether the page is as narrow as on a phone, where its style sheet has one
// column.
export const oneColumn = window.matchMedia('(max-width: 860px)');

export function narrow() {
  return oneColumn.matches;
}

// folded is a table that opens on demand, and stays open when fill(table) fills it again.
export function folded(title) {
  const box = scrolled(title, make('table'));
  const element = make('details', { hidden: true }, make('summary', {}, title), box);
  const fill = (table) => {
    box.replaceChildren(table);
    element.hidden = false;
  };
  return { element, fill };
}

// copyButton makes a button that copies a text, which is computed when the button is pressed.
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

// tip is the explanation of the element that the pointer is on or that has the focus; a tap shows
// it, too.
const tip = make('div', { id: 'tip', role: 'tooltip', hidden: true });
let explained = null; // the element that it explains

function showTip(target, text) {
  if (!text) return;
  if (explained !== target) hideTip();
  explained = target;
  tip.textContent = text;
  tip.hidden = false;
  if (!tip.isConnected) document.body.append(tip);
  const said = (target.getAttribute('aria-describedby') || '').split(' ').filter((id) => id && id !== 'tip');
  target.setAttribute('aria-describedby', [...said, 'tip'].join(' '));
  placeTip();
}

// placeTip puts the explanation beside its element, which may have been scrolled.
function placeTip() {
  if (!explained) return;
  const target = explained;
  const box = target.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const room = document.documentElement.clientWidth - own.width - 8;
  const [before, after] = [box.top - own.height - 6, box.bottom + 6];
  const field = target.matches('input, select'); // the user also needs the elements beside and below a field
  if (field && box.right + 12 <= room) {
    tip.style.left = box.right + 12 + 'px';
    tip.style.top = Math.min(box.top, innerHeight - own.height - 8) + 'px';
    return;
  }
  tip.style.left = Math.max(8, Math.min(box.left, room)) + 'px';
  tip.style.top = (field && before > 8 || after + own.height > innerHeight ? Math.max(8, before) : after) + 'px';
}

function hideTip() {
  if (!explained) return;
  const left = (explained.getAttribute('aria-describedby') || '').split(' ').filter((id) => id !== 'tip').join(' ');
  if (left) explained.setAttribute('aria-describedby', left);
  else explained.removeAttribute('aria-describedby');
  explained = null;
  tip.hidden = true;
}

addEventListener('keydown', (event) => { if (event.key === 'Escape') hideTip(); });
addEventListener('scroll', placeTip, { capture: true, passive: true });

// explain shows text() beside an element while the focus is in it, or the pointer is on it or on
// another given element.
export function explain(element, text, pointed = element) {
  const show = () => showTip(element, text());
  element.addEventListener('focus', show);
  element.addEventListener('click', show);
  element.addEventListener('blur', hideTip);
  pointed.addEventListener('pointerenter', show);
  pointed.addEventListener('pointerleave', () => { if (document.activeElement !== element) hideTip(); });
}

// term makes a word that is explained on demand.
export function term(word, text) {
  if (!text) return word;
  const element = make('button', { type: 'button', class: 'term' }, word);
  explain(element, () => text);
  return element;
}

// glossed returns a text as nodes in which the words of a glossary, [{term, text}], are explained
// where they first occur.
export function glossed(text, glossary) {
  const nodes = [];
  const found = glossary
    .map((entry) => ({ entry, at: new RegExp(`(?<![\\p{L}\\d/])${entry.term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\d/+])`, 'u').exec(text)?.index }))
    .filter((f) => f.at !== undefined)
    .sort((a, b) => a.at - b.at || b.entry.term.length - a.entry.term.length);
  let done = 0;
  for (const { entry, at } of found) {
    if (at < done) continue;
    nodes.push(text.slice(done, at), term(entry.term, entry.text));
    done = at + entry.term.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((n) => n !== '');
}
