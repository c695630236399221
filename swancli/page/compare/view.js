// What differs between the ticked runs: config, metrics, system, packages.

import { swatch } from "../charts/legend.js";
import { readCompared } from "../data/compare.js";
import { newestRuns, readRuns } from "../data/runs.js";
import { debounced, fill, h } from "../ui/dom.js";
import { valueText } from "../ui/numbers.js";
import { go, linkTo, route } from "../ui/route.js";
import { DEFAULT_RUNS, places } from "../ui/ticked.js";
import { t } from "../ui/words.js";

const SECTIONS = ["config", "metrics", "system", "packages"];

export class CompareView {
  constructor(scope) {
    this.scope = scope;
    this.search = h("input", {
      type: "search",
      placeholder: t("Search"),
      "aria-label": t("Search keys and values"),
      oninput: debounced(() => go(null, { find: this.search.value }, true), 120),
    });
    this.all = h("input", { type: "checkbox", onchange: () => go(null, { all: this.all.checked ? 1 : null }, true) });
    this.note = h("p", { class: "hint", role: "status" });
    this.body = h("div");
    this.element = h(
      "div",
      { class: "compare" },
      h("h1", {}, t("Compare")),
      h(
        "div",
        { class: "toolbar", role: "group", "aria-label": t("Compare") },
        this.search,
        h("label", {}, this.all, t("Include what is the same")),
      ),
      this.note,
      this.body,
    );
  }

  async start() {
    const wanted = places();
    const addresses = wanted.filter((one) => one !== null);
    this.areTicked = addresses.length > 0;
    const runs = this.areTicked ? (await readRuns([], [], addresses)).runs : await newestRuns(DEFAULT_RUNS);
    this.runs = runs
      .map((run, n) => ({ ...run, place: this.areTicked ? wanted.indexOf(run.address) : n }))
      .sort((a, b) => a.place - b.place);
    this.rows = this.runs.length ? await readCompared(this.runs.map((run) => run.address)) : [];
    this.#show();
  }

  async routeChanged(before) {
    if (before.query.get("runs") !== route().query.get("runs")) await this.start();
    else this.#show();
  }

  #show() {
    const { query } = route();
    const wanted = (query.get("find") ?? "").toLowerCase();
    if (document.activeElement !== this.search) this.search.value = query.get("find") ?? "";
    this.all.checked = query.get("all") === "1";
    const shown = this.rows.filter(
      (row) =>
        (this.all.checked || row.differs) &&
        `${row.key} ${row.cells.map((cell) => valueText(cell?.value)).join(" ")}`.toLowerCase().includes(wanted),
    );
    const same = this.rows.filter((row) => !row.differs).length;
    fill(
      this.note,
      this.areTicked ? null : `${t("The newest runs. Tick runs in the table to choose.")} `,
      this.all.checked || !same ? null : t("{count} keys are the same in all runs.", { count: same }),
    );
    const titles = { config: t("Config"), metrics: t("Metrics"), system: t("System"), packages: t("Packages") };
    fill(
      this.body,
      SECTIONS.map((section) =>
        this.#section(
          titles[section],
          shown.filter((row) => row.section === section),
        ),
      ),
    );
  }

  #section(title, rows) {
    if (!rows.length) return null;
    const heads = this.runs.map((run) =>
      h(
        "th",
        { scope: "col" },
        swatch(run.place),
        h("a", { href: linkTo(["run", run.address], { find: null, all: null }) }, run.name),
      ),
    );
    const line = (row) =>
      h(
        "tr",
        { class: row.differs ? "differs" : null },
        h("th", { scope: "row" }, row.key),
        row.cells.map((cell, n) => this.#cell(row, cell, n)),
      );
    return h(
      "section",
      {},
      h("h2", {}, title),
      h(
        "div",
        { class: "scrolling", tabindex: 0, role: "region", "aria-label": title },
        h("table", {}, h("thead", {}, h("tr", {}, h("td"), heads)), h("tbody", {}, rows.map(line))),
      ),
    );
  }

  #cell(row, cell, n) {
    if (!cell) return h("td", { class: "none" }, "–");
    const isBest = row.best.includes(n);
    return h(
      "td",
      { class: isBest ? "best" : null, title: valueText(cell.value, 17) },
      cell.value === null ? "null" : valueText(cell.value),
      isBest ? h("span", { role: "img", "aria-label": t("best"), title: t("best") }, " ★") : null,
    );
  }
}
