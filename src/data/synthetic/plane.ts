import { ArgumentError } from "../../core/errors.js";
import { checkOptions, type OptionNames } from "../../core/options.js";
import { RandomStream, Stream } from "../../core/random.js";
import { shown } from "../../core/shown.js";
import { Dataset } from "../dataset.js";

/*
 * Points in the plane whose classes no straight line parts, drawn from a seed: the same bits everywhere.
 */

/** Options of points and images that are drawn from a seed. */
export interface SyntheticOptions {
  /** Points in all; 200. */
  rows?: number;
  /** Standard deviation of what is added to each coordinate. */
  noise?: number;
  /** Default 0. */
  seed?: number;
}

const OPTIONS: OptionNames<SyntheticOptions> = { rows: true, noise: true, seed: true };

type Point = [x: number, y: number];
/** A point of a class. @param along - from 0 to 1 over the points of the class */
type Draw = (label: number, along: number, random: RandomStream) => Point;

/** @throws ArgumentError when rows, noise or seed are out of range */
export function checkSynthetic(name: string, { rows = 200, noise = 0, seed = 0 }: SyntheticOptions, least: number) {
  if (!Number.isSafeInteger(rows) || rows < least) {
    throw new ArgumentError(`${name}: rows must be a whole number, ${least} or more, got ${shown(rows)}.`);
  }
  if (!(noise >= 0 && noise < Infinity))
    throw new ArgumentError(`${name}: noise must be 0 or more, got ${shown(noise)}.`);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`${name}: seed must be an integer from 0 to 2^53 - 1, got ${shown(seed)}.`);
  }
}

/** Points of some classes, one of each in turn. */
function points(name: string, options: SyntheticOptions, noise: number, classes: number, draw: Draw): Dataset {
  const all = { rows: 200, noise, seed: 0, ...options };
  checkSynthetic(name, all, classes);
  const random = new RandomStream(all.seed, Stream.synthetic);
  const perClass = Math.ceil(all.rows / classes);
  const features = new Float64Array(all.rows * 2);
  const labels = Uint32Array.from({ length: all.rows }, (_, row) => row % classes);
  for (let row = 0; row < all.rows; row++) {
    const along = perClass > 1 ? Math.floor(row / classes) / (perClass - 1) : 0;
    const [x, y] = draw(labels[row], along, random);
    features[row * 2] = x + all.noise * random.nextNormal();
    features[row * 2 + 1] = y + all.noise * random.nextNormal();
  }
  const classNames = Array.from({ length: classes }, (_, label) => String(label));
  return Dataset.from({
    name,
    features,
    shape: [2],
    labels,
    classNames,
    featureNames: ["x", "y"],
    targetName: "class",
  });
}

/**
 * Two half circles that reach into each other, as scikit-learn's make_moons; noise 0.1.
 *
 * @throws ArgumentError when an option is unknown or out of range
 */
export function moons(options: SyntheticOptions = {}): Dataset {
  checkOptions("moons", options, OPTIONS);
  return points("moons", options, 0.1, 2, (label, along) => {
    const angle = Math.PI * along;
    return label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

/**
 * A circle within another of twice its radius, as scikit-learn's make_circles; noise 0.05.
 *
 * @throws ArgumentError when an option is unknown or out of range
 */
export function circles(options: SyntheticOptions = {}): Dataset {
  checkOptions("circles", options, OPTIONS);
  return points("circles", options, 0.05, 2, (label, along) => {
    const angle = 2 * Math.PI * along;
    const radius = label === 0 ? 1 : 0.5;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Options of `spirals`. */
export interface SpiralsOptions extends SyntheticOptions {
  /** Arms; 2. */
  classes?: number;
  /** Turns of each arm; 1. */
  turns?: number;
}

/**
 * Arms of a spiral that wind around each other; noise 0.02.
 *
 * @throws ArgumentError when an option is unknown or out of range
 */
export function spirals(options: SpiralsOptions = {}): Dataset {
  checkOptions("spirals", options, { ...OPTIONS, classes: true, turns: true });
  const { classes = 2, turns = 1, ...rest } = options;
  if (!Number.isInteger(classes) || classes < 2)
    throw new ArgumentError(`spirals: classes must be 2 or more, got ${shown(classes)}.`);
  if (!(turns > 0 && turns < Infinity))
    throw new ArgumentError(`spirals: turns must be a number above 0, got ${shown(turns)}.`);
  return points("spirals", rest, 0.02, classes, (label, along) => {
    const radius = 0.1 + 0.9 * along;
    const angle = 2 * Math.PI * (turns * along + label / classes);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Options of `blobs`. */
export interface BlobsOptions extends SyntheticOptions {
  /** Clouds; 3. */
  classes?: number;
}

/**
 * Clouds of points around centres on a circle of radius 5; noise, their deviation, 1.
 *
 * @throws ArgumentError when an option is unknown or out of range
 */
export function blobs(options: BlobsOptions = {}): Dataset {
  checkOptions("blobs", options, { ...OPTIONS, classes: true });
  const { classes = 3, ...rest } = options;
  if (!Number.isInteger(classes) || classes < 2)
    throw new ArgumentError(`blobs: classes must be 2 or more, got ${shown(classes)}.`);
  return points("blobs", rest, 1, classes, (label) => {
    const angle = (2 * Math.PI * label) / classes;
    return [5 * Math.cos(angle), 5 * Math.sin(angle)];
  });
}

/** Options of `checkerboard`. */
export interface CheckerboardOptions extends SyntheticOptions {
  /** Fields along each side; 4. */
  fields?: number;
}

/**
 * Points of a board from -1 to 1 whose fields belong to two classes in turn; noise 0.
 *
 * @throws ArgumentError when an option is unknown or out of range
 */
export function checkerboard(options: CheckerboardOptions = {}): Dataset {
  checkOptions("checkerboard", options, { ...OPTIONS, fields: true });
  const { fields = 4, ...rest } = options;
  if (!Number.isInteger(fields) || fields < 2)
    throw new ArgumentError(`checkerboard: fields must be 2 or more, got ${shown(fields)}.`);
  return points("checkerboard", rest, 0, 2, (label, _, random) => {
    const row = random.nextBelow(fields);
    const fitting = Math.floor((fields + Number((row + label) % 2 === 0)) / 2);
    const column = random.nextBelow(fitting) * 2 + ((row + label) % 2);
    return [((column + random.nextUniform()) / fields) * 2 - 1, ((row + random.nextUniform()) / fields) * 2 - 1];
  });
}
