// One chart of the grid. It is drawn when it comes into view and dropped when it leaves.

import { load } from "../data/series.js";
import { copy, fill, h } from "../ui/dom.js";
import { numberText } from "../ui/numbers.js";
import { linkTo } from "../ui/route.js";
import { t } from "../ui/words.js";
import { toast } from "../ui/toast.js";
import { saveCsv, savePng, saveSvg } from "./export.js";
import { LegendView } from "./legend.js";
import { plot, xText } from "./plot.js";

export const PLOT_HEIGHT = 190;

export class LineCard {
  #drawing = null;
  #wanted = 0; // which request for points is the latest
  #under = null; // what is under the cursor
  lines = [];
  isSeen = false;

  // `chart` as data/charts.js makes it; `runs` by address; `context` has view(), onRange(range) and width(plot).
  constructor(chart, runs, context) {
    Object.assign(this, { chart, runs, context });
    this.plot = h("div", { class: "plot" });
    this.legend = new LegendView();
    const large = h(
      "a",
      {
        class: "tool",
        href: linkTo(null, { chart: chart.name }),
        "aria-label": t("Enlarge {name}", { name: chart.name }),
        title: t("Enlarge"),
      },
      "⤢",
    );
    this.element = h(
      "article",
      { class: "chart", tabindex: 0, "aria-label": chart.name, onkeydown: (event) => this.#onKey(event) },
      h("header", {}, h("h3", { title: chart.name }, chart.name), large, this.#menu()),
      this.plot,
      this.legend.element,
    );
    this.large = large;
  }

  // Its items are made when it is first opened.
  #menu() {
    const name = this.chart.name;
    const opener = h("summary", { class: "tool", "aria-label": t("Save {name}", { name }), title: t("Save") }, "↓");
    const menu = h("details", { class: "menu", ontoggle: () => this.#onMenu(menu) }, opener);
    return menu;
  }

  #onMenu(menu) {
    this.element.classList.toggle("raised", menu.open);
    if (!menu.open || menu.childElementCount > 1) return;
    const item = (text, action) => {
      const onclick = () => {
        menu.open = false;
        action();
      };
      return h("button", { type: "button", onclick }, text);
    };
    const items = [
      item("PNG", () => savePng(this)),
      item("SVG", () => saveSvg(this)),
      item("CSV", () => saveCsv(this)),
      item(t("Copy the link"), () => this.#copyLink()),
    ];
    menu.append(h("div", { class: "items" }, items));
  }

  async #copyLink() {
    const link = new URL(linkTo(null, { chart: this.chart.name }), location.href);
    toast((await copy(link.href)) ? t("Copied") : t("The browser does not allow this page to copy"));
  }

  // It has come into view, or what it shows has changed.
  async show() {
    this.isSeen = true;
    const mine = ++this.#wanted;
    const found = await Promise.allSettled(this.#load(this.context.view().x !== "step"));
    if (mine !== this.#wanted || !this.isSeen) return;
    this.lines = [];
    const problems = [];
    this.chart.metrics.forEach((one, n) => {
      const run = this.runs.get(one.address);
      const result = found[n];
      const label = this.chart.metrics.some((other) => other.address === one.address && other.name !== one.name)
        ? `${run.name} · ${one.name}`
        : run.name;
      if (result.status === "fulfilled") this.lines.push({ label, place: run.place, run, series: result.value });
      else problems.push([label, one.error ?? result.reason]);
    });
    this.draw();
    if (!this.lines.length && problems.length) this.#tell(problems);
  }

  #load(times) {
    return this.chart.metrics.map((one) => load(one.address, one.name, times));
  }

  // It will soon be in view: fetch its points.
  prepare() {
    for (const promise of this.#load(this.context.view().x !== "step")) promise.catch(() => {});
  }

  // The lines with the times of their points.
  async timed() {
    const found = await Promise.all(this.lines.map((line) => load(line.series.address, line.series.name)));
    return this.lines.map((line, n) => ({ ...line, series: found[n] }));
  }

  #tell(problems) {
    const sentence = ([label, problem]) => {
      if (problem?.data_class)
        return t("{name}: {got} was logged where {wanted} was expected", {
          name: label,
          got: problem.data_class,
          wanted: String(problem.excepted ?? ""),
        });
      return `${label}: ${problem?.kind === "MetricHasNoData" ? t("no data") : (problem?.message ?? problem)}`;
    };
    fill(this.plot, h("p", { class: "problem" }, problems.map(sentence).join("\n")));
  }

  hide() {
    this.isSeen = false;
    this.#wanted++;
    this.#drop();
  }

  // Draw again what is there, such as after points were added.
  draw() {
    if (!this.isSeen) return;
    this.#drop();
    if (!this.lines.length) return;
    const width = this.context.width(this.plot);
    if (!width) return;
    fill(this.plot);
    const view = this.context.view();
    this.#drawing = plot(this.plot, this.lines, {
      ...view,
      width,
      height: PLOT_HEIGHT,
      onCursor: (under) => this.#onCursor(under),
      onRange: this.context.onRange,
    });
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", this.#sentence());
    this.legend.show(this.#drawing.drawn, null);
  }

  #sentence() {
    const each = this.lines.map(({ label, series }) => `${label} ${numberText(series.values.at(-1) ?? NaN)}`);
    return `${this.chart.name}: ${each.slice(0, 8).join(", ")}`;
  }

  #drop() {
    this.#drawing?.destroy();
    this.#drawing = null;
  }

  #onCursor(under) {
    this.#under = under;
    if (this.#drawing) this.legend.show(this.#drawing.drawn, under);
  }

  // The canvas and the lines, for files.
  get drawing() {
    return this.#drawing;
  }

  async #onKey(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "c") return this.copyPoint();
    if (event.key === "f" || event.key === "Enter") this.large.click();
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight")
      this.#moveCursor(event.key === "ArrowLeft" ? -1 : 1);
    else return;
    event.preventDefault();
  }

  #moveCursor(by) {
    const u = this.#drawing?.uplot;
    if (!u || !u.data[0].length) return;
    const now = u.cursor.idx ?? (by > 0 ? -1 : u.data[0].length);
    const n = Math.min(Math.max(now + by, 0), u.data[0].length - 1);
    u.setCursor({ left: u.valToPos(u.data[0][n], "x"), top: 10 });
  }

  // Copy what is under the cursor: a line for each run with name, x and value.
  async copyPoint() {
    if (!this.#under) return;
    const kind = this.context.view().x;
    const lines = this.#under.values.map(({ line, x, value }) => `${line.label}\t${xText(x, kind)}\t${value}`);
    const done = await copy([`${this.chart.name}`, ...lines].join("\n"));
    toast(done ? t("Copied") : t("The browser does not allow this page to copy"));
  }

  // The series of runs that may still grow.
  growing() {
    return this.lines.filter((line) => !line.run.isOver).map((line) => line.series);
  }
}
