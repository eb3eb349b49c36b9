// The frame of the page: which view is shown, and what of it is in the address.
//
// The fragment is #VIEW?KEY=VALUE&… or #learn/NAME. Each view is a module that exports
// mount(root, state), where state is {path, params, go}: go(params) rewrites the
// address without leaving the view. mount returns {update(state), unmount()}.

const views = {
  explore: () => import('./explore.js'),
  watch: () => import('./watch.js'),
  learn: () => import('./learn.js'),
};

const main = document.getElementById('main-content');
const trouble = document.getElementById('trouble');
let shown = null; // {name, handle}

// parse takes the address apart.
function parse() {
  const fragment = location.hash.slice(1);
  const [where, query = ''] = fragment.split(/\?(.*)/s);
  const [name, ...path] = where.split('/');
  return { name: views[name] ? name : 'explore', path: path.map(decodeURIComponent), params: new URLSearchParams(query) };
}

// go rewrites the address of the view that is shown; a click on "back" then leaves the view.
function go(name) {
  return (params, path = []) => {
    const query = params.toString();
    const where = [name, ...path.map(encodeURIComponent)].join('/');
    history.replaceState(null, '', '#' + where + (query ? '?' + query : ''));
  };
}

let turn = 0; // of the last change of the address

async function show() {
  const { name, path, params } = parse();
  const state = { path, params, go: go(name) };
  const mine = ++turn;
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
  try {
    const view = await views[name]();
    if (mine !== turn) return;
    document.title = name[0].toUpperCase() + name.slice(1) + ' · faaslab';
    shown = { name, handle: view.mount(main, state) };
  } catch (error) {
    if (mine === turn) report('This view could not be loaded: is the server still running?');
    throw error;
  }
}

// report shows what went wrong above the view; an empty text takes it away.
export function report(text) {
  if (trouble.textContent === text) return;
  trouble.textContent = text;
  trouble.hidden = text === '';
}

window.addEventListener('hashchange', () => {
  // The link to the content is not an address of a view.
  if (location.hash === '#main-content') {
    main.focus();
    return;
  }
  report('');
  show();
});
show();
