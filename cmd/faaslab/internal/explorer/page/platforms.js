// The kinds of platforms, as the server knows them.

// platforms are the kinds in the order in which they are shown: {name, label, title, one, whole, all_run, states}.
export const platforms = [];

// learnPlatforms takes those that the server told.
export function learnPlatforms(all) {
  platforms.splice(0, platforms.length, ...all);
}

// platformOf returns the kind of a name; undefined if there is none.
export function platformOf(name) {
  return platforms.find((p) => p.name === name);
}

// plural is what a kind is called where it is chosen: Wasm executors.
export function plural(p) {
  return p.whole[0].toUpperCase() + p.whole.slice(1) + 's';
}
