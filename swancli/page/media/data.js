// An ECharts chart, or a table that was logged as one, as data: its options are read, never run.

import { fill, h } from "../ui/dom.js";
import { valueText } from "../ui/numbers.js";
import { t } from "../ui/words.js";
import { tree } from "../run/tree.js";

const MAX_ROWS = 200;

// An element that is filled when the file has come.
export function dataOf(url, label) {
  const body = h("div", { class: "data", "aria-label": label, role: "group" }, "…");
  fetch(url, { credentials: "same-origin" })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`status ${response.status}`))))
    .then((data) => fill(body, shown(data)))
    .catch((problem) => fill(body, h("p", { class: "problem" }, problem.message)));
  return body;
}

function shown(data) {
  const table = rowsOf(data);
  const all = h("details", {}, h("summary", {}, t("All options")), tree(data));
  if (!table) return tree(data);
  const heads = table.heads.map((head) => h("th", { scope: "col" }, valueText(head)));
  const rows = table.rows.slice(0, MAX_ROWS).map((row) =>
    h(
      "tr",
      {},
      row.map((cell) => h("td", {}, valueText(cell))),
    ),
  );
  return [
    h(
      "div",
      { class: "scrolling", tabindex: 0, role: "region", "aria-label": t("Data") },
      h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
    ),
    all,
  ];
}

// Heads and rows of a table, or of the series of a chart; null if the data is neither.
function rowsOf(data) {
  if (Array.isArray(data?.headers) && Array.isArray(data?.rows)) return { heads: data.headers, rows: data.rows };
  if (!Array.isArray(data?.series)) return null;
  const first = (axis) => (Array.isArray(axis) ? axis[0] : axis);
  const categories = first(data.xAxis)?.data ?? first(data.yAxis)?.data;
  const series = data.series.filter((one) => Array.isArray(one?.data));
  if (!series.length) return null;
  const plain = (point) =>
    point !== null && typeof point === "object" && !Array.isArray(point)
      ? [point.name, point.value].filter((part) => part !== undefined).join(": ")
      : point;
  const length = Math.max(...series.map((one) => one.data.length));
  const heads = [
    ...(categories ? [""] : []),
    ...series.map((one, n) => one.name ?? `${one.type ?? "series"} ${n + 1}`),
  ];
  const rows = Array.from({ length }, (_, n) => [
    ...(categories ? [categories[n]] : []),
    ...series.map((one) => plain(one.data[n])),
  ]);
  return { heads, rows };
}
