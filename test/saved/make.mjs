import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/*
 * Saves small models and checkpoints by a built checkout, with what they give, to a folder named after its version:
 *
 *     node test/saved/make.mjs CHECKOUT
 *
 * Run once for a release; saved.test.ts loads all of them in every later state.
 */

const checkout = resolve(process.argv[2]);
const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
const out = join(dirname(fileURLToPath(import.meta.url)), version);
const load = (entry) => import(pathToFileURL(join(checkout, "dist", `${entry}.js`)).href);
const api = { ...(await load("index")), ...(await load("data")), ...(await load("node")) };
const { sequential, dense, dropout, flatten, gaussianNoise, activation, Trainer, Dataset } = api;

const ROWS = 20;
/** Three digits say as much as these models need. */
const numbers = (count, seed) => Array.from({ length: count }, (_, i) => Number(Math.sin(seed + 1.7 * i).toFixed(3)));
const rowsOf = (values, size) =>
  Array.from({ length: values.length / size }, (_, row) => values.slice(row * size, (row + 1) * size));
/** Float32 numbers, to the bit. */
const written = (values) => Array.from(values, (value) => Number(value.toPrecision(9)));
const writeJson = (file, content) => writeFileSync(file, `${JSON.stringify(content)}\n`);

const features = numbers(ROWS * 3, 1);
const classes = Array.from({ length: ROWS }, (_, row) => row % 3);
const targets = (change) => rowsOf(numbers(ROWS * 2, 2).map(change), 2);
const distributions = Array.from({ length: ROWS }, (_, row) => [0.25, 0.5, 0.25, 0.5].slice(row % 2, (row % 2) + 3));
for (const row of distributions) row[0] = 1 - row[1] - row[2];

/** Name: labels, layers, and how they are trained. State is saved with those that have `state`. */
const models = {
  classes: {
    labels: classes,
    layers: [flatten(), dense(4, { activation: "relu" }), dropout(0.2), dense(3, { name: "logits" })],
    loss: api.softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 2, 0.5] }),
    optimizer: api.adam({ amsgrad: true, weightDecay: 0.01 }),
    schedule: api.cosineAnnealing({ period: 9, minimum: 1e-5 }),
    gradients: [api.clipByValue(1), api.clipByGlobalNorm(0.5)],
    metrics: ["accuracy"],
    state: true,
  },
  averages: {
    labels: targets(Number),
    layers: [gaussianNoise(0.1), dense(4, { activation: "tanh" }), dense(2)],
    loss: api.meanSquaredError({ form: "halfSum" }),
    optimizer: api.movingAverage(api.maxNorm(api.sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), 1), {
      decay: 0.9,
    }),
    schedule: api.reduceOnPlateau({ patience: 0, factor: 0.5 }),
    gradients: [api.l2Penalty(1e-3)],
    metrics: ["rootMeanSquaredError"],
    state: true,
  },
  groups: {
    labels: targets((value) => Number(value > 0)),
    layers: [dense(4, { activation: "gelu" }), dense(2)],
    loss: api.sigmoidCrossEntropy({ positiveWeight: [2, 0.5] }),
    optimizer: api.parameterGroups(api.adamw, { learningRate: 0.01 }, [{ parameters: "bias", weightDecay: 0 }]),
    schedule: api.linearWarmup({ period: 4, before: api.cosineWarmRestarts({ period: 5, per: "step" }) }),
    state: true,
  },
  rmsprop: {
    labels: targets(Number),
    layers: [dense(4, { activation: "elu" }), dense(2)],
    loss: api.huber({ delta: 0.5 }),
    optimizer: api.rmsprop({ centered: true, momentum: 0.5, epsilonInRoot: true }),
    schedule: api.oneCycle({ total: 12, per: "step" }),
    gradients: [api.l1Penalty(1e-3)],
    state: true,
  },
  nadam: {
    labels: distributions,
    layers: [dense(4, { activation: "softplus" }), dense(3)],
    loss: api.klDivergence(),
    optimizer: api.nadam(),
    schedule: api.polynomial({ total: 10, power: 2 }),
    state: true,
  },
  adamax: {
    labels: targets((value) => Number(value > 0)),
    layers: [dense(4, { activation: "silu" }), dense(2)],
    loss: api.focal({ gamma: 1, alpha: 0.4 }),
    optimizer: api.adamax(),
    schedule: api.stepDecay({ every: 2, factor: 0.5 }),
    state: true,
  },
  adagrad: {
    labels: classes,
    layers: [dense(4, { activation: "leakyRelu" }), dense(3)],
    loss: api.categoricalFocal(),
    optimizer: api.adagrad({ learningRateDecay: 0.1 }),
    schedule: api.exponentialDecay({ factor: 0.9 }),
    state: true,
  },
  adadelta: {
    labels: targets(Number),
    layers: [dense(4, { activation: "selu" }), dense(2)],
    loss: api.meanAbsoluteError(),
    optimizer: api.adadelta(),
    state: true,
  },
  lion: {
    labels: targets((value) => (value > 0 ? 1 : -1)),
    layers: [dense(4, { activation: "mish", initializer: "heNormal" }), dense(2, { bias: false })],
    loss: api.hinge(),
    optimizer: api.lion(),
    state: true,
  },
  counts: {
    labels: targets((value) => Math.round(value + 2)),
    layers: [dense(4, { activation: "sigmoid" }), activation("softsign"), dense(2)],
    loss: api.poisson(),
    optimizer: api.sgd({ learningRate: 0.05 }),
    schedule: api.constantRate(),
  },
  margins: {
    labels: classes,
    layers: [dense(4, { activation: "hardSwish", initializer: "lecunUniform" }), activation("geluTanh"), dense(3)],
    loss: api.categoricalHinge(),
    optimizer: api.rmsprop(),
  },
  // Loss and schedule of one's own, which a model doesn't carry: a Trainer must be given them again.
  own: {
    labels: targets(Number),
    layers: [dense(2)],
    loss: api.customLoss((y, t) => api.ops.mean(api.ops.square(api.ops.sub(y, t)), -1), { name: "squares" }),
    optimizer: api.adam(),
    schedule: api.customSchedule((epoch, initial) => initial / (1 + epoch)),
  },
};

