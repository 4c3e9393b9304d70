import { NONE_LEFT_OUT } from "./left-out.js";
import { FIRST_POINTS } from "./points.js";
import type { ActivationChoice, DataName, HiddenLayer, Settings } from "./settings.js";

/** Data to choose from, and settings that learn them well. */
export interface DataChoice {
  /**
   * Where rows come from: drawn from a seed, so that their number and noise can be chosen; of the library; of the visitor;
   * published, and brought by the visitor or fetched when asked.
   */
  from: "seed" | "library" | "visitor" | "published";
  /** Whether rows are images, whose pixels are taken as they are; other features are scaled. */
  isImage: boolean;
  /** Whether rows are [side, side, 1]: they can be shifted and turned at random. */
  isSquare?: true;
  suggested: Partial<Settings>;
}

const layersOf = (activation: ActivationChoice, ...units: number[]): HiddenLayer[] =>
  units.map((each) => ({ units: each, activation }));

const drawn = (suggested: Partial<Settings>): DataChoice => ({ from: "seed", isImage: false, suggested });

const winding = (rows: number, noise: number) =>
  drawn({ rows, noise, layers: layersOf("tanh", 16, 16), learningRate: 0.01 });

const loaded = (layers: HiddenLayer[], learningRate: number, some: Partial<Settings> = {}): DataChoice => ({
  from: "library",
  isImage: false,
  suggested: { layers, learningRate, ...some },
});

/** A network for images of 28 x 28 pixels that is quick to train. */
const convolutions: HiddenLayer[] = [
  { kind: "conv2d", units: 8, side: 5, stride: 2, activation: "relu" },
  { kind: "conv2d", units: 16, side: 3, stride: 2, activation: "relu" },
  { units: 64, activation: "relu" },
];

const published: DataChoice = {
  from: "published",
  isImage: true,
  isSquare: true,
  suggested: { layers: convolutions, learningRate: 0.002, batchSize: 64, rows: 60_000 },
};

export const dataChoices: Record<DataName, DataChoice> = {
  xor: loaded(layersOf("tanh", 6), 0.05, { heldOut: 0, batchSize: 4 }),
  moons: drawn({ noise: 0.1 }),
  circles: drawn({ noise: 0.05 }),
  spirals: winding(400, 0.02),
  blobs: drawn({ noise: 1, layers: layersOf("tanh", 4) }),
  checkerboard: winding(600, 0),
  byHand: {
    from: "visitor",
    isImage: false,
    suggested: { heldOut: 0, points: FIRST_POINTS(), layers: layersOf("tanh", 8, 8) },
  },
  iris: loaded(layersOf("tanh", 8), 0.02),
  wine: loaded(layersOf("tanh", 8), 0.01),
  breastCancer: loaded(layersOf("tanh", 8), 0.005),
  diabetes: loaded(layersOf("tanh", 8), 0.002),
  digits: { ...loaded(layersOf("relu", 32), 0.01, { batchSize: 32 }), isImage: true },
  syntheticDigits: {
    ...loaded(
      [
        { kind: "conv2d", units: 16, side: 5, stride: 2, activation: "relu" },
        { kind: "conv2d", units: 32, side: 3, stride: 2, activation: "relu", dropout: 0.3 },
        { units: 128, activation: "relu", dropout: 0.4 },
      ],
      0.002,
      { batchSize: 64, rows: 8000, heldOut: 0.05, augment: "much", schedule: "cosineAnnealing", stopAt: 12 },
    ),
    isImage: true,
    isSquare: true,
  },
  mnist: published,
  fashionMnist: published,
  own: {
    from: "visitor",
    isImage: false,
    suggested: { layers: layersOf("relu", 16), learningRate: 0.005, batchSize: 32 },
  },
};

export const dataNames = Object.keys(dataChoices) as DataName[];

const BASE: Settings = {
  data: "spirals",
  rows: 200,
  noise: 0,
  points: "",
  target: undefined,
  leftOut: NONE_LEFT_OUT,
  task: "auto",
  heldOut: 0.3,
  layers: layersOf("tanh", 6, 4),
  initializer: "glorotUniform",
  optimizer: "adam",
  numbers: {},
  learningRate: 0.02,
  schedule: "constant",
  loss: "auto",
  augment: "none",
  l1: 0,
  l2: 0,
  stopAt: undefined,
  clipNorm: undefined,
  batchSize: 16,
  seed: 1,
  backend: "auto",
};

/** Settings that learn these data well. @param kept - what is not to change */
export const suggestedFor = (data: DataName, kept: Partial<Settings> = {}): Settings => ({
  ...BASE,
  ...dataChoices[data].suggested,
  data,
  ...kept,
});
