/** In which order day, month and year stand, most significant first where it is "ymd". */
export type DateOrder = "ymd" | "dmy" | "mdy";

export const DATE_ORDERS: readonly DateOrder[] = ["ymd", "dmy", "mdy"];

const LONGEST = 40;
/** The first year of two digits that is of the last century. */
const PIVOT = 69;
const TIME = String.raw`(?:,?[T: ](?<hours>\d{1,2})(?<clock>[:.])(?<minutes>\d{2})(?:\k<clock>(?<seconds>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<half>[AaPp][Mm])?\s?(?<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?`;
const MINUTE = 60_000;
const MONTHS = "january february march april may june july august september october november december".split(" ");
/** Numbers of months by their English names, and by the first three letters of these. */
const monthNumbers = new Map(MONTHS.flatMap((name, i) => [name, name.slice(0, 3)].map((each) => [each, i + 1])));

const WEEKDAY = "(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?";
const pattern = (day: string) => new RegExp(`^${WEEKDAY}${day}${TIME}$`);
/** With two digits it is one from 1969 to 2068, as POSIX has it. */
const YEAR = String.raw`(?<year>\d{4}|\d{2})`;
const WHOLE_YEAR = String.raw`(?<year>\d{4})`;
const MONTH = String.raw`(?<month>\d{1,2})`;
const DAY = String.raw`(?<day>\d{1,2})`;
const NAME = "(?<month>[A-Za-z]{3,9})";
const SIGN = "(?<sign>[-/.])";
/** Months and quarters, in which no day stands: 2024-01, 01/2024, Jan 2024, Jan-24, 2024Q1, Q1 2024. */
const WITHOUT_DAY = [
  String.raw`${WHOLE_YEAR}[-/.](?<month>\d{2})`,
  String.raw`(?<month>\d{1,2})[-/.]${WHOLE_YEAR}`,
  `${NAME}[-/. ]?${WHOLE_YEAR}`,
  `${NAME}(?:-| ?')(?<year>\\d{2})`,
  `${WHOLE_YEAR}[-/. ]?Q(?<quarter>[1-4])`,
  `Q(?<quarter>[1-4])[-/. ]?${WHOLE_YEAR}`,
].map((form) => new RegExp(`^${form}$`));
/** Forms of dates by their order: 2024-01-31; 31.1.2024, 31-Jan-2024, 31JAN2024, 31 January 2024; 1/31/2024, Jan 31, 2024. */
const FORMS: Readonly<Record<DateOrder, readonly RegExp[]>> = {
  ymd: [
    pattern(String.raw`${YEAR}${SIGN}${MONTH}\k<sign>${DAY}`),
    pattern(String.raw`${WHOLE_YEAR}(?<month>\d{2})(?<day>\d{2})`),
    ...WITHOUT_DAY,
  ],
  dmy: [
    pattern(String.raw`${DAY}${SIGN}${MONTH}\k<sign>${YEAR}`),
    pattern(String.raw`${DAY}(?<sign>[-/. ]?)${NAME}\k<sign>${YEAR}`),
    ...WITHOUT_DAY,
  ],
  mdy: [
    pattern(String.raw`${MONTH}${SIGN}${DAY}\k<sign>${YEAR}`),
    pattern(String.raw`${NAME}\.? ${DAY},? ${YEAR}`),
    ...WITHOUT_DAY,
  ],
};

/**
 * The time that a text stands for: 2024-01-31, 31.1.2024, 1/31/2024, or with the English name of the month, 31-Jan-2024; with
 * or without a time of day, which may be one of twelve hours: 1:05 PM. Months and quarters are their first day: 2024-01, 2024Q1.
 *
 * @returns milliseconds since 1970 in UTC (which is taken where no zone is given); NaN where it isn't a date of this order
 */
export function parseDate(text: string, order: DateOrder): number {
  if (text.length > LONGEST) return Number.NaN;
  const parts = partsOf(text, order);
  if (!parts) return Number.NaN;
  const { half, zone = "Z", minutes = "0", seconds = "0", fraction = "0" } = parts;
  const [day, given] = [parts.day ?? 1, parts.hours ?? 0].map(Number);
  const year = Number(parts.year) + (hasShortYear(parts) ? (Number(parts.year) < PIVOT ? 2000 : 1900) : 0);
  const { month = String(Number(parts.quarter) * 3 - 2) } = parts;
  const number = monthNumbers.get(month.toLowerCase()) ?? Number(month);
  const hours = half === undefined ? given : hoursOf(given, half);
  const time = new Date(0);
  time.setUTCFullYear(year, number - 1, day);
  if (time.getUTCMonth() !== number - 1 || time.getUTCDate() !== day) return Number.NaN;
  if (!(hours <= 23) || Number(minutes) > 59 || Number(seconds) > 59) return Number.NaN;
  time.setUTCHours(hours, Number(minutes), Number(seconds), Number(`0.${fraction}`) * 1000);
  return time.getTime() - offsetOf(zone);
}

type Parts = Readonly<Record<string, string | undefined>>;

function partsOf(text: string, order: DateOrder): Parts | undefined {
  let parts: Parts | undefined;
  for (const form of FORMS[order]) parts ??= form.exec(text)?.groups;
  return parts;
}

const hasShortYear = ({ year }: Parts) => year!.length === 2;

/** Hours since midnight; NaN where a clock of twelve hours has no such hour. */
function hoursOf(hours: number, half: string): number {
  if (hours < 1 || hours > 12) return Number.NaN;
  return (hours % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}

function offsetOf(zone: string): number {
  if (/[A-Z]/.test(zone)) return 0;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(3).replace(":", "")].map(Number);
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}

/** Whether a text may be two years that follow each other: 2008/09, 1999-00. */
export function isSeason(text: string): boolean {
  const [, first, second] = text.match(/^\d\d(\d\d)[-/](\d\d)$/) ?? [];
  return first !== undefined && (Number(first) + 1) % 100 === Number(second);
}

/** The orders in which a text is a date, as bits in the order of `DATE_ORDERS`; bits of years with two digits follow them. */
export function ordersOf(text: string): number {
  return DATE_ORDERS.reduce((bits, order, i) => {
    if (Number.isNaN(parseDate(text, order))) return bits;
    const lenient = 1 << (i + DATE_ORDERS.length);
    return bits | lenient | (hasShortYear(partsOf(text, order)!) ? 0 : 1 << i);
  }, 0);
}
