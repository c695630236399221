// From the points of series to what is drawn: the x axis, smoothing, and where values are not finite.

// A line of one run: {xs, ys, smooth, marks}, sorted by x; a value that can't be drawn is null.
export function lineOf(series, { x, log, smoothing }) {
  const raw = xsOf(series, x);
  const order = orderOf(raw);
  const xs = [];
  const ys = [];
  const marks = [];
  for (const n of order) {
    const at = raw[n];
    if (Number.isNaN(at)) continue;
    const value = series.values[n];
    if (!Number.isFinite(value)) marks.push({ x: at, value });
    const y = Number.isFinite(value) && (!log || value > 0) ? value : null;
    if (xs.length && xs[xs.length - 1] === at)
      ys[ys.length - 1] = y; // a step that was logged again
    else {
      xs.push(at);
      ys.push(y);
    }
  }
  return { xs, ys, marks, smooth: smoothing ? smoothed(ys, smoothing) : null };
}

// Steps, or seconds since 1970, or seconds since the first point.
function xsOf(series, x) {
  if (x === "step" || !series.hasTimes) return series.steps; // the times are still to come
  if (x === "time") return series.times;
  let first = Infinity;
  for (const time of series.times) if (time < first) first = time;
  return series.times.map((time) => time - first);
}

function orderOf(xs) {
  const order = xs.map((_, n) => n);
  for (let n = 1; n < xs.length; n++) {
    if (!(xs[n] >= xs[n - 1])) return order.sort((a, b) => xs[a] - xs[b] || a - b);
  }
  return order;
}

// TensorBoard's smoothing: an exponential moving average without the bias of its start.
export function smoothed(ys, weight) {
  let last = 0;
  let counted = 0;
  return ys.map((y) => {
    if (y === null) return null;
    last = last * weight + (1 - weight) * y;
    counted += 1;
    return last / (1 - weight ** counted);
  });
}

// Rows for a table or a file: {label, step, time, value} of all points, non-finite ones too.
export function* rowsOf(lines) {
  for (const { label, series } of lines) {
    for (let n = 0; n < series.steps.length; n++) {
      yield { label, step: series.steps[n], time: series.times[n], value: series.values[n] };
    }
  }
}