const device = await api.openDevice({ backend: "cpu" });
rmSync(out, { recursive: true, force: true });
for (const [name, { labels, layers, state = false, ...setup }] of Object.entries(models)) {
  const folder = join(out, "models", name);
  const data = Dataset.from({ features: rowsOf(features, 3), labels });
  const model = sequential({ input: [3], seed: 3 }, layers);
  const trainer = new Trainer(model, { device, ...setup });
  await trainer.fit(data, { epochs: 2, batchSize: 8 });
  await api.saveModel(trainer, folder, { optimizer: state });
  const predict = async (by) => written((await by.predict(data, { probabilities: true })).values);
  const expected = { rows: ROWS, features, labels, predictions: await predict(trainer) };
  if (state) {
    // As who goes on with it: with the loaded model.
    const loaded = new Trainer(await api.loadModel(folder), { device });
    await loaded.fit(data, { epochs: 2, batchSize: 8 });
    expected.continued = await predict(loaded);
  }
  writeJson(join(folder, "expected.json"), expected);
}
const bare = sequential({ input: [3], seed: 5 }, [dense(4, { activation: "exponential" }), dense(2)]);
await api.saveModel(bare, join(out, "models/bare"));
const predicting = new Trainer(bare, { device, loss: api.meanSquaredError(), optimizer: api.sgd() });
const predictions = written((await predicting.predict(Float32Array.from(features))).values);
writeJson(join(out, "models/bare/expected.json"), { rows: ROWS, features, predictions });

/* Runs that were cut, and where they would have ended. */

