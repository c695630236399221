// The charts of one or several runs, in the groups that swanboard shows: pinned ones first, hidden ones last.

import { source } from "./source.js";

const KINDS = { line: "line", default: "line", image: "image", audio: "audio", text: "text", echarts: "echarts" };

// [{name, kind, charts}]; a chart is {name, type, metrics: [{address, name, error}]}. `runs` are addresses.
export async function readGroups(runs, system) {
  const pairs = system ? [["system", 1]] : [];
  const answers = await Promise.all(
    runs.map((address) =>
      source.details(["experiments", address, "charts"], pairs).then(
        ({ details }) => ({ address, ...details }),
        (problem) => ({ address, problem }),
      ),
    ),
  );
  const failed = answers.filter((answer) => answer.problem);
  if (failed.length && failed.length === answers.length) throw failed[0].problem;
  const groups = new Map();
  for (const answer of answers) if (!answer.problem) merge(groups, answer);
  const order = { pinned: 0, shown: 1, hidden: 2 };
  return [...groups.values()].sort((a, b) => order[a.kind] - order[b.kind]);
}

function merge(groups, { address, charts, namespaces, metrics }) {
  const byId = new Map(charts.map((chart) => [chart.id, chart]));
  for (const space of namespaces) {
    const kind = space.id === -1 ? "pinned" : space.id === -2 ? "hidden" : "shown";
    const key = `${kind}\n${space.name}`;
    if (!groups.has(key)) groups.set(key, { key, name: space.name, kind, charts: [], byName: new Map() });
    const group = groups.get(key);
    for (const id of space.charts) if (byId.has(id)) addChart(group, byId.get(id), address, metrics);
  }
}

function addChart(group, chart, address, metrics) {
  const type = KINDS[String(chart.type).toLowerCase()] ?? (chart.type ? String(chart.type) : "line");
  const key = `${type}\n${chart.name}`;
  let found = group.byName.get(key);
  if (!found) {
    found = { name: chart.name, type, reference: chart.reference, metrics: [] };
    group.byName.set(key, found);
    group.charts.push(found);
  }
  for (const name of chart.source) {
    const points = metrics?.[name]?.points;
    found.metrics.push({ address, name, points, error: chart.error?.[name] ?? null });
  }
}
