import { checksumOf } from "../core/checksum.js";
import { ArgumentError } from "../core/errors.js";
import type { Scores } from "../training/history.js";
import type { Entry, Figures } from "./entries.js";
import { type Journal, journalOf } from "./journal.js";
import type { checkSweep } from "./options.js";
import {
  Direction,
  distributionOf,
  internalOf,
  isFinished,
  Op,
  ownValue,
  Replay,
  State,
  type StoredStudy,
  type StoredTrial,
} from "./optuna.js";
import { fitAsJson } from "./queue.js";
import type { SweepRun } from "./runs.js";
import type { Setting } from "./search-space.js";
import type { Configuration } from "./space.js";
import type { Work } from "./train.js";

/** The trials of a sweep that a journal keeps. */
export interface Book {
  /** Trials that are over, by their numbers. */
  entries: ReadonlyMap<number, Entry>;
  /** Keeps trials that are over now. */
  add(entries: readonly Entry[]): Promise<void>;
}

/** A run as a journal keeps it, without its configuration. */
type KeptRun = Pick<SweepRun, "seed" | "repeat" | "state" | "scores" | "seconds" | "parameters" | "variant">;

/** The name of a study, where nobody gives one. */
const NAME = "sweep";

/**
 * Reads the trials that a journal has of a sweep, and keeps further ones in it.
 *
 * @throws ArgumentError when the journal holds another sweep
 */
export async function keepIn(
  given: Journal | string,
  options: ReturnType<typeof checkSweep>,
  { work, figures }: { work: Pick<Work, "data" | "fit">; figures: Figures },
): Promise<Book> {
  const journal = journalOf(given);
  const replay = new Replay();
  await journal.update((added) => {
    replay.apply(added);
    return [];
  });
  const identity = { ...JSON.parse(identityOf(options)), ...identityOfWork(work) };
  const book = new Keeper(journal, replay, options, { identity, figures });
  book.check();
  return { entries: book.entries, add: (entries) => book.add(entries) };
}

/** The one space of a sweep, and what it is searched by. */
function spaceOf({ grid, random, sobol, search }: ReturnType<typeof checkSweep>) {
  const [[kind, space]] = Object.entries({ grid, random, sobol, search }).filter(([, each]) => each);
  return { kind, space: space as Readonly<Record<string, Setting>> };
}

/** Options by which two sweeps are the same, however many trials they have. */
export function identityOf(options: ReturnType<typeof checkSweep>): string {
  const { seed, repeats, group, objectives } = options;
  const { kind, space } = spaceOf(options);
  const settings = Object.entries(space).map(([name, setting]) => [name, distributionOf(setting)]);
  return JSON.stringify({ kind, settings, seed, repeats, group, objectives });
}

/** The data and options of trainings: their outcomes follow from these, and from the Trainers that are made. */
const identityOfWork = ({ data, fit }: Pick<Work, "data" | "fit">) => ({
  data: [data, ...(fit.validation ? [fit.validation] : [])].map(checksumOf),
  fit: fitAsJson(fit),
});

class Keeper {
  readonly #space: readonly (readonly [name: string, setting: Setting])[];
  readonly #identity: Readonly<Record<string, unknown>>;
  private readonly figures: Figures;

  constructor(
    private readonly journal: Journal,
    private readonly replay: Replay,
    private readonly options: ReturnType<typeof checkSweep>,
    { identity, figures }: { identity: Readonly<Record<string, unknown>>; figures: Figures },
  ) {
    this.figures = figures;
    this.#space = Object.entries(spaceOf(options).space);
    this.#identity = identity;
  }

