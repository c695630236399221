// The points of metrics: asked for together, kept while there is room, and longer with what a run adds.

import { Problem } from "./connection.js";
import { source } from "./source.js";

const MAX_POINTS = 1_500_000; // that are kept; those used last
const SPECIAL = { NaN: NaN, INF: Infinity, "-INF": -Infinity };

const kept = new Map(); // by key, the one used longest ago first
let waiting = new Map(); // asked for, to be sent in one request
let held = 0;

// One series: `steps`, `values` and `times` (seconds since 1970, NaN if unknown) of equal length; `items` instead of
// values that are not numbers.
export class Series {
  constructor(address, name, details, hasTimes) {
    Object.assign(this, {
      address,
      name,
      details,
      hasTimes,
      steps: [],
      values: [],
      times: [],
      items: null,
      more: null,
    });
  }

  add(block) {
    const values = block.values;
    if (values.some((value) => value !== null && typeof value === "object")) {
      this.items ??= [];
      this.more ??= [];
      this.items.push(...values);
      this.more.push(...(block.more ?? values.map(() => null)));
    } else {
      for (const value of values) this.values.push(typeof value === "number" ? value : (SPECIAL[value] ?? NaN));
    }
    for (const step of block.steps) this.steps.push(Number(step));
    const times = block.times ?? block.steps.map(() => NaN);
    for (const time of times) this.times.push(typeof time === "string" ? Date.parse(time) / 1000 : (time ?? NaN));
  }
}

const keyOf = (address, name, times) => `${address}\n${name}\n${times ? 1 : 0}`;

// A series, sampled if it is long; with or without the times of its points, which take most of the time that points
// take. What is asked for in one turn becomes one request.
export function load(address, name, times = true) {
  const key = keyOf(address, name, times);
  const found = kept.get(key);
  if (found) {
    kept.delete(key);
    kept.set(key, found);
    return found;
  }
  if (!waiting.size) setTimeout(send, 0);
  let settle;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => kept.delete(key));
  kept.set(key, promise);
  waiting.set(key, { address, name, times, ...settle });
  return promise;
}

async function send() {
  const asked = [...waiting.values()];
  waiting = new Map();
  for (const times of [false, true]) {
    const some = asked
      .filter((one) => one.times === times)
      .sort((a, b) => (String(a.address) < String(b.address) ? -1 : 1));
    if (!some.length) continue;
    try {
      await source.series(some, times ? [] : [["times", 0]], (one, head, blocks) => {
        if (head.error) return one.reject(new Problem(head.error.message, head.error.kind));
        const series = new Series(one.address, one.name, head.details, times);
        for (const block of blocks) series.add(block);
        held += series.steps.length;
        one.resolve(series);
      });
    } catch (problem) {
      for (const one of some) one.reject(problem);
    }
  }
  makeRoom();
}

// Add to series what their runs have written since; gives those that grew.
export async function more(list) {
  const groups = new Map();
  for (const series of list) {
    const last = series.steps.length ? series.steps.reduce((a, b) => Math.max(a, b), -Infinity) : -1;
    const key = `${last} ${series.hasTimes}`;
    if (!groups.has(key))
      groups.set(key, { pairs: [["after", last], ...(series.hasTimes ? [] : [["times", 0]])], members: [] });
    groups.get(key).members.push(series);
  }
  const grown = [];
  for (const { pairs, members } of groups.values()) {
    await source.series(members, pairs, (series, head, blocks) => {
      if (head.error || !blocks.length) return;
      for (const block of blocks) series.add(block);
      held += blocks.reduce((sum, block) => sum + block.steps.length, 0);
      grown.push(series);
    });
  }
  return grown;
}

function makeRoom() {
  for (const [key, promise] of kept) {
    if (held <= MAX_POINTS) return;
    kept.delete(key);
    promise.then(
      (series) => (held -= series.steps.length),
      () => {},
    );
  }
}
