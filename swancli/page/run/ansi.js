// A line of a console with the colours that its escape sequences ask for; every other sequence is left out.

import { h } from "../ui/dom.js";

// CSI sequences, OSC sequences, other escapes, and control characters that mean nothing here
const SEQUENCE =
  /\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;
const STEPS = [0, 95, 135, 175, 215, 255]; // of the colour cube

// Nodes for a text; `wanted` is marked, ignoring case.
export function ansi(text, wanted = "") {
  const nodes = [];
  let style = {};
  let at = 0;
  for (const found of text.matchAll(SEQUENCE)) {
    if (found.index > at) nodes.push(piece(text.slice(at, found.index), style, wanted));
    if (found[1] !== undefined) style = changed(style, found[1]);
    at = found.index + found[0].length;
  }
  if (at < text.length) nodes.push(piece(text.slice(at), style, wanted));
  return nodes;
}

function piece(text, style, wanted) {
  const inside = marked(text, wanted);
  const names = ["bold", "dim", "italic", "underline"].filter((name) => style[name]);
  const classes = [
    ...names,
    style.colour?.startsWith("c") ? `fg-${style.colour}` : "",
    style.ground?.startsWith("c") ? `bg-${style.ground}` : "",
  ].filter(Boolean);
  if (!classes.length && !style.colour && !style.ground) return inside;
  const span = h("span", { class: classes.join(" ") }, inside);
  if (style.colour && !style.colour.startsWith("c")) span.style.color = style.colour;
  if (style.ground && !style.ground.startsWith("c")) span.style.backgroundColor = style.ground;
  return span;
}

function marked(text, wanted) {
  if (!wanted) return [text];
  const parts = [];
  const low = text.toLowerCase();
  let at = 0;
  for (;;) {
    const found = low.indexOf(wanted, at);
    if (found < 0) break;
    if (found > at) parts.push(text.slice(at, found));
    parts.push(h("mark", {}, text.slice(found, found + wanted.length)));
    at = found + wanted.length;
  }
  parts.push(text.slice(at));
  return parts;
}

// The style after an SGR sequence with these parameters.
function changed(style, parameters) {
  const codes = parameters.split(/[;:]/).map(Number);
  const next = { ...style };
  for (let n = 0; n < codes.length; n++) {
    const code = codes[n];
    if (code === 0) for (const name of Object.keys(next)) delete next[name];
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code >= 30 && code <= 37) next.colour = `c${code - 30}`;
    else if (code >= 90 && code <= 97) next.colour = `c${code - 82}`;
    else if (code >= 40 && code <= 47) next.ground = `c${code - 40}`;
    else if (code >= 100 && code <= 107) next.ground = `c${code - 92}`;
    else if (code === 39) next.colour = undefined;
    else if (code === 49) next.ground = undefined;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(codes.slice(n + 1));
      next[code === 38 ? "colour" : "ground"] = colour;
      n += used;
    }
  }
  return next;
}

function extended([kind, ...rest]) {
  if (kind === 2)
    return [
      `rgb(${rest
        .slice(0, 3)
        .map((part) => Math.min(part || 0, 255))
        .join(",")})`,
      4,
    ];
  if (kind !== 5) return [undefined, 1];
  const number = rest[0] ?? 0;
  if (number < 16) return [`c${number}`, 2];
  if (number >= 232)
    return [
      `rgb(${Array(3)
        .fill(8 + (number - 232) * 10)
        .join(",")})`,
      2,
    ];
  const cube = number - 16;
  return [
    `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => STEPS[part] ?? 0).join(",")})`,
    2,
  ];
}
