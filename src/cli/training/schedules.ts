import type { Schedule } from "../../index.js";
import { scheduleFromConfig } from "../../schedules/index.js";

/** Share of the epochs in which the rate rises. */
const WARMUP = 0.1;

/** A schedule whose options follow from the number of epochs. */
interface NamedSchedule {
  options(epochs: number): Record<string, unknown>;
  /** A shorter name on the command line. */
  short?: string;
  /** True if the schedule doesn't depend on the number of epochs. */
  endless?: boolean;
}

/** Schedules by their names in the API. All but the endless ones end at a hundredth of their first rate, or lower. */
const schedules: Readonly<Record<string, NamedSchedule>> = {
  constant: { options: () => ({}), endless: true },
  cosineAnnealing: { options: (epochs) => ({ period: epochs }), short: "cosine" },
  // Waves of 1, 2 and 4 sevenths.
  cosineWarmRestarts: {
    options: (epochs) => ({ period: Math.max(1, epochs / 7), multiplier: 2 }),
    short: "cosine-restarts",
  },
  stepDecay: { options: (epochs) => ({ every: Math.ceil(epochs / 3), factor: 0.1 }), short: "step" },
  exponentialDecay: { options: (epochs) => ({ factor: 0.01 ** (1 / epochs) }), short: "exponential" },
  polynomial: { options: (epochs) => ({ total: epochs, power: 1 }) },
  oneCycle: { options: (epochs) => ({ total: epochs }), short: "one-cycle" },
  linearWarmup: {
    options(epochs) {
      const period = Math.ceil(epochs * WARMUP);
      return { period, before: { schedule: "cosineAnnealing", period: Math.max(1, epochs - period) } };
    },
    short: "warmup-cosine",
  },
  // Before early stopping gives up.
  reduceOnPlateau: { options: () => ({ factor: 0.5, patience: 5 }), short: "plateau", endless: true },
};

export const scheduleNames: readonly string[] = Object.keys(schedules);

/** Shorter names, each with the one it stands for. */
export const shortScheduleNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(schedules).flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name]])),
);

/** The schedule of a name, made for a number of epochs. */
export const scheduleFor = (name: string, epochs: number): Schedule =>
  scheduleFromConfig({ schedule: name, ...schedules[name].options(epochs) });

/** True if a run with this schedule can go on for more epochs than it was begun with. */
export const isEndless = (name: string): boolean => schedules[name].endless ?? false;
