// The frame of the page: it shows a view, and keeps the view's state in the address.
//
// The fragment is #VIEW?KEY=VALUE&… or #learn/NAME. Each view is a module that exports
// mount(root, state), where state is {path, params, go}: go(params, undoable) rewrites the
// address without leaving the view. mount returns {update(state), unmount()}.

import * as explore from './explore.js';
import * as learn from './learn.js';
import { clear } from './status.js';
import * as watch from './watch.js';

const views = { explore, watch, learn }; // loaded together, so that a server that stops takes none of them away

const main = document.getElementById('main-content');
let shown = null; // {name, handle}

// parse splits the address into its parts.
function parse() {
  const fragment = location.hash.slice(1);
  const [where, query = ''] = fragment.split(/\?(.*)/s);
  const [name, ...path] = where.split('/');
  return { name: views[name] ? name : 'explore', path: path.map(decoded), params: new URLSearchParams(query) };
}

// decoded decodes a part of an address; a part that cannot be decoded stays as it is.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// go rewrites the address of the shown view: "back" then leaves the view or, if the change is
// undoable, undoes it.
function go(name) {
  return (params, undoable = false) => {
    const query = params.toString();
    const hash = '#' + name + (query ? '?' + query : '');
    if (undoable && hash !== location.hash) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
    remember(name);
  };
}

// remember makes the link to a view lead to its present state, also from other views.
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

// A scenario file that is dropped anywhere on the page is opened; other files are imported.
window.addEventListener('dragover', (event) => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  document.body.classList.add('dropping');
});
window.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.body.classList.remove('dropping');
});
window.addEventListener('drop', (event) => {
  const files = [...event.dataTransfer.files];
  document.body.classList.remove('dropping');
  if (files.length === 0) return;
  event.preventDefault();
  const action = files.length === 1 && /\.ya?ml$/i.test(files[0].name) ? 'open' : 'read';
  if (!shown.handle[action]) {
    location.hash = '#explore';
    show();
  }
  shown.handle[action](action === 'open' ? files[0] : files);
});

window.addEventListener('hashchange', () => {
  clear();
  show();
});
// The link to the content does not change the address, which has the state of the page.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
show();
