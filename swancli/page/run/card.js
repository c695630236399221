// The card of a run: when, how long, where; its config, its summary, the machine.

import { source } from "../data/source.js";
import { debounced, fill, h } from "../ui/dom.js";
import { momentText, secondsOf, spanText, valueText } from "../ui/numbers.js";
import { linkTo } from "../ui/route.js";
import { t } from "../ui/words.js";
import { plainConfig } from "./config.js";
import { Differences } from "./differences.js";
import { tree } from "./tree.js";

const COMMAND = ["command", "cmd"];

export class Card {
  constructor(address, run) {
    Object.assign(this, { address, run });
    this.facts = h("dl", { class: "facts" });
    this.search = h("input", {
      type: "search",
      placeholder: t("Search"),
      "aria-label": t("Search the config"),
      oninput: debounced(() => this.#showConfig(), 100),
    });
    this.config = h("div");
    this.summarySearch = h("input", {
      type: "search",
      placeholder: t("Search"),
      "aria-label": t("Search the summary"),
      oninput: debounced(() => this.#showSummary(), 100),
    });
    this.summary = h("div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": t("Summary") });
    this.system = h("div");
    this.differences = new Differences(address, (marks) => {
      this.marks = marks;
      this.#showConfig();
    });
    this.element = h(
      "div",
      { class: "cards" },
      h("section", { class: "panel whole" }, this.facts),
      h(
        "section",
        { class: "panel" },
        h("header", {}, h("h2", {}, t("Config")), this.search),
        this.differences.element,
        this.config,
      ),
      h("section", { class: "panel" }, h("header", {}, h("h2", {}, t("Summary")), this.summarySearch), this.summary),
      h("section", { class: "panel whole" }, h("h2", {}, t("System")), this.system),
    );
  }

  async start() {
    this.#showFacts();
    this.#showConfig();
    this.#showSystem();
    await this.#readSummary();
  }

  async runChanged(run) {
    this.run = run;
    this.#showFacts();
    await this.#readSummary();
  }

  async #readSummary() {
    try {
      this.rows = (await source.details(["experiments", this.address, "summary"])).details.summaries;
      this.#showSummary();
    } catch (problem) {
      fill(this.summary, h("p", { class: "problem" }, problem.message));
    }
  }

  #showFacts() {
    const { run } = this;
    const system = run.system && typeof run.system === "object" ? run.system : {};
    const facts = [
      [t("Started"), momentText(secondsOf(run.create_time))],
      [t("Finished"), run.finish_time ? momentText(secondsOf(run.finish_time)) : null],
      [t("Duration"), spanText(run.duration)],
      [t("Last write"), run.last_write ? momentText(run.last_write) : null],
      [t("Id"), run.id],
      [t("Run id"), run.run_id],
      ["SwanLab", run.version ?? run.swanlab_version],
      [t("Mode"), run.mode],
      [t("Project"), run.project ?? run.workspace],
      [t("Tags"), run.tags?.join(", ")],
      [t("Group"), run.group],
      [t("Job type"), run.job_type],
      [t("Host"), system.hostname],
      ["OS", system.os_pretty ?? system.os],
      ["Python", system.python],
      [t("Command"), COMMAND.map((key) => system[key]).find(Boolean)],
      [t("Directory"), system.cwd],
      ["Git", gitOf(system)],
      [t("Log directory"), system.swanlab?.logdir ?? system.logdir],
    ];
    const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
    fill(
      this.facts,
      known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, valueText(value)))),
    );
  }

  #showConfig() {
    const wanted = this.search.value.toLowerCase();
    const matches = (path, text) => path.toLowerCase().includes(wanted) || text.toLowerCase().includes(wanted);
    const config = plainConfig(this.run.config);
    const isThere = Object.keys(config).length;
    fill(
      this.config,
      isThere ? tree(config, { matches, marks: this.marks }) : h("p", { class: "hint" }, t("No config.")),
    );
  }

  #showSummary() {
    const wanted = this.summarySearch.value.toLowerCase();
    const rows = (this.rows ?? []).filter((row) => row.key.toLowerCase().includes(wanted));
    const heads = [t("Metric"), t("Last"), t("Step"), t("Lowest"), t("Highest")].map((head) =>
      h("th", { scope: "col" }, head),
    );
    const line = (row) =>
      h(
        "tr",
        {},
        h(
          "th",
          { scope: "row" },
          h("a", { href: linkTo(["run", this.address, "charts"], { chart: row.key }) }, row.key),
        ),
        h("td", { title: valueText(row.value, 17) }, plain(row.value)),
        h("td", {}, valueText(row.step)),
        h("td", {}, valueText(row.min)),
        h("td", {}, valueText(row.max)),
      );
    fill(
      this.summary,
      rows.length
        ? h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows.map(line)))
        : h("p", { class: "hint" }, t("No metrics.")),
    );
  }

  #showSystem() {
    const { system } = this.run;
    const isThere = system && typeof system === "object" && Object.keys(system).length;
    fill(this.system, isThere ? tree(system) : h("p", { class: "hint" }, t("Nothing is known about the machine.")));
  }
}

function plain(value) {
  const text = valueText(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function gitOf(system) {
  const parts = [
    system.git_remote,
    ...(Array.isArray(system.git_info) ? system.git_info : []),
    system.git?.branch,
    system.git?.commit,
  ];
  return parts.filter((part) => typeof part === "string" && part).join(" ") || null;
}
