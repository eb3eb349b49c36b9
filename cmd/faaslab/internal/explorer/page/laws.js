// The notation of distributions and arrival processes, for parameters that have controls on the
// page.

// parse returns {name, parameters: [{path, text, quantile}]} of a notation, or null if the text is none.
// Paths are as --set takes them after the law's own key: mean, rates.0, 0.mean in a mixture or a
// superposition, or 0.99 in quantiles, where quantile is that probability.
export function parse(notation) {
  const words = [...(notation || '').matchAll(/\s*("(?:[^"\\]|\\.)*"|[()[\],=:]|[^()[\],=:"\s][^()[\],=:"]*)/g)].map((m) => m[1].trim());
  let at = 0;
  const take = (word) => words[at] === word && ++at > 0;

  // value reads one value: {text}, {items} or {name, given}.
  function value() {
    if (take('[')) {
      const items = [];
      do items.push(words[at++]); while (take(','));
      take(']');
      return { items };
    }
    const text = words[at++];
    if (!take('(')) return { text };
    const given = [];
    while (at < words.length && !take(')')) {
      let one = { value: value() };
      if (take('=')) one = { name: one.value.text, value: value() };
      else if (take(':')) one = { weight: one.value.text, value: value() };
      given.push(one);
      take(',');
    }
    return { name: text, given };
  }

  const whole = value();
  return whole.name ? { name: whole.name, parameters: parametersOf(whole) } : null;
}

// bare are the names of parameters that are written without a name.
const bare = { constant: ['value'], uniform: ['min', 'max'], shifted: ['by'], empirical: ['file'], trace: ['file'], rates: ['file'] };

function parametersOf(call) {
  if (call.name === 'superpose' || call.given.some((g) => g.weight)) {
    return call.given.flatMap((g, i) => {
      if (!g.value.name) return g.weight ? [{ path: g.weight, text: g.value.text, quantile: g.weight }] : [];
      return parametersOf(g.value).map((p) => ({ ...p, path: `${i}.${p.path}` }));
    });
  }
  const own = [];
  const inner = [];
  const names = [...(bare[call.name] || [])];
  for (const { name, value } of call.given) {
    if (value.name) inner.push(...parametersOf(value));
    else if (value.items) own.push(...value.items.map((text, i) => ({ path: `${name}.${i}`, text })));
    else own.push({ path: name || names.shift() || 'value', text: value.text });
  }
  const taken = new Set(own.map((p) => p.path.split('.')[0]));
  return [...own, ...inner.filter((p) => !taken.has(p.path.split('.')[0]))];
}

// example returns an example of a law, with the mean of another law if possible: a mean time in
// seconds. Users who wait for their answers think for so long that they send as often.
export function example(notation, mean) {
  if (!(mean > 0)) return notation;
  const number = (x) => String(Number(x.toPrecision(6)));
  const users = /^closed\(users=(\d+)/.exec(notation);
  if (users) mean *= users[1];
  return notation
    .replace(/\brate=[^,)]+/, `rate=${number(1 / mean)}/s`)
    .replace(/^daily\(mean=[^,)]+/, `daily(mean=${number(1 / mean)}/s`)
    .replace(/^(?!daily)(.*?)\bmean=[^,)]+/, `$1mean=${number(mean)}s`)
    .replace(/^constant\(\d+ms\)/, `constant(${number(mean)}s)`);
}
