// Numbers, spans and moments as people read them.

import { currentLanguage, t } from "./words.js";

// A value of a metric or a config; unknown is an en dash.
export function valueText(value, digits = 6) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return numberText(value, digits);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

export function numberText(value, digits = 6) {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "INF";
  if (value === -Infinity) return "-INF";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4)
    return value
      .toExponential(Math.min(digits - 1, 4))
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

// Seconds as "1h 7m".
export function spanText(seconds) {
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return "–";
  const parts = [
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ];
  const at = parts.findIndex(([, size]) => seconds >= size);
  if (at < 0) return `${seconds.toFixed(1)}s`;
  const [unit, size] = parts[at];
  const whole = Math.floor(seconds / size);
  const next = parts[at + 1];
  const rest = next ? Math.floor((seconds - whole * size) / next[1]) : 0;
  return rest ? `${whole}${unit} ${rest}${next[0]}` : `${whole}${unit}`;
}

// Seconds since 1970 of an ISO text, or null.
export function secondsOf(text) {
  const found = Date.parse(typeof text === "string" && !/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(found) ? null : found / 1000;
}

export function ageText(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const age = Date.now() / 1000 - seconds;
  return age < 5 ? t("now") : t("{span} ago", { span: spanText(Math.max(age, 0)).split(" ")[0] });
}

export function momentText(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const options = { dateStyle: "medium", timeStyle: "medium" };
  return new Date(seconds * 1000).toLocaleString(currentLanguage() === "zh" ? "zh-CN" : "en-GB", options);
}

export function bytesText(count) {
  for (const unit of ["B", "KB", "MB", "GB"]) {
    if (count < 1024 || unit === "GB")
      return `${count < 10 && unit !== "B" ? count.toFixed(1) : Math.round(count)} ${unit}`;
    count /= 1024;
  }
  return "";
}
