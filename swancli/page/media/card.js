// Images, audio, text and other media of a chart, by step.

import { load } from "../data/series.js";
import { source } from "../data/source.js";
import { fill, h } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { swatch } from "../charts/legend.js";
import { dataOf } from "./data.js";

const NUMBER_OF_ITEMS = 24; // of one step of one run, that are shown

export class MediaCard {
  #asked = 0;
  #found = []; // [metric, Series or Error]
  #steps = [];
  isSeen = false;

  constructor(chart, runs) {
    Object.assign(this, { chart, runs });
    this.body = h("div", { class: "media" });
    this.step = h("input", {
      type: "range",
      min: 0,
      max: 0,
      value: 0,
      "aria-label": t("Step of {name}", { name: chart.name }),
      oninput: () => this.#show(),
    });
    this.at = h("output");
    this.control = h("label", { class: "step", hidden: true }, t("Step"), this.step, this.at);
    this.element = h(
      "article",
      { class: "chart", tabindex: 0, "aria-label": chart.name },
      h("header", {}, h("h3", { title: chart.name }, chart.name)),
      this.control,
      this.body,
    );
  }

  async show() {
    this.isSeen = true;
    const mine = ++this.#asked;
    const found = await Promise.allSettled(this.chart.metrics.map((one) => load(one.address, one.name)));
    if (mine !== this.#asked) return;
    this.#found = this.chart.metrics.map((one, n) => [
      one,
      found[n].status === "fulfilled" ? found[n].value : found[n].reason,
    ]);
    this.draw();
  }

  hide() {
    this.isSeen = false;
    this.#asked++;
  }

  // The series of runs that may still grow.
  growing() {
    return this.#found
      .filter(([one, series]) => series.steps && !this.runs.get(one.address)?.isOver)
      .map(([, series]) => series);
  }

  // The steps at which any run has something; the last one is shown first.
  draw() {
    const series = this.#found.map(([, one]) => one).filter((one) => one.steps);
    const wasLast = Number(this.step.value) === this.#steps.length - 1 || !this.#steps.length;
    this.#steps = [...new Set(series.flatMap((one) => one.steps))].sort((a, b) => a - b);
    this.step.max = Math.max(this.#steps.length - 1, 0);
    if (wasLast) this.step.value = this.step.max;
    this.control.hidden = this.#steps.length < 2;
    this.#show();
  }

  #show() {
    const step = this.#steps[Number(this.step.value)];
    this.at.textContent = step ?? "";
    fill(
      this.body,
      this.#found.map(([metric, series]) => this.#ofRun(metric, series, step)),
    );
  }

  #ofRun(metric, series, step) {
    const run = this.runs.get(metric.address);
    const head = this.runs.size > 1 ? h("p", { class: "run" }, swatch(run.place), run.name) : null;
    if (!series.steps)
      return h(
        "div",
        {},
        head,
        h("p", { class: "problem" }, series.kind === "MetricHasNoData" ? t("no data") : series.message),
      );
    const n = series.steps.lastIndexOf(step);
    if (n < 0) return null;
    const value = series.items ? series.items[n] : series.values[n];
    const items = Array.isArray(value) ? value : [value];
    const more = series.more?.[n] ?? [];
    const shown = items.slice(0, NUMBER_OF_ITEMS).map((item, at) => this.#item(metric, item, captionOf(more[at])));
    const rest = items.length - shown.length;
    return h(
      "div",
      { class: `items ${this.chart.type}` },
      head,
      shown,
      rest > 0 ? h("p", {}, t("and {count} more", { count: rest })) : null,
    );
  }

  #item(metric, item, caption) {
    const label = caption || `${this.chart.name} ${this.at.textContent}`;
    const text = caption ? h("figcaption", {}, caption) : null;
    if (this.chart.type === "text")
      return h("figure", {}, text, h("pre", { tabindex: 0 }, item === null ? "–" : String(item)));
    const url = source.mediaUrl(metric.address, metric.name, String(item));
    if (url === null) return h("figure", {}, h("p", { class: "problem" }, t("not in this report")), text);
    const kind = typeOf(this.chart.type, String(item));
    if (kind === "image")
      return h(
        "figure",
        {},
        h(
          "a",
          { href: url, target: "_blank", rel: "noopener", "aria-label": label },
          h("img", { src: url, alt: label, loading: "lazy" }),
        ),
        text,
      );
    if (kind === "audio")
      return h("figure", {}, h("audio", { src: url, controls: true, preload: "none", "aria-label": label }), text);
    if (kind === "json") return h("figure", {}, text, dataOf(url, label));
    return h(
      "figure",
      {},
      h("a", { href: url, download: String(item) }, t("Download {name}", { name: String(item) })),
      text,
    );
  }
}

function typeOf(chart, name) {
  if (chart === "image" || /\.(png|jpe?g|gif|webp|bmp)$/i.test(name)) return "image";
  if (chart === "audio" || /\.(wav|mp3|ogg|flac)$/i.test(name)) return "audio";
  return chart === "echarts" || /\.json$/i.test(name) ? "json" : "other";
}

function captionOf(more) {
  return more && typeof more.caption === "string" ? more.caption : "";
}
