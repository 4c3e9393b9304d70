/** Set in the build for pages, which carries the commonest words alone: a page is weighed by its bytes. */
declare const ABRIDGED: true | undefined;

type Words = Readonly<Record<string, string>>;

const isWhole = typeof ABRIDGED === "undefined";

/** Words of Keras, TensorFlow.js, PyTorch, scikit-learn and pandas, lower case and joined, by the word used here. */
export const FOREIGN: Words = {
  learningRate: "lr eta",
  epsilon: "eps",
  batchSize: "batch minibatch",
  epochs: "nepochs numepochs maxepochs iterations",
  validation: "validationdata valdata validationsize",
  bias: "usebias",
  trainable: "frozen freeze requiresgrad",
  initializer: "kernelinitializer weightinitializer",
  restoreBest: "restorebestweights",
  keepAxes: "keepdim keepdims",
  ...(isWhole && {
    weightDecay: "decay",
    alpha: "rho",
    factor: "gamma decayrate",
    every: "stepsize decaysteps",
    period: "decaysteps tmax t0 warmupsteps totaliters",
    total: "decaysteps totaliters totalsteps",
    multiplier: "tmult",
    minimum: "etamin minlr minval",
    max: "maxlr",
    maximum: "maxval",
    rise: "pctstart",
    divisor: "divfactor",
    finalDivisor: "finaldivfactor",
    start: "startfactor",
    deviation: "std stddev",
    validateEvery: "validationfreq",
    test: "testsize",
    stratify: "stratified",
    seed: "randomstate randomseed",
    folds: "nsplits k",
    repeats: "nrepeats",
    classWeights: "classweight weight",
    weights: "weight sampleweight sampleweights",
    positiveWeight: "posweight",
    delta: "beta",
    loss: "lossfunction lossfn criterion",
    schedule: "scheduler lrscheduler",
    threads: "numthreads",
    directory: "dir path filepath",
    best: "savebestonly",
    input: "shape inputshape inputdim infeatures",
    features: "x xs inputs usecols columns",
    labels: "y ys targets",
    size: "kernelsize",
    stride: "strides",
    axis: "dim",
    delimiter: "sep separator",
    missing: "navalues",
  }),
};

const PENALTY = "gradients: [l2Penalty(1e-4)] of the Trainer";
const CLIP = "gradients: [clipByGlobalNorm(1)] of the Trainer";

/** Words that stand for something done elsewhere: by what. */
export const ELSEWHERE: Words = {
  validationsplit: "data.split({ test, validation }) before it",
  classweight: "classWeights of the loss",
  verbose: "callbacks: [progress()]",
  ...(isWhole && {
    sampleweight: "weights of the Dataset",
    kernelregularizer: PENALTY,
    l2: PENALTY,
    fromlogits: "nothing: losses take logits",
    reduction: "nothing: a loss is the mean over the rows",
    betas: "beta1 and beta2",
    trainsize: "nothing: it is what the other parts leave",
    clipnorm: CLIP,
    maxgradnorm: CLIP,
    clipvalue: "gradients: [clipByValue(1)] of the Trainer",
  }),
};
