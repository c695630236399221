// The console of a run, in windows of lines: however long it is, only lines near the place that is read are kept.

import { every } from "../data/live.js";
import { source } from "../data/source.js";
import { copy, fill, h, save } from "../ui/dom.js";
import { bytesText } from "../ui/numbers.js";
import { t } from "../ui/words.js";
import { toast } from "../ui/toast.js";
import { ansi } from "./ansi.js";

const MAX_LINES = 3000; // that are on the page
const FOLLOW_SECONDS = 2;
const NEAR = 400; // pixels from an end at which more is asked for

export class ConsoleView {
  #windows = []; // {lines, start, end, element}, next to each other
  #size = 0;
  #isBusy = false;
  #match = null; // where the last match was found

  constructor(address, isOver, scope) {
    Object.assign(this, { address, isOver, scope });
    this.search = h("input", {
      type: "search",
      placeholder: t("Search the console"),
      "aria-label": t("Search the console"),
      onkeydown: (event) => event.key === "Enter" && this.#find(),
    });
    this.follow = h("input", { type: "checkbox", checked: true });
    this.place = h("input", {
      type: "range",
      min: 0,
      max: 1000,
      "aria-label": t("Place in the console"),
      onchange: () => this.#jump(Math.floor((Number(this.place.value) / 1000) * this.#size)),
    });
    this.note = h("span", { role: "status", class: "hint" });
    this.lines = h("div", {
      class: "lines",
      tabindex: 0,
      role: "log",
      "aria-live": "off",
      "aria-label": t("Console"),
      onscroll: () => this.#scrolled(),
    });
    const button = (text, action) => h("button", { type: "button", onclick: action }, text);
    this.element = h(
      "section",
      { class: "console" },
      h(
        "div",
        { class: "toolbar", role: "group", "aria-label": t("Console") },
        this.search,
        button(t("Next"), () => this.#find()),
        button(t("Start"), () => this.#jump(0)),
        button(t("End"), () => this.#toEnd()),
        this.place,
        h("label", {}, this.follow, t("Follow")),
        button(t("Copy"), () => this.#copy()),
        button(t("Download"), () => this.#download()),
        this.note,
      ),
      this.lines,
    );
    every(FOLLOW_SECONDS, scope, () => (this.element.isConnected && !this.isOver() ? this.#more() : undefined));
  }

  async start() {
    try {
      await this.#toEnd();
    } catch (problem) {
      if (problem.kind !== "ConsoleNotFound" && problem.kind !== "ConsoleEmpty" && problem.kind !== "NotFound")
        throw problem;
      fill(this.note, t("No console log."));
    }
  }

  #ask(pairs) {
    return source.details(["experiments", this.address, "console"], pairs).then(({ details }) => details);
  }

  async #toEnd() {
    const found = await this.#ask([["before", 1]]);
    this.#reset(found);
    this.lines.scrollTop = this.lines.scrollHeight;
  }

  async #jump(position) {
    const before = await this.#ask([
      ["at", position],
      ["before", 1],
    ]);
    const found = await this.#ask([["at", before.end]]);
    this.#reset(before);
    this.#add(found, false);
    const at = this.#windows.at(-1)?.element;
    this.lines.scrollTop = position === 0 || !at ? 0 : at.offsetTop - this.lines.offsetTop;
  }

  #reset(found) {
    this.#windows = [];
    fill(this.lines);
    this.#add(found, false);
  }

  #add(found, inFront) {
    this.#size = found.size;
    const element = h(
      "div",
      {},
      found.lines.map((line) => h("div", { class: "line" }, ansi(line, this.search.value.toLowerCase()))),
    );
    const made = { ...found, element };
    if (inFront) {
      const height = this.lines.scrollHeight;
      this.lines.prepend(element);
      this.lines.scrollTop += this.lines.scrollHeight - height;
      this.#windows.unshift(made);
    } else {
      this.lines.append(element);
      this.#windows.push(made);
    }
    this.#trim(inFront);
    this.#tell();
  }

  // Drop what is far away.
  #trim(atEnd) {
    let count = this.#windows.reduce((sum, window) => sum + window.lines.length, 0);
    while (count > MAX_LINES && this.#windows.length > 2) {
      const gone = atEnd ? this.#windows.pop() : this.#windows.shift();
      count -= gone.lines.length;
      const height = gone.element.offsetHeight;
      gone.element.remove();
      if (!atEnd) this.lines.scrollTop -= height;
    }
  }

  #tell() {
    const { scrollTop, scrollHeight } = this.lines;
    const first = this.#windows[0]?.start ?? 0;
    const last = this.#windows.at(-1)?.end ?? 0;
    const place = first + (scrollTop / (scrollHeight || 1)) * (last - first);
    if (document.activeElement !== this.place) this.place.value = this.#size ? (place / this.#size) * 1000 : 0;
    fill(this.note, bytesText(this.#size));
  }

  async #scrolled() {
    this.#tell();
    if (this.#isBusy || !this.#windows.length) return;
    const { scrollTop, scrollHeight, clientHeight } = this.lines;
    const [first, last] = [this.#windows[0], this.#windows.at(-1)];
    this.#isBusy = true;
    try {
      if (scrollTop < NEAR && first.start > 0)
        this.#add(
          await this.#ask([
            ["at", first.start],
            ["before", 1],
          ]),
          true,
        );
      else if (scrollHeight - scrollTop - clientHeight < NEAR && last.end < this.#size)
        this.#add(await this.#ask([["at", last.end]]), false);
    } finally {
      this.#isBusy = false;
    }
  }

  // What the run has printed since, if the end is followed.
  async #more() {
    const last = this.#windows.at(-1);
    if (!last) return this.start();
    if (this.#isBusy || !this.follow.checked) return undefined;
    if (last.end < this.#size) return this.#toEnd();
    const found = await this.#ask([["at", last.end]]);
    if (!found.lines.length) return undefined;
    this.#add(found, false);
    this.lines.scrollTop = this.lines.scrollHeight;
    return undefined;
  }

  async #find() {
    const wanted = this.search.value;
    if (!wanted) return;
    this.follow.checked = false;
    const from = this.#match?.text === wanted ? this.#match.next : 0;
    let found = await this.#ask([
      ["at", from],
      ["find", wanted],
    ]).catch(ifMissing);
    if (!found && from > 0)
      found = await this.#ask([
        ["at", 0],
        ["find", wanted],
      ]).catch(ifMissing);
    if (!found) {
      fill(this.note, t("not found"));
      return;
    }
    this.#match = { text: wanted, next: found.start + 1 };
    const before = await this.#ask([
      ["at", found.start],
      ["before", 1],
    ]);
    this.#reset(before);
    this.#add(found, false);
    const line = this.#windows.at(-1).element.firstElementChild;
    line?.classList.add("found");
    if (line) this.lines.scrollTop = line.offsetTop - this.lines.offsetTop - this.lines.clientHeight / 3;
  }

  async #copy() {
    const text = this.#windows.flatMap((window) => window.lines).join("\n");
    toast((await copy(text)) ? t("Copied") : t("The browser does not allow this page to copy"));
  }

  async #download() {
    const pieces = [];
    for await (const lines of source.console(this.address)) pieces.push(lines.join("\n"), "\n");
    save("console.log", new Blob(pieces, { type: "text/plain" }));
  }
}

function ifMissing(problem) {
  if (problem.kind !== "NotFound") throw problem;
  return null;
}
