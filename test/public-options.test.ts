import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as data from "../src/data/index.js";
import * as neuromotor from "../src/index.js";
import { ArgumentError, type Backend, type Run } from "../src/index.js";
import * as node from "../src/node.js";
import * as predict from "../src/predict.js";
import * as report from "../src/report/index.js";

/*
 * Every options object of the public surface refuses a name that it doesn't know, and says which was probably meant. What
 * is exported stands in one of the tables below: what takes options with a call, what takes none among those.
 */

type Options = Record<string, unknown>;
/** Calls a function with options that were added to those it needs. */
type Call = (added: never) => unknown;

const { adam, dense, meanSquaredError, ops, sequential, Trainer } = neuromotor;
const { Dataset } = data;

let device: Backend;
beforeAll(async () => {
  device = await node.openDevice({ backend: "cpu" });
});
afterAll(() => device.dispose());

const numbers = () => Dataset.from({ features: [[1], [2], [3], [4]], labels: [[1], [2], [3], [4]] });
const model = () => sequential({ input: [1] }, [dense(1)]);
const trainer = (added: object = {}) =>
  new Trainer(model(), { device, loss: meanSquaredError(), optimizer: adam(), ...added });
const table = () => data.tableFromCsv("a,y\n1,2\n3,4\n5,7\n6,9\n", { target: "y" });
const image = { shape: [1, 1, 1], values: new Uint8Array(1) };
const label = { shape: [1], values: new Uint8Array(1) };
const probabilities = Float32Array.of(0.1, 0.9);
const truth = [0, 1];
const x = ops.variable("x", [2, 3]);
const epochs = [{ epoch: 1, loss: 1 }];

