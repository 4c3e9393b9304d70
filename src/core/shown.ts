const LONGEST = 40;
const MOST_LISTED = 8;

/** A value as it may stand in a message, whatever it is: text in quotes and shortened, lists of plain values, objects by their kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return listed(value);
  const name = value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object of ${name}` : "an object";
}

function listed(values: readonly unknown[]): string {
  if (values.length === 0) return "an empty list";
  const isPlain = (value: unknown) => typeof value !== "function" && (typeof value !== "object" || value === null);
  const some = Array.from(values.slice(0, MOST_LISTED));
  return some.every(isPlain) ? `[${some.map(shown).join(", ")}${values.length > MOST_LISTED ? ", …" : ""}]` : "a list";
}
