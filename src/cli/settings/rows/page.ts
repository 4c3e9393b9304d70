import { type Language, languages } from "../../../report/index.js";
import * as kinds from "../kinds.js";
import { group } from "../setting.js";

/** Options of all commands that write pages. */
export const pageSettings = group("Report", {
  language: {
    kind: kinds.oneOf<Language>(languages),
    goes: { to: "command" },
    value: "code",
    help: "language of report.html: en (English), es (Spanish)",
    default: "en" as Language,
  },
  png: {
    kind: kinds.flag,
    goes: { to: "command" },
    help: "also write its charts as PNG files, into charts/ beside it",
  },
});