type Calls = Record<string, Record<string, Call>>;
const CALLS: Calls = {
  index: {
    Trainer: (added: Options) => trainer(added),
    activation: (added: Options) => neuromotor.activation("relu", added),
    add: neuromotor.add,
    adaptiveAveragePool2d: (added: Options) => neuromotor.adaptiveAveragePool2d(1, added),
    averagePool2d: (added: Options) => neuromotor.averagePool2d(2, added),
    concatenate: neuromotor.concatenate,
    conv1d: (added: Options) => neuromotor.conv1d(1, 3, added),
    conv2d: (added: Options) => neuromotor.conv2d(1, 3, added),
    convTranspose1d: (added: Options) => neuromotor.convTranspose1d(1, 3, added),
    convTranspose2d: (added: Options) => neuromotor.convTranspose2d(1, 3, added),
    cropping2d: (added: Options) => neuromotor.cropping2d(1, added),
    depthwiseConv2d: (added: Options) => neuromotor.depthwiseConv2d(3, added),
    globalAveragePool2d: neuromotor.globalAveragePool2d,
    globalMaxPool2d: neuromotor.globalMaxPool2d,
    groupNorm: (added: Options) => neuromotor.groupNorm(1, added),
    instanceNorm: neuromotor.instanceNorm,
    layerNorm: neuromotor.layerNorm,
    input: (added: Options) => neuromotor.input([1], added),
    maxPool2d: (added: Options) => neuromotor.maxPool2d(2, added),
    model: (added: Options) => {
      const node = neuromotor.input([1]);
      return neuromotor.model({ inputs: node, outputs: neuromotor.apply(dense(1), node), ...added });
    },
    multiply: neuromotor.multiply,
    permute: (added: Options) => neuromotor.permute([1, 2], added),
    reshape: (added: Options) => neuromotor.reshape([1, 2], added),
    residual: (added: Options) => neuromotor.residual([dense(1)], added),
    rmsNorm: neuromotor.rmsNorm,
    separableConv2d: (added: Options) => neuromotor.separableConv2d(1, 3, added),
    upsample2d: (added: Options) => neuromotor.upsample2d(2, added),
    zeroPadding2d: (added: Options) => neuromotor.zeroPadding2d(1, added),
    adadelta: neuromotor.adadelta,
    adagrad: neuromotor.adagrad,
    adam,
    adamax: neuromotor.adamax,
    adamw: neuromotor.adamw,
    batchNorm: neuromotor.batchNorm,
    categoricalAccuracy: neuromotor.categoricalAccuracy,
    calibrationCurve: (added: Options) => neuromotor.calibrationCurve(truth, probabilities, added),
    categoricalFocal: neuromotor.categoricalFocal,
    categoricalHinge: neuromotor.categoricalHinge,
    checkGradients: (added: Options) => neuromotor.checkGradients(model(), added),
    checkParity: (added: Options) => neuromotor.checkParity(model(), { device, ...added }),
    classificationReport: (added: Options) => neuromotor.classificationReport(truth, truth, { classes: 2, ...added }),
    constantRate: neuromotor.constantRate,
    cosineAnnealing: (added: Options) => neuromotor.cosineAnnealing({ period: 3, ...added }),
    cosineWarmRestarts: (added: Options) => neuromotor.cosineWarmRestarts({ period: 3, ...added }),
    crossValidate: (added: Options) => neuromotor.crossValidate(numbers(), () => trainer(), added),
    sweep: (added: Options) => neuromotor.sweep(numbers(), () => trainer(), { grid: { rate: [1] }, ...added }),
    customLoss: (added: Options) => neuromotor.customLoss(() => x, added),
    customSchedule: (added: Options) => neuromotor.customSchedule(() => 1, added),
    dense: (added: Options) => dense(3, added),
    describeRun: (added: Options) => neuromotor.describeRun(trainer(), { train: numbers(), ...added }),
    dropout: (added: Options) => neuromotor.dropout(0.5, added),
    earlyStopping: neuromotor.earlyStopping,
    medianPruning: neuromotor.medianPruning,
    ensemble: (added: Options) => neuromotor.ensemble(numbers(), () => trainer(), added),
    learningCurve: (added: Options) => neuromotor.learningCurve(numbers(), () => trainer(), added),
    nestedCrossValidate: (added: Options) =>
      neuromotor.nestedCrossValidate(numbers(), () => trainer(), { grid: { rate: [1] }, ...added }),
    permutationImportance: (added: Options) => neuromotor.permutationImportance(trainer(), numbers(), added),
    successiveHalving: neuromotor.successiveHalving,
    study: (added: Options) => neuromotor.study({ rate: [1] }, added),
    exponentialDecay: (added: Options) => neuromotor.exponentialDecay({ factor: 0.5, ...added }),
    f1: (added: Options) => neuromotor.f1(truth, truth, { classes: 2, ...added }),
    flatten: neuromotor.flatten,
    cosine: neuromotor.cosine,
    focal: neuromotor.focal,
    gaussianNLL: neuromotor.gaussianNLL,
    formatClassificationReport: (added: Options) =>
      neuromotor.formatClassificationReport(neuromotor.classificationReport(truth, truth, { classes: 2 }), added),
    formatRegressionReport: (added: Options) =>
      neuromotor.formatRegressionReport(neuromotor.regressionReport([1, 2], [1, 2]), added),
    gaussianNoise: (added: Options) => neuromotor.gaussianNoise(0.1, added),
    glorotNormal: neuromotor.glorotNormal,
    glorotUniform: neuromotor.glorotUniform,
    heNormal: neuromotor.heNormal,
    heUniform: neuromotor.heUniform,
    hinge: neuromotor.hinge,
    huber: neuromotor.huber,
    triplet: neuromotor.triplet,
    klDivergence: neuromotor.klDivergence,
    lecunNormal: neuromotor.lecunNormal,
    lecunUniform: neuromotor.lecunUniform,
    linearWarmup: (added: Options) => neuromotor.linearWarmup({ period: 3, ...added }),
    lion: neuromotor.lion,
    loadParameters: (added: Options) => neuromotor.loadParameters(model(), model(), added),
    lossFromConfig: (added: Options) => neuromotor.lossFromConfig({ loss: "huber", ...added }),
    meanAbsoluteError: neuromotor.meanAbsoluteError,
    meanSquaredError,
    movingAverage: (added: Options) => neuromotor.movingAverage(adam(), added),
    nadam: neuromotor.nadam,
    oneCycle: (added: Options) => neuromotor.oneCycle({ total: 3, ...added }),
    openDevice: (added: Options) => neuromotor.openDevice({ backend: "cpu", ...added }),
    parameterGroups: (added: Options) => neuromotor.parameterGroups(adam, {}, [{ parameters: "bias", ...added }]),
    poisson: neuromotor.poisson,
    polynomial: (added: Options) => neuromotor.polynomial({ total: 3, ...added }),
    precision: (added: Options) => neuromotor.precision(truth, truth, { classes: 2, ...added }),
    predictRows: (added: Options) => neuromotor.predictRows(trainer(), table(), added),
    randomNormal: neuromotor.randomNormal,
    randomUniform: neuromotor.randomUniform,
    recall: (added: Options) => neuromotor.recall(truth, truth, { classes: 2, ...added }),
    reduceOnPlateau: neuromotor.reduceOnPlateau,
    report: (added: Options) => neuromotor.report({ name: "run" } as Run, added),
    rmsprop: neuromotor.rmsprop,
    sequential: (added: Options) => sequential({ input: [1], ...added }, [dense(1)]),
    sgd: neuromotor.sgd,
    sigmoidCrossEntropy: neuromotor.sigmoidCrossEntropy,
    softmaxCrossEntropy: neuromotor.softmaxCrossEntropy,
    tokenCrossEntropy: neuromotor.tokenCrossEntropy,
    perplexity: neuromotor.perplexity,
    embedding: (added: Options) => neuromotor.embedding(2, 1, added),
    positionalEmbedding: (added: Options) => neuromotor.positionalEmbedding(2, added),
    sinusoidal: neuromotor.sinusoidal,
    multiHeadAttention: (added: Options) => neuromotor.multiHeadAttention({ heads: 1, ...added }),
    transformerBlock: (added: Options) => neuromotor.transformerBlock({ heads: 1, ...added }),
    attentionMaps: (added: Options) => neuromotor.attentionMaps(trainer(), [[1]], added),
    generate: (added: Options) => neuromotor.generate(trainer(), [0], { length: 1, ...added }),
    rnn: (added: Options) => neuromotor.rnn(2, added),
    gru: (added: Options) => neuromotor.gru(2, added),
    recurrent: (added: Options) => neuromotor.recurrent(2, { gates: 1, step: ([z]) => [z] }, added),
    embedColumns: (added: Options) => neuromotor.embedColumns([{ column: 0, ids: 2, features: 1 }], added),
    lstm: (added: Options) => neuromotor.lstm(2, added),
    bidirectional: (added: Options) => neuromotor.bidirectional(neuromotor.lstm(2), added),
    tiedDense: (added: Options) => neuromotor.tiedDense("embedding", added),
    stepDecay: (added: Options) => neuromotor.stepDecay({ every: 2, ...added }),
    zeros: neuromotor.zeros,
    quantile: (added: Options) => neuromotor.quantile(0.5, added as never),
    topK: (added: Options) => neuromotor.topK(1, added as never),
  },
  node: {
    checkParity: (added: Options) => node.checkParity(model(), { device, ...added }),
    checkpoint: (added: Options) => node.checkpoint({ directory: "none", ...added }),
    openDevice: (added: Options) => node.openDevice({ backend: "cpu", ...added }),
    progress: node.progress,
    saveModel: (added: Options) => node.saveModel(model(), "none", added),
    openQueue: (added: Options) => node.openQueue("redis://localhost", added),
    sweepWorker: (added: Options) => node.sweepWorker(numbers(), () => trainer(), { queue: "", ...added }),
    csvLog: (added: Options) => node.csvLog("none", added as never),
    jsonlLog: (added: Options) => node.jsonlLog("none", added as never),
    openJournal: (added: Options) => node.openJournal("none", added),
    tensorboard: (added: Options) => node.tensorboard({ directory: "none", ...added }),
  },
  data: {
    blobs: data.blobs,
    checkerboard: data.checkerboard,
    cifar10: data.cifar10,
    circles: data.circles,
    dateParts: data.dateParts,
    fashionMnist: data.fashionMnist,
    imageDataset: (added: Options) => data.imageDataset(image, label, added),
    imageFolder: (added: Options) => data.imageFolder("none", added),
    centreImages: (added: Options) =>
      data.centreImages(data.Dataset.from({ features: [[0, 1, 0, 1]], labels: [0], shape: [2, 2, 1] }), added),
    impute: data.impute,
    kFolds: (added: Options) => data.kFolds(numbers(), added),
    mnist: data.mnist,
    moons: data.moons,
    oneHot: data.oneHot,
    ordinal: data.ordinal,
    readCsv: (added: Options) => data.readCsv("a,y\n1,2\n", { target: "y", ...added }),
    readCsvFeatures: (added: Options) => data.readCsvFeatures("a\n1\n", { featureNames: ["a"], ...added }),
    readCsvTexts: (added: Options) => data.readCsvTexts("a\n1\n", added),
    readTable: (added: Options) => data.readTable([{ a: 1 }], added),
    readTableAs: (added: Options) => data.readTableAs(table().split({}).preprocessing, "none", added),
    spirals: data.spirals,
    standardise: (added: Options) => data.standardise(numbers().split({ test: 0.5 }), added),
    studentPerformance: data.studentPerformance,
    syntheticDigits: data.syntheticDigits,
    tableFromCsv: (added: Options) => data.tableFromCsv("a,y\n1,2\n", added),
    tableFromRecords: (added: Options) => data.tableFromRecords([{ a: 1 }], added),
    bytes: data.bytes,
    words: (added: Options) => data.words("a b", added),
    bytePairs: (added: Options) => data.bytePairs("a b", added),
    padSequences: (added: Options) => data.padSequences([[1]], added),
    seriesWindows: (added: Options) => data.seriesWindows([1, 2, 3], { window: 1, ...added }),
    tokenDataset: (added: Options) => data.tokenDataset(Uint32Array.of(0, 1, 2), { length: 1, ...added }),
    tinyshakespeare: data.tinyshakespeare,
    titanic: data.titanic,
    iris: data.iris,
    digits: data.digits,
    diabetes: data.diabetes,
    wine: data.wine,
    breastCancer: data.breastCancer,
    xor: data.xor,
  },
  predict: {
    loadPredictor: (added: Options) => predict.loadPredictor(neuromotor.encodeModel(model()), { device, ...added }),
    predict: async (added: Options) =>
      (await predict.loadPredictor(neuromotor.encodeModel(model()), { device })).predict([[1]], added),
  },
  report: {
    activationChart: (added: Options) => report.activationChart([], added),
    calibrationChart: (added: Options) => report.calibrationChart(truth, probabilities, added),
    classFrequencyChart: (added: Options) => report.classFrequencyChart({}, ["a"], added),
    confusionMatrixChart: (added: Options) => report.confusionMatrixChart([[1]], ["a"], added),
    decisionSurfaceChart: (added: Options) => report.decisionSurfaceChart({} as never, added),
    describeRun: (added: Options) => report.describeRun(trainer(), { train: numbers(), ...added }),
    describeSweep: (added: Options) => report.describeSweep({ runs: [] } as never, { name: "sweep", ...added }),
    drawChart: (added: Options) => report.drawChart({} as never, added),
    gradientNormChart: (added: Options) => report.gradientNormChart({} as never, added),
    gradientRecorder: (added: Options) => report.gradientRecorder(numbers(), added),
    heatMap: (added: Options) => report.heatMap([], added),
    importanceChart: (added: Options) => report.importanceChart([], added),
    learningCurves: (added: Options) => report.learningCurves({ epochs } as never, added),
    networkDiagram: (added: Options) => report.networkDiagram([], added),
    parallelCoordinates: (added: Options) => report.parallelCoordinates([], [], added),
    paretoChart: (added: Options) => report.paretoChart([], { x: { score: "a" }, y: { score: "b" } }, added),
    precisionRecallChart: (added: Options) => report.precisionRecallChart(truth, probabilities, added),
    predictionChart: (added: Options) => report.predictionChart([1], [1], added),
    report: (added: Options) => report.report({ name: "run" } as Run, added),
    reportCharts: (added: Options) => report.reportCharts({ name: "run" } as Run, added),
    residualChart: (added: Options) => report.residualChart([1], [1], added),
    rocChart: (added: Options) => report.rocChart(truth, probabilities, added),
    scoreBars: (added: Options) => report.scoreBars([], added),
    scoreScale: (added: Options) => report.scoreScale({} as never, added),
    sliceChart: (added: Options) => report.sliceChart([], added),
    trialHistory: (added: Options) => report.trialHistory([], added),
  },
  ops: {
    add: (added: Options) => (ops.add as Binary)(x, x, added),
    clamp: (added: never) => ops.clamp(x, { low: 0, high: 1, ...(added as object) }),
    matmul: (added: Options) => ops.matmul(ops.reshape(x, [3, 2]), x, added),
    max: (added: Options) => ops.max(x, -1, added),
    mean: (added: Options) => ops.mean(x, -1, added),
    sum: (added: Options) => ops.sum(x, -1, added),
  },
  Trainer: {
    evaluate: (added: Options) => trainer().evaluate(numbers(), added),
    explainStep: (added: Options) => trainer().explainStep(numbers(), added),
    findLearningRate: (added: Options) => trainer().findLearningRate(numbers(), added),
    fit: (added: Options) => trainer().fit(numbers(), added),
    inputGradients: (added: Options) => trainer().inputGradients([[1]], added),
    kernels: (added: Options) => trainer().kernels(numbers(), added),
    outputs: (added: Options) => trainer().outputs([[1]], ["dense"], added),
    trainStep: (added: Options) => trainer().trainStep(numbers(), added),
    predict: (added: Options) => trainer().predict([[1]], added),
    profile: (added: Options) => trainer().profile(numbers(), added),
  },
  Dataset: {
    from: (added: Options) => Dataset.from({ features: [[1]], labels: [[1]], ...added }),
    kFold: (added: Options) => numbers().kFold({ folds: 2, ...added }),
    split: (added: Options) => numbers().split({ test: 0.5, ...added }),
  },
  Table: {
    kFold: (added: Options) => table().kFold(added),
    pipeline: (added: Options) => table().pipeline(added),
    prepare: (added: Options) => table().prepare({ train: [0, 1, 2, 3] }, added),
    split: (added: Options) => table().split(added),
  },
};
type Binary = (a: typeof x, b: typeof x, options: object) => typeof x;

