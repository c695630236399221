// Doing something every so often: not while the page is hidden, more rarely while the server is lost.

import { source } from "./source.js";

const MAX_SECONDS = 30;

// Calls `action` every `seconds` until the scope is closed; at once when the page is seen again.
export function every(seconds, scope, action) {
  if (!source.isLive) return;
  let timer = 0;
  let wait = seconds;
  let isBusy = false;

  async function turn() {
    clearTimeout(timer);
    if (isBusy || scope.isOver) return;
    if (!document.hidden) {
      isBusy = true;
      try {
        await action();
        wait = seconds;
      } catch {
        wait = Math.min(wait * 1.5, MAX_SECONDS); // it was reported already
      }
      isBusy = false;
    }
    if (!scope.isOver && !document.hidden) timer = setTimeout(turn, wait * 1000);
  }

  scope.listen(document, "visibilitychange", turn);
  scope.add(() => clearTimeout(timer));
  timer = setTimeout(turn, wait * 1000);
}
