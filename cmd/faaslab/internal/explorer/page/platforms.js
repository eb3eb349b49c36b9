// The kinds of platforms, as the server knows them.

// platforms are the kinds in the order in which they are shown: {name, label, title, one, whole,
// all_run, states}.
export const platforms = [];

// learnPlatforms takes the kinds from the server.
export function learnPlatforms(all) {
  platforms.splice(0, platforms.length, ...all);
}

// platformOf returns the kind with a name; undefined if there is none.
export function platformOf(name) {
  return platforms.find((p) => p.name === name);
}

// plural returns the name of a kind in the list of kinds: Wasm executors.
export function plural(p) {
  return p.whole[0].toUpperCase() + p.whole.slice(1) + 's';
}