/** Exports that take no options object: errors, what takes numbers, rows or the user's own functions, and no arguments. */
const NONE: Record<string, string> = {
  index: `ArgumentError DataError DeviceError DeviceLostError DivergedError FormatError Model ModelNode ShapeError accuracy
    apply argmaxRows averagePrecision brierScore clipByGlobalNorm clipByValue confusionMatrix constant decodeModel encodeModel
    formatConfusionMatrix l1Penalty l2Penalty logLoss masked maxNorm meanAbsolutePercentageError
    precisionRecallCurve r2 registerLayer regressionReport rocAuc rocAucOneVsRest rocCurve rootMeanSquaredError topKAccuracy
    wilsonInterval`,
  node: "bestCheckpoint loadModel newestCheckpoint resume",
  data: `Dataset Preprocessing Standardiser Table csvHeader csvLine exactOf isSampleName
    loadSample readIdx readNpy readNpz registerStep scaleMinMax scaleStandard characters tokenizerFromJson`,
  predict: "ArgumentError DataError DeviceError FormatError ShapeError registerLayer",
  report: "describeModel sampleActivation",
  // Ops of `defineOp` refuse attributes that they don't declare: "add" stands for those without any.
  ops: `Tensor abs assign broadcastTo concatenate constant div dropout elu equal erf exp gather gelu geluTanh greater hardSigmoid
    hardSwish leakyRelu log logSoftmax maximum meanSquaredError minimum mish mul neg noise oneHot pad pow relu reshape
    select selu sigmoid sigmoidCrossEntropy sign silu slice softmax softmaxCrossEntropy softplus softsign
    softTargetCrossEntropy sqrt square sub tanh transpose variable`,
  Trainer: "constructor restore snapshot sync withAverage training keepParameters restoreParameters dispose",
  Dataset: "constructor take withFeatures withLabels oneHot own",
  Table: "constructor block values dataset toString",
};

