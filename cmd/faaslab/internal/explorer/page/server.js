// How the page reaches what answers its API. A static site has another module in the place of this one,
// which reaches a simulator in the browser (cmd/faaslab/internal/site).

// away and broken are said when there is no answer, or only the beginning of one.
export const away = 'The server does not answer: is faaslab serve still running? The page goes on when it is.';
export const broken = 'The server stopped in the middle of its answer: what is shown is what came before.';

// runsCommands says whether the commands of lessons can be run.
export const runsCommands = true;

// reach answers a request for a path of the API as fetch does.
export const reach = (path, init) => fetch('/' + path, init);

// alive returns when the server answers, and throws otherwise.
export const alive = () => fetch('/icon.svg', { cache: 'no-store' });
