import type { Settings } from "../../settings/settings.js";

/** Texts of the panels that a first look doesn't show. Other languages have the same ones. */
export const english = {
  /** Settings, as trainings are compared by them. */
  settingNames: {
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
    points: "points drawn",
    target: "to predict",
    leftOut: "columns left out",
    task: "kind of answer",
    loss: "loss",
    augment: "changes at random",
    l1: "L1 penalty",
    l2: "L2 penalty",
    stopAt: "stop after",
  } satisfies Record<keyof Settings, string> as Record<keyof Settings, string>,

  share: {
    title: "Take it away",
    help: "The page’s address holds all settings. The program and the command give these numbers in Node.",
    link: "Address",
    source: "TypeScript",
    command: "Command line",
    text: "To copy",
    copy: "Copy",
    copied: "Copied.",
    noCommand: "The command line doesn’t have these data or settings; TypeScript has.",
    tooLong: (most: string) =>
      `This address has more than ${most} signs, and some programs cut it off. model.json holds the same settings: give that on instead.`,
    load: "Go on from a model: choose model.json and model.safetensors",
    both: "Choose both files together: model.json and model.safetensors.",
    otherModel: "The page can’t train this model.",
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
    why: "Why?",
    slopes: (predicted: string, truth: string) =>
      predicted === truth
        ? `What would make it surer of ${predicted} (+) or less sure (−), were it a little larger:`
        : `What speaks for ${predicted} against ${truth} (+) or the other way (−), were it a little larger:`,
    map: "Blue pixels speak for the answer, orange ones against it, were there more ink.",
    nearest: "The rows to learn from that are most like it:",
    neighbour: (name: string, distance: string) => `${name}, ${distance} away`,
    says: (predicted: string, sure: string, truth: string) => `Taken for ${predicted} (${sure}); it is ${truth}.`,
  },

  estimates: {
    title: "True and said",
    heldOut: (error: string) => `Rows held out. On average it is ${error} off.`,
    train: (error: string) => `Rows to learn from. On average it is ${error} off.`,
    picture: (name: string) =>
      `Each row as a dot: the true ${name} across, what the network says upwards. On the line both are the same.`,
    truth: "true",
    said: "said",
  },

  step: {
    title: "Inside a step",
    help: "The step that these rows would make next, worked as by hand. Choose a number to see where it comes from; the picture shows the layer, and the way there or back.",
    first: "From row",
    count: "Rows",
    exercise: "Predict the numbers first",
    picture: "The network in small: the layer that is looked at stands out, with the way there or back.",
    previous: "The quantity before",
    next: "The quantity after",
    quantity: "Quantity",
    sections: { given: "Given", forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" },
    place: (step: string, rows: string, loss: string) => `Step ${step}, on ${rows} rows. Mean loss ${loss}.`,
    size: (shape: string) => `Size ${shape}.`,
    cut: "The first numbers are shown.",
    guess: "What will it be?",
    reveal: "Reveal",
    right: "Right.",
    off: (by: string) => `Off by ${by}.`,
    check: "Check this gradient",
    checked: (by: string, above: string, below: string, slope: string, gradient: string) =>
      `With ${by} more the loss is ${above}, with ${by} less ${below}: a slope of ${slope}. The gradient is ${gradient}.`,
    of: (word: string, what: string, number?: number) =>
      `${word} of ${what}${number === undefined ? "" : ` ${number}`}`,
    words: {
      layer: "layer",
      features: "given rows",
      targets: "right answers",
      weights: "weights of the rows",
      loss: "loss",
      rows: "each row",
      weight: "weights",
      bias: "biases",
      gamma: "scales",
      beta: "shifts",
      preactivation: "sums",
      activation: "outputs",
      output: "outputs",
      mask: "outputs left out",
      gradient: "gradient",
      gradientAfterRules: "changed gradient",
      change: "change",
      next: "new value",
      m: "mean gradient",
      v: "mean squared gradient",
      velocity: "velocity",
    } as Record<string, string>,
  },

  digit: {
    title: "Draw a digit",
    help: "With a mouse, a pen or a finger. With keys: arrows move the pen, Space puts it down and up.",
    pad: "Field to draw a digit in",
    clear: "Erase",
    seen: "As the network sees it",
    says: (digit: string, sure: string) => `The network says ${digit} (${sure}).`,
    untrained: "It hasn’t learned yet: press Train first.",
  },

  byHand: {
    help: "Draw with a mouse, a pen or a finger. With keys: arrows lead, Enter puts a point.",
    needed: "Draw points of at least two colours: then there is something to tell apart.",
    tools: "Draw with",
    colours: ["Orange", "Blue", "Green", "Eraser"],
    board: (points: number) => `The plane to draw into: ${points} points`,
    clear: "Erase all",
  },

  table: {
    choose: "Choose a file",
    help: "CSV, JSON or a table that a program saved, of any size that fits. Or drop it anywhere on the page. It isn’t sent anywhere.",
    target: "To predict",
    task: "Kind of answer",
    tasks: { auto: "as the column is", classification: "one of some classes", regression: "a number" },
    columns: "Columns to learn from",
    search: "Search the columns",
    take: (count: string) => `Use all found (${count})`,
    leave: (count: string) => `Leave all out (${count})`,
    gaps: (count: string) => `${count} gaps`,
    leftOut: "left out",
    otherColumns: "The address leaves columns out of a table with other columns. Of this one, all are used.",
    otherTarget: (name: string) =>
      `The address asks for the column “${name}”, which this table doesn’t have, or has nothing to read in.`,
    kinds: {
      number: "number",
      boolean: "yes or no",
      date: "date",
      category: "names",
      text: "text",
      constant: "always the same",
      empty: "empty",
      unclear: "unclear",
    } as Record<string, string>,
    steps:
      "Gaps in numbers are filled with the median, names become columns of 0 and 1, numbers are scaled: all as measured on the rows to learn from.",
    gap: "–",
  },

  beside: {
    title: "Beside other devices",
    help: "The same training at the same time on another device, as far as this one is. The same seed gives the same numbers, but for what each device rounds.",
    table: "Numbers of each device",
    difference: "Largest difference of a weight",
    launches: "Launches a step",
  },

  images: {
    choose: "Choose the four files",
    help: "Images and labels, to train and to test with, as they were published: names end in -ubyte or -ubyte.gz. Or drop them anywhere on the page.",
    fetch: (megabytes: number) => `Fetch them (${megabytes} MB)`,
    fetching: "Fetching…",
    hosts: {
      mnist: "From ossci-datasets.s3.amazonaws.com or storage.googleapis.com; kept for later visits.",
      fashionMnist: "From raw.githubusercontent.com; kept for later visits.",
    },
  },

  health: {
    title: "Weights and gradients",
    layer: (number: number) => `Layer ${number}`,
    weights: "weights",
    gradients: "gradients",
    picture: (layer: string, lowest: string, highest: string) =>
      `Weights of ${layer}, from ${lowest} to ${highest}, as bars.`,
    gradientPicture: (layer: string, lowest: string, highest: string) =>
      `Gradients of ${layer}, from ${lowest} to ${highest}, as bars.`,
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

export type FurtherTexts = typeof english;
