// Errors are shown above the view; when the server is away, the page waits for it.

import { alive } from './server.js';

const trouble = document.getElementById('trouble');
const main = document.getElementById('main-content');

const troubles = new Map(); // the error of each action, by its name

// report shows the error of an action above the view; an empty text says that the action succeeded.
export function report(text, tried = 'view') {
  if (text === '') troubles.delete(tried);
  else troubles.set(tried, text);
  showTroubles();
}

// clear removes all reported errors.
export function clear() {
  troubles.clear();
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
  // The errors stay in sight, but do not cover the element that has the focus.
  const over = trouble.getBoundingClientRect().bottom - document.activeElement.getBoundingClientRect().top;
  if (!trouble.hidden && over > 0 && main.contains(document.activeElement) && document.activeElement !== main) scrollBy(0, -over - 8);
}

let waiting = false; // for the server

// lost is called when the server did not answer, or not completely. If the server is away now or in
// a second, the page waits until it is back, and reloads itself: the server may have another
// version, and the address has the state of the page.
export async function lost() {
  if (waiting) return;
  waiting = true;
  let away = false;
  for (let tries = 1; ; tries++) {
    try {
      await alive();
      if (away) location.reload();
      if (away || tries > 1) break;
    } catch {
      away = true;
    }
    await new Promise((again) => { setTimeout(again, 1000); });
  }
  waiting = false;
}
