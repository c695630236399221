// The runs of a chart with their colours, and their values: the latest ones, or those under the cursor.

import { colour, dash } from "../ui/colours.js";
import { fill, h } from "../ui/dom.js";
import { numberText } from "../ui/numbers.js";

const MAX_SHOWN = 12;
const MANY = 5; // lines, from which on they can be scrolled

export class LegendView {
  #values = [];
  #lines = null;
  #head = h("span", { class: "x" });

  constructor() {
    this.element = h("ul", { class: "legend" });
  }

  // `lines` as plot() drew them; `under` is what is under the cursor, or null.
  show(lines, under) {
    if (lines !== this.#lines) this.#build(lines);
    if (under && !this.#head.isConnected) this.element.append(h("li", { class: "at" }, this.#head));
    this.#head.textContent = under ? under.text : "";
    lines.slice(0, MAX_SHOWN).forEach((line, n) => {
      const found = under?.values[n];
      const value = found ? (found.smooth ?? found.value) : line.series.values.at(-1);
      this.#values[n].textContent = value === null || value === undefined ? "–" : numberText(value);
    });
  }

  #build(lines) {
    this.#lines = lines;
    this.element.classList.toggle("long", lines.length >= MANY);
    this.#values = lines.map(() => h("span", { class: "value" }));
    const rest = lines.length - MAX_SHOWN;
    const items = lines
      .slice(0, MAX_SHOWN)
      .map((line, n) =>
        h("li", {}, swatch(line.place), h("span", { class: "name", title: line.label }, line.label), this.#values[n]),
      );
    fill(this.element, items, rest > 0 ? h("li", {}, `+${rest}`) : null);
  }
}

// A short line in the colour and dashes of a place.
export function swatch(place) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 18 8");
  svg.setAttribute("class", "swatch");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", "M1 4 H17");
  line.setAttribute("stroke", colour(place));
  line.setAttribute("stroke-width", "3");
  line.setAttribute("stroke-dasharray", dash(place).join(" "));
  svg.append(line);
  return svg;
}
