// The table of runs as a file.

import { quoted } from "../charts/export.js";
import { FACTS } from "../data/runs.js";
import { save } from "../ui/dom.js";

export function saveRuns(runs, columns) {
  const heads = ["id", "run_id", "name", ...FACTS, ...columns];
  const lines = runs.map((run) => [
    run.address,
    run.run_id,
    run.name,
    ...[...FACTS, ...columns].map((column) => plain(run.values.get(column))),
  ]);
  const text = [heads, ...lines].map((line) => line.map((field) => quoted(String(field ?? ""))).join(",")).join("\r\n");
  save("runs.csv", new Blob([text, "\r\n"], { type: "text/csv" }));
}

function plain(value) {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}
