import { checksumOf } from "../core/checksum.js";
import { dataOf } from "../core/data-of.js";
import { FormatError } from "../core/errors.js";
import { sameShape } from "../core/shape.js";
import { isKnownLoss, type Loss, lossFromConfig } from "../losses/index.js";
import type { Parameter, RunSettings, SavedHead, SavedRun, SavedTraining, UnfinishedEpoch } from "../model/model.js";
import {
  averageName,
  type GradientRule,
  gradientRuleFromConfig,
  isKnownOptimizer,
  type Optimizer,
  optimizerFromConfig,
  stateName,
} from "../optimizers/index.js";
import { type Schedule, scheduleFromConfig } from "../schedules/index.js";

/** Loss and metrics of an output as model.json holds them. */
type HeadJson = Omit<SavedHead, "loss"> & { loss?: Loss["config"] };

/** A training record as model.json holds it. */
export interface TrainingJson extends HeadJson {
  optimizer?: Optimizer["config"];
  schedule?: Schedule["config"];
  scheduleState?: unknown;
  learningRate: number;
  heads?: Record<string, HeadJson>;
  gradients?: GradientRule["config"][];
  epoch: number;
  step: number;
  underway?: UnfinishedEpoch;
  run?: SavedRun;
}

type Parameters = ReadonlyMap<string, Parameter>;

/** Prefixes of a training's tensors in the safetensors file, before the names of their parameters. */
const MOMENTS = stateName("");
const AVERAGE = averageName("");
const KEPT = "kept.";

/** JSON form of a training, without its tensors (see `tensorsOf`). */
export function describeTraining({
  loss,
  heads,
  optimizer,
  schedule,
  gradients,
  state,
  kept,
  underway,
  run,
  ...rest
}: SavedTraining): TrainingJson {
  const rules = gradients?.length ? { gradients: gradients.map((rule) => rule?.config ?? { rule: "unknown" }) } : {};
  const each = heads && mapped(heads, (head): HeadJson => ({ ...head, loss: head.loss?.config }));
  return {
    loss: loss?.config,
    ...(each && { heads: each }),
    optimizer: optimizer?.config,
    schedule: schedule?.config,
    ...rules,
    ...rest,
    ...(underway && { underway: { ...underway, settings: withChecksum(underway.settings) } }),
    ...(run && { run: withChecksum(run) }),
  };
}

/** Settings with the checksum of the data that they are of. */
function withChecksum<S extends RunSettings>(settings: S): S {
  const data = dataOf.get(settings);
  return data ? { ...settings, data: checksumOf(data) } : settings;
}

