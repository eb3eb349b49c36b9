// The server's API, documented in docs/api.md. The page has no other door.

import { Config, files, keep } from './config.js';
import { learnMetrics } from './format.js';
import { learnPlatforms } from './platforms.js';
import { lost } from './status.js';

// An answer that could not be had: its message is for the user.
export class Refused extends Error {
  constructor({ error, reason = error, problems = [], lost = false }) {
    super(error);
    this.reason = reason; // the error without the advice that it may have
    this.problems = problems; // what of the scenario is wrong: {key, line, text}
    this.lost = lost; // the server is away: nothing that was entered is the cause
  }
}

// gone returns what to say of a server that is away.
function gone() {
  lost();
  return new Refused({ error: 'The server does not answer: is faaslab serve still running? The page goes on when it is.', lost: true });
}

// cut returns what to say of an answer that ended before its end.
function cut() {
  lost();
  return new Refused({ error: 'The server stopped in the middle of its answer: what is shown is what came before.', lost: true });
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
    let answer = { error: `${response.status} ${response.statusText}` };
    try {
      answer = await response.json();
    } catch { /* not from this server */ }
    throw new Refused(answer);
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
        throw new Refused(line);
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
  if (!response.ok) throw new Refused({ error: `${path}: ${response.status} ${response.statusText}` });
  return response;
}

// ask posts a request whose answer is one line.
export async function ask(name, body, signal) {
  let answer;
  await stream(name, body, signal, (line) => { answer = line; }, () => true);
  return answer;
}

let library;

// known returns what the server knows: {scenarios, glossary, schema}; it is fetched once. The scenarios are followed by the
// files that were opened in this tab.
export async function known() {
  library ??= load();
  try {
    return await library;
  } catch (error) {
    library = undefined;
    throw error;
  }
}

async function load() {
  const [listed, glossary, schema, catalogue] = await Promise.all(['scenarios', 'glossary', 'schema', 'metrics'].map(async (name) => (await get('/api/' + name)).json()));
  const found = { scenarios: listed.scenarios, glossary, schema };
  Config.standard = listed.default;
  learnMetrics(catalogue.metrics);
  learnPlatforms(catalogue.platforms);
  for (const [name, text] of files) {
    try {
      await open(found, name, text);
    } catch (error) {
      if (error.lost) throw error; // else another version cannot read it
    }
  }
  return found;
}

// open adds the text of a file to what is known, or throws why it is no scenario.
export async function open(found, name, text) {
  const { scenario } = await ask('scenario', { file: text, file_name: name });
  keep(name, text);
  const at = found.scenarios.findIndex((s) => s.name === name);
  found.scenarios.splice(Math.max(at, 0), at < 0 ? 0 : 1, { name, description: scenario.description || '', scenario, own: true });
}
