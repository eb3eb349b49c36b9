// A browser that cannot run the simulator is told so. This script is none of the modules, which such a
// browser may not load either.
(function () {
  var missing = [];
  if (location.protocol === 'file:') missing.push('an address that begins with http, from any web server: browsers load no modules from files');
  if (typeof WebAssembly !== 'object' || typeof WebAssembly.compileStreaming !== 'function') missing.push('WebAssembly');
  if (typeof Worker !== 'function') missing.push('Web Workers');
  if (typeof DecompressionStream !== 'function') missing.push('DecompressionStream');
  if (missing.length === 0) return;
  var row = document.createElement('p');
  row.textContent = 'The simulator of this page cannot run here: it needs ' + missing.join(', and ') + '. A browser of 2023 or later has it all, unless it is switched off.';
  var box = document.createElement('div');
  box.id = 'unable';
  box.className = 'problem';
  box.setAttribute('role', 'alert');
  box.appendChild(row);
  var main = document.getElementById('main-content');
  main.parentNode.insertBefore(box, main);
})();
