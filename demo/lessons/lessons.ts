import { suggestedFor } from "../settings/data-sets.js";
import { encodePoints } from "../settings/points.js";
import type { HiddenLayer, Settings } from "../settings/settings.js";
import type { LessonName } from "./names.js";

/** A training of a lesson, and how long it lasts. Its numbers are in `numbers.ts`. */
export interface Trial {
  /** How it differs from the lesson's first. */
  change: Partial<Settings>;
  epochs: number;
}

export interface Lesson {
  settings: Settings;
  trials: readonly Trial[];
}

const hidden = (activation: HiddenLayer["activation"], ...units: number[]): HiddenLayer[] =>
  units.map((each) => ({ units: each, activation }));

const TWO_POINTS = encodePoints([
  { x: -0.5, y: 0.2, label: 0 },
  { x: 0.5, y: 0.6, label: 1 },
]);

const crowded = { rows: 60, noise: 0.3, heldOut: 0.5, layers: hidden("relu", 32, 32), learningRate: 0.01 };

export const lessons: Record<LessonName, Lesson> = {
  neuron: {
    settings: suggestedFor("byHand", {
      points: TWO_POINTS,
      layers: [],
      optimizer: "sgd",
      learningRate: 1,
      batchSize: 2,
    }),
    trials: [
      { change: {}, epochs: 1 },
      { change: {}, epochs: 10 },
      { change: {}, epochs: 100 },
    ],
  },
  xor: {
    settings: suggestedFor("xor"),
    trials: [
      { change: { layers: [] }, epochs: 100 },
      { change: {}, epochs: 20 },
      { change: {}, epochs: 100 },
    ],
  },
  weights: {
    settings: suggestedFor("iris", { layers: hidden("relu", 8, 8), initializer: "heNormal" }),
    trials: [
      { change: { initializer: "zeros" }, epochs: 20 },
      { change: {}, epochs: 20 },
    ],
  },
  rates: {
    settings: suggestedFor("moons", { optimizer: "sgd", learningRate: 0.1 }),
    trials: [
      { change: { learningRate: 0.001 }, epochs: 20 },
      { change: {}, epochs: 20 },
      { change: { learningRate: 1 }, epochs: 20 },
    ],
  },
  overfitting: {
    settings: suggestedFor("moons", crowded),
    trials: [
      { change: {}, epochs: 60 },
      { change: { layers: crowded.layers.map((layer) => ({ ...layer, dropout: 0.5 })) }, epochs: 60 },
      { change: { l2: 0.01 }, epochs: 60 },
    ],
  },
  optimizers: {
    settings: suggestedFor("circles", { layers: hidden("tanh", 8), learningRate: 0.02 }),
    trials: [
      { change: { optimizer: "sgd" }, epochs: 20 },
      { change: { optimizer: "sgd", numbers: { momentum: 0.9 } }, epochs: 20 },
      { change: {}, epochs: 20 },
    ],
  },
  iris: {
    settings: suggestedFor("iris"),
    trials: [
      { change: {}, epochs: 5 },
      { change: {}, epochs: 30 },
    ],
  },
  digits: {
    settings: suggestedFor("digits"),
    trials: [
      { change: {}, epochs: 1 },
      { change: {}, epochs: 5 },
      { change: { layers: hidden("relu", 4) }, epochs: 5 },
    ],
  },
};

/** Settings of a lesson's training. */
export const settingsOf = (name: LessonName, trial: number): Settings => ({
  ...lessons[name].settings,
  ...lessons[name].trials[trial].change,
});
