// A config, or any other nested value, as a tree: folders can be folded, keys and values are searched.

import { h } from "../ui/dom.js";
import { valueText } from "../ui/numbers.js";

const MAX_DEPTH = 30;
const MAX_ITEMS = 500; // of one folder

// The element of a value. `matches(path, text)` says which leaves are shown; `marks` holds the paths to mark.
export function tree(value, { matches = () => true, marks = null } = {}) {
  return h("div", { class: "tree" }, children(value, "", 0, matches, marks));
}

function children(value, path, depth, matches, marks) {
  const entries = Array.isArray(value) ? value.map((item, n) => [String(n), item]) : Object.entries(value ?? {});
  const shown = entries
    .slice(0, MAX_ITEMS)
    .map(([key, item]) => entry(key, item, path ? `${path}.${key}` : key, depth, matches, marks));
  const found = shown.filter(Boolean);
  if (entries.length > MAX_ITEMS) found.push(h("p", {}, `… +${entries.length - MAX_ITEMS}`));
  return found;
}

function entry(key, value, path, depth, matches, marks) {
  const isFolder =
    value !== null &&
    typeof value === "object" &&
    Object.keys(value).length > 0 &&
    depth < MAX_DEPTH &&
    !isShort(value);
  if (!isFolder) {
    const text = value === null ? "null" : valueText(value, 17);
    if (!matches(path, text)) return null;
    return h(
      "div",
      { class: marks?.has(path) ? "leaf marked" : "leaf" },
      h("span", { class: "key" }, key),
      h("span", { class: `value ${kindOf(value)}` }, text),
    );
  }
  const inside = children(value, path, depth + 1, matches, marks);
  if (!inside.length) return null;
  return h(
    "details",
    { class: "folder", open: true },
    h(
      "summary",
      {},
      h("span", { class: "key" }, key),
      h("span", { class: "size" }, Array.isArray(value) ? `[${value.length}]` : `{${Object.keys(value).length}}`),
    ),
    inside,
  );
}

// Lists of plain values read best in one line.
function isShort(value) {
  return (
    Array.isArray(value) &&
    value.every((item) => item === null || typeof item !== "object") &&
    JSON.stringify(value).length < 120
  );
}

function kindOf(value) {
  return value === null ? "null" : typeof value;
}
