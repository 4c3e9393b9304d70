import type { DataName, Settings } from "./settings.js";

/** Data to choose from, and settings that learn them well. */
export interface DataChoice {
  /** Whether points are drawn from a seed, so that their number and noise can be chosen. */
  isDrawn: boolean;
  /** Whether rows are points in the plane. */
  isPlane: boolean;
  suggested: Partial<Settings>;
}

const drawn = (suggested: Partial<Settings>): DataChoice => ({ isDrawn: true, isPlane: true, suggested });

export const dataChoices: Record<DataName, DataChoice> = {
  xor: {
    isDrawn: false,
    isPlane: true,
    suggested: { heldOut: 0, layers: [{ units: 6, activation: "tanh" }], learningRate: 0.05, batchSize: 4 },
  },
  moons: drawn({ noise: 0.1 }),
  circles: drawn({ noise: 0.05 }),
  spirals: drawn({
    rows: 400,
    noise: 0.02,
    layers: [
      { units: 16, activation: "tanh" },
      { units: 16, activation: "tanh" },
    ],
    learningRate: 0.01,
  }),
  blobs: drawn({ noise: 1, layers: [{ units: 4, activation: "tanh" }] }),
  checkerboard: drawn({
    rows: 600,
    noise: 0,
    layers: [
      { units: 16, activation: "tanh" },
      { units: 16, activation: "tanh" },
    ],
    learningRate: 0.01,
  }),
  iris: {
    isDrawn: false,
    isPlane: false,
    suggested: { layers: [{ units: 8, activation: "tanh" }], learningRate: 0.02, batchSize: 16 },
  },
  wine: {
    isDrawn: false,
    isPlane: false,
    suggested: { layers: [{ units: 8, activation: "tanh" }], learningRate: 0.01, batchSize: 16 },
  },
  digits: {
    isDrawn: false,
    isPlane: false,
    suggested: { layers: [{ units: 32, activation: "relu" }], learningRate: 0.003, batchSize: 32 },
  },
};

export const dataNames = Object.keys(dataChoices) as DataName[];

const BASE: Settings = {
  data: "spirals",
  rows: 200,
  noise: 0,
  heldOut: 0.3,
  layers: [
    { units: 6, activation: "tanh" },
    { units: 4, activation: "tanh" },
  ],
  initializer: "glorotUniform",
  optimizer: "adam",
  numbers: {},
  learningRate: 0.02,
  schedule: "constant",
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
