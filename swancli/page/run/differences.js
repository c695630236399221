// What differs in the config between this run and another one, which is chosen here.

import { readCompared } from "../data/compare.js";
import { readRuns } from "../data/runs.js";
import { fill, h } from "../ui/dom.js";
import { valueText } from "../ui/numbers.js";
import { t } from "../ui/words.js";

export class Differences {
  // `mark` gets the set of the keys that differ, or null.
  constructor(address, mark) {
    Object.assign(this, { address, mark });
    this.list = h("datalist", { id: "other-runs" });
    this.input = h("input", {
      type: "search",
      list: "other-runs",
      placeholder: t("Compare with… (id or name)"),
      "aria-label": t("Compare the config with another run"),
      onfocus: () => this.#offer(),
      onchange: () => this.#compare(),
    });
    this.result = h("div", { class: "differences", role: "status" });
    this.element = h("div", {}, this.input, this.list, this.result);
  }

  async #offer() {
    if (this.runs) return;
    this.runs = (await readRuns([], [])).runs.filter((run) => run.address !== this.address);
    fill(
      this.list,
      this.runs.slice(0, 500).map((run) => h("option", { value: run.address }, run.name)),
    );
  }

  async #compare() {
    const word = this.input.value.trim();
    this.mark(null);
    if (!word) return fill(this.result);
    await this.#offer();
    const other = this.runs.find((run) => run.address === word) ?? this.runs.find((run) => run.name === word);
    if (!other) return fill(this.result, h("p", { class: "problem" }, t("No such run.")));
    const rows = (await readCompared([this.address, other.address])).filter(
      (row) => row.section === "config" && row.differs,
    );
    this.mark(new Set(rows.map((row) => row.key)));
    const line = (row) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, row.key),
        row.cells.map((cell) => h("td", {}, cell ? valueText(cell.value, 17) : "–")),
      );
    const heads = ["", t("This run"), other.name].map((head) => h("th", { scope: "col" }, head));
    return fill(
      this.result,
      rows.length
        ? h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows.map(line)))
        : h("p", {}, t("The configs are the same.")),
    );
  }
}
