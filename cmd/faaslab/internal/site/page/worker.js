// The Web Worker in which the simulator of the site runs. The first message is {module}, the compiled
// simulator; then come {id, method, path, headers, body} and {id, abort: true}. It posts {ready: true},
// {crashed: text}, and for each request {id, status, headers}, {id, chunk} and {id, end: text}.

importScripts('wasm_exec.js');

const cancels = new Map(); // the function that cancels each request, by its id
let said = ''; // the last that the simulator wrote to stderr
const logged = console.log;
console.log = (...texts) => {
  said = (said + texts.join(' ') + '\n').slice(-4000);
  logged(...texts);
};

function crash(why) {
  const panic = /^(panic|fatal error): .*$/m.exec(said);
  postMessage({ crashed: panic ? panic[0] : String(why) });
}

async function begin(module) {
  try {
    const go = new self.Go();
    self.faaslabReady = () => postMessage({ ready: true });
    await go.run(await WebAssembly.instantiate(module, go.importObject));
    crash('the simulator ended');
  } catch (error) {
    crash(error);
  }
}

function answer({ id, method, path, headers, body }) {
  let ended = false; // a short answer may end before the function that would cancel it is here
  const cancel = self.faaslabAnswer(method, path, headers, body,
    (status, sent) => postMessage({ id, status, headers: sent }),
    (chunk) => postMessage({ id, chunk }, [chunk.buffer]),
    (end) => {
      ended = true;
      cancels.delete(id);
      postMessage({ id, end });
    });
  if (cancel && !ended) cancels.set(id, cancel);
}

onmessage = ({ data }) => {
  try {
    if (data.module) begin(data.module);
    else if (data.abort) cancels.get(data.id)?.();
    else answer(data);
  } catch (error) {
    crash(error);
  }
};
