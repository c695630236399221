// One chart as large as the window, with its extremes and its points as a table.

import { load } from "../data/series.js";
import { fill, h } from "../ui/dom.js";
import { momentText, numberText } from "../ui/numbers.js";
import { go } from "../ui/route.js";
import { RowWindow } from "../ui/row_window.js";
import { t } from "../ui/words.js";
import { saveCsv, savePng, saveSvg } from "./export.js";
import { LegendView, swatch } from "./legend.js";
import { rowsOf } from "./lines.js";
import { plot } from "./plot.js";

const ROW_HEIGHT = 26;

export class LargeChart {
  #drawing = null;
  lines = [];
  isSeen = false;

  constructor(chart, runs, context) {
    Object.assign(this, { chart, runs, context });
    this.plot = h("div", { class: "plot large" });
    this.legend = new LegendView();
    this.extremes = h("table", { class: "extremes" });
    this.points = new RowWindow({
      rowHeight: ROW_HEIGHT,
      label: t("Points"),
      heads: [t("Run"), t("Step"), t("Time"), t("Value")],
      row: rowOf,
    });
    const button = (text, action) => h("button", { type: "button", onclick: () => action(this) }, text);
    this.element = h(
      "dialog",
      { class: "enlarged", "aria-label": chart.name, onclose: () => this.#closed() },
      h(
        "header",
        {},
        h("h2", {}, chart.name),
        button("PNG", savePng),
        button("SVG", saveSvg),
        button("CSV", saveCsv),
        h(
          "button",
          { type: "button", class: "close", "aria-label": t("Close"), onclick: () => this.element.close() },
          "×",
        ),
      ),
      this.plot,
      this.legend.element,
      h(
        "div",
        { class: "below" },
        h("div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": t("Extremes") }, this.extremes),
        this.points.element,
      ),
    );
  }

  async open() {
    this.element.showModal();
    this.isSeen = true;
    const found = await Promise.allSettled(this.chart.metrics.map((one) => load(one.address, one.name)));
    this.lines = this.chart.metrics.flatMap((one, n) => {
      const run = this.runs.get(one.address);
      return found[n].status === "fulfilled"
        ? [{ label: run.name, place: run.place, run, series: found[n].value }]
        : [];
    });
    this.draw();
  }

  close() {
    this.isSeen = false;
    this.#drawing?.destroy();
    this.#drawing = null;
    this.element.remove();
  }

  #closed() {
    if (this.isSeen) go(null, { chart: null });
  }

  draw() {
    if (!this.isSeen) return;
    this.#drawing?.destroy();
    fill(this.plot);
    this.#drawing = plot(this.plot, this.lines, {
      ...this.context.view(),
      width: this.plot.clientWidth,
      height: Math.max(Math.round(innerHeight * 0.45), 220),
      onCursor: (under) => this.#drawing && this.legend.show(this.#drawing.drawn, under),
      onRange: this.context.onRange,
    });
    this.legend.show(this.#drawing.drawn, null);
    this.#tabulate();
  }

  // Its lines have times already.
  async timed() {
    return this.lines;
  }

  get drawing() {
    return this.#drawing;
  }

  #tabulate() {
    const heads = [t("Run"), t("Last"), t("Lowest"), t("Highest"), t("Points")].map((text) =>
      h("th", { scope: "col" }, text),
    );
    const rows = this.lines.map(({ label, place, series }) => {
      const { min, min_step, max, max_step, total, count, sampled } = series.details;
      const at = (value, step) =>
        value === undefined || value === null ? "–" : t("{value} at step {step}", { value: valueOf(value), step });
      const known = total ?? count ?? series.steps.length;
      const points = sampled
        ? t("{shown} of {all} shown", { shown: series.steps.length, all: known })
        : String(series.steps.length);
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, swatch(place), " ", label),
        h("td", {}, numberText(series.values.at(-1) ?? NaN)),
        h("td", {}, at(min, min_step)),
        h("td", {}, at(max, max_step)),
        h("td", {}, points),
      );
    });
    fill(this.extremes, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
    this.points.setRows([...rowsOf(this.lines)]);
  }

  growing() {
    return this.lines.filter((line) => !line.run.isOver).map((line) => line.series);
  }
}

function valueOf(value) {
  return typeof value === "number" ? numberText(value) : String(value);
}

function rowOf({ label, step, time, value }) {
  return [label, String(step), Number.isNaN(time) ? "–" : momentText(time), numberText(value, 17)];
}
