// @module-tag slow
import { inflateSync } from "node:zlib";
import {
  activations,
  adam,
  type Callback,
  categoricalHinge,
  dense,
  hinge,
  type Loss,
  meanSquaredError,
  r2,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { Dataset, iris, tableFromRecords } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import {
  type ClassPredictions,
  describeRun,
  drawChart,
  gradientRecorder,
  type LabelPredictions,
  type ReportSubject,
  type Run,
  report,
  reportCharts,
  sampleActivation,
  type ValuePredictions,
} from "neuromotor/report";
import { beforeAll, describe, expect, test } from "vitest";
import { r2Interval } from "../../src/report/intervals.js";
import { pngUrl } from "../../src/report/png.js";
import { isReached } from "../../src/report/reproduction-page.js";
import { rowsToShow } from "../../src/report/sections/mistakes.js";
import { type Subjects, trainSubjects } from "./runs.js";

let subjects: Subjects;
beforeAll(async () => {
  subjects = await trainSubjects();
});

const LIMIT = 150_000;
const withoutImages = (page: string) => page.replace(/data:image\/png;base64,[^"]*/g, "");
const textOf = (page: string) => page.replace(/<(style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ");

describe.each(["digits", "diabetes", "circle", "comparison", "reproduction"] as const)("the report of %s", (name) => {
  test.each(["en", "es"] as const)("is one page of at most 150 kB that asks for nothing, in %s", async (language) => {
    const page = await report(subjects[name], { language });
    expect(Buffer.byteLength(withoutImages(page))).toBeLessThanOrEqual(LIMIT);
    const urls = [...page.matchAll(/(?:src|href|srcset|action|data)="([^"]*)"/g)].map(([, url]) => url);
    expect(urls.filter((url) => !/^(#|data:image\/png;base64,)/.test(url))).toEqual([]);
    expect(page.match(/@import|url\((?!#)|fetch\(|XMLHttpRequest|import\(/g)).toBeNull();
    expect(page.match(/NaN|undefined|\[object /g)).toBeNull();
    expect(page).toContain(`<html lang="${language}">`);
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("is the same each time, and has every chart that reportCharts gives", async () => {
    const page = await report(subjects[name]);
    expect((await report(subjects[name])) === page).toBe(true);
    const charts = await reportCharts(subjects[name]);
    expect(charts.length).toBeGreaterThan(0);
    for (const chart of charts) {
      expect(page).toContain(`<figure id="${chart.name}">`);
      expect(page.includes(await drawChart(chart.specification)), chart.name).toBe(true);
    }
  });
});

test("the first screen says how good it is, and why that can be trusted", async () => {
  const { digits } = subjects;
  const { truth, predicted } = digits.predictions as ClassPredictions;
  const right = Array.from(truth).filter((label, row) => label === predicted[row]).length;
  const text = textOf(await report(digits));
  expect(text).toContain(`${((100 * right) / truth.length).toFixed(1)}%`);
  expect(text).toContain(`${right} of ${truth.length} rows are right`);
  expect(text).toMatch(/359 rows that had no part in the training/);
  expect(text).toMatch(/the parameters are those of epoch \d+ of \d+/);
  expect(text).toMatch(/Seed 1 gives the same numbers again .* with the command below/);
  expect(textOf(await report(digits, { language: "es" }))).toMatch(
    /359 filas que no intervinieron en el entrenamiento/,
  );
});

describe("evidence against a figure is a warning", () => {
  const classes = (count: number, right: number, extra: Partial<Run> = {}): Run => ({
    name: "made up",
    predictions: {
      task: "classes",
      part: "test",
      classNames: ["no", "yes"],
      truth: Array.from({ length: count }, (_, i) => i % 2),
      predicted: Array.from({ length: count }, (_, i) => (i < right ? i % 2 : 1 - (i % 2))),
    },
    ...extra,
  });
  const warnings = async (run: Run) =>
    [...(await report(run)).matchAll(/aria-label="Caution"[\s\S]*?<span>(.*?)<\/span>/g)].map(([, text]) => text);

  test("few rows, or rows that were trained on", async () => {
    expect(await warnings(classes(400, 390))).toEqual([]);
    expect(await warnings(classes(40, 39))).toEqual([expect.stringMatching(/of 40 rows held out: so few/)]);
    const seen = classes(400, 390);
    seen.predictions = { ...seen.predictions!, part: "train" };
    expect(await warnings(seen)).toEqual([expect.stringMatching(/No rows were held out/)]);
  });

  test("no better than the most frequent class, or much better on the rows it learnt from", async () => {
    expect(await warnings(classes(400, 205))).toContainEqual(expect.stringMatching(/isn’t clearly better/));
    const overfit = classes(400, 340, { scores: { train: { accuracy: 0.99 } } });
    expect(await warnings(overfit)).toEqual([expect.stringMatching(/overfits: accuracy 99.0% .* 85.0% on others/)]);
    expect(await warnings(classes(400, 340, { scores: { train: { accuracy: 0.87 } } }))).toEqual([]);
  });

  test("probabilities that don't come true, a class that isn't found", async () => {
    const sure = classes(400, 300);
    const { predicted } = sure.predictions as ClassPredictions;
    (sure.predictions as ClassPredictions).probabilities = Array.from(predicted, (label) => (label ? 0.99 : 0.01));
    expect(await warnings(sure)).toContainEqual(expect.stringMatching(/can’t be taken at their word: .* 24.0%/));
    const blind = classes(400, 400);
    (blind.predictions as ClassPredictions).predicted = Array.from({ length: 400 }, (_, i) => Number(i % 20 === 1));
    expect(await warnings(blind)).toEqual([expect.stringMatching(/weakest class is “yes”: 10.0% of its rows/)]);
  });

  test("a training that diverged, or whose validation loss has risen", async () => {
    const epochs = [1, 0.5, 0.8].map((loss, i) => ({ epoch: i + 1, loss, validation: { loss } }));
    expect(await warnings(classes(400, 390, { history: { epochs } }))).toEqual([
      expect.stringMatching(/lowest at epoch 2 of 3 and has risen since/),
    ]);
    expect(await warnings(classes(400, 390, { history: { epochs, kept: 2 } }))).toEqual([]);
    const diverged = await report({ name: "lost", state: "diverged", note: "Epoch 2, step 7: dense.weight." });
    expect(diverged).toContain(
      "The training diverged: its numbers are no longer finite. Epoch 2, step 7: dense.weight.",
    );
  });

  test("predictions that are too high on the whole, and no better than the mean", async () => {
    const truth = Array.from({ length: 300 }, (_, i) => Math.sin(i));
    const shifted: Run = {
      name: "shifted",
      predictions: {
        task: "values",
        part: "test",
        targets: [{ name: "height", truth, predicted: truth.map((y) => y + 0.5) }],
      },
    };
    expect(await warnings(shifted)).toEqual([expect.stringMatching(/too high by 0.5 on average/)]);
    shifted.predictions = {
      ...(shifted.predictions as ValuePredictions),
      targets: [{ name: "height", truth, predicted: truth.map(() => 0.1) }],
    };
    expect(await warnings(shifted)).toContainEqual(
      expect.stringMatching(/isn’t clearly better than always predicting the mean/),
    );
  });
});

test("a page tells what it is given, and nothing of what it isn't", async () => {
  const bare = await report({ name: "bare" });
  expect(bare).not.toContain("<figure");
  expect(bare).not.toContain("<nav");
  expect(textOf(bare)).toContain("holds no predictions");
  const { digits } = subjects;
  for (const [field, id] of [
    ["history", "training"],
    ["model", "model"],
    ["data", "data"],
    ["predictions", "mistakes"],
  ] as const) {
    expect(await report(digits)).toContain(`id="${id}"`);
    expect(await report({ ...digits, [field]: undefined })).not.toContain(`id="${id}"`);
  }
});

test("names that would be markup stay text", async () => {
  const evil = `<img src=x onerror=alert(1)>"'&`;
  const classNames = [evil, "other", ...Array.from({ length: 8 }, (_, i) => String(i))];
  const run: Run = {
    ...subjects.digits,
    name: evil,
    command: evil,
    configuration: { [evil]: evil },
    predictions: { ...(subjects.digits.predictions as ClassPredictions), classNames },
    data: { ...subjects.digits.data!, name: evil, target: evil, classNames },
  };
  const page = await report(run);
  expect(page).not.toContain("<img src=x");
  expect(page.match(/onerror=alert\(1\)&gt;/g)!.length).toBeGreaterThan(5);
});

describe("cells of the confusion matrix lead to their rows", () => {
  test("as images", async () => {
    const page = await report(subjects.digits);
    const { truth, predicted } = subjects.digits.predictions as ClassPredictions;
    const wrong = new Set(
      Array.from(truth, (label, row) => (label === predicted[row] ? "" : `cell-${label}-${predicted[row]}`)),
    );
    wrong.delete("");
    expect(wrong.size).toBeGreaterThan(3);
    for (const id of wrong) {
      expect(page).toMatch(new RegExp(`<a [^>]*href="#${id}"`));
      expect(page).toMatch(
        new RegExp(
          `id="${id}".*?<img src="data:image/png;base64,[^"]+" width="8" height="8" alt="Row [\\d,]+: \\d, taken for \\d, [\\d.]+% sure"`,
        ),
      );
    }
  });

  test("as a table with the rows' own columns", async () => {
    const page = await report(subjects.circle);
    expect(page).toMatch(
      /id="cell-1-0".*?<th scope="col" class="number">east<\/th><th scope="col" class="number">north<\/th>/,
    );
  });

  test("the surest mistakes first, those barely right, and the largest errors", () => {
    const { cells, worst } = rowsToShow({
      task: "classes",
      part: "test",
      classNames: ["a", "b"],
      truth: [0, 0, 1, 1, 0],
      predicted: [0, 1, 1, 1, 1],
      probabilities: [0.1, 0.7, 0.6, 0.9, 0.99],
    });
    expect(worst).toEqual([4, 1]);
    expect(cells.get("cell-1-1")!.places).toEqual([2, 3]);
    expect(cells.get("cell-0-1")).toMatchObject({ total: 2, places: [4, 1] });
    const targets = [{ name: "y", truth: [1, 2, 3], predicted: [1, 5, 2] }];
    expect(rowsToShow({ task: "values", part: "test", targets }).worst).toEqual([1, 2, 0]);
  });
});

describe("a comparison", () => {
  test("ranks settings by the mean of their seeds, and draws a grid of two settings", async () => {
    const charts = await reportCharts(subjects.comparison);
    expect(charts.map(({ name }) => name)).toEqual([
      "scores",
      "grid",
      "learning-curves-loss",
      "learning-curves-accuracy",
    ]);
    const text = textOf(await report(subjects.comparison));
    expect(text).toContain("compares optimizer, learningRate");
    expect(text).toContain("Runs without a score: 1.");
    expect(text).toMatch(/mean of 2 seeds/);
  });

  test("says when one seed proves nothing, and when none finished", async () => {
    const { runs } = subjects.comparison;
    const single = {
      ...subjects.comparison,
      runs: runs.filter(({ seed }) => seed === 1).map((run, i) => ({ ...run, scores: { accuracy: 0.8 + i / 50 } })),
    };
    expect(textOf(await report(single))).toContain("with one seed each: chance can do as much");
    const lost = { ...subjects.comparison, runs: runs.filter(({ state }) => state === "diverged") };
    expect(textOf(await report(lost))).toContain("No run came to an end with a score");
  });
});

test("a reproduction counts what is reached, within two standard errors of the mean", async () => {
  const text = textOf(await report(subjects.reproduction));
  expect(text).toMatch(/3 \/ 4\s+published figures reached/);
  expect(text).toContain("Rows not compared: 1.");
  const row = { id: "x", item: "x", verdict: "", published: 0.9, deviation: 0.02, seeds: 4 };
  expect(isReached({ ...row, mean: 0.885 })).toBe(true);
  expect(isReached({ ...row, mean: 0.875 })).toBe(false);
  expect(isReached({ ...row, mean: 0.915, better: "lower" })).toBe(true);
  expect(isReached({ ...row, mean: 0.925, better: "lower" })).toBe(false);
});

describe("describeRun takes a run's predictions as its loss understands them", () => {
  const features = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i), i % 2]);
  const oneHot = features.map(([, , odd]) => [1 - odd, odd]);
  const cases: [
    name: string,
    loss: Loss,
    outputs: number,
    labels: number[] | number[][] | Float32Array,
    task: string,
  ][] = [
    ["class indices", softmaxCrossEntropy(), 2, features.map(([, , odd]) => odd), "classes"],
    ["distributions", softmaxCrossEntropy(), 2, oneHot, "classes"],
    ["yes or no", sigmoidCrossEntropy(), 1, features.map(([, , odd]) => odd), "classes"],
    ["margins of several", categoricalHinge(), 2, features.map(([, , odd]) => odd), "classes"],
    ["margins of yes or no", hinge(), 1, features.map(([, , odd]) => odd), "classes"],
    [
      "several labels",
      sigmoidCrossEntropy(),
      3,
      features.map(([a, b, odd]) => [Number(a > 0), Number(b > 0), odd]),
      "labels",
    ],
    ["numbers", meanSquaredError(), 1, Float32Array.from(features, ([a]) => a), "values"],
    ["several numbers", meanSquaredError(), 2, features.map(([a, b]) => [a, b]), "values"],
  ];

  test.each(cases)("%s", async (_, loss, outputs, labels, task) => {
    const device = await openDevice({ backend: "cpu" });
    const model = sequential({ input: [3], seed: 1 }, [dense(outputs)]);
    using trainer = new Trainer(model, { device, loss, optimizer: adam({ learningRate: 0.1 }) });
    const train = Dataset.from({ features, labels: labels as number[], name: "made" });
    const history = await trainer.fit(train, { epochs: 40, batchSize: 8 });
    const run = await describeRun(trainer, { history, train });
    const { predictions } = run;
    expect(predictions!.task).toBe(task);
    expect(predictions!.part).toBe("train");
    if (task === "classes") {
      const { truth, predicted, probabilities } = predictions as ClassPredictions;
      expect(Array.from(truth)).toEqual(features.map(([, , odd]) => odd));
      expect(Array.from(truth).filter((label, row) => label === predicted[row]).length).toBeGreaterThan(36);
      expect(probabilities !== undefined).toBe(loss.isProbabilistic === true);
    } else if (task === "labels") {
      const { truth, probabilities } = predictions as LabelPredictions;
      expect(truth.length).toBe(120);
      expect(Array.from(probabilities).every((p) => p >= 0 && p <= 1)).toBe(true);
    } else {
      const { targets } = predictions as ValuePredictions;
      expect(targets).toHaveLength(outputs);
      for (const [i, { truth, predicted }] of targets.entries()) {
        expect(truth[3]).toBeCloseTo(features[3][i], 6);
        expect(r2(truth, predicted)).toBeGreaterThan(0.9);
      }
    }
    const page = await report(run);
    expect(page.match(/NaN|undefined/g)).toBeNull();
    device.dispose();
  });

  test("with the data as people read them, and targets in their own units", async () => {
    const { diabetes } = subjects;
    const [{ truth, predicted }] = (diabetes.predictions as ValuePredictions).targets;
    expect(Math.max(...Array.from(truth))).toBeGreaterThan(200);
    expect(diabetes.scores!.test!.r2).toBeCloseTo(r2(truth, predicted), 12);
    const [sample] = (diabetes.predictions as ValuePredictions).samples!.values();
    expect(sample.cells[0]).toBeGreaterThan(18); // an age, not a scaled one
    await expect(describeRun({} as Trainer, {} as { train: Dataset })).rejects.toThrow(/needs the training part/);
  });

  test("from a plain data set", async () => {
    const device = await openDevice({ backend: "cpu" });
    using trainer = new Trainer(sequential({ input: [4], seed: 1 }, [dense(3)]), {
      device,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.1 }),
    });
    const { train, test } = (await iris()).split({ test: 0.3, stratify: true, seed: 1 });
    const history = await trainer.fit(train, { epochs: 5, batchSize: 16 });
    const run = await describeRun(trainer, { history, train, test });
    expect(run).toMatchObject({ name: "iris", state: "done", data: { rows: { train: 105, test: 45 }, features: 4 } });
    expect(run.data!.frequencies).toEqual({ train: [35, 35, 35], test: [15, 15, 15] });
    expect(run.model).toMatchObject({
      input: [4],
      parameters: 15,
      layers: [{ name: "dense", output: [3], parameters: 15 }],
    });
    device.dispose();
  });
});

test("curves of every activation are those of its ops", async () => {
  for (const name of Object.keys(activations) as (keyof typeof activations)[]) {
    const { x, y, derivative } = await sampleActivation(name);
    expect([...Array.from(y), ...Array.from(derivative)].every(Number.isFinite)).toBe(true);
    const slope = (Number(y[61]) - Number(y[59])) / (Number(x[61]) - Number(x[59]));
    expect(Math.abs(slope - derivative[60])).toBeLessThan(0.005 * (1 + Math.abs(derivative[60]))); // at 2, where none has a kink
  }
  const { y } = await sampleActivation("tanh");
  expect(y[50]).toBeCloseTo(Math.tanh(1), 6);
});

test("images are PNG files of the numbers they are made of", async () => {
  const pixels = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const file = Buffer.from((await pngUrl(pixels, 6, 4)).split(",")[1], "base64");
  expect(file.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    chunks[file.toString("latin1", at + 4, at + 8)] = file.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  expect(chunks.IHDR.readUInt32BE(0)).toBe(6);
  expect(chunks.IHDR[9]).toBe(2);
  const lines = inflateSync(chunks.IDAT);
  const unfiltered = Array.from({ length: 4 }, (_, y) => [...lines.subarray(y * 19 + 1, (y + 1) * 19)]).flat();
  expect(unfiltered).toEqual([...pixels]);
});

test("the interval of R² holds the figure, and narrows with more rows", () => {
  const rows = (count: number) => {
    const truth = Array.from({ length: count }, (_, i) => Math.sin(i * 1.3));
    return [truth, truth.map((y, i) => y + 0.4 * Math.sin(i * 7.7))] as const;
  };
  const [few, many] = [rows(60), rows(3000)].map(([truth, predicted]) => ({
    ...r2Interval(truth, predicted),
    r2: r2(truth, predicted),
  }));
  for (const { low, high, r2 } of [few, many]) expect(low < r2 && r2 < high).toBe(true);
  expect(many.high - many.low).toBeLessThan((few.high - few.low) / 3);
});

test("what can't be reported on is refused", async () => {
  await expect(report({} as ReportSubject)).rejects.toThrow(/needs a run with a name/);
  await expect(report({ name: "x", kind: "sweep" } as unknown as ReportSubject)).rejects.toThrow(
    /kind must be "run", "comparison"/,
  );
  await expect(report({ name: "x" }, { language: "fr" as "en" })).rejects.toThrow(/one of en, es, got "fr"/);
});

describe("gradientRecorder", () => {
  test("measures each layer's gradient as a step's equations have it, ever more rarely, and changes nothing", async () => {
    const device = await openDevice({ backend: "cpu" });
    const { train } = (await iris()).split({ test: 0.3, stratify: true, seed: 1 });
    const few = train.take(Array.from({ length: 12 }, (_, i) => i));
    const recorder = await gradientRecorder(train, { rows: 12 });
    const explained: number[] = [];
    const trained = async (callbacks: Callback[]) => {
      using trainer = new Trainer(sequential({ input: [4], seed: 1 }, [dense(5, { activation: "tanh" }), dense(3)]), {
        device,
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: 0.05 }),
      });
      const watch: Callback = {
        onEpoch: async () => {
          const step = await trainer.explainStep(few);
          const gradients = ["weight", "bias"].map((name) => step.get(`dense.${name}.gradient`).values);
          explained.push(Math.hypot(...gradients.flatMap((values) => Array.from(values))));
        },
      };
      const { epochs } = await trainer.fit(train, { epochs: 12, batchSize: 16, callbacks: [...callbacks, watch] });
      return epochs.map(({ loss }) => loss);
    };
    const losses = await trained([recorder]);
    const { epochs, layers } = recorder.norms;
    expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 8, 10, 12]);
    expect(Object.keys(layers)).toEqual(["dense", "dense_1"]);
    for (const [i, epoch] of epochs.entries()) expect(layers.dense[i] / explained[epoch - 1]).toBeCloseTo(1, 5);
    expect(await trained([])).toEqual(losses);
    device.dispose();
  });

  test("needs rows", async () => {
    await expect(gradientRecorder(await iris(), { rows: 0 })).rejects.toThrow(/rows must be a whole number above 0/);
  });
});

test("describeRun takes the cells and the unit of a table that the parts were made of", async () => {
  const records = Array.from({ length: 60 }, (_, i) => ({
    size: i % 9 === 4 ? null : i * 10,
    kind: i % 2 ? "flat" : "house",
    price: 1000 + 7 * i + (i % 2) * 50,
  }));
  const table = tableFromRecords(records, { target: "price" });
  const parts = table.split({ test: 0.3, seed: 1 });
  const device = await openDevice({ backend: "cpu" });
  using trainer = new Trainer(sequential({ input: parts.train.shape as [number], seed: 1 }, [dense(1)]), {
    device,
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.05 }),
  });
  const history = await trainer.fit(parts.train, { epochs: 30, batchSize: 8 });
  const run = await describeRun(trainer, { history, ...parts, table, rowsOf: parts.rows });
  const { targets, samples } = run.predictions as ValuePredictions;
  expect(Array.from(targets[0].truth)).toEqual(parts.rows.test.map((row) => records[row].price));
  expect(r2(targets[0].truth, targets[0].predicted)).toBeGreaterThan(0.5); // far below 0 in another unit
  for (const { row, cells } of samples!) expect(cells).toEqual([records[row].size ?? "", records[row].kind]);
  expect(run.data).toMatchObject({ features: 2, featureNames: ["size", "kind"], target: "price" });
  expect(run.data!.samples![0].label).toBe(String(records[parts.rows.train[0]].price));
  device.dispose();
});
