// The charts of some runs in their groups. A group can be folded; a card is drawn when it comes into view.

import { readGroups } from "../data/charts.js";
import { every } from "../data/live.js";
import { more } from "../data/series.js";
import { MediaCard } from "../media/card.js";
import { onTheme } from "../ui/colours.js";
import { debounced, fill, h } from "../ui/dom.js";
import { route } from "../ui/route.js";
import { t } from "../ui/words.js";
import { LineCard } from "./card.js";
import { LargeChart } from "./large.js";
import { chartFilter, chartOptions, setRange } from "./options.js";
import { Toolbar } from "./toolbar.js";

const UPDATE_SECONDS = 3;
const CHARTS_SECONDS = 15; // new metrics are looked for less often than new points
const MARGIN = "100% 0px"; // around the window, within which cards are drawn: a screen above and below
const AHEAD = 100; // cards after the last that is drawn, whose points are asked for together

export class ChartGrid {
  #cards = new Map(); // by element
  #order = []; // the same cards, in their order
  #prepared = 0; // how many of them were asked for
  #width = 0; // of a plot, the same in all cards; 0 until one is measured
  #room = 0; // the body's width at that time
  #groups = [];
  #shape = "";
  #runs = new Map();
  #large = null;

  // `scope` ends with the view.
  constructor(scope) {
    this.scope = scope;
    this.toolbar = new Toolbar();
    this.note = h("p", { class: "note", role: "status" });
    this.body = h("div", { class: "groups" });
    this.element = h("div", { class: "charts" }, this.toolbar.element, this.note, this.body);
    this.context = { view: chartOptions, onRange: setRange, width: (element) => this.#widthOf(element) };
    this.watcher = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: MARGIN });
    this.sizes = new ResizeObserver(debounced(() => this.#resized(), 150));
    this.sizes.observe(this.body);
    scope.add(() => this.watcher.disconnect());
    scope.add(() => this.sizes.disconnect());
    scope.add(onTheme(() => this.#redraw()));
    scope.listen(
      window,
      "resize",
      debounced(() => this.#large?.draw(), 150),
    );
    scope.add(() => this.#large?.close());
    scope.add(() => this.#clear());
    every(UPDATE_SECONDS, scope, () => this.#update());
    every(CHARTS_SECONDS, scope, () => (this.#isGrowing() ? this.#read() : undefined));
  }

  // Show the charts of `runs`, [{address, name, place, isOver}].
  async setRuns(runs) {
    const before = [...this.#runs.keys()].join();
    this.#runs = new Map(runs.map((run) => [run.address, run]));
    for (const card of this.#cards.values()) card.runs = this.#runs;
    if (before === [...this.#runs.keys()].join() && this.#shape) return;
    await this.#read();
  }

  async #read() {
    const system = route().query.get("system") === "1";
    const groups = this.#runs.size ? await readGroups([...this.#runs.keys()], system) : [];
    if (this.scope.isOver) return;
    const shape = JSON.stringify([
      groups.map((group) => [
        group.key,
        group.charts.map((chart) => [chart.name, chart.metrics.map((one) => `${one.address} ${one.name}`)]),
      ]),
    ]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#groups = groups;
    this.#system = system;
    this.#build();
  }

  #system = false;

  #build() {
    const y = scrollY;
    this.#clear();
    const filter = chartFilter();
    let count = 0;
    const sections = this.#groups.map((group) => {
      const charts = filter ? group.charts.filter((chart) => filter.test(chart.name)) : group.charts;
      count += charts.length;
      return charts.length ? this.#section(group, charts) : null;
    });
    fill(this.body, sections);
    const none = this.#groups.length
      ? t("No chart has a matching name.")
      : this.#runs.size
        ? t("No charts yet.")
        : t("No runs.");
    fill(this.note, filter === undefined ? t("This is not a regular expression.") : count ? null : none);
    scrollTo(scrollX, y);
    this.#showLarge();
  }

  #section(group, charts) {
    const titles = { pinned: t("Pinned"), hidden: t("Hidden"), shown: group.name };
    const grid = h("div", { class: "grid" });
    const section = h(
      "details",
      { class: "group", open: group.kind !== "hidden", ontoggle: () => section.open && this.#fill(grid, charts) },
      h("summary", {}, h("h2", {}, titles[group.kind]), h("span", { class: "count" }, charts.length)),
      grid,
    );
    if (section.open) this.#fill(grid, charts);
    return section;
  }

  #fill(grid, charts) {
    if (grid.childElementCount) return;
    const cards = charts.map((chart) => {
      const card =
        chart.type === "line" ? new LineCard(chart, this.#runs, this.context) : new MediaCard(chart, this.#runs);
      this.#cards.set(card.element, card);
      card.position = this.#order.push(card) - 1;
      return card.element;
    });
    grid.append(...cards);
    for (const element of cards) this.watcher.observe(element);
  }

  #clear() {
    this.watcher.disconnect();
    for (const card of this.#order) card.hide();
    this.#cards.clear();
    this.#order = [];
    this.#prepared = 0;
    this.#width = 0;
  }

  #seen(entries) {
    let last = -1;
    for (const { target, isIntersecting } of entries) {
      const card = this.#cards.get(target);
      if (!card || card.isSeen === isIntersecting) continue;
      isIntersecting ? card.show() : card.hide();
      if (isIntersecting) last = Math.max(last, card.position);
    }
    this.#prepare(last);
  }

  // Ask for the points of the cards after the last that is drawn, when half of those asked for are drawn; in a turn of
  // its own, so that those in view do not wait for them.
  #prepare(last) {
    if (last < 0 || last + AHEAD / 2 < this.#prepared) return;
    this.#prepared = last + 1 + AHEAD;
    const next = this.#order.slice(last + 1, this.#prepared);
    setTimeout(() => next.forEach((card) => card.prepare?.()));
  }

  #widthOf(element) {
    if (!this.#width) [this.#width, this.#room] = [element.clientWidth, this.body.clientWidth];
    return this.#width;
  }

  #resized() {
    if (!this.#width || this.body.clientWidth === this.#room) return;
    this.#width = 0;
    this.#redraw();
  }

  #redraw() {
    for (const card of this.#cards.values()) if (card.isSeen) card.draw();
    this.#large?.draw();
  }

  // The URL has changed.
  routeChanged(before) {
    const { query } = route();
    this.toolbar.update();
    const changed = (...names) => names.some((name) => before.query.get(name) !== query.get(name));
    if (changed("system")) return this.#read();
    if (changed("find")) this.#build();
    if (changed("x")) for (const card of this.#cards.values()) card.isSeen && card.show();
    if (changed("x", "smooth", "log", "range")) this.#redraw();
    if (changed("chart")) this.#showLarge();
    return undefined;
  }

  #showLarge() {
    const name = route().query.get("chart");
    if (this.#large?.chart.name === name) return;
    this.#large?.close();
    this.#large = null;
    const chart =
      name && this.#groups.flatMap((group) => group.charts).find((one) => one.name === name && one.type === "line");
    if (!chart) return;
    this.#large = new LargeChart(chart, this.#runs, this.context);
    document.body.append(this.#large.element);
    this.#large.open();
  }

  #isGrowing() {
    return [...this.#runs.values()].some((run) => !run.isOver);
  }

  // Ask for the new points of the charts in view.
  async #update() {
    if (!this.#isGrowing()) return;
    const seen = [...this.#cards.values(), ...(this.#large ? [this.#large] : [])].filter((card) => card.isSeen);
    const grown = new Set(await more([...new Set(seen.flatMap((card) => card.growing()))]));
    for (const card of seen) if (card.growing().some((series) => grown.has(series))) card.draw();
  }
}
