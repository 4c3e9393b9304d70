import {
  constantRate,
  cosineAnnealing,
  cosineWarmRestarts,
  exponentialDecay,
  linearWarmup,
  oneCycle,
  polynomial,
  reduceOnPlateau,
  type Schedule,
  stepDecay,
} from "../index.js";
import type { ScheduleName, Settings } from "./presets.js";

/** Share of the epochs in which the rate rises. */
const WARMUP = 0.1;

/** Made for the number of epochs, to end at a hundredth of the rate they began with, or lower; but constant and plateau. */
const schedules: Record<ScheduleName, (epochs: number) => Schedule> = {
  constant: () => constantRate(),
  cosine: (epochs) => cosineAnnealing({ period: epochs }),
  // Waves of 1, 2 and 4 sevenths.
  "cosine-restarts": (epochs) => cosineWarmRestarts({ period: Math.max(1, epochs / 7), multiplier: 2 }),
  step: (epochs) => stepDecay({ every: Math.ceil(epochs / 3), factor: 0.1 }),
  exponential: (epochs) => exponentialDecay({ factor: 0.01 ** (1 / epochs) }),
  polynomial: (epochs) => polynomial({ total: epochs, power: 1 }),
  "one-cycle": (epochs) => oneCycle({ total: epochs }),
  "warmup-cosine": (epochs) => {
    const period = Math.ceil(epochs * WARMUP);
    return linearWarmup({ period, before: cosineAnnealing({ period: Math.max(1, epochs - period) }) });
  },
  // Before early stopping gives up.
  plateau: () => reduceOnPlateau({ factor: 0.5, patience: 5 }),
};

export const scheduleFor = ({ schedule, epochs }: Settings): Schedule => schedules[schedule](epochs);