  get #study(): StoredStudy | undefined {
    const all = [...this.replay.studies.values()];
    const { study } = this.journal;
    const named = all.find(({ name }) => name === (study ?? NAME));
    return named ?? (study === undefined && all.length === 1 ? all[0] : undefined);
  }

  check(): void {
    const study = this.#study;
    if (!study) return;
    const others = this.#differing(study.attributes.neuromotor);
    if (study.directions.length !== this.figures.objectives.length && !others.includes("objectives"))
      others.push("objectives");
    if (others.length > 0) {
      throw new ArgumentError(
        `sweep: the journal's study "${study.name}" is another sweep: different in ${others.join(", ")}. Take another path, or ` +
          "the data and options of before.",
      );
    }
    this.figures.directions = study.directions.map((direction) => (direction === Direction.max ? -1 : 1));
  }

  /** Parts of this sweep's identity that a study's own differs in; a study of an earlier state lacks some of them. */
  #differing(kept: unknown): string[] {
    if (typeof kept !== "string") return []; // Optuna's own
    const parts: Record<string, unknown> = JSON.parse(kept);
    return Object.keys(this.#identity).filter(
      (name) => name in parts && JSON.stringify(parts[name]) !== JSON.stringify(this.#identity[name]),
    );
  }

  get entries(): ReadonlyMap<number, Entry> {
    return new Map(
      (this.#study?.trials ?? []).flatMap((trial, number) => {
        const entry = isFinished(trial) ? this.#entryOf(trial, number) : undefined;
        return entry ? [[number, entry] as const] : [];
      }),
    );
  }

  /** A trial of the journal; none where it isn't of this sweep's settings. */
  #entryOf(trial: StoredTrial, number: number): Entry | undefined {
    const values = this.#space.map(([name, setting]) => [name, ownValue(setting, trial.parameters[name])] as const);
    if (values.some(([, value]) => value === undefined)) return undefined;
    const configuration = Object.fromEntries(values);
    const course = [...trial.intermediate].sort(([a], [b]) => a - b).map(([, value]) => value);
    const kept = (trial.attributes.runs as KeptRun[] | undefined) ?? [this.#foreignRun(trial, course)];
    return { number, configuration, runs: kept.map((run) => ({ ...run, configuration })), course };
  }

  /** The run of a trial that Optuna carried out: all that is known of it are its values. */
  #foreignRun({ state, values, started, completed }: StoredTrial, course: readonly number[]): KeptRun {
    const { objectives } = this.figures;
    const own = values ?? (state === State.pruned && course.length > 0 ? [course.at(-1)!] : undefined);
    const seconds = started && completed ? (Date.parse(completed) - Date.parse(started)) / 1000 : 0;
    const run = { seed: this.options.seed, repeat: 0, seconds, parameters: 0 };
    if (!own || state === State.failed) return { ...run, state: "diverged" };
    const scores = Object.fromEntries(objectives.map(({ monitor }, i) => [monitor, own[i]])) as unknown as Scores;
    return { ...run, state: state === State.pruned ? "pruned" : "done", scores };
  }

  async add(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const worker = `neuromotor-${crypto.randomUUID()}`;
    await this.journal.update((added) => {
      this.replay.apply(added);
      const lines: string[] = [];
      const write = (op_code: number, fields: Record<string, unknown>) => {
        const line = JSON.stringify({ op_code, worker_id: worker, ...fields });
        lines.push(line);
        this.replay.apply([line]);
      };
      if (!this.#study) {
        const directions = this.figures.directions.map((each) => (each === 1 ? Direction.min : Direction.max));
        write(Op.createStudy, { study_name: this.journal.study ?? NAME, directions });
        const study_id = this.replay.nextStudy - 1;
        const attributes = { neuromotor: JSON.stringify(this.#identity), ...this.journal.attributes };
        for (const [name, value] of Object.entries(attributes)) {
          write(Op.setStudyUserAttribute, { study_id, user_attr: { [name]: value } });
        }
      }
      for (const entry of entries) this.#write(entry, write);
      return lines;
    });
  }

  #write(entry: Entry, write: (code: number, fields: Record<string, unknown>) => void): void {
    const study = this.#study!;
    const there = study.trials[entry.number] as StoredTrial | undefined;
    if (there && isFinished(there) && this.#isSame(there, entry.configuration)) return; // another process was faster
    const now = timeText(new Date());
    const seconds = Math.max(...entry.runs.map((run) => run.seconds));
    const isOpen = there && !isFinished(there);
    const trial_id = isOpen ? there.id : this.replay.nextTrial;
    if (!isOpen) {
      const datetime_start = timeText(new Date(Date.now() - 1000 * seconds));
      write(Op.createTrial, { study_id: study.id, datetime_start });
    }
    for (const [param_name, setting] of this.#space) {
      const param_value_internal = internalOf(setting, entry.configuration[param_name]);
      write(Op.setTrialParameter, {
        trial_id,
        param_name,
        param_value_internal,
        distribution: distributionOf(setting),
      });
    }
    entry.course.forEach((intermediate_value, i) => {
      write(Op.setTrialIntermediate, { trial_id, step: i + 1, intermediate_value });
    });
    const runs = entry.runs.map(
      ({ seed, repeat, state, scores, seconds, parameters, variant }): KeptRun => ({
        seed,
        repeat,
        state,
        scores,
        seconds,
        parameters,
        variant,
      }),
    );
    write(Op.setTrialUserAttribute, { trial_id, user_attr: { runs } });
    const values = this.figures.valuesOf(entry) ?? null;
    const isPruned = runs.some(({ state }) => state === "pruned");
    const state = values ? (isPruned ? State.pruned : State.complete) : State.failed;
    write(Op.setTrialState, { trial_id, state, values, datetime_complete: now });
  }

  #isSame({ parameters }: StoredTrial, configuration: Configuration): boolean {
    return this.#space.every(([name, setting]) => Object.is(ownValue(setting, parameters[name]), configuration[name]));
  }
}

/** As Python's datetime.isoformat with microseconds, in UTC. */
const timeText = (time: Date): string => time.toISOString().replace("Z", "000");
