// The server's API, documented in docs/api.md. The page reaches the server in no other way.

import { Config, files, keep } from './config.js';
import { learnMetrics } from './format.js';
import { learnPlatforms } from './platforms.js';
import { lost } from './status.js';

// A Refused is the error of a request without an answer: its message is for the user.
export class Refused extends Error {
  constructor({ error, reason = error, problems = [], lost = false }) {
    super(error);
    this.reason = reason; // the error without the advice that it may have
    this.problems = problems; // the problems of the scenario: {key, line, text}
    this.lost = lost; // the server is away: the input is not the cause
  }
}

// gone returns the message about a server that is away.
function gone() {
  lost();
  return new Refused({ error: 'The server does not answer: is faaslab serve still running? The page goes on when it is.', lost: true });
}

// cut returns the message about an answer that ended too early.
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

// stream posts a request and calls each(line) for every line of the answer. It throws Refused if
// the answer has an error, or ends before a line for which isLast(line) is true.
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
        lost(); // the server may have been stopped
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

// get fetches a resource that has an address of its own.
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

// known returns the knowledge of the server: {scenarios, glossary, schema}; it is fetched once.
// After the scenarios of the server come the files that were opened in this tab.
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
      if (error.lost) throw error; // else another version of the server cannot read it
    }
  }
  return found;
}

// open adds the text of a file to the known scenarios, or throws the reason why it is no scenario.
export async function open(found, name, text) {
  const { scenario } = await ask('scenario', { file: text, file_name: name });
  keep(name, text);
  const at = found.scenarios.findIndex((s) => s.name === name);
  found.scenarios.splice(Math.max(at, 0), at < 0 ? 0 : 1, { name, description: scenario.description || '', scenario, own: true });
}
