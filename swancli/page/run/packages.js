// The packages of a run: the lines of its requirements.txt.

import { source } from "../data/source.js";
import { copy, debounced, fill, h, save } from "../ui/dom.js";
import { toast } from "../ui/toast.js";
import { t } from "../ui/words.js";

export class Packages {
  #lines = [];

  constructor(address, run) {
    Object.assign(this, { address, run });
    this.search = h("input", {
      type: "search",
      placeholder: t("Search"),
      "aria-label": t("Search packages"),
      oninput: debounced(() => this.#show(), 100),
    });
    this.list = h("pre", { class: "packages", tabindex: 0, role: "region", "aria-label": t("Packages") });
    const copyAll = h(
      "button",
      {
        type: "button",
        onclick: async () =>
          toast((await copy(this.#lines.join("\n"))) ? t("Copied") : t("The browser does not allow this page to copy")),
      },
      t("Copy"),
    );
    const download = h(
      "button",
      {
        type: "button",
        onclick: () => save("requirements.txt", new Blob([this.#lines.join("\n"), "\n"], { type: "text/plain" })),
      },
      t("Download"),
    );
    this.element = h(
      "section",
      { class: "panel" },
      h("div", { class: "toolbar" }, this.search, copyAll, download),
      this.list,
    );
  }

  async start() {
    const { details } = await source.details(["experiments", this.address], [["requirements", 1]]);
    this.#lines = details.requirements ?? [];
    this.#show();
  }

  #show() {
    const wanted = this.search.value.toLowerCase();
    const found = this.#lines.filter((line) => line.toLowerCase().includes(wanted));
    fill(this.list, this.#lines.length ? found.join("\n") : t("No packages were recorded."));
  }
}
