// The tables of Explore have the rows and the words of the command's output.

import { make, scrolled, term } from './dom.js';
import { estimate, label, meaning, percent, share, significant, value } from './format.js';
import { platforms } from './platforms.js';

function estimateCells(metric, e, difference) {
  const shown = estimate(metric, e, difference);
  return [make('td', { class: 'number' }, shown.mean + shown.unit), make('td', { class: 'half' }, shown.half)];
}

// resultTable has a row a metric; with difference, the estimates are differences. measured has what
// was measured of the metrics, and stands beside the simulation.
export function resultTable(title, rows, estimates, { difference = false, measured } = {}) {
  const body = make('tbody', {});
  for (const metric of rows) {
    const e = estimates[metric];
    const row = make('tr', { 'data-metric': metric }, metricHead(metric), ...estimateCells(metric, e, difference));
    if (measured) {
      const x = measured[metric];
      row.append(make('td', { class: 'number measured' }, value(metric, x, e)), make('td', { class: 'half' }, x === undefined ? '' : percent(x, e.mean)));
    }
    body.append(row);
  }
  const heads = measured
    ? make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, make('span', { class: 'hidden' }, 'Metric')),
      ...['simulated', 'measured'].map((t) => make('th', { scope: 'col', colspan: '2' }, t))))
    : make('thead', { class: 'hidden' }, make('tr', {}, ...['Metric', 'Mean', 'Half-width'].map((t) => make('th', { scope: 'col' }, t))));
  return make('table', {}, make('caption', { class: 'hidden' }, `${title}: metrics with 95 % confidence intervals`), heads, body);
}

// metricHead returns the head of a metric's row, with an explanation.
function metricHead(metric) {
  return make('th', { scope: 'row' }, term(label(metric), meaning(metric)));
}

export function modelTables(r, shown, gloss) {
  const tables = [];
  for (const { name, title } of platforms) {
    const p = r.platforms[name];
    const models = p ? shown[name].models || [] : [];
    if (models.length === 0) continue;
    const head = make('tr', {}, make('th', { scope: 'col' }, title), make('th', { scope: 'col', colspan: '2' }, ...gloss('simulated')),
      ...models.map((m) => make('th', { scope: 'col', colspan: '2' }, ...gloss(m.label))));
    const body = make('tbody', {});
    for (const metric of shown[name].rows) {
      const e = p.metrics[metric];
      if (!models.some((m) => p.models[m.name][metric] !== undefined)) continue;
      const row = make('tr', {}, metricHead(metric), ...estimateCells(metric, e));
      for (const m of models) {
        const x = p.models[m.name][metric];
        const far = e.half_width !== null && Math.abs(x - e.mean) > 2 * e.half_width && Math.abs(x - e.mean) > 0.01 * Math.abs(e.mean);
        row.append(make('td', { class: 'number' }, value(metric, x, e)), make('td', { class: far ? 'off' : 'half' }, x === undefined ? '' : percent(x, e.mean) + (far ? ' *' : '')));
      }
      body.append(row);
    }
    tables.push(scrolled(`the models of ${title}`, make('table', {},
      make('caption', { class: 'hidden' }, `${title}: what the models say, and how far that is from the simulation`), make('thead', {}, head), body)));
  }
  if (tables.length === 0) return [make('p', { class: 'note' }, 'No model applies to this scenario.')];
  tables.push(make('p', { class: 'note' }, '* is further from the simulation than twice its interval, and by more than 1 %.'));
  return tables;
}

export function transientTable(r, shown) {
  const columns = platforms.filter(({ name }) => shown[name]).flatMap(({ name, title }) => shown[name].rows.map((metric) => ({ metric, title, series: r.platforms[name].metrics[metric] })));
  const rows = r.times.map((time, i) => make('tr', {}, make('th', { scope: 'row' }, `${significant(time, 4)} s`),
    ...columns.flatMap(({ metric, series }) => estimateCells(metric, { mean: series.mean[i], half_width: series.half_width[i] }))));
  return make('table', {},
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Time'), ...columns.map(({ metric, title }) => make('th', { scope: 'col', colspan: '2' }, `${title}: ${label(metric)}`)))),
    make('tbody', {}, ...rows));
}

export function distributionTable(r) {
  const there = platforms.filter(({ name }) => r.platforms[name]);
  const most = Math.max(...there.map(({ name }) => r.platforms[name].distributions.instances.length));
  const rows = [];
  for (let n = 0; n < Math.min(most, 400); n++) {
    const cells = there.map(({ name }) => r.platforms[name].distributions.instances[n] || 0);
    if (cells.every((p) => p < 1e-4)) continue;
    rows.push(make('tr', {}, make('th', { scope: 'row' }, String(n)), ...cells.map((p) => make('td', { class: 'number' }, share(p)))));
  }
  return make('table', {},
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Instances'), ...there.map(({ title }) => make('th', { scope: 'col' }, title)))),
    make('tbody', {}, ...rows));
}

// sweepTable has a row per point; titles are the labels of models by their names.
export function sweepTable(points, metric, key, titles) {
  const names = platforms.filter(({ name }) => points.some((p) => p.platforms && p.platforms[name] && p.platforms[name].metrics[metric]));
  const rows = points.map((p) => {
    const row = make('tr', {}, make('th', { scope: 'row' }, p.values[key]));
    for (const { name } of names) {
      const platform = p.platforms && p.platforms[name];
      row.append(...estimateCells(metric, platform && platform.metrics[metric]));
      row.append(make('td', {}, platform && platform.models ? Object.entries(platform.models)
        .filter(([, m]) => m[metric] !== undefined).map(([m, v]) => `${titles.get(m) || m} ${value(metric, v[metric])}`).join(', ') : ''));
    }
    return row;
  });
  return make('table', {},
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, key), ...names.flatMap(({ title }) => [make('th', { scope: 'col', colspan: '2' }, title), make('th', { scope: 'col' }, 'models')]))),
    make('tbody', {}, ...rows));
}

// comparisonText counts the rows of the tables.
export function comparisonText({ result, shown }) {
  const rows = Object.entries(shown).flatMap(([name, { rows }]) => (rows || []).map((metric) => result.difference[name][metric]));
  return `${rows.filter((d) => d.significant).length} of ${rows.length} differences are significant.`;
}

export function comparisonTables({ result, shown }) {
  const tables = [];
  for (const { name, title } of platforms) {
    if (!shown[name]) continue;
    if (!shown[name].rows) {
      tables.push(make('p', { class: 'note' }, `${title}: the same on both sides.`));
      continue;
    }
    const a = result.a.platforms[name].metrics;
    const b = result.b.platforms[name].metrics;
    const rows = shown[name].rows.map((metric) => {
      const d = result.difference[name][metric];
      return make('tr', { class: d.significant ? 'significant' : '', 'data-metric': metric }, metricHead(metric),
        ...estimateCells(metric, a[metric]), ...estimateCells(metric, b[metric]), ...estimateCells(metric, d, true),
        make('td', {}, d.significant ? '*' : ''));
    });
    tables.push(scrolled(`the comparison of ${title}`, make('table', { class: 'comparison' },
      make('caption', { class: 'hidden' }, `${title}: A, B and B − A; * is significant`),
      make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, title), ...['A', 'B', 'B − A'].map((t) => make('th', { scope: 'col', colspan: '2' }, t)),
        make('th', { scope: 'col' }, make('span', { class: 'hidden' }, 'significant')))),
      make('tbody', {}, ...rows))));
  }
  return tables;
}
