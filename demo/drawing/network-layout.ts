import type { RunInfo } from "../engine/run.js";

/** The most neurons of a column that are drawn. */
const MOST_NODES = 8;
/** Of the last column: all ten digits. */
const MOST_OUTPUTS = 10;
const GAP = 12;
/** Room below a column for what is said of neurons left out, and for buttons that take layers out and put them in. */
export const FOOT = 62;

/** A column of the picture: features, or the neurons of a layer. */
export interface Column {
  /** Number of its layer; -1 for the features. */
  layer: number;
  count: number;
  /** Middles of those that are drawn, from above. */
  x: number;
  ys: readonly number[];
}

export interface NetworkLayout {
  columns: readonly Column[];
  /** Side of a neuron's square. */
  node: number;
  height: number;
}

/** Places of neurons in a picture so many pixels wide. */
export function layOut(info: RunInfo, width: number): NetworkLayout {
  const counts = [info.side ? 1 : info.layers[0].inputs, ...info.layers.map(({ units }) => units)];
  const node = Math.max(22, Math.min(44, Math.floor(width / counts.length / 2)));
  const mostOf = (i: number) => (i === counts.length - 1 ? MOST_OUTPUTS : MOST_NODES);
  const tallest = Math.max(...counts.map((count, i) => Math.min(count, mostOf(i))));
  const height = tallest * (node + GAP) + FOOT;
  const columns = counts.map((count, i): Column => {
    const drawn = Math.min(count, mostOf(i));
    const x = node / 2 + 2 + (i / Math.max(1, counts.length - 1)) * (width - node - 4);
    const top = (height - FOOT - drawn * (node + GAP)) / 2;
    const ys = Array.from({ length: drawn }, (_, at) => top + (at + 0.5) * (node + GAP));
    return { layer: i - 1, count, x, ys };
  });
  return { columns, node, height };
}
