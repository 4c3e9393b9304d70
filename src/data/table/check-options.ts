import { ArgumentError } from "../../core/errors.js";
import { checkList, checkOptions } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import { DATE_ORDERS } from "./dates.js";
import { TABLE_OPTIONS, type TableOptions } from "./options.js";

/*
 * Kinds of the values that a table's options may have, and what can't stand together.
 */

const TEXTS = ["target", "weights", "groups", "name", "delimiter", "quote"] as const;
const LISTS = {
  targets: '["height", "weight"]',
  features: '["age", "sex"]',
  ignore: '["id"]',
  categorical: '["zip"]',
  numeric: '["year"]',
  text: '["review"]',
  missing: '["-9999", "unknown"]',
  classNames: '["no", "yes"]',
} as const;
const CHOICES = { task: ["auto", "classification", "regression"], decimal: [".", ","] } as const;

/** @throws ArgumentError for an option that there isn't, one of a wrong kind, or two that contradict each other */
export function checkTableOptions(options: TableOptions): void {
  checkOptions("readTable", options, TABLE_OPTIONS);
  for (const name of TEXTS) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === "string") continue;
    throw new ArgumentError(`readTable: ${name} must be a text, got ${shown(value)}.`);
  }
  const isText = (element: unknown) => typeof element === "string";
  for (const [name, example] of Object.entries(LISTS)) {
    const value = options[name as keyof typeof LISTS];
    if (value !== undefined) checkList<unknown>(`readTable: ${name}`, value, example, isText);
  }
  for (const [name, values] of Object.entries(CHOICES)) {
    const value = options[name as keyof typeof CHOICES];
    if (value === undefined || (values as readonly unknown[]).includes(value)) continue;
    const listed = values.map((each) => JSON.stringify(each)).join(" or ");
    throw new ArgumentError(`readTable: ${name} must be ${listed}, got ${shown(value)}.`);
  }
  checkDates(options.dates);
  const { task = "auto", classNames, targets } = options;
  if (classNames && task === "regression") {
    throw new ArgumentError('readTable: classNames are for classes; leave them out, or pass task: "classification".');
  }
  if (targets && task === "classification") {
    throw new ArgumentError("readTable: several targets are numbers, or yes and no each; leave the task out.");
  }
}

function checkDates(dates: unknown): void {
  if (dates === undefined) return;
  const isObject = typeof dates === "object" && dates !== null && !Array.isArray(dates);
  const wrong = isObject && Object.entries(dates).find(([, order]) => !DATE_ORDERS.includes(order));
  if (isObject && !wrong) return;
  const got = wrong ? `${JSON.stringify(wrong[0])} with ${shown(wrong[1])}` : shown(dates);
  throw new ArgumentError(
    `readTable: dates must be columns with their orders, "dmy", "mdy" or "ymd", such as { joined: "dmy" }, got ${got}.`,
  );
}
