// One drawing by uPlot, made again when what it shows changes. Canvases no longer shown are kept for charts that look
// the same: making a canvas takes longer than drawing in it.

import { colour, dash, inks } from "../ui/colours.js";
import { momentText, numberText } from "../ui/numbers.js";
import { lineOf } from "./lines.js";

const uPlot = globalThis.uPlot; // a classic script, in front of the modules
const SYNC = "swancli";
const FONT = "11px system-ui, sans-serif";
const MAX_UNUSED = 60; // canvases that are kept

const unused = []; // {look, uplot, now}; the one that was shown longest ago first

// Draw `lines`, [{label, place, series}], into `host`. `options`: x, log, smoothing, range, width, height, and the
// functions onCursor(values), onRange(range or null).
export function plot(host, lines, options) {
  const drawn = lines.map((line) => ({ ...line, ...lineOf(line.series, options) }));
  const tables = drawn.map((line) => (line.smooth ? [line.xs, line.ys, line.smooth] : [line.xs, line.ys]));
  const data = tables.length ? uPlot.join(tables) : [[], []];
  const look = lookOf(drawn, options);
  const n = unused.findIndex((one) => one.look === look);
  const found = n < 0 ? { look, uplot: null, now: {} } : unused.splice(n, 1)[0];
  Object.assign(found.now, { drawn, options }); // what the drawing's functions look at
  if (found.uplot) {
    host.append(found.uplot.root);
    uPlot.sync(SYNC).sub(found.uplot);
    found.uplot.syncRect(true);
    found.uplot.setData(data);
  } else found.uplot = new uPlot(settings(found.now), data, host);
  performance.mark("swancli-draw");
  return { uplot: found.uplot, drawn, destroy: () => leave(found) };
}

// What can't be changed in a drawing.
function lookOf(drawn, options) {
  const lines = drawn.map((line) => [line.place, Boolean(line.smooth), isDense(line, options)]);
  return JSON.stringify([options.width, options.height, options.x, options.log, inks(), lines]);
}

// Whether a line has more points than pixels: a thin one shows more of it, and is drawn in a fifth of the time.
function isDense(line, options) {
  return line.xs.length > options.width;
}

function leave(one) {
  const { uplot, now } = one;
  Object.assign(now, { drawn: [], options: { ...now.options, onCursor() {}, onRange() {} } });
  uplot.setCursor({ left: -10, top: -10 }, false);
  uPlot.sync(SYNC).unsub(uplot);
  uplot.root.remove();
  unused.push(one);
  if (unused.length > MAX_UNUSED) unused.shift().uplot.destroy();
}

function settings(now) {
  const { drawn, options } = now;
  const ink = inks();
  return {
    width: options.width,
    height: options.height,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: {
      y: false,
      sync: { key: SYNC, scales: ["x", null], setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      dataIdx: nearest,
      bind: { dblclick: () => () => now.options.onRange(null) },
    },
    scales: {
      x: { time: options.x === "time", range: (u, low, high) => now.options.range ?? wide(low, high) },
      y: options.log ? { distr: 3 } : { range: (u, low, high) => padded(low, high) },
    },
    axes: [
      axis(ink, {
        size: 26,
        space: 60,
        values: options.x === "relative" ? (u, values) => values.map(spanLabel) : undefined,
      }),
      axis(ink, {
        size: 56,
        values: (u, values) => values.map((value) => (value === null ? "" : numberText(value, 4))),
      }),
    ],
    series: [{}, ...drawn.flatMap((line) => seriesOf(line, isDense(line, options)))],
    hooks: {
      setSelect: [(u) => selected(u, now.options)],
      setCursor: [(u) => now.options.onCursor(valuesAt(u, now.drawn, now.options))],
      draw: [(u) => drawMarks(u, now.drawn, ink)],
    },
  };
}

function axis(ink, more) {
  const ticks = { stroke: ink.grid, width: 1, size: 4 };
  const found = { stroke: ink.text, font: FONT, grid: { stroke: ink.grid, width: 1 }, ticks, ...more };
  if (found.values === undefined) delete found.values;
  return found;
}

function seriesOf(line, isDense) {
  const stroke = colour(line.place);
  const shown = { stroke, width: isDense && !line.smooth ? 1 : 1.5, dash: dash(line.place), label: "" };
  return line.smooth ? [{ ...shown, width: 1, alpha: 0.3, points: { show: false } }, shown] : [shown];
}

// The nearest point of a series that has a value: joined runs have points at different places.
function nearest(u, seriesIndex, hovered) {
  const ys = u.data[seriesIndex];
  if (ys[hovered] !== null && ys[hovered] !== undefined) return hovered;
  for (let away = 1; away < 200; away++) {
    for (const n of [hovered - away, hovered + away]) if (ys[n] !== null && ys[n] !== undefined) return n;
  }
  return hovered;
}

function wide(low, high) {
  if (low === null || low === undefined) return [0, 1];
  return low === high ? [low - 1, high + 1] : [low, high];
}

function padded(low, high) {
  if (low === null || low === undefined) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

function selected(u, options) {
  const { left, width } = u.select;
  if (width < 4) return;
  const ends = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
  u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  options.onRange(ends);
}

// What is under the cursor: {x, text, values: [{line, x, value, smooth}…]}; null if it is elsewhere.
function valuesAt(u, drawn, options) {
  const { idx, idxs } = u.cursor;
  if (idx === null || idx === undefined) return null;
  let at = 1;
  const values = drawn.map((line) => {
    const raw = at;
    at += line.smooth ? 2 : 1;
    const n = idxs?.[raw] ?? nearest(u, raw, idx);
    return {
      line,
      x: u.data[0][n],
      value: u.data[raw][n] ?? null,
      smooth: line.smooth ? (u.data[raw + 1][n] ?? null) : null,
    };
  });
  return { x: u.data[0][idx], text: xText(u.data[0][idx], options.x), values };
}

export function xText(x, kind) {
  if (kind === "time") return momentText(x);
  return kind === "relative" ? spanLabel(x) : String(x);
}

function spanLabel(seconds) {
  if (seconds === null) return "";
  const size = Math.abs(seconds);
  if (size >= 3600) return `${numberText(seconds / 3600, 3)}h`;
  return size >= 60 ? `${numberText(seconds / 60, 3)}m` : `${numberText(seconds, 3)}s`;
}

// Where a value is not finite: a triangle at the top for INF, at the bottom for -INF, a cross at the bottom for NaN.
function drawMarks(u, drawn, ink) {
  const { ctx, bbox } = u;
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const line of drawn) {
    ctx.strokeStyle = ctx.fillStyle = line.marks.length ? colour(line.place) : ink.warning;
    for (const { x, value } of line.marks) {
      const left = u.valToPos(x, "x", true);
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      const top = value === Infinity ? bbox.top + size : bbox.top + bbox.height - size;
      ctx.beginPath();
      if (Number.isNaN(value)) {
        ctx.moveTo(left - size, top - size);
        ctx.lineTo(left + size, top + size);
        ctx.moveTo(left + size, top - size);
        ctx.lineTo(left - size, top + size);
        ctx.stroke();
      } else {
        const way = value > 0 ? -size : size;
        ctx.moveTo(left, top + way);
        ctx.lineTo(left - size, top - way);
        ctx.lineTo(left + size, top - way);
        ctx.fill();
      }
    }
  }
  ctx.restore();
}
