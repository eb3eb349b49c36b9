// The server's API, documented in docs/api.md. The page reaches the server in no other way.

import { Config, files, imports, keep, keepImport } from './config.js';
import { learnMetrics } from './format.js';
import { learnPlatforms } from './platforms.js';
import { away, broken, reach } from './server.js';
import { lost } from './status.js';

// A Refused is the error of a request without an answer: its message is for the user.
export class Refused extends Error {
  constructor({ error, reason = error, problems = [], columns = [], lost = false }) {
    super(error);
    this.reason = reason; // the error without the advice that it may have
    this.problems = problems; // the problems of the scenario: {key, line, text}
    this.columns = columns; // of a table that could not be imported
    this.lost = lost; // the server is away: the input is not the cause
  }
}

// gone returns the message about a server that is away.
function gone() {
  lost();
  return new Refused({ error: away, lost: true });
}

// cut returns the message about an answer that ended too early.
function cut() {
  lost();
  return new Refused({ error: broken, lost: true });
}

function post(name, body, signal) {
  return send(name, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }, signal);
}

async function send(name, content, signal) {
  let response;
  try {
    response = await reach('api/' + name, { method: 'POST', ...content, signal });
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
    response = await reach(path, { signal });
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
  const [listed, glossary, schema, catalogue] = await Promise.all(['scenarios', 'glossary', 'schema', 'metrics'].map(async (name) => (await get('api/' + name)).json()));
  const found = { scenarios: listed.scenarios, glossary, schema, gone: [] };
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
  for (const [name, id] of imports) {
    try {
      add(found, name, (await (await get('api/import/' + id)).json()).scenario);
    } catch (error) {
      if (error.lost) throw error;
      keepImport(name); // the server does not have it any more
      found.gone.push(name);
    }
  }
  return found;
}

// add adds a scenario of this tab to the known ones.
function add(found, name, scenario) {
  const at = found.scenarios.findIndex((s) => s.name === name);
  found.scenarios.splice(Math.max(at, 0), at < 0 ? 0 : 1, { name, description: scenario.description || '', scenario, own: true });
}

// open adds the text of a file to the known scenarios, or throws the reason why it is no scenario.
export async function open(found, name, text) {
  const { scenario } = await ask('scenario', { file: text, file_name: name });
  keep(name, text);
  add(found, name, scenario);
}

// importChoices returns what the options of an import may be.
export async function importChoices() {
  return (await get('api/import')).json();
}

// importFiles sends files to be imported, to this server alone, and returns what was found. The server
// keeps the result, not the files.
export async function importFiles(logs, options, signal) {
  const body = new FormData();
  for (const file of logs) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      throw new Refused({ error: `${file.name}: cannot be read. It may be a folder, or may have changed since it was chosen: choose the files again.` });
    }
    body.append('file', file, file.name);
  }
  const response = await send('import?' + new URLSearchParams(options), { body }, signal);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw cut();
  }
}

// discard removes an import from the server.
export function discard(id) {
  reach('api/import/' + id, { method: 'DELETE' }).catch(() => { /* it goes with the server */ });
}

// adopt makes an import a known scenario, in place of one of the same name.
export function adopt(found, answer) {
  const before = imports.get(answer.name);
  if (before && before !== answer.import) discard(before);
  keepImport(answer.name, answer.import);
  add(found, answer.name, answer.scenario);
}

// The server forgets imports that are not used for long; while a page is open, it uses its own.
setInterval(() => {
  for (const id of imports.values()) reach('api/import/' + id, { method: 'HEAD' }).catch(() => { /* a request will tell */ });
}, 600_000);