const mapped = <From, To>(record: Readonly<Record<string, From>>, change: (from: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

const lossOf = (config: Loss["config"] | undefined): Loss | undefined =>
  config && isKnownLoss(config) ? lossFromConfig(config) : undefined;

/** Loss, optimizer and schedule by their names. One of the user's own has none here: a Trainer must be given it again. */
export function restoreTraining(
  { loss, heads, optimizer, schedule, gradients, ...rest }: TrainingJson,
  name: string,
): SavedTraining {
  if (schedule !== undefined && typeof schedule?.schedule !== "string") {
    throw new FormatError(`${name}: model.json has a schedule without a name.`);
  }
  try {
    return {
      ...rest,
      ...(gradients && { gradients: gradients.map(gradientRuleFromConfig) }),
      loss: lossOf(loss),
      ...(heads && { heads: mapped(heads, (head): SavedHead => ({ ...head, loss: lossOf(head.loss) })) }),
      optimizer: optimizer && isKnownOptimizer(optimizer) ? optimizerFromConfig(optimizer) : undefined,
      schedule: schedule && scheduleFromConfig(schedule),
    };
  } catch (cause) {
    throw Object.assign(new FormatError(`${name}: model.json can't be used: ${(cause as Error).message}`), { cause });
  }
}

/** The tensors of a training by the names that the safetensors file has them under. */
export function tensorsOf({ state, kept }: Partial<SavedTraining> = {}): [string, Parameter][] {
  const prefixed = (prefix: string, tensors: Parameters = new Map()) =>
    [...tensors].map(([name, parameter]): [string, Parameter] => [prefix + name, parameter]);
  return [...prefixed("", state), ...prefixed(KEPT, kept)];
}

/**
 * The tensors of a training among those of a file.
 *
 * @param parameters - the model's own, which are there beside them
 * @param optimizer - the training's, which keeps nothing for what it doesn't train
 * @throws FormatError when one belongs to nothing, is missing, or doesn't fit its parameter
 */
export function tensorsTo(stored: Parameters, parameters: Parameters, name: string, optimizer?: Optimizer) {
  const found = {
    [MOMENTS]: new Map<string, Parameter>(),
    [AVERAGE]: new Map<string, Parameter>(),
    [KEPT]: new Map<string, Parameter>(),
  };
  for (const [key, parameter] of stored) {
    if (parameters.has(key)) continue;
    const prefix = ([MOMENTS, AVERAGE, KEPT] as const).find((prefix) => key.startsWith(prefix));
    if (!prefix || !parameters.has(key.slice(prefix.length))) {
      throw new FormatError(`${name}: the safetensors file has "${key}", which this model doesn't. Is it another's?`);
    }
    found[prefix].set(key.slice(prefix.length), parameter);
  }
  const { [MOMENTS]: moments, [AVERAGE]: averages, [KEPT]: kept } = found;
  const isTrained = ([key, { trainable = true }]: [string, Parameter]) =>
    trainable && (optimizer?.trains?.(key) ?? true);
  const trained = new Map([...parameters].filter(isTrained));
  checkTensors(moments, trained, "the optimizer's state", 1, name);
  checkTensors(averages, trained, "the moving average", 0, name);
  checkTensors(kept, parameters, "the kept copy", 0, name);
  const state = new Map([
    ...[...moments].map(([key, moment]) => [stateName(key), moment] as const),
    ...[...averages].map(([key, average]) => [averageName(key), average] as const),
  ]);
  return { ...(state.size > 0 && { state }), ...(kept.size > 0 && { kept }) };
}

/** Tensors are [...leading, ...parameter], for every parameter or for none, the leading sizes the same for all. */
function checkTensors(tensors: Parameters, parameters: Parameters, what: string, leading: number, name: string): void {
  if (tensors.size === 0) return;
  const sizes = new Set<string>();
  for (const [key, { shape }] of parameters) {
    const own = tensors.get(key);
    if (!own || !sameShape(own.shape.slice(leading), shape)) {
      throw new FormatError(`${name}: ${what} of ${key} is missing or has another shape.`);
    }
    if (!own.values.every(Number.isFinite)) throw new FormatError(`${name}: ${what} of ${key} has NaN or infinity.`);
    sizes.add(own.shape.slice(0, leading).join());
  }
  if (sizes.size > 1) throw new FormatError(`${name}: the optimizer's states keep different numbers of moments.`);
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether an epoch that was broken off after some of a training's steps can be finished. */
function isUnderway(underway: UnfinishedEpoch, step: number): boolean {
  const { steps, learningRate, rows, sums, settings } = underway ?? {};
  const { seed, batchSize, shuffle } = settings ?? {};
  return (
    [steps, rows, settings?.rows, seed, batchSize].every(isCount) &&
    steps <= step &&
    typeof shuffle === "boolean" &&
    [learningRate, ...(Array.isArray(sums) ? sums : [Number.NaN])].every(Number.isFinite)
  );
}

/** @throws FormatError when a training record isn't one */
export function checkTraining(training: TrainingJson, name: string): void {
  const { epoch, step, learningRate, run } = training ?? {};
  if (!isCount(epoch) || !isCount(step) || !Number.isFinite(learningRate) || learningRate < 0) {
    throw new FormatError(`${name}: model.json has a training record without numbers of epochs and steps and a rate.`);
  }
  if (training.underway !== undefined && !isUnderway(training.underway, step)) {
    throw new FormatError(`${name}: model.json has an epoch under way that can't be finished.`);
  }
  if (run === undefined) return;
  const { start, seed, batchSize, rows, shuffle, stopped, callbacks } = run ?? {};
  const { microBatchSize = batchSize, validateEvery = 1 } = run ?? {};
  const isRun =
    [start, seed, batchSize, microBatchSize, rows, validateEvery].every(isCount) &&
    validateEvery > 0 &&
    [shuffle, stopped].every((flag) => typeof flag === "boolean") &&
    Array.isArray(callbacks) &&
    callbacks.every((callback) => typeof callback?.name === "string");
  if (!isRun) throw new FormatError(`${name}: model.json has a run that can't be gone on with.`);
}
