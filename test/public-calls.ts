import { afterAll, beforeAll } from "vitest";
import * as data from "../src/data/index.js";
import type { Backend, Run } from "../src/index.js";
import * as neuromotor from "../src/index.js";
import * as node from "../src/node.js";
import * as predict from "../src/predict.js";
import * as report from "../src/report/index.js";

/*
 * A call of every function of the public surface that takes options, with those that it needs, and the names of all that take
 * none.
 */

export type Options = Record<string, unknown>;
/** Calls a function with options that were added to those it needs. */
export type Call = (added: never) => unknown;

const { adam, dense, meanSquaredError, ops, sequential, Trainer } = neuromotor;
const { Dataset } = data;

let device: Backend;

/** Opens the device that the calls of a file of tests work on. */
export function useCallsDevice(): void {
  beforeAll(async () => {
    device = await node.openDevice({ backend: "cpu" });
  });
  afterAll(() => device.dispose());
}

export const numbers = () => Dataset.from({ features: [[1], [2], [3], [4]], labels: [[1], [2], [3], [4]] });
const model = () => sequential({ input: [1] }, [dense(1)]);
export const trainer = (added: object = {}) =>
  new Trainer(model(), { device, loss: meanSquaredError(), optimizer: adam(), ...added });
const table = () => data.tableFromCsv("a,y\n1,2\n3,4\n5,7\n6,9\n", { target: "y" });
const image = { shape: [1, 1, 1], values: new Uint8Array(1) };
const label = { shape: [1], values: new Uint8Array(1) };
const probabilities = Float32Array.of(0.1, 0.9);
const truth = [0, 1];
export const x = ops.variable("x", [2, 3]);
const epochs = [{ epoch: 1, loss: 1 }];

type Calls = Record<string, Record<string, Call>>;
export const CALLS: Calls = {
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
    globalAveragePool1d: neuromotor.globalAveragePool1d,
    globalMaxPool1d: neuromotor.globalMaxPool1d,
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
    sampledCrossEntropy: neuromotor.sampledCrossEntropy,
    tokenCrossEntropy: neuromotor.tokenCrossEntropy,
    perplexity: neuromotor.perplexity,
    embedding: (added: Options) => neuromotor.embedding(2, 1, added),
    positionalEmbedding: (added: Options) => neuromotor.positionalEmbedding(2, added),
    sinusoidal: neuromotor.sinusoidal,
    multiHeadAttention: (added: Options) => neuromotor.multiHeadAttention({ heads: 1, ...added }),
    transformerBlock: (added: Options) => neuromotor.transformerBlock({ heads: 1, ...added }),
    attentionMaps: (added: Options) => neuromotor.attentionMaps(trainer(), [[1]], added),
    forecast: (added: Options) => neuromotor.forecast(trainer(), [0], added),
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
    characters: (added: Options) => data.characters("a b", added),
    tokens: data.tokens,
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
    forecastChart: (added: Options) => report.forecastChart([1], [1], added),
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
export const NONE: Record<string, string> = {
  index: `ArgumentError DataError DeviceError DeviceLostError DivergedError FormatError Model ModelNode ShapeError accuracy
    apply argmaxRows averagePrecision brierScore clipByGlobalNorm clipByValue confusionMatrix constant decodeModel encodeModel
    formatConfusionMatrix l1Penalty l2Penalty logLoss maskOf masked maxNorm meanAbsolutePercentageError
    precisionRecallCurve r2 registerLayer regressionReport rocAuc rocAucOneVsRest rocCurve rootMeanSquaredError setMask topKAccuracy
    wilsonInterval`,
  node: "bestCheckpoint loadModel newestCheckpoint resume",
  data: `Dataset Preprocessing Standardiser Table csvHeader csvLine exactOf isSampleName
    loadSample readIdx readNpy readNpz registerStep scaleMinMax scaleStandard textInput tokenizerFromJson`,
  predict: "ArgumentError DataError DeviceError FormatError ShapeError registerLayer",
  report: "describeModel sampleActivation",
  // Ops of `defineOp` refuse attributes that they don't declare: "add" stands for those without any.
  ops: `Tensor abs assign broadcastTo concatenate constant div dropout elu equal erf exp gather gelu geluTanh greater hardSigmoid
    hardSwish leakyRelu log logSoftmax maximum meanSquaredError minimum mish mul neg noise oneHot pad pow relu reshape
    select selu sigmoid sigmoidCrossEntropy sign silu slice softmax softmaxCrossEntropy softplus softsign
    softTargetCrossEntropy sqrt square sub tanh transpose variable`,
  Trainer:
    "constructor restore snapshot sync withAverage training keepParameters restoreParameters resetStates dispose",
  Dataset: "constructor take withFeatures withLabels oneHot own",
  Table: "constructor block values dataset toString",
};
