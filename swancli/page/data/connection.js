// Whether the server answers. A lost one is asked again by whoever polls; the header says so meanwhile.

const listeners = new Set();
let state = "ok"; // or "lost", or "denied": it wants the token

export class Problem extends Error {
  constructor(message, kind = "") {
    super(message);
    this.kind = kind; // the name of an error of swancli, such as "ConsoleNotFound"; "lost"; "denied"
  }
}

export function connectionState() {
  return state;
}

export function setConnection(name) {
  if (name === state) return;
  state = name;
  for (const listener of listeners) listener(state);
}

export function onConnection(listener) {
  listeners.add(listener);
}
