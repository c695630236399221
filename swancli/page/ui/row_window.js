// A table that holds only the rows in view, however many there are. All rows are of one height.

import { fill, h } from "./dom.js";

const AROUND = 12; // rows above and below those in view

export class RowWindow {
  #rows = [];
  #first = -1;
  #last = -1;

  // `row(item, index)` gives the cells of a row, nodes or texts, or a whole <tr>; `heads` are cells or <th>s.
  constructor({ rowHeight, label, heads, row, isPage = false }) {
    Object.assign(this, { rowHeight, row, isPage });
    this.head = h("tr", { "aria-rowindex": 1 });
    this.above = h("tbody", { "aria-hidden": "true" });
    this.body = h("tbody");
    this.below = h("tbody", { "aria-hidden": "true" });
    this.table = h("table", { class: "rows" }, h("thead", {}, this.head), this.above, this.body, this.below);
    this.element = h(
      "div",
      { class: "scrolling window", tabindex: 0, role: "region", "aria-label": label, onscroll: () => this.#draw() },
      this.table,
    );
    this.element.style.setProperty("--row", `${rowHeight}px`);
    this.setHeads(heads);
    this.resized = new ResizeObserver(() => this.#draw());
    this.resized.observe(this.element);
  }

  setHeads(heads) {
    fill(
      this.head,
      heads.map((head) => (head instanceof Node ? head : h("th", { scope: "col" }, head))),
    );
  }

  setRows(rows) {
    this.#rows = rows;
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.redraw();
  }

  redraw() {
    this.#first = -1;
    this.#draw();
  }

  scrollTo(index) {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight * 2 > scrollTop + clientHeight)
      this.element.scrollTop = top + this.rowHeight * 2 - clientHeight;
    this.#draw();
  }

  #draw() {
    const height = this.element.clientHeight || 600;
    const first = Math.max(Math.floor(this.element.scrollTop / this.rowHeight) - AROUND, 0);
    const last = Math.min(first + Math.ceil(height / this.rowHeight) + 2 * AROUND, this.#rows.length);
    if (first === this.#first && last === this.#last) return;
    this.#first = first;
    this.#last = last;
    const drawn = this.#rows.slice(first, last).map((item, n) => {
      const made = this.row(item, first + n);
      const row =
        made instanceof Node
          ? made
          : h(
              "tr",
              {},
              made.map((cell) => h("td", {}, cell)),
            );
      row.setAttribute("aria-rowindex", first + n + 2);
      return row;
    });
    fill(this.body, drawn);
    fill(this.above, spacer(first * this.rowHeight));
    fill(this.below, spacer((this.#rows.length - last) * this.rowHeight));
  }
}

// An empty row of some height, in the place of the rows out of view.
function spacer(height) {
  if (!height) return null;
  const cell = h("td");
  cell.style.height = `${height}px`;
  cell.style.padding = "0";
  return h("tr", { class: "spacer" }, cell);
}
