// The page: finds out which view the URL names, shows it, and leaves it again.

import { ChartsView } from "./charts/view.js";
import { CompareView } from "./compare/view.js";
import { connectionState, onConnection } from "./data/connection.js";
import { source } from "./data/source.js";
import { RunView } from "./run/view.js";
import { RunsView } from "./runs/view.js";
import { Scope, fill, h } from "./ui/dom.js";
import { startKeys } from "./ui/keys.js";
import { onRoute, route } from "./ui/route.js";
import { Shell } from "./ui/shell.js";
import { currentLanguage, onLanguage, setLanguage, t } from "./ui/words.js";

const VIEWS = { runs: RunsView, charts: ChartsView, run: RunView, compare: CompareView };

let shown = null; // {name, view, scope, route, started}; the name is empty if the view could not be shown
let shell = null;

function show() {
  const now = route();
  const name = now.path[0] in VIEWS ? now.path[0] : "runs";
  shell.update();
  const same = shown?.name === name && (name !== "run" || shown.route.path[1] === now.path[1]);
  if (same && shown.view.routeChanged) {
    const { route: before, view, started } = shown;
    shown.route = now;
    started.then(() => shown?.view === view && view.routeChanged(before)).catch((problem) => failed(view, problem));
    return;
  }
  shown?.scope.close();
  const scope = new Scope();
  const view = new VIEWS[name](scope);
  fill(shell.main, view.element);
  scrollTo(0, 0);
  shown = { name, view, scope, route: now, started: Promise.resolve(view.start()) };
  shown.started.catch((problem) => failed(view, problem));
}

function failed(view, problem) {
  if (shown?.view !== view) return;
  shown.name = "";
  if (connectionState() === "denied") return;
  fill(
    shell.main,
    h("p", { class: "problem page", role: "alert" }, `${t("This could not be shown:")} ${problem.message}`),
    h("p", {}, h("button", { type: "button", onclick: restart }, t("Try again"))),
  );
  if (!problem.kind) throw problem;
}

// Show everything again: in another language, or once the server answers after nothing could be shown.
function restart() {
  shown?.scope.close();
  shown = null;
  shell?.close();
  shell = new Shell();
  fill(document.body, shell.element);
  show();
}

// The token of the printed link is in a cookie by now: it need not stay in the URL.
function hideToken() {
  const url = new URL(location.href);
  if (!url.searchParams.has("token")) return;
  url.searchParams.delete("token");
  history.replaceState(null, "", url.href);
}

hideToken();
setLanguage(currentLanguage());
await source.open();
startKeys();
onLanguage(restart);
onRoute(show);
onConnection((state) => {
  shell.update();
  if (state === "ok" && document.querySelector(".problem.page")) restart();
});
restart();
