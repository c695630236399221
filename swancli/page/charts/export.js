// A chart as a file: PNG as on the screen, SVG drawn again, CSV with every point that the chart has.

import { colour, dash, inks } from "../ui/colours.js";
import { save } from "../ui/dom.js";
import { numberText } from "../ui/numbers.js";
import { rowsOf } from "./lines.js";
import { xText } from "./plot.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 800;
const HEIGHT = 420;
const BOX = { left: 70, top: 40, right: 20, bottom: 40 };
const TICKS = 5;

export function savePng(card) {
  const canvas = card.drawing?.uplot.ctx.canvas;
  if (!canvas) return;
  const scale = devicePixelRatio;
  const title = 26 * scale;
  const row = 18 * scale;
  const copied = document.createElement("canvas");
  copied.width = canvas.width;
  copied.height = canvas.height + title + row * card.lines.length;
  const ink = inks();
  const context = copied.getContext("2d");
  context.fillStyle = ink.background;
  context.fillRect(0, 0, copied.width, copied.height);
  context.fillStyle = ink.text;
  context.font = `bold ${13 * scale}px system-ui, sans-serif`;
  context.fillText(card.chart.name, 10 * scale, 18 * scale);
  context.drawImage(canvas, 0, title);
  context.font = `${12 * scale}px system-ui, sans-serif`;
  card.lines.forEach((line, n) => {
    const y = title + canvas.height + row * (n + 0.6);
    context.fillStyle = colour(line.place);
    context.fillRect(10 * scale, y - 5 * scale, 14 * scale, 3 * scale);
    context.fillStyle = ink.text;
    context.fillText(line.label, 30 * scale, y);
  });
  copied.toBlob((blob) => save(`${card.chart.name}.png`, blob), "image/png");
}

export function saveSvg(card) {
  if (card.drawing) save(`${card.chart.name}.svg`, new Blob([svgOf(card)], { type: "image/svg+xml" }));
}

export async function saveCsv(card) {
  const pieces = ["run,step,time,value\r\n"];
  for (const { label, step, time, value } of rowsOf(await card.timed())) {
    const when = Number.isNaN(time) ? "" : new Date(time * 1000).toISOString();
    pieces.push(`${quoted(label)},${step},${when},${Number.isFinite(value) ? value : numberText(value)}\r\n`);
  }
  save(`${card.chart.name}.csv`, new Blob(pieces, { type: "text/csv" }));
}

// A field of a CSV file; a text that a spreadsheet would run as a formula gets a quote in front.
export function quoted(text) {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function svgOf(card) {
  const { uplot, drawn } = card.drawing;
  const { min: left, max: right } = uplot.scales.x;
  const { min: low, max: high, distr } = uplot.scales.y;
  const place = distr === 3 ? Math.log10 : (y) => y;
  const width = WIDTH - BOX.left - BOX.right;
  const height = HEIGHT - BOX.top - BOX.bottom;
  const atX = (x) => BOX.left + ((x - left) / (right - left || 1)) * width;
  const atY = (y) => BOX.top + (1 - (place(y) - place(low)) / (place(high) - place(low) || 1)) * height;
  const svg = node("svg", {
    xmlns: NAMESPACE,
    viewBox: `0 0 ${WIDTH} ${HEIGHT + 18 * drawn.length}`,
    "font-family": "sans-serif",
    "font-size": 12,
  });
  svg.append(
    node("rect", { width: "100%", height: "100%", fill: "#fff" }),
    text(BOX.left, 24, card.chart.name, { "font-size": 16 }),
  );
  for (let n = 0; n <= TICKS; n++) {
    const x = left + ((right - left) * n) / TICKS;
    const part = low === null ? 0 : place(low) + ((place(high) - place(low)) * n) / TICKS;
    const y = distr === 3 ? 10 ** part : part;
    svg.append(
      node("path", {
        d: `M${atX(x)} ${BOX.top}V${HEIGHT - BOX.bottom}M${BOX.left} ${atY(y)}H${WIDTH - BOX.right}`,
        stroke: "#ddd",
      }),
    );
    const label = card.context.view().x === "step" ? numberText(x, 4) : xText(x, card.context.view().x);
    svg.append(text(atX(x), HEIGHT - BOX.bottom + 18, label, { "text-anchor": "middle" }));
    svg.append(text(BOX.left - 8, atY(y) + 4, numberText(y, 4), { "text-anchor": "end" }));
  }
  drawn.forEach((line, n) => {
    const shown = line.smooth ?? line.ys;
    let d = "";
    let isDown = false;
    line.xs.forEach((x, at) => {
      const y = shown[at];
      if (y !== null && x >= left && x <= right) d += `${isDown ? "L" : "M"}${atX(x).toFixed(2)} ${atY(y).toFixed(2)}`;
      isDown = y !== null && x >= left && x <= right;
    });
    svg.append(
      node("path", {
        d,
        fill: "none",
        stroke: colour(line.place),
        "stroke-width": 1.5,
        "stroke-dasharray": dash(line.place).join(" "),
      }),
    );
    svg.append(
      node("rect", { x: BOX.left, y: HEIGHT + 18 * n - 6, width: 16, height: 3, fill: colour(line.place) }),
      text(BOX.left + 24, HEIGHT + 18 * n, line.label),
    );
  });
  return new XMLSerializer().serializeToString(svg);
}

function node(name, attributes) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) if (key !== "xmlns") made.setAttribute(key, value);
  return made;
}

function text(x, y, content, more = {}) {
  const made = node("text", { x, y, fill: "#333", ...more });
  made.textContent = content;
  return made;
}
