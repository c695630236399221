// Where the page's data comes from: the server that sent it, or, in a report, the page itself.

import { Embedded } from "./embedded.js";
import { Server } from "./server.js";

const report = document.getElementById("report");

export const source = report ? new Embedded(report) : new Server();

export const isReport = report !== null;
