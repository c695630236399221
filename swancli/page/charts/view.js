// The charts of the ticked runs, or of the newest ones while none is ticked.

import { every } from "../data/live.js";
import { isOver, newestRuns, readRuns } from "../data/runs.js";
import { fill, h } from "../ui/dom.js";
import { linkTo, route } from "../ui/route.js";
import { stateMark } from "../ui/state.js";
import { DEFAULT_RUNS, places, tick } from "../ui/ticked.js";
import { t } from "../ui/words.js";
import { ChartGrid } from "./grid.js";
import { swatch } from "./legend.js";

const UPDATE_SECONDS = 5;

export class ChartsView {
  constructor(scope) {
    this.scope = scope;
    this.chosen = h("div", { class: "chosen" });
    this.grid = new ChartGrid(scope);
    this.element = h("div", {}, h("h1", { class: "hidden-title" }, t("Charts")), this.chosen, this.grid.element);
    every(UPDATE_SECONDS, scope, () => (this.runs?.some((run) => !run.isOver) ? this.#read() : undefined));
  }

  start() {
    return this.#read();
  }

  async routeChanged(before) {
    if (before.query.get("runs") !== route().query.get("runs")) await this.#read();
    await this.grid.routeChanged(before);
  }

  async #read() {
    const wanted = places();
    const addresses = wanted.filter((one) => one !== null);
    const found = addresses.length ? (await readRuns([], [], addresses)).runs : await newestRuns(DEFAULT_RUNS);
    if (this.scope.isOver) return;
    const place = (run, n) => (addresses.length ? wanted.indexOf(run.address) : n);
    this.runs = found.map((run, n) => ({
      address: run.address,
      name: run.name,
      place: place(run, n),
      isOver: isOver(run),
      state: run.values.get("state"),
    }));
    this.runs.sort((a, b) => a.place - b.place);
    this.#tell(addresses.length > 0);
    await this.grid.setRuns(this.runs);
  }

  #tell(areTicked) {
    const items = this.runs.map((run) =>
      h(
        "li",
        {},
        swatch(run.place),
        h("a", { href: linkTo(["run", run.address], { runs: route().query.get("runs") }, new Map()) }, run.name),
        stateMark(run.state, true),
        areTicked
          ? h(
              "button",
              {
                type: "button",
                class: "remove",
                "aria-label": t("Untick {name}", { name: run.name }),
                onclick: () => tick(run.address, false),
              },
              "×",
            )
          : null,
      ),
    );
    const hint =
      areTicked || !this.runs.length
        ? null
        : h("p", { class: "hint" }, t("The newest runs. Tick runs in the table to choose."));
    fill(this.chosen, h("ul", { "aria-label": t("Runs") }, items), hint);
  }
}
