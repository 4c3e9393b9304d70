import { impute, oneHot, type Pipeline, registerStep, scaleStandard, type Table } from "../../data/index.js";

/*
 * Features from a passenger's name, relatives and fare, as preprocessing steps of one's own.
 */

/** A title borne by fewer training rows than this says nothing of its own. */
const LEAST_BEARERS = 10;
/** Of the passenger and the relatives aboard. */
const SMALL_FAMILY = 4;

type Names = readonly (string | undefined)[];

/** "Braund, Mr. Owen Harris": what stands between the comma and the first full stop. */
const titleIn = (name: string | undefined): string => name?.match(/,\s*([^.]+)\./)?.[1].trim() ?? "";

/** The title in each name; rare ones, counted in the training rows, become "other". */
const title = registerStep<Record<string, never>, readonly string[]>({
  name: "titanicTitle",
  fit({ columns }) {
    const counts = new Map<string, number>();
    for (const name of columns[0].values as Names) counts.set(titleIn(name), (counts.get(titleIn(name)) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= LEAST_BEARERS).map(([each]) => each);
  },
  apply({ rows, columns }, known) {
    const titles = (columns[0].values as Names).map(titleIn);
    return {
      rows,
      columns: [{ name: "Title", values: titles.map((each) => (known.includes(each) ? each : "other")) }],
    };
  },
});

/** Alone, or in a small or large family: of the numbers of siblings, spouses, parents and children aboard. */
const familySize = registerStep<Record<string, never>, null>({
  name: "titanicFamilySize",
  fit: () => null,
  apply({ rows, columns }) {
    const sizes = Array.from({ length: rows }, (_, row) =>
      columns.reduce((sum, { values }) => sum + Number(values[row]), 1),
    );
    const named = sizes.map((size) => (size === 1 ? "alone" : size <= SMALL_FAMILY ? "small" : "large"));
    return { rows, columns: [{ name: "Family", values: named }] };
  },
});

/** log(1 + x): few fares are many times all others. */
const logarithm = registerStep<Record<string, never>, null>({
  name: "titanicLogarithm",
  fit: () => null,
  apply: ({ rows, columns }) => ({
    rows,
    columns: columns.map(({ name, values }) => ({
      name: `log ${name}`,
      values: Float64Array.from(values as Float64Array, Math.log1p),
    })),
  }),
});

/** The usual steps, but for these columns. @param table - of the passengers, with Name as categorical */
export function titlesAndFamilies(table: Table): Pipeline {
  const own = ["Name", "SibSp", "Parch", "Fare"];
  return [
    ...table.pipeline().filter(({ columns: [name] }) => !own.includes(name)),
    { columns: ["Name"], steps: [title(), oneHot()] },
    { columns: ["SibSp", "Parch"], steps: [familySize(), oneHot()] },
    { columns: ["Fare"], steps: [impute(), logarithm(), scaleStandard()] },
  ];
}
