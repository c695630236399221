// What several runs have in common and what not.

import { source } from "./source.js";

// [{section, key, cells: [{value} or null], best, differs}], a cell for each address.
export async function readCompared(addresses) {
  return (
    await source.details(
      ["compare"],
      addresses.map((address) => ["run", address]),
    )
  ).details;
}
