import { checkOptions, type NoOptions, optionsOf } from "../core/options.js";
import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import { type Pace, paced, type Schedule } from "./schedule.js";

/**
 * The optimizer's own rate throughout.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function constantRate(options?: NoOptions): Schedule {
  checkOptions("constantRate", options, {});
  return { config: { schedule: "constant" }, learningRate: (_, initial) => initial };
}

/**
 * initial · factor^⌊t / every⌋, as torch StepLR.
 *
 * @throws ArgumentError when a number isn't above 0
 */
export function stepDecay(options: { every: number; factor?: number } & Pace): Schedule {
  const { every, factor, per } = optionsOf("stepDecay", options, { every: undefined, factor: 0.1, per: undefined });
  checkNumbers("stepDecay", ABOVE_0, { every, factor });
  return paced(
    { per },
    { schedule: "stepDecay", every, factor },
    (t, initial) => initial * factor ** Math.floor(t / every),
  );
}

/**
 * initial · factor^t, as torch ExponentialLR.
 *
 * @throws ArgumentError when the factor isn't above 0
 */
export function exponentialDecay(options: { factor: number } & Pace): Schedule {
  const { factor, per } = optionsOf("exponentialDecay", options, { factor: undefined, per: undefined });
  checkNumbers("exponentialDecay", ABOVE_0, { factor });
  return paced({ per }, { schedule: "exponentialDecay", factor }, (t, initial) => initial * factor ** t);
}

/**
 * initial · (1 - t / total)^power until `total`, then 0, as torch PolynomialLR. A power of 1 (default) is a straight line.
 *
 * @throws ArgumentError when a number isn't above 0
 */
export function polynomial(options: { total: number; power?: number } & Pace): Schedule {
  const { total, power, per } = optionsOf("polynomial", options, { total: undefined, power: 1, per: undefined });
  checkNumbers("polynomial", ABOVE_0, { total, power });
  return paced(
    { per },
    { schedule: "polynomial", total, power },
    (t, initial) => initial * (1 - Math.min(t / total, 1)) ** power,
  );
}
