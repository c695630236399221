// The state of a run as a word with a mark, so that it does not depend on colour.

import { h } from "./dom.js";
import { t } from "./words.js";

const MARKS = {
  running: "●",
  stale: "◌",
  finished: "✓",
  crashed: "✕",
  stopped: "■",
  killed: "✕",
  failed: "✕",
  unknown: "?",
};

export function stateMark(state, isShort = false) {
  const word = state ?? "unknown";
  const mark = h("span", { "aria-hidden": "true" }, MARKS[word] ?? "?");
  if (isShort) return h("span", { class: `state ${word}`, title: t(word), role: "img", "aria-label": t(word) }, mark);
  return h("span", { class: `state ${word}` }, mark, ` ${t(word)}`);
}
