// The URL says what is shown: `#/charts?runs=1,2&smooth=0.6`.

const listeners = new Set();
let current = parse(location.hash);

// {path: ["charts"], query: Map}; a path is a list of words.
function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const words = path.split("/").filter(Boolean).map(decoded);
  return { path: words.length ? words : ["runs"], query: new Map(new URLSearchParams(query)) };
}

function decoded(word) {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

export function route() {
  return current;
}

// The link of a view; `changes` to the query, null to leave a name out. Without a path, of the current view.
export function linkTo(path, changes = {}, query = current.query) {
  const found = new Map(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") found.delete(name);
    else found.set(name, String(value));
  }
  const text = [...found].map(([name, value]) => `${encodeURIComponent(name)}=${readable(value)}`).join("&");
  const words = (path ?? current.path).map((word) => encodeURIComponent(word)).join("/");
  return `#/${words}${text ? `?${text}` : ""}`;
}

function readable(value) {
  return encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/");
}

// Go to another view, or change the query; with `replace`, Back does not lead to what was.
export function go(path, changes = {}, replace = false) {
  const link = linkTo(path, changes);
  if (link === location.hash) return;
  if (replace) history.replaceState(null, "", link);
  else history.pushState(null, "", link);
  moved();
}

export function onRoute(listener) {
  listeners.add(listener);
}

function moved() {
  current = parse(location.hash);
  for (const listener of listeners) listener(current);
}

addEventListener("popstate", moved);
