// Numbers with units, as the command line shows them, and the texts of a scenario file.

const metrics = new Map(); // name → the server's description of it (docs/api.md)

export const metricNames = [];

// learnMetrics takes the metrics of the catalogue, in the order of the tables.
export function learnMetrics(all) {
  metrics.clear();
  for (const m of all) metrics.set(m.name, m);
  metricNames.splice(0, metricNames.length, ...metrics.keys());
}

// metricsOf returns the metrics that a platform has.
export function metricsOf(platform) {
  return [...metrics.values()].filter((m) => m.platforms.includes(platform));
}

// counts are the names of the counts whose means are metrics.
export function counts() {
  return [...metrics.values()].filter((m) => m.counts).map((m) => m.name);
}

export function label(metric) {
  return metrics.has(metric) ? metrics.get(metric).label : metric.replaceAll('_', ' ');
}

// meaning returns the explanation of a metric.
export function meaning(metric) {
  return metrics.has(metric) ? metrics.get(metric).text : '';
}

const fraction = [100, '%'];

function unitOf(metric) {
  return metrics.has(metric) ? metrics.get(metric).unit : 'count';
}

// scaleOf returns a factor and the unit for numbers of about this size. (number.go)
function scaleOf(metric, size) {
  return scaleOfUnit(unitOf(metric), size);
}

function scaleOfUnit(unit, size) {
  switch (unit) {
    case 'probability': return fraction;
    case 'per_second': return [1, '/s'];
    case 'per_million': return [1, '/M'];
    case 'megabytes': return [1, 'MB'];
    case 'gb_seconds_per_million': return [1, 'GB·s/M'];
    case 'per_month': return [1, '/month'];
    case 'seconds':
      if (size >= 3 * 3600) return [1 / 3600, 'h'];
      if (size >= 3 * 60) return [1 / 60, 'min'];
      if (size >= 1 || !(size > 0)) return [1, 's'];
      if (size >= 1e-3) return [1e3, 'ms'];
      if (size >= 1e-6) return [1e6, 'µs'];
      return [1e9, 'ns'];
  }
  return [1, ''];
}

// estimateScale returns the factor and the unit for an estimate.
function estimateScale(metric, e) {
  const size = Math.abs(e.mean);
  return scaleOf(metric, e.half_width !== null && e.half_width > size ? e.half_width : size);
}

const missing = '—'; // a value that does not exist

function known(e) {
  return e && e.mean !== null && e.mean !== undefined;
}

// estimate writes a mean with its half-width: {mean, half, unit} as texts. A difference of
// probabilities is in percentage points.
export function estimate(metric, e, difference = false) {
  if (!known(e)) return { mean: missing, half: '', unit: '' };
  let [factor, unit] = estimateScale(metric, e);
  if (difference && unit === '%') unit = 'pp';
  if (unit) unit = ' ' + unit;
  const mean = e.mean * factor;
  const half = e.half_width * factor;
  if (e.half_width === null || e.half_width === undefined) return { mean: fewest(mean), half: '± ' + missing, unit };
  if (half <= Math.abs(mean) * 1e-9) return { mean: fewest(mean), half: '± 0', unit };
  const digits = Math.min(Math.max(1 - Math.floor(Math.log10(half)), 0), 12);
  return { mean: minus(mean.toFixed(digits)), half: '± ' + half.toFixed(digits), unit };
}

// fewest writes a number with five significant digits and no needless zeros.
function fewest(x) {
  const size = Math.abs(x);
  if (x === 0) return '0';
  if (size < 1e-4 || size >= 1e15) return minus(String(Number(x.toPrecision(5))));
  const text = x.toFixed(Math.max(0, 4 - Math.floor(Math.log10(size))));
  return minus(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

// value writes a model's value of a metric with four significant digits, in the unit of the
// estimate beside it, if there is one.
export function value(metric, x, beside) {
  if (x === null || x === undefined || Number.isNaN(x)) return '';
  const [factor, unit] = known(beside) ? estimateScale(metric, beside) : scaleOf(metric, Math.abs(x));
  return fixed(x * factor) + (unit && ' ' + unit);
}

// duration writes seconds with four significant digits.
export function duration(x) {
  if (x === null || x === undefined) return missing;
  const [factor, unit] = scaleOfUnit('seconds', Math.abs(x));
  return `${fixed(x * factor)} ${unit}`;
}

// megabytes writes a memory size that is given in MB; a GB is 1024 MB.
export function megabytes(x) {
  return x >= 1024 ? `${plain(Number((x / 1024).toPrecision(3)))} GB` : `${plain(Number(x.toPrecision(3)))} MB`;
}

// number writes a plain number with four significant digits.
export function number(x) {
  return x === null || x === undefined ? missing : fixed(x);
}

// share writes a fraction of time.
export function share(x) {
  return fixed(x * fraction[0]) + ' ' + fraction[1];
}

function fixed(x) {
  const size = Math.abs(x);
  if (size < 1e-12) return '0';
  if (size < 1e-6) return minus(String(Number(x.toPrecision(3))));
  return minus(x.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size)))));
}

// significant writes a number with n significant digits, without an exponent where the number is
// short.
export function significant(x, n) {
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (size >= 1e7 || size < 1e-6) return minus(x.toExponential(n - 1));
  const decimals = Math.max(0, n - 1 - Math.floor(Math.log10(size)));
  return minus(x.toFixed(Math.min(decimals, 10)));
}

export function minus(text) {
  return /^-[0.]*$/.test(text) ? text.slice(1) : text.replace('-', '−');
}

// percent writes the deviation of a model's value from the simulated one: +3.0 %, −0.2 %.
export function percent(model, simulated) {
  const p = 100 * (model - simulated) / Math.abs(simulated);
  if (!Number.isFinite(p)) return '';
  const size = Math.abs(p);
  const text = size < 9.95 ? p.toFixed(1) : size < 1e6 ? p.toFixed(0) : p.toExponential(1);
  return (text.startsWith('-') ? '' : '+') + text.replace('-', '−') + ' %';
}

const units = { ns: 1e-9, us: 1e-6, 'µs': 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86400 };

// seconds reads a duration in the notation of scenario files: 60s, 1m30s, 250ms; NaN if the text is
// none.
export function seconds(text) {
  let total = 0;
  let rest = (text ?? '').trim();
  if (rest === '') return NaN;
  while (rest !== '') {
    const part = /^([0-9.]+(?:e[+-]?[0-9]+)?)(ns|us|µs|ms|min|s|m|h|d)/i.exec(rest);
    if (!part) return NaN;
    total += Number(part[1]) * units[part[2]];
    rest = rest.slice(part[0].length);
  }
  return total;
}

// perSecond reads a rate: 1/s, 30/m; NaN if the text is none.
export function perSecond(text) {
  const part = /^\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*\/\s*(ms|s|min|m|h|d)\s*$/i.exec(text);
  return part ? Number(part[1]) / units[part[2]] : NaN;
}

// plain writes a number as a person would type it, without the digits that binary fractions add.
export function plain(x) {
  return String(Number(x.toPrecision(15)));
}

// requests writes a number of requests: 950, 307 k, 1.21 M. (format.Thousands)
export function requests(n) {
  if (n === 1) return '1 request';
  const [factor, unit] = n < 10_000 ? [1, ''] : n < 1e6 ? [1e3, ' k'] : n < 1e9 ? [1e6, ' M'] : [1e9, ' G'];
  return Number((n / factor).toPrecision(unit ? 3 : 15)) + unit + ' requests';
}
