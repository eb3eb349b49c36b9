// The server's API, documented in docs/api.md. The page has no other door.

import { lost } from './page.js';

// An Answer that could not be had: its message is for the user.
export class Refused extends Error {}

// gone returns what to say of a server that is away.
function gone() {
  lost();
  return new Refused('The server does not answer: is faaslab serve still running? The page goes on when it is.');
}

// cut returns what to say of an answer that ended before its end.
function cut() {
  lost();
  return new Refused('The server stopped in the middle of its answer: what is shown is what came before.');
}

async function post(name, body, signal) {
  let response;
  try {
    response = await fetch('/api/' + name, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw gone();
  }
  if (!response.ok) {
    let message = `${response.status} ${response.statusText}`;
    try {
      message = (await response.json()).error;
    } catch { /* not from this server */ }
    throw new Refused(message);
  }
  return response;
}

// stream posts a request and calls each(line) for every line of the answer. It throws Refused when
// the answer has an error, or ends before isLast(line) was true of a line.
export async function stream(name, body, signal, each, isLast) {
  const response = await post(name, body, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let complete = false;
  for (;;) {
    let chunk;
    try {
      chunk = await reader.read();
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw cut();
    }
    if (chunk.done) break;
    const lines = (rest + chunk.value).split('\n');
    rest = lines.pop();
    for (const text of lines) {
      const line = JSON.parse(text);
      if (line.error && !line.point) {
        lost(); // it may have been stopped
        throw new Refused(line.error);
      }
      each(line);
      complete ||= isLast(line);
    }
  }
  if (!complete) throw cut();
}

// save posts a request whose answer is a file, and lets the browser save it.
export async function save(name, body) {
  const response = await post(name, body);
  const disposition = response.headers.get('Content-Disposition') || '';
  const file = /filename="?([^";]+)"?/.exec(disposition);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = file ? file[1] : name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// get fetches something that has an address of its own.
export async function get(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw gone();
  }
  if (!response.ok) throw new Refused(`${path}: ${response.status} ${response.statusText}`);
  return response;
}

let library;

// builtins returns the built-in scenarios; they are fetched once.
export async function builtins() {
  library ??= get('/api/scenarios').then((r) => r.json()).then((answer) => answer.scenarios);
  try {
    return await library;
  } catch (error) {
    library = undefined;
    throw error;
  }
}
