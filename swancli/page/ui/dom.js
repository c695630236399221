// Elements, made and filled without any HTML text: what comes from a logdir can only ever become text.

// An element: `attributes` are set as such, those that begin with "on" are listeners; `children` are nodes or texts.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else if (name === "checked" || name === "open" || name === "indeterminate") element[name] = Boolean(value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

// Replace what an element holds by `children`.
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

function present(children) {
  return children.flat(3).filter((child) => child !== null && child !== undefined && child !== false);
}

// What to undo when a view is left: listeners, timers, observers.
export class Scope {
  #cleanups = [];
  isOver = false;

  add(cleanup) {
    if (this.isOver) cleanup();
    else this.#cleanups.push(cleanup);
  }

  listen(target, name, listener, options) {
    target.addEventListener(name, listener, options);
    this.add(() => target.removeEventListener(name, listener, options));
  }

  close() {
    this.isOver = true;
    for (const cleanup of this.#cleanups.splice(0).reverse()) cleanup();
  }
}

// A function that calls `action` once, `milliseconds` after it was last called.
export function debounced(action, milliseconds) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), milliseconds);
  };
}

// Let the browser save some content as a file.
export function save(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name.replace(/[^\p{L}\p{N}._-]+/gu, "-") });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// Put a text on the clipboard; true if that was possible. Browsers offer the clipboard's API to safe origins only.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "hidden-area", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
