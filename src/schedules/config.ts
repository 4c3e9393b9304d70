import { ArgumentError } from "../core/errors.js";
import { cosineAnnealing, cosineWarmRestarts, oneCycle } from "./cosine.js";
import { constantRate, exponentialDecay, polynomial, stepDecay } from "./decay.js";
import { reduceOnPlateau } from "./plateau.js";
import type { Schedule } from "./schedule.js";
import { linearWarmup } from "./warmup.js";

const schedules: Record<string, (options: never) => Schedule> = {
  constant: constantRate,
  stepDecay,
  exponentialDecay,
  polynomial,
  cosineAnnealing,
  cosineWarmRestarts,
  oneCycle,
  reduceOnPlateau,
  linearWarmup: ({ before, ...options }: { period: number; before?: Schedule["config"] }) =>
    linearWarmup({ ...options, ...(before && { before: scheduleFromConfig(before) }) }),
};

/** The schedules that go by a name, in saved models and on the command line. */
export const scheduleNames: readonly string[] = /* @__PURE__ */ Object.keys(schedules);

/**
 * The schedule that a saved config describes. One of the user's own can't be made from it: what stands for it can be
 * carried and saved again, and throws when it is asked for a rate.
 *
 * @throws ArgumentError when an option is out of range
 */
export function scheduleFromConfig(config: Schedule["config"]): Schedule {
  const { schedule, ...options } = config ?? {};
  if (Object.hasOwn(schedules, schedule)) return schedules[schedule](options as never);
  return {
    config,
    ...(config?.per === "step" && { per: "step" }),
    learningRate() {
      throw new ArgumentError(
        `The model was trained with the schedule "${config?.schedule}", which isn't one of ${scheduleNames.join(", ")}. ` +
          "Give it to the Trainer again: new Trainer(model, { device, schedule }).",
      );
    },
  };
}
