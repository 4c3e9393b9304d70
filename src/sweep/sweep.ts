import { ArgumentError } from "../core/errors.js";
import type { Dataset } from "../data/dataset.js";
import type { Trainer } from "../training/trainer.js";
import { courseOf, type Entry, Figures } from "./entries.js";
import { checkSweep, type SweepOptions } from "./options.js";
import type { Sweep, SweepRun, SweptConfiguration, Trial } from "./runs.js";
import { type Configuration, gridOf, randomOf, type Space } from "./space.js";
import { joinRows, trainAll, type Work } from "./train.js";

/**
 * Trains one model for each configuration, and ranks them. Models whose graphs differ in numbers alone are trained side by
 * side, in the launches of one; each has the bits that it would have alone, so that the result depends on nothing but the
 * options. Searches suggest `group` trials at a time by those before, whatever else is trained at the same time.
 *
 * @param data - to train on; give `fit.validation` to rank by other rows than those
 * @param build - makes a new model and its Trainer for a trial, on the same device for all
 * @example
 * const { best, runs } = await sweep(train, ({ rate, units, seed }) => new Trainer(network(units, seed), { device, loss, optimizer: adam({ learningRate: rate }) }), {
 *   grid: { rate: [1e-3, 1e-2], units: [16, 32] }, repeats: 3, fit: { epochs: 30, validation },
 * });
 * @throws ArgumentError when the options don't fit, before any work; what `build` and `fit` throw, but for trainings that
 * diverge: those are runs with the state "diverged"
 */
export async function sweep(
  data: Dataset,
  build: (trial: Trial) => Trainer | Promise<Trainer>,
  options: SweepOptions,
): Promise<Sweep> {
  const checked = checkSweep(options);
  if (typeof build !== "function") throw new ArgumentError("sweep: needs a function that makes a Trainer for a trial.");
  const { fit, objectives, pruning, onTrial, refit } = checked;
  const figures = new Figures(objectives);
  const work: Work = { data, build, fit, onTrial, onTrainer: (trainer) => figures.learn(trainer) };
  const { journal, queue } = checked;
  const crew = queue === undefined ? undefined : new (await import("./crew.js")).Crew(checked, work, figures);
  const source = await configurationsOf(checked, figures);
  const book = journal === undefined ? undefined : await keep(journal, checked, { work, figures });
  const entries: Entry[] = [];
  try {
    for (let first = 0; first < source.count; first += source.group) {
      const numbers = Array.from({ length: Math.min(source.group, source.count - first) }, (_, i) => first + i);
      const before = entries.slice();
      const configurationOf = source.after(before);
      const known = numbers.map((number) => book?.entries.get(number));
      const missing = numbers.filter((_, i) => !known[i]);
      const trials = missing.map((number) => ({ number, configuration: configurationOf(number) }));
      const seeds = Array.from({ length: checked.repeats }, (_, repeat) => ({ seed: checked.seed + repeat, repeat }));
      const trainings = trials.flatMap((trial) => seeds.map((each) => ({ ...trial, ...each })));
      const others = pruning ? before.map((entry) => figures.courseOf(entry)) : [];
      const direction = () => figures.direction;
      const watch = pruning && { pruning, objective: objectives[0], others, direction };
      const made: Entry[] = [];
      // Trials are kept in the order of their numbers: those before which none is missing.
      const onRuns = async (runs: readonly (SweepRun | undefined)[]) => {
        const ended = trials.slice(made.length).map(({ number, configuration }, i): Entry | undefined => {
          const place = (made.length + i) * seeds.length;
          const own = runs.slice(place, place + seeds.length).filter((run) => run !== undefined);
          if (own.length < seeds.length) return undefined;
          return { number, configuration, runs: own, course: courseOf(own, objectives[0].monitor) };
        });
        const gap = ended.indexOf(undefined);
        const next = (gap < 0 ? ended : ended.slice(0, gap)) as Entry[];
        made.push(...next);
        await book?.add(next);
      };
      if (crew) await crew.carryOut(trainings, { watch }, onRuns);
      else {
        const each = trainings.map(({ number, configuration, ...seeded }): Trial => ({ ...configuration, ...seeded }));
        await onRuns(await trainAll(each, { ...work, ...(watch && { watch }) }));
      }
      entries.push(...numbers.map((number, i) => known[i] ?? made.find((each) => each.number === number)!));
    }
  } finally {
    await crew?.close();
  }
  const { ranking, front } = figures.rank(entries);
  const [first] = ranking;
  const best = first?.scores && first;
  const result = { runs: entries.flatMap((entry) => [...entry.runs]), ranking, front, ...(best && { best }) };
  if (!refit || !best) return result;
  return { ...result, refitted: await fitAgain(best, work) };
}

/** Trials that a journal has, or will have. */
const keep = async (...given: Parameters<typeof import("./resume.js").keepIn>) =>
  (await import("./resume.js")).keepIn(...given);

/** The trials of a sweep: their number, how many are suggested at a time, and the configuration of each. */
interface Source {
  count: number;
  group: number;
  /** Configurations of a group's trials by their numbers. @param before - trials of the groups before */
  after(before: readonly Entry[]): (number: number) => Configuration;
}

async function configurationsOf(options: ReturnType<typeof checkSweep>, figures: Figures): Promise<Source> {
  const { grid, random, sobol, search, trials, seed, group, pruning, journal, queue } = options;
  if (search) {
    const { suggestions } = await import("./tpe.js");
    return {
      count: trials,
      group,
      after(before) {
        const suggest = suggestions(
          search,
          before.map((entry) => figures.finished(entry)),
        );
        return (number) => suggest(seed, number);
      },
    };
  }
  const all = grid ? gridOf(grid) : random ? randomOf(random, trials, seed) : await sobolOf(sobol!, trials, seed);
  // Without a look at others, groups would only cost time.
  const size = pruning || (journal && !queue) ? group : all.length;
  return { count: all.length, group: size, after: () => (number) => all[number] };
}

async function sobolOf(space: Space, count: number, seed: number): Promise<Configuration[]> {
  const [{ sobolPoints }, { valueAt }] = await Promise.all([import("./sobol.js"), import("./search-space.js")]);
  const settings = Object.entries(space);
  return sobolPoints(settings.length, count, seed).map((point) =>
    Object.fromEntries(settings.map(([name, setting], i) => [name, valueAt(setting, point[i])])),
  );
}

/** Trains a configuration once more, on the validation rows as well. */
async function fitAgain({ configuration, runs }: SweptConfiguration, work: Work): Promise<SweepRun> {
  const [{ seed, repeat, history }] = runs;
  const { validation, validateEvery, callbacks, ...fit } = work.fit;
  const data = validation ? joinRows(work.data, validation) : work.data;
  const epochs = history?.epochs.length ?? fit.epochs;
  const trial: Trial = { ...configuration, seed, repeat };
  const [run] = await trainAll([trial], { data, build: work.build, fit: { ...fit, epochs } });
  return run;
}
