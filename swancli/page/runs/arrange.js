// Which runs are shown and in which order.

import { secondsOf } from "../ui/numbers.js";
import { byAge } from "../data/runs.js";

const STATES = ["running", "stale", "crashed", "failed", "killed", "stopped", "finished", "unknown"];

// Those whose name, id or run id holds all words.
export function matching(runs, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return runs;
  return runs.filter((run) => {
    const all = `${run.name} ${run.run_id} ${run.address}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

// Runs sorted by a column, from the highest down with "-" in front; without one, the newest first. With `byState`,
// {group, count} precedes each state's.
export function arranged(runs, sort, byState) {
  const column = sort?.replace(/^-/, "");
  const sorted = [...runs];
  if (!sort) sorted.sort((a, b) => byAge(b, a));
  else sorted.sort(comparing(column, sort.startsWith("-") ? -1 : 1));
  if (!byState) return sorted;
  return STATES.flatMap((state) => {
    const members = sorted.filter((run) => (run.values.get("state") ?? "unknown") === state);
    return members.length ? [{ group: state, count: members.length }, ...members] : [];
  });
}

// Numbers come before texts; runs without a value come last in either direction.
function comparing(column, sign) {
  const keyOf = (run) => {
    if (column === "name") return run.name;
    const value = run.values.get(column);
    return column === "created" ? secondsOf(value) : value;
  };
  const rank = (key) => (key === null || key === undefined ? 2 : typeof key === "number" ? 0 : 1);
  return (a, b) => {
    const [one, other] = [keyOf(a), keyOf(b)];
    if (rank(one) !== rank(other)) return rank(one) - rank(other);
    if (rank(one) === 2) return 0;
    if (typeof one === "number") return (one - other) * sign;
    const [left, right] = [one, other].map((key) => (typeof key === "object" ? JSON.stringify(key) : String(key)));
    return left.localeCompare(right, undefined, { numeric: true }) * sign;
  };
}
