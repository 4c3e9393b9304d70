import { shorten } from "../csv/text.js";
import { ordersOf } from "./dates.js";
import type { Kind } from "./kinds.js";
import { fittingFormats, main, oddTexts } from "./main-kind.js";
import { formsOf } from "./number-format.js";
import type { ColumnSurvey } from "./survey.js";

/*
 * Columns whose cells aren't all read in one way: with slips and marks, in several ways, or texts.
 */

/** Texts among numbers, for each of these, that may be slips; more of them are no slips. */
const MOST_SLIPS = 0.1;
/** As many different texts among numbers may be words for what isn't known, however often they stand there. */
export const MOST_MARKS = 10;
const MOST_UNITS = 4;

/** A number with a noun: 2 rows. */
export const count = (number: number, noun: string) =>
  `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

/** Whether few of a column's cells are something else than the others, which are numbers or dates. */
export function hasSlips(survey: ColumnSurvey): boolean {
  const { count = 0 } = main(survey) ?? {};
  const odd = survey.present - count;
  return survey.present > 3 && odd > 0 && odd <= count * MOST_SLIPS;
}

/** Numbers or dates with slips, or with words that stand for gaps, among them; undefined for other texts. */
export function mixedKind(survey: ColumnSurvey): Kind | undefined {
  const found = main(survey);
  const { present } = survey;
  if (!found || present <= 3 || found.count === present) return undefined;
  const odd = oddTexts(survey);
  if (!hasSlips(survey) && !(odd.size <= MOST_MARKS && found.count > MOST_MARKS)) return undefined;
  const [[text, line] = []] = odd;
  const what = `${count(found.count, found.noun)}`;
  const reason =
    text === undefined
      ? `${what} with the unit ${shorten(found.around.unit!)}, but ${present - found.count} without`
      : `${what}, but line ${line} has ${shorten(text)}`;
  return { name: "unclear", reading: undefined, reason };
}

/** Numbers and dates that are that each by itself, but can't all be read in one way; undefined where many are neither. */
export function conflictKind(survey: ColumnSurvey): Kind | undefined {
  const { present, numbers, codes, groups, unit } = survey;
  const [alone, united, dates] = [numbers + groups.number.count, groups.unit.count, groups.date.count];
  const others = present - alone - united - dates;
  if (codes > 0 || present <= 3 || others > present * MOST_SLIPS) return undefined;
  const name = JSON.stringify(survey.name);
  const of = (reason: string): Kind => ({
    name: "unclear",
    reading: undefined,
    reason,
    advice: `Write all in one way, or give categorical: [${name}] or ignore: [${name}].`,
  });
  const [date] = groups.date.first.keys();
  const [text] = [...groups.number.first.keys(), ...groups.unit.first.keys()];
  if (dates > 0 && alone + united > 0) {
    return of(`${count(alone + united, "number")} and ${count(dates, "date")} such as ${shorten(date)}`);
  }
  if (dates > 0)
    return of(
      `dates in several orders: ${[date, otherDate(survey)]
        .filter(Boolean)
        .map((each) => shorten(each!))
        .join(", ")}`,
    );
  if (fittingFormats(survey) === 0) return of(`numbers written in several ways, such as ${shorten(text)}`);
  if (alone === 0 || united === 0) return undefined;
  return of(`${count(united, "number")} with the unit ${shorten(unit)}, but ${alone} without`);
}

/** A date in another order than the first. */
function otherDate({ groups }: ColumnSurvey): string | undefined {
  const [first, ...others] = groups.date.first.keys();
  return others.find((text) => (ordersOf(text) & ordersOf(first)) === 0);
}

/** A column of texts from which nothing is learned but by their words. */
export function textKind(survey: ColumnSurvey, different: number | undefined): Kind {
  const { present, codes, textCount, groups } = survey;
  const others = [...groups["other unit"].first.keys()];
  const units = new Set([survey.unit, ...others.map((text) => formsOf(text)!.unit)]);
  const [first = ""] = [...groups.unit.first.keys(), ...groups.number.first.keys()];
  if (others.length > 0 && units.size <= MOST_UNITS && groups.word.count + groups.date.count === 0) {
    const reason = `numbers in several units: ${[first, others[0]].filter(Boolean).map(shorten).join(", ")}`;
    return { name: "text", reading: undefined, reason, advice: "Bring them to one unit." };
  }
  const many = different === undefined ? "many" : different.toLocaleString("en-US");
  const what = codes > 0 && textCount === 0 ? "codes" : "texts";
  if (groups.word.count === present && [...groups.word.first.keys()].every(isOfNumbers)) {
    return { name: "text", reading: undefined, reason: `${many} different texts of several numbers, ${OWN_COLUMNS}` };
  }
  return { name: "text", reading: undefined, reason: `${many} different ${what} in ${count(present, "row")}` };
}

/** Of texts that hold several numbers. */
export const OWN_COLUMNS = "which need columns of their own";

/** Whether a text is several numbers with signs and words between: 40.7, -73.9; 120/80; 1 janvier 2024. */
function isOfNumbers(text: string): boolean {
  const parts = text.match(/[\p{L}\p{N}]+(?:[.,]\d+)*/gu) ?? [];
  return (
    parts.filter((part) => /^[\d.,]+$/.test(part)).length > 1 && !parts.some((part) => /\d\p{L}|\p{L}\d/u.test(part))
  );
}
