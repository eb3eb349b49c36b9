// How the page of a static site reaches the simulator: it runs in a Web Worker of this tab, and answers
// the API that faaslab serve has.

export const away = 'The simulator could not be started: it may not have been loaded completely. Reload the page.';
export const broken = 'The simulator of this page ended in the middle of its answer: what is shown is what came before. It has been started again.';
export const runsCommands = false;

// patience is how long the simulator may take to stop a computation, in ms, before it is ended and
// started again.
const patience = 1500;

let module; // a promise of the compiled simulator
let worker; // null: there is none
let started; // a promise that the worker is ready
const exchanges = new Map(); // those without an end, by id
let last = 0;

// compile loads the simulator, which is compressed.
async function compile() {
  const response = await fetch(new URL('simulator.bin', import.meta.url));
  if (!response.ok) throw new Error(`simulator.bin: ${response.status} ${response.statusText}`);
  const plain = response.body.pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compileStreaming(new Response(plain, { headers: { 'Content-Type': 'application/wasm' } }));
}

// start starts a worker, if there is none.
function start() {
  started ??= new Promise((resolve, reject) => {
    module ??= compile();
    module.then((compiled) => {
      const own = new Worker(new URL('worker.js', import.meta.url));
      worker = own;
      worker.onmessage = ({ data }) => {
        if (own !== worker) return; // it was ended, and may have said so twice
        if (data.ready) resolve();
        else if (data.crashed !== undefined) crashed(data.crashed, reject);
        else exchanges.get(data.id)?.take(data);
      };
      worker.onerror = (event) => {
        if (own === worker) crashed(event.message, reject);
      };
      worker.postMessage({ module: compiled });
    }).catch((error) => {
      module = started = undefined; // the next request tries again
      reject(error);
    });
  });
  return started;
}

// crashed ends the worker, whose requests fail, and starts another one.
function crashed(why, reject) {
  console.warn('The simulator ended:', why);
  const before = [...exchanges.values()];
  end();
  reject(new Error(why));
  for (const exchange of before) exchange.fail(why);
}

// end ends the worker; the next request starts another one.
function end() {
  if (worker) worker.terminate();
  worker = null;
  started = undefined;
  exchanges.clear();
}

// stopAtLast ends the worker if it does not stop a computation. Other requests begin again, except
// those of whose answers the page has seen a part.
function stopAtLast(id) {
  if (!exchanges.has(id)) return;
  const before = [...exchanges.values()];
  end();
  for (const exchange of before) {
    if (exchange.id === id || exchange.aborted) continue;
    if (exchange.begun) exchange.fail('another computation could not be stopped');
    else exchange.send();
  }
}

// An Exchange is a request and its answer.
class Exchange {
  constructor(request, signal) {
    this.id = request.id = ++last;
    this.request = request;
    this.answer = new Promise((resolve, reject) => { Object.assign(this, { resolve, reject }); });
    signal?.addEventListener('abort', () => this.abort(signal.reason), { once: true });
  }

  async send() {
    exchanges.set(this.id, this);
    try {
      await start();
      if (this.aborted || !worker) throw new Error('the simulator ended');
      worker.postMessage(this.request);
    } catch (error) {
      exchanges.delete(this.id);
      this.fail(error.message);
    }
  }

  take({ status, headers, chunk, end: ended }) {
    if (status !== undefined) {
      this.begun = true;
      const parts = new ReadableStream({ start: (controller) => { this.parts = controller; }, cancel: () => this.abort() });
      this.resolve(new Response([204, 304].includes(status) ? null : parts, { status, headers }));
    } else if (chunk) {
      if (!this.aborted) this.parts.enqueue(chunk);
    } else if (ended !== undefined) {
      exchanges.delete(this.id);
      if (ended) this.fail(ended);
      else if (!this.aborted) this.parts.close();
    }
  }

  fail(why) {
    if (this.aborted) return;
    const error = new TypeError(why); // as fetch has it
    this.reject(error);
    if (this.parts) this.parts.error(error);
  }

  abort(reason = new DOMException('The request was stopped.', 'AbortError')) {
    if (this.aborted || !exchanges.has(this.id)) return;
    this.reject(reason);
    if (this.parts) {
      try {
        this.parts.error(reason);
      } catch { /* it was cancelled by its reader */ }
    }
    this.aborted = true;
    if (worker) worker.postMessage({ id: this.id, abort: true });
    setTimeout(() => stopAtLast(this.id), patience);
  }
}

const refused = { error: 'This page has no server, which reads logs and traces: want faaslab serve, or faaslab import FILE --out DIR.' };

// reach answers a request for a path of the API as fetch does.
export async function reach(path, { method = 'GET', headers = {}, body, signal } = {}) {
  signal?.throwIfAborted();
  if (method === 'POST' && /^api\/import\b/.test(path)) return new Response(JSON.stringify(refused), { status: 501 });
  const bytes = body === undefined ? null : new TextEncoder().encode(body);
  const exchange = new Exchange({ method, path, headers, body: bytes }, signal);
  exchange.send();
  return exchange.answer;
}

// alive returns when the simulator answers, and throws otherwise.
export const alive = () => start();

// After the first visit the site works without a network. What keeps it loads all files, and so waits
// for the first answers.
start().then(() => setTimeout(() => navigator.serviceWorker?.register('offline.js'), 3000), () => { /* a request says so */ });
