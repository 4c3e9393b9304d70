const LONGEST = 40;

/** A value as it may stand in a message, whatever it is: text in quotes and shortened, objects by their kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  const name = value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object of ${name}` : "an object";
}
