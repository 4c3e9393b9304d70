/** In which order day, month and year stand, most significant first where it is "ymd". */
export type DateOrder = "ymd" | "dmy" | "mdy";

export const DATE_ORDERS: readonly DateOrder[] = ["ymd", "dmy", "mdy"];

const LONGEST = 40;
const TIME = String.raw`(?:[T ](?<hours>\d{1,2}):(?<minutes>\d{2})(?::(?<seconds>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<half>[AaPp][Mm])?\s?(?<zone>Z|[+-]\d{2}:?\d{2})?)?`;
const MINUTE = 60_000;
const MONTHS = "january february march april may june july august september october november december".split(" ");
/** Numbers of months by their English names, and by the first three letters of these. */
const monthNumbers = new Map(MONTHS.flatMap((name, i) => [name, name.slice(0, 3)].map((each) => [each, i + 1])));

const pattern = (day: string) => new RegExp(`^${day}${TIME}$`);
const YEAR = String.raw`(?<year>\d{4})`;
const MONTH = String.raw`(?<month>\d{1,2})`;
const DAY = String.raw`(?<day>\d{1,2})`;
const NAME = "(?<month>[A-Za-z]{3,9})";
const SIGN = "(?<sign>[-/.])";
/** Forms of dates by their order: 2024-01-31; 31.1.2024, 31-Jan-2024, 31JAN2024, 31 January 2024; 1/31/2024, Jan 31, 2024. */
const FORMS: Readonly<Record<DateOrder, readonly RegExp[]>> = {
  ymd: [pattern(String.raw`${YEAR}${SIGN}${MONTH}\k<sign>${DAY}`)],
  dmy: [
    pattern(String.raw`${DAY}${SIGN}${MONTH}\k<sign>${YEAR}`),
    pattern(String.raw`${DAY}(?<sign>[-/. ]?)${NAME}\k<sign>${YEAR}`),
  ],
  mdy: [pattern(String.raw`${MONTH}${SIGN}${DAY}\k<sign>${YEAR}`), pattern(String.raw`${NAME}\.? ${DAY},? ${YEAR}`)],
};

/**
 * The time that a text stands for: 2024-01-31, 31.1.2024, 1/31/2024, or with the English name of the month, 31-Jan-2024; with
 * or without a time of day, which may be one of twelve hours: 1:05 PM.
 *
 * @returns milliseconds since 1970 in UTC (which is taken where no zone is given); NaN where it isn't a date of this order
 */
export function parseDate(text: string, order: DateOrder): number {
  if (text.length > LONGEST) return Number.NaN;
  let parts: Record<string, string | undefined> | undefined;
  for (const form of FORMS[order]) parts ??= form.exec(text)?.groups;
  if (!parts) return Number.NaN;
  const { half, zone = "Z", minutes = "0", seconds = "0", fraction = "0" } = parts;
  const [year, day, given] = [parts.year, parts.day, parts.hours ?? 0].map(Number);
  const month = monthNumbers.get(parts.month!.toLowerCase()) ?? Number(parts.month);
  const hours = half === undefined ? given : hoursOf(given, half);
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
