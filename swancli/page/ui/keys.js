// The keyboard: which keys there are everywhere, those of a view, and the list at "?".

import { fill, h } from "./dom.js";
import { chartOptions, setAxis, setLog, setRange, setSmoothing, AXES } from "../charts/options.js";
import { go } from "./route.js";
import { t } from "./words.js";

const EVERYWHERE = [
  ["1", "Runs", () => open("runs")],
  ["2", "Charts", () => open("charts")],
  ["3", "Compare", () => open("compare")],
  ["/", "Search or filter", focusSearch],
  ["?", "This list", showKeys],
];
const OF_CHARTS = [
  ["s", "More smoothing", () => smooth(0.1)],
  ["S", "Less smoothing", () => smooth(-0.1)],
  ["l", "Log y on or off", () => setLog(!chartOptions().log)],
  ["x", "Next x axis: step, time, relative time", nextAxis],
  ["0", "Whole range", () => setRange(null)],
];
const TOLD = [
  ["c", "Copy the point under the cursor"],
  ["f", "Enlarge the focused chart"],
  ["← →", "Move the cursor of the focused chart"],
  ["Tab", "Go to the next chart or control"],
  ["Esc", "Close"],
];
const OF_RUNS = [
  ["j k ↓ ↑", "Next or previous run"],
  ["Space", "Tick the run"],
  ["Enter", "Open the run"],
];

let dialog = null;
let hovered = null; // the chart under the pointer, which `c` copies from

export function startKeys() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") && event.key !== "?") return;
    const found = [...EVERYWHERE, ...(hasCharts() ? OF_CHARTS : [])].find(([key]) => key === event.key);
    if (found) {
      event.preventDefault();
      found[2]();
    } else if (event.key === "c" && hovered && !event.defaultPrevented && !event.target.closest?.(".chart")) {
      hovered.dispatchEvent(new KeyboardEvent("keydown", { key: "c" }));
    }
  });
  addEventListener("pointerover", (event) => (hovered = event.target.closest?.("article.chart") ?? null));
}

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox]):not([type=range]), textarea, select");
}

function hasCharts() {
  return document.querySelector(".charts") !== null;
}

function open(name) {
  go([name], { find: null, chart: null });
}

function focusSearch() {
  document.querySelector("main input[type=search]")?.focus();
}

function smooth(by) {
  setSmoothing(Math.min(Math.max(Math.round((chartOptions().smoothing + by) * 100) / 100, 0), 0.99));
}

function nextAxis() {
  setAxis(AXES[(AXES.indexOf(chartOptions().x) + 1) % AXES.length]);
}

export function showKeys() {
  if (dialog?.open) return dialog.close();
  dialog?.remove();
  const table = (title, keys) => [
    h("h3", {}, title),
    h(
      "dl",
      {},
      keys.map(([key, text]) => [
        h(
          "dt",
          {},
          key.split(" ").map((one) => h("kbd", {}, one)),
        ),
        h("dd", {}, t(text)),
      ]),
    ),
  ];
  dialog = h("dialog", { class: "keys", "aria-label": t("Keyboard shortcuts") });
  fill(
    dialog,
    h(
      "header",
      {},
      h("h2", {}, t("Keyboard shortcuts")),
      h("button", { type: "button", class: "close", "aria-label": t("Close"), onclick: () => dialog.close() }, "×"),
    ),
    table(t("Everywhere"), EVERYWHERE),
    table(t("Runs"), OF_RUNS),
    table(t("Charts"), [...OF_CHARTS, ...TOLD]),
  );
  document.body.append(dialog);
  dialog.showModal();
  return undefined;
}
