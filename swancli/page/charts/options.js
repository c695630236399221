// What the charts' controls are set to, in the URL: x, smooth, log, range, find, system.

import { go, route } from "../ui/route.js";

export const AXES = ["step", "time", "relative"];

export function chartOptions() {
  const { query } = route();
  const x = AXES.includes(query.get("x")) ? query.get("x") : "step";
  const smoothing = Math.min(Math.max(Number(query.get("smooth")) || 0, 0), 0.99);
  const ends = (query.get("range") ?? "").split(":").map(Number);
  const range = ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1] ? ends : null;
  return { x, smoothing, log: query.get("log") === "1", range };
}

export function setRange(range) {
  const text = range && range.map((end) => Number(end.toPrecision(12))).join(":");
  go(null, { range: text });
}

export function setAxis(x) {
  go(null, { x: x === "step" ? null : x, range: null }, true);
}

export function setSmoothing(value) {
  go(null, { smooth: value > 0 ? Number(value.toFixed(2)) : null }, true);
}

export function setLog(on) {
  go(null, { log: on ? 1 : null }, true);
}

// The filter of charts as a regular expression; null without any, undefined if it makes no sense.
export function chartFilter() {
  const text = route().query.get("find");
  if (!text) return null;
  try {
    return new RegExp(text, "i");
  } catch {
    return undefined;
  }
}
