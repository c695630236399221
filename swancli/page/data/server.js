// What a running `swancli serve` tells, below swancli/v1 of the page's own address.

import { Problem, setConnection } from "./connection.js";

const BASE = "swancli/v1";
const MAX_QUERY = 6000; // characters of the names in one request for series
const BUSY = 503;

export class Server {
  isLive = true;

  async open() {}

  // The details at a path such as ["experiments", 1, "charts"]; `pairs` are the query's.
  async details(words, pairs = []) {
    const response = await this.#fetch(words, pairs);
    const found = JSON.parse((await response.text()).split("\n", 1)[0]);
    return { ...found, etag: response.headers.get("etag") };
  }

  // Several series: `take(asked, head, blocks)` gets each. `asked` are {address, name}.
  async series(asked, pairs, take) {
    for (const part of parts(asked)) {
      const query = [...pairs];
      let before = null;
      for (const { address, name } of part) {
        if (address !== before) query.push(["experiment", address]);
        before = address;
        query.push(["name", name]);
      }
      const response = await this.#fetch(["metrics"], query);
      const lines = (await response.text()).split("\n").values();
      for (const one of part) take(one, ...nextSeries(lines));
    }
  }

  // The lines of a whole console, in arrays.
  async *console(address) {
    const response = await this.#fetch(["experiments", address, "logs"], []);
    for await (const line of linesOf(response.body)) {
      const found = JSON.parse(line);
      if (found.lines) yield found.lines;
    }
  }

  mediaUrl(address, metric, name) {
    return urlOf(["experiments", address, "media", name], [["name", metric]]);
  }

  async #fetch(words, pairs) {
    let response;
    try {
      response = await fetch(urlOf(words, pairs), { credentials: "same-origin" });
    } catch {
      setConnection("lost");
      throw new Problem("the server does not answer", "lost");
    }
    if (response.status === 401) {
      setConnection("denied");
      throw new Problem("the server wants a token", "denied");
    }
    setConnection("ok");
    if (response.ok) return response;
    const found = await response.json().catch(() => ({}));
    const message = found.error?.message ?? found.message ?? `status ${response.status}`;
    throw new Problem(message, response.status === BUSY ? "busy" : found.error?.kind);
  }
}

function urlOf(words, pairs) {
  const path = words.map((word) => encodeURIComponent(word)).join("/");
  const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `${BASE}/${path}${query ? `?${query}` : ""}`;
}

function* parts(asked) {
  let part = [];
  let size = 0;
  for (const one of asked) {
    part.push(one);
    size += one.name.length + 8;
    if (size > MAX_QUERY) {
      yield part;
      part = [];
      size = 0;
    }
  }
  if (part.length) yield part;
}

function nextSeries(lines) {
  const head = JSON.parse(lines.next().value || "{}");
  if (head.error) return [head, []];
  const blocks = [];
  for (;;) {
    const { value, done } = lines.next();
    if (done || !value) throw new Problem("the answer broke off", "lost");
    const block = JSON.parse(value);
    if (block.end) return [head, blocks];
    blocks.push(block);
  }
}

async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest) yield rest;
}
