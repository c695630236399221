// What surrounds every view: the navigation, the state of the connection, the language.

import { connectionState } from "../data/connection.js";
import { isReport, source } from "../data/source.js";
import { fill, h } from "./dom.js";
import { showKeys } from "./keys.js";
import { linkTo, route } from "./route.js";
import { currentLanguage, setLanguage, t } from "./words.js";

const KEPT = ["runs", "filter", "columns", "sort", "q"]; // of the query, when another view is chosen

export class Shell {
  constructor() {
    this.links = new Map([
      ["runs", h("a", {}, t("Runs"))],
      ["charts", h("a", {}, t("Charts"))],
      ["compare", h("a", {}, t("Compare"))],
    ]);
    const other = currentLanguage() === "zh" ? "en" : "zh";
    this.state = h("p", { class: "connection", role: "status" });
    const language = h(
      "button",
      { type: "button", lang: other === "zh" ? "zh-CN" : "en", onclick: () => setLanguage(other) },
      other === "zh" ? "中文" : "English",
    );
    const keys = h(
      "button",
      { type: "button", "aria-label": t("Keyboard shortcuts"), title: t("Keyboard shortcuts"), onclick: showKeys },
      "?",
    );
    this.header = h(
      "header",
      { class: "top" },
      h("a", { class: "skip", href: "#main", onclick: (event) => this.#skip(event) }, t("Skip to the content")),
      h("span", { class: "brand" }, source.title ?? "swancli"),
      h("nav", { "aria-label": t("Views") }, [...this.links.values()]),
      this.state,
      language,
      keys,
    );
    this.main = h("main", { id: "main", tabindex: -1 });
    this.token = h("div", { hidden: true });
    this.element = h("div", { class: "shell" }, this.header, this.token, this.main);
    if (isReport) document.title = source.title;
  }

  close() {
    this.element.remove();
  }

  #skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  update() {
    const now = route();
    const kept = new Map([...now.query].filter(([name]) => KEPT.includes(name)));
    for (const [name, link] of this.links) {
      link.href = linkTo([name], {}, kept);
      if (now.path[0] === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const state = connectionState();
    this.state.classList.toggle("lost", state === "lost");
    fill(this.state, state === "lost" ? t("The server does not answer. Trying again…") : null);
    this.#askForToken(state === "denied");
  }

  #askForToken(isDenied) {
    if (this.token.hidden !== isDenied) return;
    this.token.hidden = !isDenied;
    this.main.hidden = isDenied;
    if (!isDenied) return;
    const input = h("input", { type: "password", name: "token", autocomplete: "off", required: true, id: "token" });
    fill(
      this.token,
      h(
        "form",
        { class: "token", method: "get", action: "./" },
        h("label", { for: "token" }, t("This server requires a token. It is in the link that swancli serve printed.")),
        input,
        h("button", {}, t("Open")),
      ),
    );
    input.focus();
  }
}
