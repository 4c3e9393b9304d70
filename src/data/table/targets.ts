import { DataError } from "../../core/errors.js";
import { listNames, shorten } from "../csv/text.js";
import type { Targets } from "../labels.js";
import { momentsOf } from "../moments.js";
import type { BlockSource } from "../preprocessing/pipeline.js";
import type { TargetCoding } from "../preprocessing/target.js";
import type { ColumnInfo } from "./infer.js";

/*
 * The columns to predict as a model's targets, and back.
 */

/** A table by its columns. */
export interface ColumnTable extends BlockSource {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnInfo[];
  readonly targets: readonly string[];
  readonly classNames: readonly string[] | undefined;
  values(column: string, rows?: ArrayLike<number>): Float64Array<ArrayBuffer> | (string | undefined)[];
}

/** How targets are coded, as measured on the rows to train on. @throws DataError when the table has none */
export function targetCoding(table: ColumnTable, train: Uint32Array, isScaled: boolean): TargetCoding {
  const { name, columns, targets, classNames } = table;
  if (targets.length === 0) throw new DataError(`${name}: say which column to predict: readTable(file, { target }).`);
  if (classNames) return { kind: "classes", name: targets[0], classNames };
  const isFlag = (target: string) => columns.find((column) => column.name === target)!.reading!.kind === "boolean";
  const scales = targets.map((target) => {
    if (!isScaled || isFlag(target)) return { mean: 0, deviation: 1 };
    const { mean, deviation } = momentsOf(table.values(target, train) as Float64Array);
    return { mean, deviation: deviation || 1 };
  });
  const [mean, deviation] = [scales.map((scale) => scale.mean), scales.map((scale) => scale.deviation)];
  return { kind: "numbers", names: targets, mean, deviation };
}

/** The targets of some rows. @throws DataError when a class isn't known */
export function targetsOf(table: ColumnTable, target: TargetCoding, rows: ArrayLike<number>): Targets {
  if (target.kind === "classes") {
    const { classNames } = target;
    const places = new Map(classNames.map((name, place) => [name, place]));
    const values = table.values(target.name, rows) as string[];
    const labels = Uint32Array.from(values, (name) => placeOf(places, name, table.name));
    return { labels, labelKind: "classes", targetShape: [], classes: classNames.length, classNames };
  }
  const { names, mean, deviation } = target;
  const labels = new Float32Array(rows.length * names.length);
  names.forEach((name, column) => {
    const values = table.values(name, rows) as Float64Array;
    for (let row = 0; row < values.length; row++) {
      labels[row * names.length + column] = (values[row] - mean[column]) / deviation[column];
    }
  });
  return { labels, labelKind: "numbers", targetShape: [names.length], classes: undefined, classNames: undefined };
}

function placeOf(places: ReadonlyMap<string, number>, name: string, table: string): number {
  const place = places.get(name);
  if (place !== undefined) return place;
  throw new DataError(`${table}: ${shorten(name)} isn't one of the classes ${listNames([...places.keys()])}.`);
}
