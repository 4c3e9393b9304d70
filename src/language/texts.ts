/** How the best epoch of a curve is told. */
export interface BestEpoch {
  epoch: number;
  value: string;
}

/** Every text of charts and reports; a language is one table of them. Sentences take their numbers already written. */
export interface Texts {
  /** The language's own name. */
  name: string;
  /** Names of scores by their names in the API; others keep theirs. */
  scores: Readonly<Record<string, string>>;
  parts: { train: string; validation: string; test: string };
  chart: {
    epoch: string;
    step: string;
    learningRate: string;
    logarithmic: string;
    best: (epoch: string) => string;
    curves: (about: { score: string; epochs: string; lines: readonly string[]; best?: BestEpoch }) => string;
    curve: (about: { name: string; from: string; to: string }) => string;
    truth: string;
    predicted: string;
    rows: string;
    class: string;
    part: string;
    run: string;
    confusion: (about: { classes: string; rows: string; correct: string; worst?: string }) => string;
    confusionCell: (about: { truth: string; predicted: string; rows: string; share: string }) => string;
    falsePositiveRate: string;
    truePositiveRate: string;
    chance: string;
    roc: (areas: string) => string;
    precision: string;
    recall: string;
    precisionRecall: (areas: string) => string;
    area: (about: { name: string; area: string }) => string;
    macro: string;
    others: (count: string) => string;
    given: string;
    observed: string;
    perfect: string;
    calibration: (about: { error: string; bins: string }) => string;
    calibrationBin: (about: { given: string; observed: string; rows: string }) => string;
    trueValue: (target: string) => string;
    predictedValue: (target: string) => string;
    predictedAgainstTrue: (about: { rows: string; r2: string; rmse: string }) => string;
    residual: string;
    residuals: (about: { rows: string; mean: string; deviation: string; largest: string }) => string;
    density: (rows: string) => string;
    surface: (about: { x: string; y: string; classes?: string }) => string;
    published: string;
    bars: (about: { score: string; bars: string }) => string;
    bar: (about: { name: string; mean: string; deviation?: string; published?: string }) => string;
    grid: (about: { score: string; best: string; worst: string }) => string;
    frequencies: (about: { rarest: string; commonest: string }) => string;
    input: string;
    output: string;
    activation: string;
    derivative: string;
    activations: (names: string) => string;
    network: (layers: string) => string;
    networkLayer: (about: { name: string; units: string }) => string;
    positive: string;
    negative: string;
    gradientNorm: string;
    gradientNorms: (about: { layers: string; first: string; last: string }) => string;
  };
}
