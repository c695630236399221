// One run: its card, its charts, its console.

import { ChartGrid } from "../charts/grid.js";
import { every } from "../data/live.js";
import { isOver } from "../data/runs.js";
import { source } from "../data/source.js";
import { Scope, fill, h } from "../ui/dom.js";
import { linkTo, route } from "../ui/route.js";
import { stateMark } from "../ui/state.js";
import { placeOf, tick } from "../ui/ticked.js";
import { t } from "../ui/words.js";
import { Card } from "./card.js";
import { ConsoleView } from "./console.js";
import { Packages } from "./packages.js";

const UPDATE_SECONDS = 5;
const TABS = ["overview", "charts", "console", "packages"];

export class RunView {
  #part = null; // the tab that is shown
  #tabScope = null;

  constructor(scope) {
    this.scope = scope;
    this.address = route().path[1] ?? "";
    this.head = h("div", { class: "heading" });
    this.crash = h("div", { class: "crash", hidden: true });
    this.tabs = h("nav", { class: "tabs", "aria-label": t("Run") });
    this.body = h("div");
    this.element = h("div", { class: "run" }, this.head, this.crash, this.tabs, this.body);
    scope.add(() => (document.title = source.title ?? "swancli"));
    scope.add(() => this.#tabScope?.close());
    every(UPDATE_SECONDS, scope, () => (this.run && !this.#isOver ? this.#read() : undefined));
  }

  async start() {
    await this.#read();
    this.#showTab();
  }

  async routeChanged(before) {
    this.#showTabs();
    this.#tellHead();
    if (before.path[2] !== route().path[2]) return this.#showTab();
    return this.#part?.routeChanged?.(before);
  }

  get #tab() {
    return TABS.includes(route().path[2]) ? route().path[2] : "overview";
  }

  get #isOver() {
    return isOver(this.run.state);
  }

  async #read() {
    const { details } = await source.details(["experiments", this.address]);
    if (this.scope.isOver) return;
    this.run = details;
    this.#tellHead();
    this.#showTabs();
    if (details.state === "crashed" || details.crash) await this.#tellCrash();
    await this.#part?.runChanged?.(details);
  }

  #tellHead() {
    const box = h("input", {
      type: "checkbox",
      checked: placeOf(this.address) >= 0,
      onchange: (event) => tick(this.address, event.target.checked),
    });
    fill(
      this.head,
      h("h1", {}, this.run.name || this.run.run_id),
      stateMark(this.run.state),
      h("label", {}, box, t("In the charts")),
      this.run.description ? h("p", { class: "description" }, this.run.description) : null,
    );
    document.title = `${this.run.name} – swancli`;
  }

  // The traceback of a crash, above the tabs.
  async #tellCrash() {
    if (!this.crash.hidden) return;
    let text = this.run.crash ?? "";
    if (!text) {
      const found = await source.details(["experiments", this.address, "console"]).catch(() => null);
      const lines = await source.details(["experiments", this.address, "logs"], [["tail", 1]]).catch(() => found);
      text = (lines?.details.error ?? []).join("\n");
    }
    this.crash.hidden = !text;
    fill(
      this.crash,
      h("h2", {}, t("It crashed")),
      h("pre", { tabindex: 0, role: "region", "aria-label": t("Traceback") }, text),
    );
  }

  #showTabs() {
    const names = { overview: t("Overview"), charts: t("Charts"), console: t("Console"), packages: t("Packages") };
    const links = TABS.map((tab) =>
      h(
        "a",
        { href: linkTo(["run", this.address, tab]), "aria-current": tab === this.#tab ? "page" : null },
        names[tab],
      ),
    );
    fill(this.tabs, links);
  }

  async #showTab() {
    this.#tabScope?.close();
    const scope = (this.#tabScope = new Scope());
    const makers = {
      overview: () => new Card(this.address, this.run),
      charts: () => new OwnCharts(this.address, this.run, scope),
      console: () => new ConsoleView(this.address, () => this.#isOver, scope),
      packages: () => new Packages(this.address, this.run),
    };
    const made = (this.#part = makers[this.#tab]());
    fill(this.body, made.element);
    await made.start?.();
  }
}

// The charts of this run alone.
class OwnCharts {
  constructor(address, run, scope) {
    this.address = address;
    this.grid = new ChartGrid(scope);
    this.element = this.grid.element;
    this.run = run;
  }

  start() {
    return this.runChanged(this.run);
  }

  runChanged(run) {
    const place = Math.max(placeOf(this.address), 0);
    return this.grid.setRuns([{ address: this.address, name: run.name, place, isOver: isOver(run.state) }]);
  }

  routeChanged(before) {
    return this.grid.routeChanged(before);
  }
}
