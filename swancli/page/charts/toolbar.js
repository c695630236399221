// The controls above the charts.

import { debounced, fill, h } from "../ui/dom.js";
import { go, route } from "../ui/route.js";
import { t } from "../ui/words.js";
import { AXES, chartFilter, chartOptions, setAxis, setLog, setRange, setSmoothing } from "./options.js";

export class Toolbar {
  constructor() {
    const names = { step: t("Step"), time: t("Time"), relative: t("Relative time") };
    this.find = h("input", {
      type: "search",
      class: "find",
      placeholder: t("Filter charts (regex)"),
      "aria-label": t("Filter charts by a regular expression"),
      oninput: debounced(() => go(null, { find: this.find.value }, true), 150),
    });
    this.axis = h(
      "select",
      { onchange: () => setAxis(this.axis.value) },
      AXES.map((x) => h("option", { value: x }, names[x])),
    );
    this.smoothing = h("input", {
      type: "range",
      min: 0,
      max: 0.99,
      step: 0.01,
      oninput: () => setSmoothing(Number(this.smoothing.value)),
    });
    this.amount = h("output", {});
    this.log = h("input", { type: "checkbox", onchange: () => setLog(this.log.checked) });
    this.system = h("input", {
      type: "checkbox",
      onchange: () => go(null, { system: this.system.checked ? 1 : null }, true),
    });
    this.reset = h("button", { type: "button", onclick: () => setRange(null) }, t("Whole range"));
    this.element = h(
      "div",
      { class: "toolbar", role: "group", "aria-label": t("Charts") },
      this.find,
      h("label", {}, t("X axis"), this.axis),
      h("label", {}, t("Smoothing"), this.smoothing, this.amount),
      h("label", {}, this.log, t("Log y")),
      h("label", {}, this.system, t("Hardware")),
      this.reset,
    );
    this.update();
  }

  update() {
    const { x, smoothing, log, range } = chartOptions();
    const find = route().query.get("find") ?? "";
    if (document.activeElement !== this.find) this.find.value = find;
    this.find.setAttribute("aria-invalid", String(chartFilter() === undefined));
    this.axis.value = x;
    this.smoothing.value = smoothing;
    fill(this.amount, smoothing ? smoothing.toFixed(2) : t("off"));
    this.log.checked = log;
    this.system.checked = route().query.get("system") === "1";
    this.reset.hidden = !range;
  }
}
