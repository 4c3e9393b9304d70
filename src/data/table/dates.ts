/** In which order day, month and year stand, most significant first where it is "ymd". */
export type DateOrder = "ymd" | "dmy" | "mdy";

export const DATE_ORDERS: readonly DateOrder[] = ["ymd", "dmy", "mdy"];

const LONGEST = 40;
const TIME = String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([AaPp][Mm])?\s?(Z|[+-]\d{2}:?\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${TIME}$`);
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${TIME}$`);
const MINUTE = 60_000;

/**
 * The time that a text stands for: 2024-01-31, 31.1.2024, 1/31/2024, with or without a time of day, which may
 * be one of twelve hours: 1:05 PM.
 *
 * @returns milliseconds since 1970 in UTC (which is taken where no zone is given); NaN where it isn't a date of this order
 */
export function parseDate(text: string, order: DateOrder): number {
  if (text.length > LONGEST) return Number.NaN;
  const match = text.match(order === "ymd" ? YEAR_FIRST : YEAR_LAST);
  if (!match) return Number.NaN;
  const [, first, , second, third, given = "0", minutes = "0", seconds = "0", fraction = "0", half, zone = "Z"] = match;
  const hours = half === undefined ? Number(given) : hoursOf(Number(given), half);
  const [year, month, day] = {
    ymd: [first, second, third],
    dmy: [third, second, first],
    mdy: [third, first, second],
  }[order].map(Number);
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day) return Number.NaN;
  if (!(hours <= 23) || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN;
  time.setUTCHours(hours, Number(minutes), Number(seconds), Number(`0.${fraction}`) * 1000);
  return time.getTime() - offsetOf(zone);
}

/** Hours since midnight; NaN where a clock of twelve hours has no such hour. */
function hoursOf(hours: number, half: string): number {
  if (hours < 1 || hours > 12) return Number.NaN;
  return (hours % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}

function offsetOf(zone: string): number {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}

/** The orders in which a text is a date, as bits in the order of `DATE_ORDERS`. */
export function ordersOf(text: string): number {
  return DATE_ORDERS.reduce((bits, order, i) => bits | (Number.isNaN(parseDate(text, order)) ? 0 : 1 << i), 0);
}
