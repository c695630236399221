// A run's colour belongs to its place among the ticked ones; eight that colour-blind people can tell apart (after
// Okabe and Ito), then the same with dashes.

const LIGHT = ["#0072b2", "#d55e00", "#00805f", "#b8477f", "#8a6d00", "#2b8bc4", "#7a1f4f", "#5b5b5b"];
const DARK = ["#56b4e9", "#ff8a3d", "#2fd3a5", "#ee9ac9", "#f0e442", "#9ecbff", "#d17ba8", "#c0c0c0"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

const dark = matchMedia("(prefers-color-scheme: dark)");

export function colour(place) {
  return (dark.matches ? DARK : LIGHT)[place % LIGHT.length];
}

export function dash(place) {
  return DASHES[Math.floor(place / LIGHT.length) % DASHES.length];
}

export function onTheme(listener) {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}

let found = null; // the inks of the theme

dark.addEventListener("change", () => (found = null));

// The colours of axes and marks, which a canvas does not take from the style sheet.
export function inks() {
  if (found) return found;
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return (found = { text: of("--muted"), grid: of("--grid"), background: of("--panel"), warning: of("--bad") });
}
