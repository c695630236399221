// The table of runs: columns of choice, conditions, search, groups by state; ticked runs go into the charts.

import { every } from "../data/live.js";
import { FACTS, byAge, isOver, readAddresses, readColumnNames, readRuns } from "../data/runs.js";
import { isReport } from "../data/source.js";
import { debounced, fill, h } from "../ui/dom.js";
import { go, linkTo, route } from "../ui/route.js";
import { RowWindow } from "../ui/row_window.js";
import { tick, placeOf, places, set, ticked } from "../ui/ticked.js";
import { t } from "../ui/words.js";
import { ColumnsDialog } from "./columns.js";
import { RunRow } from "./row.js";
import { saveRuns } from "./export.js";
import { arranged, matching } from "./arrange.js";
import { spelled } from "./spelling.js";

const ROW_HEIGHT = 34;
const UPDATE_SECONDS = 3;
const NEW_RUNS_SECONDS = 10;
const MAX_UPDATED = 100; // running runs that are asked for at a time
const FIRST_COLUMNS = 6; // of config and metrics, that are shown by default

export class RunsView {
  #table = null;
  #asked = 0; // which reading is the latest
  #runs = [];
  #shown = []; // runs, and {group, count} between them
  #cursor = -1;

  constructor(scope) {
    this.scope = scope;
    this.heading = h("div", { class: "heading" });
    this.search = h("input", {
      type: "search",
      placeholder: t("Search names"),
      "aria-label": t("Search names"),
      oninput: debounced(() => go(null, { q: this.search.value }, true), 120),
    });
    this.filter = h("input", {
      type: "text",
      class: "condition",
      placeholder: "config.lr < 1e-3, state = running",
      "aria-label": t("Conditions, separated by commas"),
      onchange: () => go(null, { filter: this.filter.value }),
    });
    this.problem = h("p", { class: "problem", role: "alert" });
    this.group = h("input", {
      type: "checkbox",
      onchange: () => go(null, { group: this.group.checked ? "state" : null }, true),
    });
    const whenRead = (text, onclick) => h("button", { type: "button", disabled: true, onclick }, text);
    this.choose = whenRead(t("Columns…"), () => this.#chooseColumns());
    this.csv = whenRead("CSV", () => saveRuns(this.#shown.filter((one) => one.values), this.columns));
    this.untick = h("button", { type: "button", onclick: () => set([]) }, t("Untick all"));
    this.count = h("p", { class: "count-of", role: "status" });
    this.rows = new RowWindow({
      rowHeight: ROW_HEIGHT,
      label: t("Runs"),
      heads: [],
      row: (item, n) => this.#row(item, n),
    });
    this.rows.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element = h(
      "div",
      { class: "runs" },
      this.heading,
      h(
        "div",
        { class: "toolbar", role: "group", "aria-label": t("Runs") },
        this.search,
        isReport ? null : h("label", { class: "wide" }, t("Where"), this.filter),
        h("label", {}, this.group, t("By state")),
        this.choose,
        this.csv,
        this.untick,
        this.count,
      ),
      this.problem,
      this.rows.element,
    );
    every(UPDATE_SECONDS, scope, () => this.#update());
    every(NEW_RUNS_SECONDS, scope, () => this.#findNew());
  }

  async start() {
    this.names = [];
    await this.#read();
  }

  async routeChanged(before) {
    const { query } = route();
    const changed = (...names) => names.some((name) => before.query.get(name) !== query.get(name));
    if (changed("filter", "columns")) await this.#read();
    else if (changed("q", "sort", "group", "runs")) this.#show();
  }

  get columns() {
    return this.#table.columns.slice(FACTS.length);
  }

  async #read() {
    const mine = ++this.#asked;
    const { query } = route();
    const filters = conditions(query.get("filter") ?? "");
    let columns = query.get("columns");
    if (columns === undefined) {
      this.names = this.names.length ? this.names : await readColumnNames();
      columns = firstColumns(this.names).join(",");
    }
    let table = this.#table;
    let told;
    try {
      table = await readRuns(columns ? [columns] : [], filters);
      told = table.notes.join("\n");
    } catch (problem) {
      if (!table || problem.kind === "lost") {
        if (problem.kind !== "UsageError" && problem.kind !== "NotFound") throw problem;
        table = await readRuns([], []);
      }
      told = problem.message;
    }
    if (this.scope.isOver || mine !== this.#asked) return;
    this.#table = table;
    this.#runs = table.runs;
    fill(this.problem, told);
    this.#show();
  }

  #show() {
    const { query } = route();
    if (document.activeElement !== this.search) this.search.value = query.get("q") ?? "";
    if (document.activeElement !== this.filter) this.filter.value = query.get("filter") ?? "";
    this.group.checked = query.get("group") === "state";
    this.choose.disabled = this.csv.disabled = false;
    this.untick.hidden = !ticked().length;
    const found = matching(this.#runs, query.get("q") ?? "");
    this.#shown = arranged(found, query.get("sort"), this.group.checked);
    const { project, where, of } = this.#table;
    const newest = [...this.#runs].sort(byAge).at(-1);
    fill(
      this.heading,
      h("h1", {}, project || t("Runs")),
      h("p", { class: "where" }, where),
      newest ? h("p", { class: "where" }, t("Latest run: {name}", { name: newest.name })) : null,
    );
    fill(
      this.count,
      found.length === of
        ? t("{count} runs", { count: of })
        : t("{count} of {all} runs", { count: found.length, all: of }),
    );
    this.rows.setHeads(this.#heads());
    this.rows.setRows(this.#shown);
  }

  #heads() {
    const all = h("input", {
      type: "checkbox",
      "aria-label": t("Tick all runs that are shown"),
      checked: this.#areAllTicked(),
      onchange: (event) => this.#tickAll(event.target.checked),
    });
    const names = { name: t("Name"), state: t("State"), created: t("Created"), duration: t("Duration") };
    const heads = ["name", ...FACTS, ...this.columns].map((column) => this.#head(column, names[column] ?? column));
    return [h("th", { scope: "col", class: "tick" }, all), ...heads];
  }

  #head(column, text) {
    const sort = route().query.get("sort");
    const direction = sort === column ? "ascending" : sort === `-${column}` ? "descending" : "none";
    const next = direction === "none" ? column : direction === "ascending" ? `-${column}` : null;
    const mark = { ascending: " ▲", descending: " ▼", none: "" }[direction];
    return h(
      "th",
      { scope: "col", "aria-sort": direction },
      h("button", { type: "button", title: text, onclick: () => go(null, { sort: next }, true) }, text, mark),
    );
  }

  #row(item, n) {
    if (item.group)
      return h(
        "tr",
        { class: "group-row" },
        h("th", { scope: "rowgroup", colspan: 4 + this.columns.length + 1 }, `${t(item.group)} (${item.count})`),
      );
    return RunRow(item, this.columns, {
      place: placeOf(item.address),
      isCursor: n === this.#cursor,
      link: this.#linkOf(item),
    });
  }

  #linkOf(run) {
    const runs = route().query.get("runs");
    return linkTo(["run", run.address], {}, new Map(runs ? [["runs", runs]] : []));
  }

  #areAllTicked() {
    const runs = this.#shown.filter((one) => one.values);
    return runs.length > 0 && runs.every((run) => placeOf(run.address) >= 0);
  }

  #tickAll(on) {
    const shown = new Set(this.#shown.filter((one) => one.values).map((run) => run.address));
    const left = places().map((one) => (shown.has(one) && !on ? null : one));
    set(on ? [...left, ...[...shown].filter((one) => !left.includes(one))] : left);
  }

  #onKey(event) {
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (event.target.closest("input, button, a") && !["j", "k"].includes(event.key)) return;
    const run = this.#shown[this.#cursor];
    if (by) {
      this.#cursor = Math.min(Math.max(this.#cursor + by, 0), this.#shown.length - 1);
      if (this.#shown[this.#cursor]?.group)
        this.#cursor = Math.min(Math.max(this.#cursor + Math.sign(by), 0), this.#shown.length - 1);
      this.rows.scrollTo(this.#cursor);
      this.rows.redraw();
    } else if (event.key === " " && run?.values) tick(run.address, placeOf(run.address) < 0);
    else if (event.key === "Enter" && run?.values) location.hash = this.#linkOf(run);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #chooseColumns() {
    this.names = this.names.length ? this.names : await readColumnNames();
    new ColumnsDialog(this.names, this.columns, (columns) =>
      go(null, { columns: columns.length ? columns.join(",") : "state" }),
    ).open();
  }

  // Ask again for the runs that have not ended.
  async #update() {
    const running = this.#runs.filter((run) => !isOver(run.values.get("state"))).slice(0, MAX_UPDATED);
    if (!running.length || !this.#table) return;
    await this.#take(running.map((run) => run.address));
  }

  async #findNew() {
    if (!this.#table) return;
    const known = new Set(this.known ?? this.#runs.map((run) => run.address));
    const all = await readAddresses();
    this.known = all;
    const fresh = all.filter((address) => !known.has(address));
    if (fresh.length > MAX_UPDATED) await this.#read();
    else if (fresh.length) await this.#take(fresh);
  }

  async #take(addresses) {
    const filters = conditions(route().query.get("filter") ?? "");
    const { runs } = await readRuns(this.columns, filters, addresses);
    if (this.scope.isOver) return;
    const found = new Map(runs.map((run) => [run.address, run]));
    const asked = new Set(addresses);
    // one that was asked for but did not come is gone, or no longer meets the conditions
    const left = this.#runs.filter((run) => found.has(run.address) || !asked.has(run.address));
    const changed = left.map((run) => found.get(run.address) ?? run);
    const known = new Set(changed.map((run) => run.address));
    const added = runs.filter((run) => !known.has(run.address));
    this.#table.of += added.length;
    this.#runs = [...changed, ...added];
    this.#show();
  }
}

// The parts of a list with commas, outside of quotes and brackets.
function conditions(text) {
  return (text.match(/(?:"[^"]*"|'[^']*'|\([^)]*\)|[^,])+/g) ?? []).map((one) => one.trim()).filter(Boolean);
}

// By default: keys of the config that are not nested, and metrics.
function firstColumns(names) {
  const config = names.filter((name) => /^config\.[^.]+$/.test(name));
  const metrics = names.filter((name) => !name.startsWith("config.") && name.includes("/"));
  const others = names.filter((name) => !name.startsWith("config.") && !name.includes("/") && !FACT_NAMES.has(name));
  const half = FIRST_COLUMNS / 2;
  return [...config.slice(0, half), ...[...metrics, ...others].slice(0, half)].map(spelled);
}

const FACT_NAMES = new Set([
  "id",
  "name",
  "state",
  "source",
  "created",
  "started",
  "duration",
  "age",
  "host",
  "swanlab",
  "mode",
  "step",
  "metrics",
]);
