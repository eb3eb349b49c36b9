// Numbers with units, as the command line shows them, and the texts of a scenario file.

const metrics = {
  cold_start_probability: ['cold start probability', 'probability'],
  rejection_probability: ['rejection probability', 'probability'],
  timeout_probability: ['time-out probability', 'probability'],
  response_time: ['response time, mean', 'seconds'],
  response_time_p50: ['response time, median', 'seconds'],
  response_time_p90: ['response time, 90th percentile', 'seconds'],
  response_time_p95: ['response time, 95th percentile', 'seconds'],
  response_time_p99: ['response time, 99th percentile', 'seconds'],
  response_time_warm: ['response time, warm starts', 'seconds'],
  response_time_cold: ['response time, cold starts', 'seconds'],
  waiting_probability: ['probability to wait', 'probability'],
  waiting_time: ['waiting time, mean', 'seconds'],
  waiting_time_p50: ['waiting time, median', 'seconds'],
  waiting_time_p90: ['waiting time, 90th percentile', 'seconds'],
  waiting_time_p95: ['waiting time, 95th percentile', 'seconds'],
  waiting_time_p99: ['waiting time, 99th percentile', 'seconds'],
  queue: ['requests waiting, mean', 'count'],
  instances: ['instances, mean', 'count'],
  warm_instances: ['warm instances, mean', 'count'],
  running: ['running instances, mean', 'count'],
  running_warm: ['running warm, mean', 'count'],
  running_cold: ['running cold, mean', 'count'],
  idle: ['idle instances, mean', 'count'],
  utilization: ['utilization', 'probability'],
  instance_lifetime: ['lifetime of an instance, mean', 'seconds'],
  throughput: ['throughput', 'rate'],
  user_cost: ['cost to the user, per million requests', 'count'],
  user_cost_month: ['cost to the user, per month', 'count'],
  provider_cost: ['cost to the provider, per million requests', 'count'],
  provider_cost_month: ['cost to the provider, per month', 'count'],
};

export const metricNames = Object.keys(metrics);

export function label(metric) {
  return metrics[metric] ? metrics[metric][0] : metric;
}

function unitOf(metric) {
  return metrics[metric] ? metrics[metric][1] : 'probability';
}

// scaleOf returns a factor and the unit to write numbers of about this size in.
function scaleOf(metric, size) {
  switch (unitOf(metric)) {
    case 'probability': return [100, ' %'];
    case 'rate': return [1, ' /s'];
    case 'seconds':
      if (size < 1e-3) return [1e6, ' µs'];
      if (size < 1) return [1e3, ' ms'];
      return [1, ' s'];
  }
  return [1, ''];
}

// digits returns how many decimals show a half-width to two significant digits.
function digits(half, mean) {
  const size = half > 0 ? half : Math.abs(mean) / 1000;
  if (!(size > 0)) return 0;
  return Math.min(10, Math.max(0, 1 - Math.floor(Math.log10(size))));
}

// estimate writes a mean with its half-width: {mean, half, unit} as texts.
export function estimate(metric, e, signed = false) {
  if (!e || e.mean === null || e.mean === undefined) return { mean: '–', half: '', unit: '' };
  const [factor, unit] = scaleOf(metric, Math.abs(e.mean));
  const mean = e.mean * factor;
  const half = e.half_width === null ? NaN : e.half_width * factor;
  const n = digits(half, mean);
  return {
    mean: (signed && mean > 0 ? '+' : '') + minus(mean.toFixed(n)),
    half: half >= 0 ? '± ' + half.toFixed(n) : '',
    unit,
  };
}

// value writes a number to four significant digits.
export function value(metric, x) {
  if (x === null || x === undefined || Number.isNaN(x)) return '–';
  const [factor, unit] = scaleOf(metric, Math.abs(x));
  if (unitOf(metric) === 'probability' && x > 0 && x < 1e-12) return '≈ 0' + unit; // 2.6e−157 % says no more
  return significant(x * factor, 4) + unit;
}

// significant writes a number with n significant digits and no exponent, where that is short.
export function significant(x, n) {
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (size >= 1e7 || size < 1e-6) return minus(x.toExponential(n - 1));
  const decimals = Math.max(0, n - 1 - Math.floor(Math.log10(size)));
  return minus(x.toFixed(Math.min(decimals, 10)));
}

export function minus(text) {
  return text.replace('-', '−');
}

// percent writes a relative deviation: +3 %, −0.2 %.
export function percent(x) {
  if (!Number.isFinite(x)) return '';
  const p = 100 * x;
  const size = Math.abs(p);
  const text = size >= 1e5 ? p.toExponential(0).replace('e+', 'e') : size >= 10 ? p.toFixed(0) : p.toFixed(1);
  return (p > 0 ? '+' : '') + minus(text) + ' %';
}

const units = { ns: 1e-9, us: 1e-6, 'µs': 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86400 };

// seconds reads a duration as scenario files have it: 60s, 1m30s, 250ms; NaN if it is none.
export function seconds(text) {
  let total = 0;
  let rest = text.trim();
  if (rest === '') return NaN;
  while (rest !== '') {
    const part = /^([0-9.]+(?:e[+-]?[0-9]+)?)(ns|us|µs|ms|min|s|m|h|d)/i.exec(rest);
    if (!part) return NaN;
    total += Number(part[1]) * units[part[2]];
    rest = rest.slice(part[0].length);
  }
  return total;
}

// perSecond reads a rate: 1/s, 30/m; NaN if it is none.
export function perSecond(text) {
  const part = /^\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*\/\s*(ms|s|min|m|h|d)\s*$/i.exec(text);
  return part ? Number(part[1]) / units[part[2]] : NaN;
}

// plain writes a number as a person would type it, to at most six significant digits.
export function plain(x) {
  return String(Number(x.toPrecision(6)));
}

// parameter returns a parameter of a notation such as exponential(mean=1s), or null.
export function parameter(notation, name) {
  const part = new RegExp('\\b' + name + '=([^,()]+)').exec(notation || '');
  return part ? part[1].trim() : null;
}

// requests writes how many there were: 1.2 million.
export function requests(n) {
  if (n >= 1e6) return significant(n / 1e6, 3) + ' million requests';
  return n.toLocaleString('en') + ' requests';
}
