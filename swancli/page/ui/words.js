// The language of the page: texts are written in English where they are used, `t` gives them in the chosen one.

import { chinese } from "./chinese.js";

const KEY = "swancli-language";
const listeners = new Set();
let language = initial();

function initial() {
  const kept = remembered();
  if (kept === "en" || kept === "zh") return kept;
  return (
    (navigator.languages || [navigator.language])
      .find((one) => /^(zh|en)/i.test(one))
      ?.slice(0, 2)
      .toLowerCase() ?? "en"
  );
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off
  }
}

// A text in the page's language; `{name}` in it stands for a value.
export function t(text, values = {}) {
  const found = language === "zh" ? (chinese[text] ?? text) : text;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function currentLanguage() {
  return language;
}

export function setLanguage(name) {
  language = name;
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // it lasts as long as the page
  }
  document.documentElement.lang = name === "zh" ? "zh-CN" : "en";
  for (const listener of listeners) listener();
}

export function onLanguage(listener) {
  listeners.add(listener);
}
