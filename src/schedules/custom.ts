import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { type Pace, paced, type Schedule } from "./schedule.js";

/**
 * A schedule of the user's own. A saved model doesn't hold it: give it to the Trainer again to go on.
 *
 * @param rate - the learning rate of an epoch or step 0, 1, ..., from the optimizer's own; it must depend on nothing else
 * @throws ArgumentError when it isn't a function; while training, when it gives something else than a rate
 */
export function customSchedule(rate: (place: number, initial: number) => number, options: Pace = {}): Schedule {
  if (typeof rate !== "function") {
    throw new ArgumentError("customSchedule: needs a function, such as (epoch, initial) => initial / (1 + epoch).");
  }
  return paced(optionsOf("customSchedule", options, { per: undefined }), { schedule: "custom" }, rate);
}
