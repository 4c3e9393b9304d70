import type { HeatMapCell, SearchedSetting } from "../charts/index.js";
import { areLogarithmic } from "../charts/trials.js";
import type { SearchTrial } from "./run.js";
import { ranked } from "./search-order.js";

/** Parts of a range, tried from the most. */
const PARTS = [5, 4, 3];
/** Share of the cells that have a trial at the least: an emptier map would say more of where was looked than of what is there. */
const LEAST_FILLED = 0.8;
/** Numbers of a setting that are told apart one by one. */
const FEW = 6;

/** Parts of a setting's values: a name for each, and the part of a trial. */
interface Parts {
  names: readonly string[];
  placeOf(trial: SearchTrial): number;
}

/**
 * The best trial of each pair of parts of two settings, in as many parts as have trials nearly everywhere.
 *
 * @param write - a number as text
 * @returns no cells where trials are too few
 */
export function pairCells(
  trials: readonly SearchTrial[],
  [rows, columns]: readonly [SearchedSetting, SearchedSetting],
  better: "higher" | "lower",
  write: (value: number) => string,
): HeatMapCell[] {
  const valued = ranked(trials, better).filter(({ values }) => values);
  for (const count of PARTS) {
    const [y, x] = [rows, columns].map((setting) => partsOf(setting, valued, count, write));
    if (y.names.length < 2 || x.names.length < 2) return [];
    const cells = new Map<string, { row: number; column: number; value: number }>();
    for (const trial of valued) {
      const [row, column] = [y.placeOf(trial), x.placeOf(trial)];
      const key = `${row}/${column}`;
      if (!cells.has(key)) cells.set(key, { row, column, value: trial.values![0] });
    }
    if (cells.size < LEAST_FILLED * y.names.length * x.names.length) continue;
    return [...cells.values()]
      .sort((a, b) => b.row - a.row || a.column - b.column) // numbers grow upwards
      .map(({ row, column, value }) => ({ row: y.names[row], column: x.names[column], value }));
  }
  return [];
}

function partsOf(
  { name, isLogarithmic, choices }: SearchedSetting,
  trials: readonly SearchTrial[],
  count: number,
  write: (value: number) => string,
): Parts {
  const settingOf = ({ settings }: SearchTrial) => settings[name];
  const values = [...new Set(trials.map(settingOf))];
  const isNumber = !choices && values.every((value) => typeof value === "number");
  if (!isNumber || values.length <= FEW) {
    const sorted: readonly (number | string)[] = isNumber
      ? values.toSorted((a, b) => Number(a) - Number(b))
      : (choices ?? values);
    const names = sorted.map((value) => (typeof value === "number" ? write(value) : value));
    return { names, placeOf: (trial) => sorted.indexOf(settingOf(trial)) };
  }
  const numbers = values as number[];
  const isLog = Math.min(...numbers) > 0 && (isLogarithmic ?? areLogarithmic(numbers));
  const scaled = (value: number) => (isLog ? Math.log(value) : value);
  const [low, high] = [scaled(Math.min(...numbers)), scaled(Math.max(...numbers))];
  const edge = (place: number) => {
    const value = low + ((high - low) * place) / count;
    return write(Number((isLog ? Math.exp(value) : value).toPrecision(2)));
  };
  return {
    names: Array.from({ length: count }, (_, i) => `${edge(i)} –\u00a0${edge(i + 1)}`),
    placeOf: (trial) =>
      Math.min(count - 1, Math.floor((count * (scaled(Number(settingOf(trial))) - low)) / (high - low))),
  };
}
