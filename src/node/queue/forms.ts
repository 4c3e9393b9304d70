import { FormatError } from "../../core/errors.js";
import type { Monitor } from "../../core/monitor.js";
import type { Course } from "../../sweep/pruning.js";
import type { QueuedRun, QueuedTraining } from "../../sweep/queue.js";

/*
 * Forms of what goes over a queue: JSON of numbers and texts, no code. Both ends check all that they take from it, since
 * whoever reaches the server may write there.
 */

/** A sweep as workers find it. */
export interface StudyRecord {
  form: 1;
  /** Of the engine that is asked for. */
  variant: string;
  /** Whether engines of other variants may take part. */
  anyVariant: boolean;
  /** SHA-256 of the rows that are trained and scored on. */
  digest: string;
  /** Options of `fit`, as JSON. */
  fit: string;
  /** The score that trials are pruned by; null without pruning. */
  pruned: Monitor | null;
  /** A training of it, for workers to try whether they can make its trainer. */
  first: QueuedTraining;
  /** For whoever began it: the command line's command. */
  details: Readonly<Record<string, unknown>>;
}

/** A job: some trainings of a study. */
export interface Job {
  study: string;
  group: {
    /** Trials that pruning holds these against. */
    before: number;
    trainings: readonly QueuedTraining[];
  };
}

const LONGEST_TEXT = 100_000;
const MOST_TRAININGS = 100_000;

type Fields = Record<string, unknown>;
type Check<T> = (value: unknown, what: string) => T;

const wrong = (what: string): FormatError =>
  new FormatError(`The queue has something else than a sweep of this version of neuromotor put there: ${what}.`);

function fields(value: unknown, what: string, names?: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(`${what} is no object`);
  for (const name of Object.keys(value)) {
    if (names ? !names.includes(name) : name === "__proto__" || name.length > 200) {
      throw wrong(`${what} has ${JSON.stringify(name.slice(0, 40))}`);
    }
  }
  return value as Fields;
}

const text: Check<string> = (value, what) => {
  if (typeof value === "string" && value.length <= LONGEST_TEXT) return value;
  throw wrong(`${what} is no text`);
};

const flag: Check<boolean> = (value, what) => {
  if (typeof value === "boolean") return value;
  throw wrong(`${what} is neither true nor false`);
};

const count: Check<number> = (value, what) => {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrong(`${what} is no whole number, 0 or more`);
};

const NO_NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** JSON lacks some numbers, which are texts there. */
const number: Check<number> = (value, what) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && Object.hasOwn(NO_NUMBERS, value)) return NO_NUMBERS[value];
  throw wrong(`${what} is no number`);
};

function list<T>(value: unknown, what: string, check: Check<T>): T[] {
  if (!Array.isArray(value) || value.length > MOST_TRAININGS) throw wrong(`${what} is no list`);
  return value.map((each) => check(each, `a part of ${what}`));
}

const mapped = <T>(value: unknown, what: string, check: Check<T>): Record<string, T> =>
  Object.fromEntries(Object.entries(fields(value, what)).map(([name, each]) => [name, check(each, `${what}.${name}`)]));

function parsed(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw wrong(`${what} isn't JSON`);
  }
}

/** JSON with the numbers that it lacks. */
const written = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === "number" && !Number.isFinite(each) ? String(each) : each));

export const studyAsText = (study: StudyRecord): string => JSON.stringify(study);

const STUDY = ["form", "variant", "anyVariant", "digest", "fit", "pruned", "first", "details"];

/** @throws FormatError when it is something else */
export function studyFrom(json: string): StudyRecord {
  const study = fields(parsed(json, "the record of a sweep"), "the record of a sweep", STUDY);
  if (study.form !== 1) throw wrong("its record has another form");
  const digest = text(study.digest, "a digest");
  if (!/^[0-9a-f]{64}$/.test(digest)) throw wrong("a digest is none");
  return {
    form: 1,
    variant: text(study.variant, "an engine's variant"),
    anyVariant: flag(study.anyVariant, "anyVariant"),
    digest,
    fit: text(study.fit, "the options of fit"),
    pruned: study.pruned === null ? null : monitorFrom(study.pruned),
    first: training(study.first, "a training"),
    details: fields(study.details, "details"),
  };
}

