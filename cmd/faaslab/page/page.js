// The frame of the page: which view is shown, and what of it is in the address.
//
// The fragment is #VIEW?KEY=VALUE&… or #learn/NAME. Each view is a module that exports
// mount(root, state), where state is {path, params, go}: go(params, undoable) rewrites the
// address without leaving the view. mount returns {update(state), unmount()}.

import * as explore from './explore.js';
import * as learn from './learn.js';
import * as watch from './watch.js';

const views = { explore, watch, learn }; // all at once: a server that stops takes none of them away

const main = document.getElementById('main-content');
const trouble = document.getElementById('trouble');
let shown = null; // {name, handle}

// parse takes the address apart.
function parse() {
  const fragment = location.hash.slice(1);
  const [where, query = ''] = fragment.split(/\?(.*)/s);
  const [name, ...path] = where.split('/');
  return { name: views[name] ? name : 'explore', path: path.map(decoded), params: new URLSearchParams(query) };
}

// decoded is a part of an address as it was before it was encoded, or as it is if that cannot be.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// go rewrites the address of the view that is shown: "back" then leaves the view, or undoes the change if it is undoable.
function go(name) {
  return (params, undoable = false) => {
    const query = params.toString();
    const hash = '#' + name + (query ? '?' + query : '');
    if (undoable && hash !== location.hash) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
    remember(name);
  };
}

// remember makes the link to a view lead to what it shows now, from other views too.
function remember(name) {
  document.querySelector(`nav a[data-view="${name}"]`).href = location.hash || '#' + name;
}

function show() {
  const { name, path, params } = parse();
  const state = { path, params, go: go(name) };
  remember(name);
  for (const link of document.querySelectorAll('nav a[data-view]')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (shown && shown.name === name) {
    shown.handle.update(state);
    return;
  }
  if (shown) shown.handle.unmount();
  shown = null;
  main.replaceChildren();
  document.title = name[0].toUpperCase() + name.slice(1) + ' · faaslab';
  shown = { name, handle: views[name].mount(main, state) };
}

const troubles = new Map(); // what went wrong, by what was tried

// report shows above the view what went wrong with something that was tried; an empty text says that it went well.
export function report(text, tried = 'view') {
  if (text === '') troubles.delete(tried);
  else troubles.set(tried, text);
  showTroubles();
}

function showTroubles() {
  const texts = [...new Set(troubles.values())];
  if ([...trouble.children].map((row) => row.firstChild.textContent).join('\0') === texts.join('\0')) return;
  trouble.replaceChildren(...texts.map((text) => {
    const said = document.createElement('span');
    said.textContent = text;
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'close';
    close.textContent = '×';
    close.setAttribute('aria-label', 'Close this message');
    close.addEventListener('click', () => {
      for (const [tried, other] of troubles) if (other === text) troubles.delete(tried);
      showTroubles();
      main.focus({ preventScroll: true });
    });
    const row = document.createElement('p');
    row.append(said, close);
    return row;
  }));
  trouble.hidden = texts.length === 0;
  // It stays in sight, but not over what has the focus.
  const over = trouble.getBoundingClientRect().bottom - document.activeElement.getBoundingClientRect().top;
  if (!trouble.hidden && over > 0 && main.contains(document.activeElement) && document.activeElement !== main) scrollBy(0, -over - 8);
}

let waiting = false; // for the server

// lost is told that the server did not answer, or not to the end. If it is away now or in a second, the page waits until it is
// there again, and loads itself anew: it may be another version, and the address has what is shown.
export async function lost() {
  if (waiting) return;
  waiting = true;
  let away = false;
  for (let tries = 1; ; tries++) {
    try {
      await fetch('/icon.svg', { cache: 'no-store' });
      if (away) location.reload();
      if (away || tries > 1) break;
    } catch {
      away = true;
    }
    await new Promise((again) => { setTimeout(again, 1000); });
  }
  waiting = false;
}

// A scenario file that is dropped on the page is opened, wherever it falls.
window.addEventListener('dragover', (event) => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  document.body.classList.add('dropping');
});
window.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.body.classList.remove('dropping');
});
window.addEventListener('drop', async (event) => {
  const [file] = event.dataTransfer.files;
  document.body.classList.remove('dropping');
  if (!file) return;
  event.preventDefault();
  if (!shown.handle.open) {
    location.hash = '#explore';
    show();
  }
  shown.handle.open(file);
});

window.addEventListener('hashchange', () => {
  troubles.clear();
  showTroubles();
  show();
});
// The link to the content leaves the address alone: what is shown is in it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
show();
