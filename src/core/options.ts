import { ArgumentError } from "./errors.js";

/** Every name that an options object may have. The type holds the list complete: a name left out doesn't compile. */
export type OptionNames<T> = { readonly [Name in keyof Required<T>]: true };

/** Words of Keras, TensorFlow.js, PyTorch, scikit-learn and pandas, lower case and joined, with the words used here. */
const FOREIGN: Readonly<Record<string, string>> = {
  lr: "learningRate",
  eta: "learningRate",
  eps: "epsilon",
  decay: "weightDecay",
  rho: "alpha",
  batch: "batchSize",
  minibatch: "batchSize",
  nepochs: "epochs",
  numepochs: "epochs",
  iterations: "epochs",
  validationdata: "validation",
  valdata: "validation",
  validationsize: "validation",
  testsize: "test",
  stratified: "stratify",
  randomstate: "seed",
  randomseed: "seed",
  nsplits: "folds",
  k: "folds",
  nrepeats: "repeats",
  classweight: "classWeights",
  sampleweight: "weights",
  sampleweights: "weights",
  posweight: "positiveWeight",
  usebias: "bias",
  kernelinitializer: "initializer",
  weightinitializer: "initializer",
  restorebestweights: "restoreBest",
  inputshape: "input",
  inputdim: "input",
  infeatures: "input",
  x: "features",
  xs: "features",
  inputs: "features",
  y: "labels",
  ys: "labels",
  targets: "labels",
  kernelsize: "size",
  strides: "stride",
  keepdim: "keepDims",
  dim: "axis",
  sep: "delimiter",
  separator: "delimiter",
  navalues: "missing",
  usecols: "features",
  columns: "features",
};

/** Advice for words that stand for something done elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  validationsplit: "Split the data first: const { train, validation } = data.split({ validation: 0.2, test: 0.2 }).",
  classweight: "Weigh classes in the loss: softmaxCrossEntropy({ classWeights }).",
  sampleweight: "Weigh rows in the data: Dataset.from({ features, labels, weights }).",
  kernelregularizer: "Give the Trainer gradients: [l2Penalty(1e-4)].",
  fromlogits: "Losses take logits; leave it out, and the last layer without an activation.",
  trainsize: "The training part is what the other parts leave.",
  verbose: "Give fit a callback: callbacks: [progress()].",
  clipnorm: "Give the Trainer gradients: [clipByGlobalNorm(1)].",
  clipvalue: "Give the Trainer gradients: [clipByValue(1)].",
};

const MOST_NAMES_LISTED = 12;

const joined = (name: string) => name.replace(/[_\-\s]/g, "").toLowerCase();

/** How many single characters differ, are too many or too few, or stand in each other's place (Damerau, 1964). */
function distance(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + Number(a[i - 1] !== b[j - 1]);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, change, swapped ? before[j - 2] + 1 : change));
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

/** The known name for another library's word, or of the same letters otherwise written. */
function sameName(word: string, known: readonly string[]): string | undefined {
  const own = Object.hasOwn(FOREIGN, word) ? FOREIGN[word] : undefined;
  return known.find((each) => each === own || joined(each) === word);
}

/**
 * The name that was probably meant: the word used here for another library's, the same letters written otherwise, or the
 * nearest in spelling; undefined where none is near.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const word = joined(name.slice(0, 40));
  const [best] = known.map((each) => ({ each, away: distance(word, joined(each)) })).sort((a, b) => a.away - b.away);
  const isNear = best && best.away <= Math.max(1, Math.floor(word.length / 3));
  return sameName(word, known) ?? (isNear ? best.each : undefined);
}

/**
 * Refuses an options object with a name that isn't known, so that a slip of the pen or another library's word isn't
 * passed over in silence.
 *
 * @param where - the function, for the message
 * @param options - undefined is taken as none
 * @param names - every name that it may have
 * @throws ArgumentError with the nearest known name, when there is another one or `options` isn't an object
 */
export function checkOptions<T extends object>(where: string, options: T | undefined, names: OptionNames<T>): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const got = options === null ? "null" : Array.isArray(options) ? "a list" : typeof options;
    throw new ArgumentError(
      `${where}: options must be an object such as { ${Object.keys(names)[0]}: ... }, got ${got}.`,
    );
  }
  for (const name of Object.keys(options)) if (!Object.hasOwn(names, name)) throw unknownOption(where, name, names);
}

function unknownOption(where: string, name: string, names: object): ArgumentError {
  const known = Object.keys(names);
  const word = joined(name);
  const more = known.length - MOST_NAMES_LISTED;
  const list = known.slice(0, MOST_NAMES_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const isElsewhere = Object.hasOwn(ELSEWHERE, word) && !sameName(word, known);
  const nearest = isElsewhere ? undefined : nearestName(name, known);
  const meant = isElsewhere ? ` ${ELSEWHERE[word]}` : nearest ? ` Did you mean ${nearest}?` : "";
  return new ArgumentError(
    `${where}: there is no option ${JSON.stringify(name.slice(0, 40))}.${meant} Known are ${list}.`,
  );
}

/** @returns the number @throws ArgumentError when it isn't a positive integer */
export function checkCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a positive integer, got ${value}.`);
  }
  return value;
}
