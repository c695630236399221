// How a column is spelled in the grammar of the command line.

// A column's name as the grammar wants it: in quotes where it holds one of its signs.
export function spelled(name) {
  return /^[\s-]|\s$|[,()"'=!<>~\\]|\sis\s/.test(name.replace(/^config\./, "")) ? quotedName(name) : name;
}

function quotedName(name) {
  const [lead, rest] = name.startsWith("config.") ? ["config.", name.slice(7)] : ["", name];
  return `${lead}"${rest.replace(/[\\"]/g, "\\$&")}"`;
}
