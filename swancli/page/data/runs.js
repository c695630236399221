// The table of runs: read once, then kept up to date by asking for the runs that have not ended, and for new ones.

import { source } from "./source.js";

export const FACTS = ["state", "created", "duration"]; // that every row has
const ENDED = new Set(["finished", "crashed", "stopped", "killed", "failed"]);

export const isOver = (state) => ENDED.has(state);

// {project, where, columns, of, notes, runs}; a run is {address, run_id, name, values: Map}.
export async function readRuns(columns, filters, addresses = []) {
  const asked = [...new Set([...FACTS, ...columns])];
  const pairs = [["columns", asked.join(",")]];
  for (const filter of filters) pairs.push(["filter", filter]);
  for (const address of addresses) pairs.push(["run", address]);
  const { details, notes } = await source.details(["runs"], pairs);
  const runs = details.runs.map((run) => ({
    ...run,
    address: String(run.address),
    values: new Map(details.columns.map((column, n) => [column, run.values[n]])),
  }));
  return { ...details, notes, runs };
}

// The addresses of all runs, which costs little.
export async function readAddresses() {
  const { details } = await source.details(["runs"]);
  return details.runs.map((run) => String(run.address));
}

// The names that columns can have.
export async function readColumnNames() {
  return (await source.details(["columns"])).details;
}

// The newest runs, in the order of their age.
export async function newestRuns(count) {
  const { runs } = await readRuns([], []);
  return runs.sort(byAge).slice(-count).reverse();
}

export function byAge(one, other) {
  const [a, b] = [one, other].map((run) => String(run.values.get("created") ?? ""));
  return a < b ? -1 : a > b ? 1 : Number(one.address) - Number(other.address) || 0;
}