/** By their names; a module's exports are accessors here. */
const functionsOf = (source: object) =>
  Object.getOwnPropertyNames(source).filter((name) => {
    const { value, get } = Object.getOwnPropertyDescriptor(source, name)!;
    const isModule = !("constructor" in source);
    return typeof (isModule && get ? get() : value) === "function";
  });

const SURFACES: Record<string, string[]> = {
  index: functionsOf(neuromotor),
  node: functionsOf(node),
  predict: [...functionsOf(predict), "predict"],
  data: functionsOf(data),
  report: functionsOf(report),
  ops: functionsOf(ops),
  Trainer: functionsOf(Trainer.prototype),
  Dataset: [...functionsOf(Dataset.prototype), "from", "own"],
  Table: functionsOf(data.Table.prototype),
};

test.each(Object.keys(SURFACES))("every function of %s is known to take options or none", (surface) => {
  const listed = [...Object.keys(CALLS[surface]), ...NONE[surface].split(/\s+/)];
  expect(SURFACES[surface].sort()).toEqual([...new Set(listed)].sort());
});

const all = Object.entries(CALLS).flatMap(([surface, calls]) =>
  Object.entries(calls).map(([name, call]) => [`${surface}: ${name}`, call] as const),
);

test.each(all)("%s refuses an option that it doesn't know", async (_, call) => {
  const work = async () => call({ notAnOption: 1 } as never);
  await expect(work()).rejects.toThrow(ArgumentError);
  await expect(work()).rejects.toThrow(/: there is no option "notAnOption"\./);
});

