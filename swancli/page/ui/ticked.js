// The ticked runs: `runs=1,,3` in the URL. A run keeps its place, and so its colour, when another is unticked.

import { go, route } from "./route.js";

export const DEFAULT_RUNS = 5; // the newest, which are shown while none is ticked

// Addresses by place; null where a run was unticked.
export function places() {
  const text = route().query.get("runs");
  if (!text) return [];
  return text.split(",").map((word) => (word === "" ? null : decodeURIComponent(word)));
}

export function ticked() {
  return places().filter((one) => one !== null);
}

export function placeOf(address) {
  return places().indexOf(String(address));
}

export function tick(address, on) {
  const found = places();
  const at = found.indexOf(String(address));
  if (on && at < 0) {
    const free = found.indexOf(null);
    if (free < 0) found.push(String(address));
    else found[free] = String(address);
  } else if (!on && at >= 0) found[at] = null;
  set(found);
}

export function set(found) {
  while (found.length && found.at(-1) === null) found.pop();
  const text = found.map((one) => (one === null ? "" : encodeURIComponent(one))).join(",");
  go(null, { runs: text || null }, true);
}
