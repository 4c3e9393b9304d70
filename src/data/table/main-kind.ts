import { areMagnitudes, mayLack, NUMBER_FORMATS, type NumberFormat } from "./number-format.js";
import type { ColumnSurvey, TextKind } from "./survey.js";

/*
 * The numbers or dates that most of a column's cells are, by which its other cells are judged.
 */

/** Numbers or dates of a column that agree with each other: most of its cells, where it is of one kind. */
interface Main {
  noun: "number" | "date";
  count: number;
  /** Kinds of its texts that belong to it. */
  kinds: readonly TextKind[];
  /** Signs around numbers. */
  around: Pick<NumberFormat, "unit" | "magnitudes">;
}

export function main(survey: ColumnSurvey): Main | undefined {
  const { numbers, codes, groups, unit, magnitudes, orders } = survey;
  if (codes > 0) return undefined;
  const [alone, united] = [numbers + groups.number.count, groups.unit.count];
  if (alone + united === 0) {
    const dates = { noun: "date", count: groups.date.count, kinds: ["date"], around: {} } as const;
    return dates.count > 0 && orders !== 0 ? dates : undefined;
  }
  if (groups.date.count > 0 || fittingFormats(survey) === 0) return undefined;
  const letters = new Set([...magnitudes, ...(numbers > 0 ? [""] : [])]);
  const own = unit === "" ? {} : { unit };
  const of = (count: number, kinds: TextKind[], around: Main["around"]): Main => ({
    noun: "number",
    count,
    kinds,
    around,
  });
  if (areMagnitudes(letters, unit)) return of(alone + united, ["number", "unit"], { ...own, magnitudes: true });
  if (alone >= united && !isZeroAlone(survey)) return of(alone, ["number"], mayLack(unit) ? own : {});
  return of(united + (isZeroAlone(survey) ? numbers : 0), ["unit"], {
    unit: `${unit}${[...letters].find((letter) => letter !== "") ?? ""}`,
  });
}

/** Whether the numbers without a unit are 0, which is the same in percent. */
const isZeroAlone = ({ numbers, groups, unit, min, max }: ColumnSurvey) =>
  unit === "%" && numbers > 0 && groups.number.count === 0 && min === 0 && max === 0;

/** Formats with a decimal mark, as bits. */
export const bitsOf = (mark: "." | ",") =>
  NUMBER_FORMATS.reduce((bits, each, i) => bits | (Number(each.decimal === mark) << i), 0);

/** Formats that fit all texts. Those such as ,5 that are more than the plain numbers are no slips of a hand that meant 5. */
export const fittingFormats = ({ formats, strays, numbers }: ColumnSurvey): number =>
  formats & (strays > numbers ? bitsOf(",") : ~0);

/** Numbers among a column's cells that agree with each other. */
export function numberCount(survey: ColumnSurvey): number {
  const found = main(survey);
  return found?.noun === "number" ? found.count : 0;
}

/** Texts of a column that aren't what most of its cells are, the first of each kind, with their lines. */
export function oddTexts(survey: ColumnSurvey): Map<string, number> {
  const kinds = main(survey)?.kinds ?? [];
  const odd = Object.entries(survey.groups).filter(([kind]) => !kinds.includes(kind as TextKind));
  return new Map(odd.flatMap(([, { first }]) => [...first]).sort(([, a], [, b]) => a - b));
}
