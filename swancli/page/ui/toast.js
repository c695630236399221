// A short message at the foot of the page, read out by screen readers, gone after a while.

import { h } from "./dom.js";

const SECONDS = 3;
const element = h("div", { class: "toast", role: "status", "aria-live": "polite" });
let timer = 0;

export function toast(text) {
  if (!element.isConnected) document.body.append(element);
  element.textContent = text;
  element.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => element.classList.remove("shown"), SECONDS * 1000);
}