describe("words of other libraries", () => {
  const { index, node: files, Trainer: training, Dataset: sets, ops: op } = CALLS as Calls;
  test.each<[string, Call, Options, RegExp]>([
    ["adam", index.adam, { lr: 1 }, /Did you mean learningRate\?/],
    ["adam", index.adam, { betas: [0.9, 0.99] }, /Use beta1 and beta2/],
    ["adam", index.adam, { weight_decay: 1 }, /Did you mean weightDecay\?/],
    ["adam", index.adam, { clipnorm: 1 }, /clipByGlobalNorm/],
    ["rmsprop", index.rmsprop, { rho: 1 }, /Did you mean alpha\?/],
    ["stepDecay", index.stepDecay, { stepSize: 3 }, /Did you mean every\?/],
    ["stepDecay", index.stepDecay, { gamma: 0.5 }, /Did you mean factor\?/],
    ["cosineAnnealing", index.cosineAnnealing, { T_max: 3 }, /Did you mean period\?/],
    ["reduceOnPlateau", index.reduceOnPlateau, { min_lr: 3 }, /Did you mean minimum\?/],
    ["oneCycle", index.oneCycle, { max_lr: 3 }, /Did you mean max\?/],
    ["dense", index.dense, { useBias: false }, /Did you mean bias\?/],
    ["dense", index.dense, { kernelInitializer: "zeros" }, /Did you mean initializer\?/],
    ["dense", index.dense, { kernelRegularizer: 1 }, /l2Penalty/],
    ["earlyStopping", index.earlyStopping, { restoreBestWeights: true }, /Did you mean restoreBest\?/],
    ["softmaxCrossEntropy", index.softmaxCrossEntropy, { classWeight: [1] }, /Did you mean classWeights\?/],
    ["softmaxCrossEntropy", index.softmaxCrossEntropy, { fromLogits: true }, /losses take logits/],
    ["sigmoidCrossEntropy", index.sigmoidCrossEntropy, { pos_weight: 1 }, /Did you mean positiveWeight\?/],
    ["huber", index.huber, { reduction: "sum" }, /the mean over the rows/],
    ["poisson", index.poisson, { logInput: true }, /It takes none/],
    ["randomNormal", index.randomNormal, { stddev: 1 }, /Did you mean deviation\?/],
    ["randomUniform", index.randomUniform, { minval: 1 }, /Did you mean minimum\?/],
    ["sequential", index.sequential, { inputShape: [4] }, /Did you mean input\?/],
    ["openDevice", index.openDevice, { thread: 1 }, /Did you mean threads\?/],
    ["checkpoint", files.checkpoint, { saveBestOnly: true }, /Did you mean best\?/],
    ["fit", training.fit, { validationSplit: 0.2 }, /Use data\.split\(\{ test, validation \}\) before it/],
    ["fit", training.fit, { validationData: 1 }, /Did you mean validation\?/],
    ["fit", training.fit, { classWeight: {} }, /Use classWeights of the loss/],
    ["fit", training.fit, { epoch: 100 }, /Did you mean epochs\?/],
    ["fit", training.fit, { batchsize: 8 }, /Did you mean batchSize\?/],
    ["fit", training.fit, { verbose: 1 }, /progress\(\)/],
    ["Trainer", index.Trainer, { metric: ["accuracy"] }, /Did you mean metrics\?/],
    ["Trainer", index.Trainer, { criterion: 1 }, /Did you mean loss\?/],
    ["predict", training.predict, { batch_size: 8 }, /Did you mean batchSize\?/],
    ["Dataset.from", sets.from, { sampleWeights: [1] }, /Did you mean weights\?/],
    ["conv2d", index.conv2d, { kernelSize: 3 }, /Use the second argument/],
    ["conv2d", index.conv2d, { filters: 3 }, /Use the first argument/],
    ["conv2d", index.conv2d, { dilationRate: 2 }, /Did you mean dilation\?/],
    ["maxPool2d", index.maxPool2d, { poolSize: 2 }, /Use the first argument/],
    ["averagePool2d", index.averagePool2d, { count_include_pad: false }, /Did you mean countPadding\?/],
    ["lstm", index.lstm, { return_sequences: true }, /Did you mean returnSequences\?/],
    ["lstm", index.lstm, { hidden_size: 3 }, /Use the first argument/],
    ["lstm", index.lstm, { batch_first: true }, /Use nothing: the batch comes first/],
    ["bidirectional", index.bidirectional, { mergeMode: "concat" }, /Use nothing: the outputs of both/],
    ["multiHeadAttention", index.multiHeadAttention, { num_heads: 2 }, /Did you mean heads\?/],
    ["multiHeadAttention", index.multiHeadAttention, { isCausal: true }, /Did you mean causal\?/],
    ["transformerBlock", index.transformerBlock, { dim_feedforward: 8 }, /Did you mean units\?/],
    ["embedding", index.embedding, { embeddingsInitializer: "zeros" }, /Did you mean initializer\?/],
    ["generate", index.generate, { max_new_tokens: 3 }, /Did you mean length\?/],
    ["sweep", index.sweep, { n_trials: 3 }, /Did you mean trials\?/],
    ["sweep", index.sweep, { epochs: 3 }, /Use epochs of fit/],
    ["ensemble", index.ensemble, { n_estimators: 3 }, /Did you mean members\?/],
    ["crossValidate", index.crossValidate, { cv: 5 }, /Did you mean folds\?/],
    ["crossValidate", index.crossValidate, { scoring: "r2" }, /Use metrics of the Trainer/],
    ["learningCurve", index.learningCurve, { train_sizes: [1] }, /Did you mean sizes\?/],
    ["study", index.study, { direction: "maximize" }, /Did you mean mode\?/],
    ["report", index.report, { lang: "es" }, /Did you mean language\?/],
    ["Trainer", index.Trainer, { learningRate: 1 }, /Use learningRate of the optimizer/],
    ["Trainer", index.Trainer, { mixed_precision: true }, /Use precision: "f16" of openDevice/],
    ["fit", training.fit, { learningRate: 1 }, /Use learningRate of the optimizer/],
    ["fit", training.fit, { accumulate_grad_batches: 4 }, /Did you mean microBatchSize\?/],
    ["fit", training.fit, { steps_per_epoch: 4 }, /Use batchSize/],
    ["findLearningRate", training.findLearningRate, { start_lr: 4 }, /Did you mean from\?/],
    ["predict", training.predict, { softmax: true }, /Did you mean probabilities\?/],
    ["inputGradients", training.inputGradients, { index: 1 }, /Did you mean output\?/],
    [
      "augment",
      (added: Options) => trainer().fit(numbers(), { augment: added }),
      { rotation_range: 9 },
      /mean rotate\?/,
    ],
    ["mnist", (CALLS.data as Record<string, Call>).mnist, { root: "x" }, /Did you mean dataDir\?/],
    ["mnist", (CALLS.data as Record<string, Call>).mnist, { download: true }, /Use nothing: it is downloaded/],
    ["moons", (CALLS.data as Record<string, Call>).moons, { n_samples: 3 }, /Did you mean rows\?/],
    ["blobs", (CALLS.data as Record<string, Call>).blobs, { centers: 3 }, /Did you mean classes\?/],
    ["iris", (CALLS.data as Record<string, Call>).iris, { as_frame: true }, /It takes none/],
    ["tensorboard", files.tensorboard, { log_dir: "x" }, /Did you mean directory\?/],
    ["saveModel", files.saveModel, { include_optimizer: true }, /Did you mean optimizer\?/],
    ["openDevice", index.openDevice, { device: "cuda" }, /Did you mean backend\?/],
    ["clamp", op.clamp, { min: 0 }, /Did you mean low\?/],
    ["sum", op.sum, { keepDims: true }, /Did you mean keepAxes\?/],
    ["max", op.max, { keepdim: true }, /Did you mean keepAxes\?/],
  ])("%s says the one used here for $2", async (where, call, options, message) => {
    const work = async () => call(options as never);
    await expect(work()).rejects.toThrow(new RegExp(`^${where}: there is no option .*${message.source}`));
  });
});

test("options that aren't an object are refused", () => {
  expect(() => adam(null as never)).toThrow(
    /adam: options must be an object such as \{ learningRate: ... \}, got null/,
  );
  expect(() => dense(3, "relu" as never)).toThrow(/dense: options must be an object.*got string/);
  expect(() => ops.clamp(x, { low: 0 } as never)).toThrow(/clamp: high must be a number, got undefined/);
});
