// A config as the training program set it: SwanLab wraps each key as {value, desc, sort}.

const WRAPPER = ["value", "desc", "sort"];

export function plainConfig(config) {
  if (config === null || typeof config !== "object" || Array.isArray(config)) return {};
  const placeOf = (item) => (isWrapped(item) && typeof item.sort === "number" ? item.sort : Infinity);
  const entries = Object.entries(config).map(([key, item], n) => ({ key, item, n, place: placeOf(item) }));
  entries.sort((one, other) => (one.place === other.place ? one.n - other.n : one.place - other.place));
  return Object.fromEntries(entries.map(({ key, item }) => [key, isWrapped(item) ? item.value : item]));
}

function isWrapped(item) {
  if (item === null || typeof item !== "object" || !("value" in item)) return false;
  const keys = Object.keys(item);
  return keys.length > 1 && keys.every((key) => WRAPPER.includes(key));
}
