import { ArgumentError } from "../core/errors.js";
import { checkArgument, optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import { dominates } from "./pareto.js";
import { type Configuration, checkSpace, type Space } from "./space.js";
import { type Finished, suggestions } from "./tpe.js";

/** Options of `study`. */
export interface StudyOptions {
  /** Way in which the value gets better, "min" or "max"; a list of these for several objectives. "min". */
  mode?: "min" | "max" | readonly ("min" | "max")[];
  /** Of what is suggested; 0. */
  seed?: number;
}

/** A trial that a study asks for. */
export interface AskedTrial {
  /** Counts from 0. */
  readonly number: number;
  readonly configuration: Configuration;
}

/** A search for the best configuration, whose trials someone else carries out. See `study`. */
export interface Study {
  /** Trials to be carried out next, suggested by those that were told so far. */
  ask(): AskedTrial;
  /**
   * Tells what came of a trial.
   *
   * @param value - what is to be made least or largest; for several objectives a list; "diverged" where there is none
   * @throws ArgumentError when no such trial was asked for, or it was told before
   */
  tell(trial: AskedTrial | number, value: number | readonly number[] | "diverged"): void;
  /** The best of the trials that were told; of several objectives, one that none is better than in all. */
  readonly best: (AskedTrial & { values: readonly number[] }) | undefined;
}

/**
 * A search by a tree-structured Parzen estimator (see `sweep`'s `search`), to ask and to tell: for what is no training of a
 * `Trainer`.
 *
 * @example
 * const search = study({ x: { low: -5, high: 5 } }, { seed: 1 });
 * for (let i = 0; i < 100; i++) {
 *   const trial = search.ask();
 *   search.tell(trial, (Number(trial.configuration.x) - 2) ** 2);
 * }
 * search.best?.configuration.x;
 * @throws ArgumentError when a setting is neither a list nor a range that makes sense
 */
export function study(space: Space, options: StudyOptions = {}): Study {
  const { mode, seed } = optionsOf("study", options, { mode: "min", seed: 0 });
  checkSpace("study", space);
  const modes = (typeof mode === "string" ? [mode] : [...mode]) as string[];
  if (modes.length === 0 || !modes.every((each) => each === "min" || each === "max")) {
    throw new ArgumentError(`study: mode must be "min" or "max", or a list of these, got ${shown(mode)}.`);
  }
  const directions = modes.map((each) => (each === "min" ? 1 : -1));
  const asked: AskedTrial[] = [];
  const told = new Map<number, Finished>();
  const inOrder = () => [...told].sort(([a], [b]) => a - b);
  return {
    ask() {
      const finished = inOrder().map(([, trial]) => trial);
      const number = asked.length;
      asked.push({ number, configuration: suggestions(space, finished)(seed, number) });
      return asked[number];
    },
    tell(trial, value) {
      const number = typeof trial === "number" ? trial : trial?.number;
      if (!asked[number]) throw new ArgumentError(`study: trial ${number} was not asked for.`);
      if (told.has(number)) throw new ArgumentError(`study: trial ${number} was told before.`);
      const { configuration } = asked[number];
      if (value === "diverged") {
        told.set(number, { configuration });
        return;
      }
      const values = typeof value === "number" ? [value] : value;
      const isFit = Array.isArray(values) && values.length === directions.length && values.every(Number.isFinite);
      checkArgument("study: tell", `${directions.length} finite numbers, or "diverged"`, value, isFit);
      told.set(number, { configuration, losses: values.map((each, i) => directions[i] * each) });
    },
    get best() {
      const done = inOrder().filter(([, { losses }]) => losses);
      const losses = done.map(([, trial]) => trial.losses!);
      const place = losses.findIndex((own) =>
        directions.length === 1
          ? own[0] === Math.min(...losses.map(([each]) => each))
          : !losses.some((other) => dominates(other, own)),
      );
      if (place < 0) return undefined;
      return { ...asked[done[place][0]], values: losses[place].map((each, i) => directions[i] * each) };
    },
  };
}
