import { type Kind, names } from "../settings/kinds.js";
import { inShell } from "../settings/options.js";
import { longFlag, negatedFlag, type Table } from "../settings/setting.js";
import { columnSettings, dataSettings, fileSettings } from "../settings/table.js";

/*
 * Advice of the API in the words of the command line: missing: ["unknown"] is --missing unknown there.
 */

const { target, weights, task, tokenizer } = dataSettings;
const settings: Table = { target, weights, task, tokenizer, ...columnSettings, ...fileSettings };

const VALUE = String.raw`\[[^\]]*\]|\{[^}]*\}|"(?:[^"\\]|\\.)*"|true|false`;
const ADVICE = new RegExp(String.raw`\b(${Object.keys(settings).join("|")}): (${VALUE})`, "g");
/** Names that no sentence has as a word. */
const NAMES = new RegExp(
  String.raw`\b(${Object.keys(settings)
    .filter((name) => /[A-Z]/.test(name))
    .join("|")})\b`,
  "g",
);

/** A message of the API whose advice names options of the command line. */
export const inOptions = (message: string): string =>
  message
    .replace(ADVICE, (advice, name: string, json: string) => optionOf(name, json) ?? advice)
    .replace(NAMES, (name) => longFlag(name));

/** The option that gives a value; undefined where the text isn't a value of its kind. */
function optionOf(name: string, json: string): string | undefined {
  const value = jsonValue(json);
  if (value === undefined) return undefined;
  if (value === false) return negatedFlag(name);
  if (value === true) return longFlag(name);
  const { kind } = settings[name];
  const isPlain = typeof value === "string" || Array.isArray(value);
  const given = isPlain ? value : Object.entries(value as object).map(([column, order]) => `${column}=${order}`);
  const areNames = Array.isArray(kind.parse("a"));
  const text = areNames ? names("").format([given].flat() as string[]) : (kind as Kind<string>).format(given as string);
  return `${longFlag(name)} ${inShell(text)}`;
}

function jsonValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
