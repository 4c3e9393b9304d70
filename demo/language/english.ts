import type { DataName, Settings } from "../settings/settings.js";

/** Every text of the page. Other languages have the same ones. */
export const english = {
  name: "English",
  title: "neuromotor: watch a network learn",
  tagline: "Train a neural network here, in your browser. Nothing is sent anywhere.",
  language: "Language",
  skip: "Skip to the network",

  transport: {
    title: "Training",
    play: "Train",
    pause: "Pause",
    restart: "Start again",
    back: "One step back",
    step: "One step",
    epoch: "One epoch",
    speed: "Speed",
    speedOf: (steps: string, isOne: boolean) => `${steps} ${isOne ? "step" : "steps"} a second`,
    fullSpeed: "full speed",
    past: "Place in the training",
    place: (step: string, farthest: string) => `step ${step} of ${farthest}`,
    steps: "Step",
    epochs: "Epoch",
    stepsPerSecond: "Steps a second",
    opening: "Getting ready…",
    resting: "Ready.",
    training: "Training…",
    failed: "Ended by an error.",
  },

  data: {
    title: "Data",
    choose: "What to learn",
    names: {
      xor: "XOR",
      moons: "Moons",
      circles: "Circles",
      spirals: "Spirals",
      blobs: "Clouds",
      checkerboard: "Checkerboard",
      iris: "Iris",
      wine: "Wine",
      digits: "Digits",
    } satisfies Record<DataName, string> as Record<DataName, string>,
    help: {
      xor: "One or the other, but not both: four rows, which no straight line parts.",
      moons: "Two half circles that reach into each other.",
      circles: "A circle within a circle.",
      spirals: "Two arms that wind around each other: hard for small networks.",
      blobs: "Three clouds of points: easy.",
      checkerboard: "A board whose fields belong to two classes in turn.",
      iris: "Which of 3 species a flower is, from 4 lengths. 150 rows.",
      wine: "Which of 3 growers a wine comes from, from 13 measurements. 178 rows.",
      digits: "Which digit was written, from 8 × 8 pixels. 1,797 rows.",
    } satisfies Record<DataName, string> as Record<DataName, string>,
    rows: "Points",
    noise: "Noise",
    heldOut: "Held out",
    heldOutHelp: "Share of the rows that is kept from training, to see what the network does with new ones.",
    count: (train: string, heldOut: string) => `${train} rows to learn from, ${heldOut} held out.`,
  },

  network: {
    title: "Network",
    features: "Features",
    hidden: (number: number) => `Layer ${number}`,
    outputs: "Outputs",
    more: (count: number) => `+ ${count}`,
    parameters: (count: string) => `${count} parameters`,
    picture: (layers: string) =>
      `The network: ${layers}. Lines are weights: blue ones are positive, orange ones negative; the thicker, the larger.`,
    units: (units: number, inputs: number) => `${units} neurons of ${inputs} inputs`,
    neurons: "Neurons",
    dropout: "Dropout",
    add: "Add a layer",
    remove: (number: number) => `Remove layer ${number}`,
    fewer: (number: number) => `Layer ${number}: one neuron less`,
    wider: (number: number) => `Layer ${number}: one neuron more`,
    help: "Lines are weights: blue positive, orange negative; the thicker, the larger. Each square shows what a neuron puts out over the plane.",
    helpWeights:
      "Lines are weights: blue positive, orange negative; the thicker, the larger. Squares show a neuron’s own weights.",
  },

  surface: {
    title: "What it says",
    picture: (classes: string) =>
      `The plane, coloured by the class that the network gives each place: ${classes}. Dots are rows; rings are rows held out.`,
    train: "rows to learn from",
    heldOut: "rows held out",
  },

  curves: {
    title: "How well",
    loss: "Loss",
    lossHelp: "how wrong: lower is better",
    accuracy: "Accuracy",
    accuracyHelp: "share of right answers",
    train: "Training",
    heldOut: "Held out",
    none: "–",
    before: "Before, dashed:",
    now: "now",
    picture: (name: string, train: string, heldOut: string) =>
      `${name} by epoch. Last: training ${train}, held out ${heldOut}.`,
  },

  settings: {
    title: "How it learns",
    activation: "Activation",
    optimizer: "Optimizer",
    learningRate: "Learning rate",
    learningRateHelp: "How far each step goes. It can be changed while training: from the next epoch on.",
    numbers: { momentum: "Momentum", beta1: "Beta 1", beta2: "Beta 2", weightDecay: "Weight decay" },
    schedule: "Learning rate over time",
    schedules: {
      constant: "the same",
      exponentialDecay: "2 % less each epoch",
      stepDecay: "half every 50 epochs",
      cosineAnnealing: "a wave of 200 epochs",
    },
    clipNorm: "Longest gradient",
    clipNormHelp: "Longer ones are cut to this length. Empty: any.",
    initializer: "First weights",
    batchSize: "Batch size",
    batchSizeHelp: "Rows of a step.",
    seed: "Seed",
    seedHelp: "The same seed gives the same numbers, on every device.",
    backend: "Run on",
    backends: { auto: "automatic", webgpu: "WebGPU", wasm: "CPU (WebAssembly)", cpu: "CPU (plain)" },
    device: (name: string) => `Device: ${name}`,
    noGpu:
      "This browser has no WebGPU, so training goes on with the CPU. For the GPU, use Chrome or Edge 113, Safari 26 or Firefox 141, or later.",
    names: {
      rows: "points",
      noise: "noise",
      heldOut: "held out",
      layers: "layers",
      optimizer: "optimizer",
      numbers: "optimizer’s numbers",
      learningRate: "learning rate",
      schedule: "learning rate over time",
      clipNorm: "longest gradient",
      batchSize: "batch size",
      initializer: "first weights",
      seed: "seed",
      backend: "device",
      data: "data",
    } satisfies Record<keyof Settings, string> as Record<keyof Settings, string>,
    outOfRange: (least: string, most: string) => `Write a number from ${least} to ${most}.`,
    whole: (least: string, most: string) => `Write a whole number from ${least} to ${most}.`,
  },

  share: {
    title: "Take it away",
    help: "The page’s address holds all settings. The program and the command give these numbers in Node.",
    link: "Address",
    source: "TypeScript",
    command: "Command line",
    text: "To copy",
  },

  confusion: {
    title: "Right and wrong",
    corner: "is ↓ taken for →",
    matrix: "Confusion matrix",
    heldOut:
      "Rows held out. Each line is a true class, each column what the network says. Choose a number to see its rows.",
    train:
      "Rows to learn from. Each line is a true class, each column what the network says. Choose a number to see its rows.",
    cell: (rows: string, truth: string, predicted: string) => `${rows} rows of ${truth} taken for ${predicted}`,
    says: (predicted: string, sure: string, truth: string) => `Taken for ${predicted} (${sure}); it is ${truth}.`,
  },

  health: {
    title: "Weights and gradients",
    layer: (number: number) => `Layer ${number}`,
    picture: (layer: string, lowest: string, highest: string) =>
      `Weights of ${layer}, from ${lowest} to ${highest}, as bars.`,
    sizes: (weights: string, gradients: string) =>
      `Size of weights ${weights}, of gradients ${gradients} (root mean square).`,
    fine: "Nothing is wrong: no neuron is dead, gradients are neither tiny nor huge.",
    dead: (dead: number, units: number, layer: number) =>
      `Layer ${layer}: ${dead} of ${units} neurons put out the same whatever the row. They learn nothing.`,
    exploding: (layer: number) => `Layer ${layer}: gradients are huge. Lower the learning rate, or cut gradients.`,
    vanishing: (times: number) =>
      `Gradients of the first layer are ${times} times smaller than those of the last: it learns slowly. Try other first weights or relu.`,
    nothing: "All gradients are 0: nothing is learned any more.",
  },
};

export type Texts = typeof english;
