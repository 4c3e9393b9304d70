import type { Setting } from "./search-space.js";
import { isChoices } from "./search-space.js";

/*
 * Optuna's journal (JournalStorage, since Optuna 3.1): each line is a JSON object with an operation's code, and the state of
 * all studies follows from the lines in their order. Trials have ids that count over all studies of the file.
 */

/** Codes of operations. */
export const Op = {
  createStudy: 0,
  deleteStudy: 1,
  setStudyUserAttribute: 2,
  setStudySystemAttribute: 3,
  createTrial: 4,
  setTrialParameter: 5,
  setTrialState: 6,
  setTrialIntermediate: 7,
  setTrialUserAttribute: 8,
  setTrialSystemAttribute: 9,
} as const;

/** States of a trial. */
export const State = { running: 0, complete: 1, pruned: 2, failed: 3, waiting: 4 } as const;

/** Directions of a study. */
export const Direction = { min: 1, max: 2 } as const;

/** A trial as the lines of a journal left it. */
export interface StoredTrial {
  readonly id: number;
  state: number;
  parameters: Record<string, unknown>;
  values?: readonly number[] | null;
  /** By the number of the step. */
  intermediate: Map<number, number>;
  attributes: Record<string, unknown>;
  started?: string | null;
  completed?: string | null;
}

/** A study as the lines of a journal left it; a trial's place among the trials is its number. */
export interface StoredStudy {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly number[];
  attributes: Record<string, unknown>;
  trials: StoredTrial[];
}

type LogLine = Record<string, unknown> & { op_code: number };

/** The state of all studies of a journal. */
export class Replay {
  readonly studies = new Map<number, StoredStudy>();
  readonly #trials: StoredTrial[] = [];
  #nextStudy = 0;

  /** The id of the trial that is created next. */
  get nextTrial(): number {
    return this.#trials.length;
  }

  get nextStudy(): number {
    return this.#nextStudy;
  }

  /** Takes lines in; one that means nothing here changes nothing, as in Optuna. */
  apply(lines: readonly string[]): void {
    for (const line of lines) this.#applyOne(parsed(line));
  }

  #applyOne(line: LogLine): void {
    const study = this.studies.get(line.study_id as number);
    const trial = this.#trials[line.trial_id as number];
    if (line.op_code === Op.createStudy) {
      const name = line.study_name as string;
      if ([...this.studies.values()].some((each) => each.name === name)) return;
      const id = this.#nextStudy++;
      this.studies.set(id, { id, name, directions: line.directions as number[], attributes: {}, trials: [] });
    } else if (line.op_code === Op.deleteStudy) this.studies.delete(line.study_id as number);
    else if (line.op_code === Op.setStudyUserAttribute) Object.assign(study?.attributes ?? {}, line.user_attr);
    else if (line.op_code === Op.createTrial) this.#create(study, line);
    else if (!trial || isFinished(trial)) return;
    else if (line.op_code === Op.setTrialParameter) {
      trial.parameters[line.param_name as string] = external(line.param_value_internal as number, line.distribution);
    } else if (line.op_code === Op.setTrialState) {
      trial.state = line.state as number;
      if (line.values) trial.values = line.values as number[];
      if (line.datetime_complete) trial.completed = line.datetime_complete as string;
    } else if (line.op_code === Op.setTrialIntermediate) {
      trial.intermediate.set(Number(line.step), line.intermediate_value as number);
    } else if (line.op_code === Op.setTrialUserAttribute) Object.assign(trial.attributes, line.user_attr);
  }

  #create(study: StoredStudy | undefined, line: LogLine): void {
    if (!study) return;
    const internal = (line.params ?? {}) as Record<string, number>;
    const distributions = (line.distributions ?? {}) as Record<string, string>;
    const { value, values } = line as { value?: number | null; values?: number[] | null };
    const trial: StoredTrial = {
      id: this.#trials.length,
      state: (line.state as number | undefined) ?? State.running,
      parameters: Object.fromEntries(
        Object.entries(internal).map(([name, each]) => [name, external(each, distributions[name])]),
      ),
      values: values ?? (typeof value === "number" ? [value] : null),
      intermediate: new Map(
        Object.entries((line.intermediate_values ?? {}) as Record<string, number>).map(([step, each]) => [+step, each]),
      ),
      attributes: { ...(line.user_attrs as object) },
      started: line.datetime_start as string | null,
      completed: line.datetime_complete as string | undefined,
    };
    this.#trials.push(trial);
    study.trials.push(trial);
  }
}

export const isFinished = ({ state }: StoredTrial): boolean => state !== State.running && state !== State.waiting;

/** Python writes numbers that JSON doesn't know. */
function parsed(line: string): LogLine {
  try {
    return JSON.parse(line);
  } catch {
    return JSON.parse(line.replace(/(?<=[[:,]\s*)(NaN|-?Infinity)(?=\s*[\],}])/g, "null"));
  }
}

/** A parameter's value, which a journal holds as a number: of a choice its place. */
function external(value: number, distribution: unknown): unknown {
  const { name, attributes } = JSON.parse(distribution as string) as {
    name: string;
    attributes: { choices?: unknown[] };
  };
  return name === "CategoricalDistribution" ? attributes.choices![value] : value;
}

/** Choices that Optuna knows; others are told apart by their place. */
const isPlain = (value: unknown): boolean =>
  value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);

/** The choices of a setting as they stand in a journal. */
export const shownChoices = (choices: readonly unknown[]): unknown[] =>
  choices.map((choice, place) => (isPlain(choice) ? choice : `${place}: ${JSON.stringify(choice) ?? String(choice)}`));

/** A setting's distribution, as JSON. */
export function distributionOf(setting: Setting): string {
  if (isChoices(setting)) {
    return JSON.stringify({ name: "CategoricalDistribution", attributes: { choices: shownChoices(setting) } });
  }
  const { low, high, log = false, integer = false, step } = setting;
  const attributes = { low, high, log, step: step ?? (integer ? 1 : null) };
  return JSON.stringify({ name: integer ? "IntDistribution" : "FloatDistribution", attributes });
}

/** A value as a journal holds it. */
export const internalOf = (setting: Setting, value: unknown): number =>
  isChoices(setting) ? setting.findIndex((choice) => Object.is(choice, value)) : (value as number);

/** The setting's own value for one of a journal; undefined where it has no such value. */
export function ownValue(setting: Setting, stored: unknown): unknown {
  if (!isChoices(setting)) return typeof stored === "number" ? stored : undefined;
  const place = shownChoices(setting).findIndex((choice) => Object.is(choice, stored));
  return place < 0 ? undefined : setting[place];
}