const runs = {
  "early-stopping": {
    setup: {
      loss: api.softmaxCrossEntropy(),
      optimizer: api.adam({ learningRate: 0.3, amsgrad: true }),
      schedule: api.reduceOnPlateau({ patience: 0, factor: 0.5 }),
      metrics: ["accuracy"],
    },
    fit: { epochs: 12, batchSize: 8, seed: 4 },
    patience: 3,
  },
  averages: {
    setup: {
      loss: api.softmaxCrossEntropy(),
      optimizer: api.movingAverage(api.adamw({ learningRate: 0.02 }), { decay: 0.9 }),
      schedule: api.cosineAnnealing({ period: 30, per: "step" }),
      gradients: [api.clipByGlobalNorm(1)],
    },
    fit: { epochs: 6, batchSize: 8, microBatchSize: 3, seed: 6 },
    patience: 6,
  },
};
for (const [name, { setup, fit, patience }] of Object.entries(runs)) {
  const folder = join(out, "runs", name);
  const data = Dataset.from({ features: rowsOf(features, 3), labels: classes });
  const validation = data.take([0, 3, 6, 9, 12]);
  const build = () => {
    const layers = [dense(4, { activation: "relu" }), dropout(0.3), dense(3)];
    return new Trainer(sequential({ input: [3], seed: 2 }, layers), { device, ...setup });
  };
  const train = (trainer, callbacks) =>
    trainer.fit(data, { ...fit, validation, callbacks: [api.earlyStopping({ patience }), ...callbacks] });
  const whole = build();
  const { epochs, stopped } = await train(whole, []);
  const cut = {
    onEpoch({ epoch }) {
      if (epoch === 4) throw new Error("cut");
    },
  };
  const directory = join(folder, "checkpoints");
  await train(build(), [api.checkpoint({ directory, keep: 1 }), cut]).catch(() => {});
  writeJson(join(folder, "expected.json"), {
    ...{ features, labels: classes, validation: [0, 3, 6, 9, 12], fit, patience, stopped },
    losses: epochs.map(({ loss }) => loss),
    parameters: Object.fromEntries([...whole.model.parameters()].map(([key, { values }]) => [key, written(values)])),
  });
}
device.dispose();

/* Files saved by the command line: models with the scales of their data, and a checkpoint of a run. */

const commandLine = join(out, "command-line");
const folder = mkdtempSync(join(tmpdir(), "neuromotor-saved-"));
mkdirSync(commandLine, { recursive: true });
const neuromotor = (...args) => {
  const given = [join(checkout, "dist/cli.js"), ...args, "--backend", "cpu", "--json"];
  return JSON.parse(execFileSync(process.execPath, given, { cwd: folder, encoding: "utf8" }));
};
const csv = (head, rows) => `${[head, ...rows.map((row) => row.join(","))].join("\n")}\n`;
const house = ([size, age], row) => [row % 5, Math.round(90 + 40 * size), Math.round(30 + 20 * age)];
const houses = rowsOf(numbers(120, 3), 2).map(house);
const priced = houses.map(([rooms, size, age]) => [rooms, size, age, 40000 + 3000 * size - 500 * age + 9000 * rooms]);
writeFileSync(join(folder, "houses.csv"), csv("rooms,size,age,price", priced));
writeFileSync(
  join(folder, "kinds.csv"),
  csv(
    "rooms,size,age,kind",
    houses.map((row) => [...row, row[1] > 90 ? "large" : "small"]),
  ),
);
writeFileSync(join(folder, "new.csv"), csv("rooms,size,age", houses.slice(0, 6)));
cpSync(folder, commandLine, { recursive: true });
const trained = {
  iris: ["iris", "--layers", "4", "--epochs", "5"],
  houses: [
    "houses.csv",
    "--target",
    "price",
    "--layers",
    "4",
    "--epochs",
    "9",
    "--activation",
    "tanh",
    "--loss",
    "huber",
  ],
  kinds: [
    ...["kinds.csv", "--target", "kind", "--layers", "4", "--epochs", "9", "--loss", "sigmoidCrossEntropy"],
    ...["--optimizer", "sgd", "--momentum", "0.9", "--max-norm", "2", "--clip-norm", "1", "--input-noise", "0.1"],
  ],
};
const evaluations = {};
for (const [name, args] of Object.entries(trained)) {
  neuromotor("train", ...args, "--out", join(commandLine, name));
  const { rows, loss, accuracy, r2 } = neuromotor("evaluate", join(commandLine, name), args[0]);
  evaluations[name] = { rows, loss, accuracy, r2 };
  if (name === "iris") continue;
  neuromotor("predict", join(commandLine, name), "new.csv", "--out", join(commandLine, `${name}-predicted.csv`));
}
const run = ["train", "iris", "--layers", "4", "--epochs", "6", "--schedule", "plateau", "--dropout", "0.1"];
const checkpoints = join(folder, "run");
const whole = neuromotor(...run, "--checkpoint", checkpoints, "--keep", "6");
cpSync(join(checkpoints, "epoch-000003"), join(commandLine, "run/epoch-000003"), { recursive: true });
writeJson(join(commandLine, "expected.json"), { evaluations, resumed: { loss: whole.loss, accuracy: whole.accuracy } });
rmSync(folder, { recursive: true });
console.log(`${out}: ${readdirSync(out, { recursive: true }).length} files and folders`);
