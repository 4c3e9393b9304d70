import type { Texts } from "./texts.js";

export const english: Texts = {
  name: "English",
  scores: {
    loss: "loss",
    accuracy: "accuracy",
    learningRate: "learning rate",
    meanSquaredError: "mean squared error",
    rootMeanSquaredError: "root mean squared error",
    meanAbsoluteError: "mean absolute error",
    r2: "R²",
    mse: "MSE",
    rmse: "RMSE",
    mae: "MAE",
  },
  parts: { train: "training", validation: "validation", test: "test" },
  chart: {
    epoch: "epoch",
    step: "step",
    learningRate: "learning rate",
    logarithmic: "log scale",
    best: (epoch) => `best: epoch ${epoch}`,
    curves: ({ score, epochs, lines, best }) =>
      `Line chart of ${score} over ${epochs} epochs: ${lines.join("; ")}.` +
      (best ? ` The best epoch is ${best.epoch}, at ${best.value}.` : ""),
    curve: ({ name, from, to }) => `${name} goes from ${from} to ${to}`,
    truth: "true class",
    predicted: "predicted class",
    rows: "rows",
    class: "class",
    part: "part",
    run: "run",
    confusion: ({ classes, rows, correct, worst }) =>
      `Confusion matrix of ${classes} classes: ${correct} of ${rows} rows are right.` +
      (worst ? ` The most frequent mistake: ${worst}.` : ""),
    confusionCell: ({ truth, predicted, rows, share }) =>
      truth === predicted
        ? `${truth}, right: ${rows} (${share})`
        : `${truth} taken for ${predicted}: ${rows} (${share})`,
    falsePositiveRate: "false positive rate",
    truePositiveRate: "true positive rate",
    chance: "chance",
    roc: (areas) => `ROC curves, with the area under each: ${areas}.`,
    precision: "precision",
    recall: "recall",
    precisionRecall: (areas) => `Precision against recall, with the average precision of each: ${areas}.`,
    area: ({ name, area }) => `${name} ${area}`,
    macro: "mean of all",
    others: (count) => `${count} more`,
    given: "probability given",
    observed: "came true",
    perfect: "perfectly calibrated",
    calibration: ({ error, bins }) =>
      `Calibration in ${bins} bins of rows: probabilities are off by ${error} on average.`,
    calibrationBin: ({ given, observed, rows }) => `given ${given}, came true ${observed} (${rows} rows)`,
    trueValue: (target) => (target ? `true ${target}` : "true value"),
    predictedValue: (target) => (target ? `predicted ${target}` : "predicted value"),
    predictedAgainstTrue: ({ rows, r2, rmse }) =>
      `Predicted against true values of ${rows} rows: R² ${r2}, root mean squared error ${rmse}.`,
    residual: "predicted − true",
    residuals: ({ rows, mean, deviation, largest }) =>
      `Residuals of ${rows} rows: mean ${mean}, standard deviation ${deviation}, the largest ${largest}.`,
    density: (rows) => `${rows} rows`,
    surface: ({ x, y, classes }) =>
      `Decision surface over ${x} and ${y}${classes ? `; shares of the plane: ${classes}` : ""}.`,
    published: "published",
    bars: ({ score, bars }) => `${score}: ${bars}.`,
    bar: ({ name, mean, deviation, published }) =>
      `${name} ${mean}${deviation ? ` ± ${deviation}` : ""}${published ? ` (published ${published})` : ""}`,
    grid: ({ score, best, worst }) => `Heat map of ${score}: best ${best}, worst ${worst}.`,
    frequencies: ({ rarest, commonest }) =>
      `How often each class occurs: most often ${commonest}, least often ${rarest}.`,
    input: "input",
    output: "output",
    activation: "activation",
    derivative: "derivative",
    activations: (names) => `Curves of activations and their derivatives: ${names}.`,
    network: (layers) => `Diagram of the network: ${layers}.`,
    networkLayer: ({ name, units }) => `${name} (${units})`,
    positive: "positive weight",
    negative: "negative weight",
    gradientNorm: "gradient norm",
    gradientNorms: ({ layers, first, last }) =>
      `Gradient norms of ${layers} layers by epoch; at the end ${first}, ${last}.`,
  },
};
