// The dialog in which the columns of the table are chosen.

import { fill, h } from "../ui/dom.js";
import { t } from "../ui/words.js";
import { spelled } from "./spelling.js";

const MAX_SHOWN = 300;

export class ColumnsDialog {
  // `names` can be chosen; `done` gets the list of those that were, in the grammar of the command line.
  constructor(names, chosen, done) {
    this.names = names.map(spelled).filter((name) => !["state", "created", "duration", "name"].includes(name));
    this.chosen = [...chosen];
    this.search = h("input", {
      type: "search",
      placeholder: t("Search"),
      "aria-label": t("Search columns"),
      oninput: () => this.#show(),
    });
    this.own = h("input", {
      type: "text",
      placeholder: "min(val/loss)",
      "aria-label": t("A column of your own, such as min(val/loss)"),
    });
    this.list = h("ul", { class: "choices" });
    const add = h("button", { type: "button", onclick: () => this.#add() }, t("Add"));
    const apply = h(
      "button",
      {
        type: "button",
        class: "primary",
        onclick: () => {
          this.element.close();
          done(this.chosen);
        },
      },
      t("Show these columns"),
    );
    this.element = h(
      "dialog",
      { class: "columns", "aria-label": t("Columns"), onclose: () => this.element.remove() },
      h(
        "header",
        {},
        h("h2", {}, t("Columns")),
        h(
          "button",
          { type: "button", class: "close", "aria-label": t("Close"), onclick: () => this.element.close() },
          "×",
        ),
      ),
      this.search,
      this.list,
      h("div", { class: "own" }, this.own, add),
      apply,
    );
  }

  open() {
    this.#show();
    document.body.append(this.element);
    this.element.showModal();
  }

  #add() {
    const name = this.own.value.trim();
    if (name && !this.chosen.includes(name)) this.chosen.push(name);
    this.own.value = "";
    this.#show();
  }

  #show() {
    const wanted = this.search.value.toLowerCase();
    const rest = this.names.filter((name) => !this.chosen.includes(name) && name.toLowerCase().includes(wanted));
    fill(
      this.list,
      [...this.chosen, ...rest.slice(0, MAX_SHOWN)].map((name) => this.#item(name)),
    );
  }

  #item(name) {
    const box = h("input", {
      type: "checkbox",
      checked: this.chosen.includes(name),
      onchange: () => (this.chosen = box.checked ? [...this.chosen, name] : this.chosen.filter((one) => one !== name)),
    });
    return h("li", {}, h("label", {}, box, name));
  }
}
