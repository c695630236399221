// What a report holds in itself: the same answers as a server's, for the runs that were chosen.

import { Problem } from "./connection.js";

export class Embedded {
  isLive = false;
  #data = {};

  constructor(element) {
    this.#element = element;
  }

  #element;

  async open() {
    const packed = Uint8Array.from(atob(this.#element.textContent.trim()), (sign) => sign.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    this.#data = await new Response(stream).json();
    this.#element.remove();
  }

  get title() {
    return this.#data.title;
  }

  async details(words, pairs = []) {
    if (words[0] === "runs") return { details: this.#table(pairs), notes: [] };
    if (words[0] === "compare") return { details: this.#compared(pairs), notes: [] };
    const found = this.#data.answers[words.join("/")];
    if (!found) throw new Problem("not in this report", "NotFound");
    if (words[2] === "console" && pairs.some(([name]) => name === "find"))
      throw new Problem("not in this report", "NotFound");
    return structuredClone(found);
  }

  async series(asked, pairs, take) {
    for (const one of asked) {
      const found = this.#data.series[`${one.address}/${one.name}`];
      if (!found) {
        take(one, { error: { message: "not in this report" } }, []);
        continue;
      }
      const { steps, times, values, ...details } = found;
      take(one, { details }, [{ steps: summed(steps), values, times: times && summed(times).map((ms) => ms / 1000) }]);
    }
  }

  async *console(address) {
    yield this.#data.answers[`experiments/${address}/console`]?.details.lines ?? [];
  }

  mediaUrl(address, metric, name) {
    return this.#data.media[`${address}/${metric}/${name}`] ?? null;
  }

  #table(pairs) {
    const { runs, ...rest } = this.#data.table;
    const columns = pairs.filter(([name]) => name === "columns").flatMap(([, text]) => split(text));
    const wanted = new Set(pairs.filter(([name]) => name === "run").map(([, address]) => String(address)));
    const chosen = wanted.size ? runs.filter((run) => wanted.has(String(run.address))) : runs;
    const rows = chosen.map((run) => ({ ...run, values: columns.map((column) => run.values[column] ?? null) }));
    return { ...rest, columns, runs: rows };
  }

  #compared(pairs) {
    const all = this.#data.table.runs.map((run) => String(run.address));
    const at = pairs.filter(([name]) => name === "run").map(([, address]) => all.indexOf(String(address)));
    return this.#data.compared
      .map((row) => ({ ...row, cells: at.map((n) => row.cells[n] ?? null) }))
      .filter((row) => row.cells.some((cell) => cell !== null))
      .map((row) => ({ ...row, best: [], differs: new Set(row.cells.map((cell) => JSON.stringify(cell))).size > 1 }));
  }
}

// The numbers whose differences are kept.
function summed(differences) {
  let sum = 0;
  return differences.map((one) => (one === null ? null : (sum += one)));
}

// The parts of a list with commas outside of quotes and brackets.
function split(text) {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|\([^)]*\)|[^,])+/g) ?? [];
}
