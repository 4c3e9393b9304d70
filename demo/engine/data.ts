import { Dataset, Standardiser } from "neuromotor/data";
import { dataChoices } from "../settings/data-sets.js";
import { decodePoints } from "../settings/points.js";
import type { PublishedName, Settings } from "../settings/settings.js";
import { planeOf } from "./plane.js";
import type { ImageSource } from "./protocol.js";
import type { Bounds, Cell, Points, TableInfo } from "./run.js";

/** A part of the rows, by what it is for. */
export type PartName = "train" | "heldOut";

/** The rows of a training, as the network sees them, and what is needed to show them. */
export interface Parts {
  train: Dataset;
  heldOut: Dataset | undefined;
  /** Names of a row's cells, as they are shown. */
  cellNames: readonly string[];
  /** A row in the data's own units. */
  cellsOf(part: PartName, row: number): readonly Cell[];
  /** Numbers to predict in their own unit again. */
  unscale(value: number): number;
  /** Where rows are points of the plane. */
  plane: { points: Points; bounds: Bounds } | undefined;
  /** Features of places of the plane, as the network sees them. */
  scale(places: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
}

/** The part of the plane that points are drawn into by hand. */
const BOARD: Bounds = { left: -1, right: 1, bottom: -1, top: 1 };

/** Whether numbers are predicted: labels that are whole from 0 on are classes, too. */
export const predictsNumbers = ({ labelKind }: Dataset): boolean => labelKind === "numbers";

/** The file that the visitor brought last. */
let file: File | undefined;

export function takeFile(brought: File): void {
  file = brought;
}

/** Published images that the visitor brought, or asked for. */
const images: Partial<Record<PublishedName, ImageSource>> = {};

export function takeImages(name: PublishedName, source: ImageSource): void {
  images[name] = source;
}

/** A data set of the library, or points; what draws or reads them is fetched when it is first used. */
async function load({ data, rows, noise, points, seed }: Settings): Promise<Dataset> {
  switch (data) {
    case "byHand":
      return pointsOf(points);
    case "syntheticDigits":
      return drawnDigits(rows, seed);
    case "xor":
    case "iris":
    case "wine":
    case "breastCancer":
    case "diabetes":
    case "digits":
      return (await import("./samples.js")).samples[data]();
    case "own":
    case "mnist":
    case "fashionMnist":
      throw new Error("These come in parts.");
    default:
      return (await import("./drawn.js")).drawn[data]({ rows, noise });
  }
}

/** Drawn digits, brought to the form that the visitor's own are brought to. */
async function drawnDigits(rows: number, seed: number): Promise<Dataset> {
  const { centreImages, samples } = await import("./samples.js");
  return centreImages(await samples.syntheticDigits({ rows, seed }));
}

/** Points drawn by hand; a class is a colour's number. */
function pointsOf(text: string): Dataset {
  const points = decodePoints(text);
  return Dataset.from({
    name: "byHand",
    features: points.map(({ x, y }) => [x, y]),
    labels: Uint32Array.from(points, ({ label }) => label),
    classNames: Array.from({ length: 1 + Math.max(...points.map(({ label }) => label)) }, (_, label) => String(label)),
    featureNames: ["x", "y"],
  });
}

/** The rows to learn from and those held out, as they come. */
async function partsOf(settings: Settings): Promise<{ train: Dataset; test: Dataset | undefined }> {
  const { data: name, rows, heldOut: test, seed } = settings;
  if (name === "mnist" || name === "fashionMnist")
    return (await import("./published.js")).publishedImages(name, images[name]!, rows);
  const data = await load(settings);
  return test > 0 ? data.split({ test, stratify: !predictsNumbers(data), seed }) : { train: data, test: undefined };
}

/** The parts of the data, scaled by what is measured on the training part: as the command line does. */
export async function loadParts(settings: Settings, tell: (table: TableInfo) => void): Promise<Parts> {
  if (settings.data === "own") {
    const { readOwnTable } = await import("./own-table.js");
    return readOwnTable(file!, settings, tell);
  }
  const parts = await partsOf(settings);
  const data = parts.train;
  const { isImage } = dataChoices[settings.data];
  const standardiser = isImage ? undefined : Standardiser.fit(parts.train);
  const targets = predictsNumbers(data) ? Standardiser.fitTargets(parts.train) : undefined;
  const apply = (part: Dataset): Dataset => {
    const scaled = standardiser ? standardiser.apply(part) : part;
    return targets ? targets.applyToTargets(scaled) : scaled;
  };
  const raw = { train: parts.train, heldOut: parts.test };
  const size = data.shape.reduce((product, axis) => product * axis, 1);
  return {
    train: apply(parts.train),
    heldOut: parts.test && apply(parts.test),
    cellNames: data.featureNames ?? [],
    cellsOf: (part, row) => [...raw[part]!.features.subarray(row * size, (row + 1) * size)],
    unscale: (value) => (targets ? targets.invert([value])[0] : value),
    plane:
      size !== 2
        ? undefined
        : { ...planeOf(parts.train, parts.test), ...(settings.data === "byHand" && { bounds: BOARD }) },
    scale: (places) => (standardiser ? standardiser.applyTo(places) : places),
  };
}
