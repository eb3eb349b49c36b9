// A configuration is a scenario with overrides, as in --set. The scenario is one that the server
// knows, a file that was opened in this tab, or one that was imported in it.

const stored = 'faaslab.files';

// files are the texts of the opened files, by name; they last as long as the tab, so that a reload
// shows the same.
export const files = new Map(JSON.parse(sessionStorage.getItem(stored) || '[]'));

// keep keeps the text of a file.
export function keep(name, text) {
  files.set(name, text);
  try {
    sessionStorage.setItem(stored, JSON.stringify([...files]));
  } catch { /* there is no room: it lasts until the page is loaded anew */ }
}

// imports are the ids of imports, by the name of their scenario. The data are in the server, and the
// ids last as long as the tab.
const storedImports = 'faaslab.imports';
export const imports = new Map(JSON.parse(sessionStorage.getItem(storedImports) || '[]'));

// keepImport keeps the id of an import, or forgets the import if there is none.
export function keepImport(name, id) {
  if (id) imports.set(name, id);
  else imports.delete(name);
  try {
    sessionStorage.setItem(storedImports, JSON.stringify([...imports]));
  } catch { /* there is no room: it lasts until the page is loaded anew */ }
}

export class Config {
  static standard = 'float'; // the scenario of an address that names none

  constructor(scenario = Config.standard, set = new Map()) {
    this.scenario = scenario;
    this.set = set; // key → text, or null for a text that is not an override
  }

  // from reads the parameters scenario and set of an address.
  static from(params) {
    const config = new Config(params.get('scenario') || Config.standard);
    for (const text of params.getAll('set')) {
      const at = text.indexOf('=');
      if (at > 0) config.set.set(text.slice(0, at), text.slice(at + 1));
      else if (text) config.set.set(text, null); // the server reports the error in it
    }
    return config;
  }

  // into writes the parameters scenario and set of an address.
  into(params) {
    params.set('scenario', this.scenario);
    for (const text of this.overrides()) params.append('set', text);
    return params;
  }

  overrides() {
    return [...this.set].map(([key, text]) => (text === null ? key : `${key}=${text}`));
  }

  // request returns the configuration in the form of the API, with additional overrides.
  request(more = []) {
    const set = [...this.overrides(), ...more];
    if (files.has(this.scenario)) return { file: files.get(this.scenario), file_name: this.scenario, set };
    if (imports.has(this.scenario)) return { import: imports.get(this.scenario), set };
    return { scenario: this.scenario, set };
  }

  copy() {
    return new Config(this.scenario, new Map(this.set));
  }

  // without returns the configuration without the override of a key.
  without(key) {
    const copy = this.copy();
    copy.set.delete(key);
    return copy;
  }

  // rough returns those of the given overrides that make a simulation short and do not conflict
  // with a length that is set.
  rough(overrides) {
    return overrides.filter((text) => !this.set.has('run.duration') && !this.set.has(text.split('=')[0]));
  }

  // describe names the configuration in a few words.
  describe() {
    const own = this.overrides().filter((text) => !text.startsWith('run.'));
    return own.length ? `${this.scenario}, ${own.join(', ')}` : this.scenario;
  }

  same(other) {
    return this.into(new URLSearchParams()).toString() === other.into(new URLSearchParams()).toString();
  }
}

// at returns the value of a resolved scenario at a path, or undefined.
export function at(scenario, path) {
  let value = scenario;
  for (const name of path.split('.')) {
    if (value === undefined || value === null || typeof value !== 'object') return undefined;
    value = value[name];
  }
  return value;
}