function monitorFrom(value: unknown): Monitor {
  const { monitor, mode } = fields(value, "pruned", ["monitor", "mode"]);
  if (mode !== undefined && mode !== "min" && mode !== "max") throw wrong("mode is neither min nor max");
  return { monitor: text(monitor, "monitor"), ...(mode && { mode }) };
}

/** @throws FormatError when it is something else */
export function jobFrom(value: unknown): Job {
  const { study, group } = fields(value, "a job", ["study", "group"]);
  const { before, trainings } = fields(group, "a group", ["before", "trainings"]);
  return {
    study: text(study, "a study"),
    group: { before: count(before, "before"), trainings: list(trainings, "trainings", training) },
  };
}

const training: Check<QueuedTraining> = (value, what) => {
  const { number, repeat, seed, configuration } = fields(value, what, ["number", "repeat", "seed", "configuration"]);
  return {
    number: count(number, "a trial's number"),
    repeat: count(repeat, "a repeat"),
    seed: count(seed, "a seed"),
    configuration: mapped(configuration, "a configuration", plain),
  };
};

const plain: Check<unknown> = (value, what) => {
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return value;
  return text(value, what);
};

const RUN = ["state", "scores", "seconds", "parameters", "variant", "epochs", "warnings", "stopped"];
const STATES = ["done", "pruned", "diverged"] as const;

export function runAsText({ history, ...run }: QueuedRun): string {
  const { epochs, warnings, stopped } = history ?? {};
  return written({ ...run, ...(history && { epochs, warnings, stopped }) });
}

/** @throws FormatError when it is something else */
export function runFrom(json: string): QueuedRun {
  const run = fields(parsed(json, "a run"), "a run", RUN);
  const state = STATES.find((each) => each === run.state);
  if (!state) throw wrong("a run has no state");
  const seconds = number(run.seconds, "seconds");
  const scores = run.scores === undefined ? undefined : mapped(run.scores, "scores", number);
  if ((state === "diverged") !== (scores === undefined)) throw wrong("a run's scores don't fit its state");
  return {
    state,
    seconds,
    parameters: count(run.parameters, "parameters"),
    variant: text(run.variant, "a variant"),
    ...(scores && { scores: scores as unknown as QueuedRun["scores"] }),
    ...(run.epochs !== undefined && {
      history: {
        epochs: list(run.epochs, "epochs", epoch),
        warnings: list(run.warnings, "warnings", text),
        stopped: flag(run.stopped, "stopped"),
      },
    }),
  };
}

type Epoch = NonNullable<QueuedRun["history"]>["epochs"][number];
const epoch: Check<Epoch> = (value, what) => {
  const { validation, training, ...scores } = fields(value, what);
  return {
    ...mapped(scores, what, number),
    ...(validation !== undefined && { validation: mapped(validation, "validation", number) }),
    ...(training !== undefined && { training: mapped(training, "training", number) }),
  } as unknown as Epoch;
};

export const epochsAsText = (epochs: readonly Epoch[], seconds: number): string => written({ epochs, seconds });

/** @throws FormatError when it is something else */
export function epochsFrom(json: string): { epochs: Epoch[]; seconds: number } {
  const { epochs, seconds } = fields(parsed(json, "a training"), "a training", ["epochs", "seconds"]);
  return { epochs: list(epochs, "epochs", epoch), seconds: number(seconds, "seconds") };
}

export const courseAsText = (course: Course): string => written(course);

/** @throws FormatError when it is something else */
export function courseFrom(json: string): Course {
  const { losses, isComplete } = fields(parsed(json, "a course"), "a course", ["losses", "isComplete"]);
  return { losses: list(losses, "losses", number), isComplete: flag(isComplete, "isComplete") };
}
