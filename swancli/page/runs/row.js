// One run in the table.

import { swatch } from "../charts/legend.js";
import { h } from "../ui/dom.js";
import { ageText, momentText, secondsOf, spanText, valueText } from "../ui/numbers.js";
import { stateMark } from "../ui/state.js";
import { tick } from "../ui/ticked.js";
import { t } from "../ui/words.js";

// `place` is the run's place among the ticked ones, -1 if it is not; `link` leads to its own page.
export function RunRow(run, columns, { place, isCursor, link }) {
  const isTicked = place >= 0;
  const box = h("input", {
    type: "checkbox",
    checked: isTicked,
    "aria-label": t("Show {name} in the charts", { name: run.name }),
    onchange: (event) => tick(run.address, event.target.checked),
  });
  const created = secondsOf(run.values.get("created"));
  return h(
    "tr",
    { class: isCursor ? "cursor" : null, "aria-selected": String(isTicked) },
    h("td", { class: "tick" }, box, isTicked ? swatch(place) : null),
    h(
      "th",
      { scope: "row", class: "name" },
      h("a", { href: link, title: run.name }, run.name || run.run_id),
      h("span", { class: "id" }, run.address),
    ),
    h("td", {}, stateMark(run.values.get("state"))),
    h("td", { title: momentText(created) }, ageText(created)),
    h("td", { class: "number" }, spanText(run.values.get("duration"))),
    columns.map((column) => cell(run.values.get(column))),
  );
}

function cell(value) {
  const text = valueText(value);
  return h("td", { class: typeof value === "number" ? "number" : null, title: text }, text);
}
