// @module-tag slow
import { confusionMatrix, rocAuc, rocAucOneVsRest } from "neuromotor";
import {
  activationChart,
  type ChartSpecification,
  classFrequencyChart,
  confusionMatrixChart,
  decisionSurfaceChart,
  drawChart,
  gradientNormChart,
  heatMap,
  learningCurves,
  networkDiagram,
  precisionRecallChart,
  predictionChart,
  rocChart,
  scoreBars,
} from "neuromotor/report";
import { compile, type TopLevelSpec } from "vega-lite";
import { beforeAll, describe, expect, test } from "vitest";
import { everyChart } from "./every-chart.js";
import { DIGITS, type Trained, train } from "./trained.js";

let trained: Trained;
beforeAll(async () => {
  trained = await train();
});

/** Paths, lines and texts of a picture. */
const shapesIn = (svg: string) => svg.match(/<(?:path|line|rect|circle)\b/g)?.length ?? 0;

describe.each(Object.entries(everyChart))("%s", (_, { of, marks }) => {
  test("is plain JSON and Vega-Lite without a complaint", () => {
    const specification = of(trained);
    expect(JSON.parse(JSON.stringify(specification))).toEqual(specification);
    const complaints: unknown[] = [];
    const note = (...what: unknown[]) => {
      complaints.push(...what);
      return logger;
    };
    const logger = { level: () => logger, error: note, warn: note, info: () => logger, debug: () => logger };
    compile(specification as unknown as TopLevelSpec, { logger: logger as never });
    expect(complaints).toEqual([]);
  });

  test("draws its data, and says in words what is seen", async () => {
    const specification = of(trained);
    const svg = await drawChart(specification);
    expect(svg.match(/NaN|undefined|Infinity|null|(?:href|src)="(?!#)/g)).toBeNull();
    const empty = await drawChart(withoutData(specification));
    expect(shapesIn(svg) - shapesIn(empty)).toBeGreaterThanOrEqual(marks);
    expect(svg.match(/^<svg[^>]* aria-label="([^"]*)"/)?.[1]).toBe(specification.description);
    expect(specification.description).toMatch(/^\S.{30,}\.$/);
    expect(svg.length).toBeLessThan(25_000);
  });

  test("says it in Spanish", () => {
    const { description } = of(trained, { language: "es" });
    expect(description).not.toBe(of(trained).description);
    expect(JSON.stringify(of(trained, { language: "es" }).config)).toContain('"decimal":","');
  });

  test("changes its colours on dark paper, and nothing else", async () => {
    const [light, dark] = [await drawChart(of(trained)), await drawChart(of(trained), { dark: true })];
    const colour = /#[0-9a-f]{6}/g;
    expect(dark.replace(colour, "") === light.replace(colour, "")).toBe(true);
    const [before, after] = [new Set(light.match(colour)), new Set(dark.match(colour))];
    expect([...after].filter((each) => before.has(each))).toEqual([]);
  });
});

function withoutData(specification: ChartSpecification): ChartSpecification {
  return JSON.parse(JSON.stringify(specification), (key, value) => (key === "values" && isTable(value) ? [] : value));
}
const isTable = (value: unknown) => Array.isArray(value) && typeof value[0] === "object";

/** The rows of the tables that a specification draws. */
function rowsIn(specification: ChartSpecification): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  JSON.stringify(specification, (key, value) => {
    if (key === "values" && isTable(value)) found.push(...value);
    return value;
  });
  return found;
}

describe("learning curves", () => {
  const record = (epoch: number, loss: number) => ({ epoch, loss });

  test("have every epoch's numbers, and name the best", () => {
    const { history } = trained.digits;
    const specification = learningCurves(history, { best: 9 });
    const values = rowsIn(specification).filter(({ part }) => part === "train");
    expect(values.map(({ value }) => value)).toEqual(history.epochs.map(({ loss }) => loss));
    const best = history.epochs[8].validation!.loss;
    expect(specification.description).toContain(`The best epoch is 9, at ${Number(best.toPrecision(3))}.`);
    expect(rowsIn(specification)).toContainEqual(expect.objectContaining({ text: "best: epoch 9", value: best }));
  });

  test("are thinned where there are thousands of epochs, and keep their extremes", () => {
    const epochs = Array.from({ length: 20_000 }, (_, i) => record(i + 1, i === 777 ? 50 : 1 + 1 / (i + 1)));
    const values = rowsIn(learningCurves({ epochs })).flatMap(({ value }) => (value === undefined ? [] : [value]));
    expect(values.length).toBeLessThan(300);
    expect(values).toContain(50);
    expect(values[0]).toBe(2);
  });

  test("are logarithmic where the loss falls by a hundred, and leave out what isn't a number", () => {
    const losses = (...values: number[]) => learningCurves({ epochs: values.map((loss, i) => record(i, loss)) });
    const steep = losses(1, 0.1, 0.005, Number.NaN);
    expect(steep.title).toMatchObject({ text: "loss (log scale)" });
    expect(rowsIn(steep).flatMap(({ value }) => value ?? [])).toEqual([1, 0.1, 0.005]);
    expect(losses(1, 0.1).title).toMatchObject({ text: "loss" });
  });

  test("of several runs show the validation part, where all have one", () => {
    const parts = (histories: Parameters<typeof learningCurves>[0]) =>
      new Set(rowsIn(learningCurves(histories)).flatMap(({ part }) => part ?? []));
    expect(parts(trained.circle.histories)).toEqual(new Set(["validation"]));
    expect(parts({ ...trained.circle.histories, other: { epochs: [record(1, 1)] } })).toEqual(new Set(["train"]));
  });

  test("refuse what they can't draw", () => {
    expect(() => learningCurves({ epochs: [] })).toThrow(/^learningCurves: there are no epochs/);
    expect(() => learningCurves({ epochs: [record(1, 1)] }, { score: "f1" })).toThrow(/no epoch has the score "f1"/);
    expect(() => learningCurves({ epochs: [record(1, 1)] }, { language: "fr" as "en" })).toThrow(
      /one of en, es, got "fr"/,
    );
  });
});

describe("confusion matrix", () => {
  test("has a cell for every count that isn't 0, and leads where it is told", async () => {
    const { truth, predicted } = trained.digits;
    const matrix = confusionMatrix(truth, predicted, 10);
    const specification = confusionMatrixChart(matrix, DIGITS, {
      href: (row, column) => (row === column ? undefined : `#rows-${row}-${column}`),
    });
    const cells = rowsIn(specification);
    expect(cells).toHaveLength(matrix.flat().filter((count) => count > 0).length);
    for (const cell of cells) expect(cell.rows).toBe(matrix[cell.truth as number][cell.predicted as number]);
    const svg = await drawChart(specification);
    const mistakes = cells.filter((cell) => cell.truth !== cell.predicted);
    expect(svg.match(/<a [^>]*href="#rows-\d-\d"/g)).toHaveLength(mistakes.length);
    expect(svg.match(/<a [^>]*aria-label="\d taken for \d: \d+ \([\d.]+%\)"/g)).toHaveLength(mistakes.length);
    expect(svg).toContain('role="group"'); // what an image holds can't be reached
    const right = cells
      .filter((cell) => cell.truth === cell.predicted)
      .reduce((sum, { rows }) => sum + (rows as number), 0);
    expect(specification.description).toContain(`${right} of ${truth.length} rows are right`);
  });

  test("keeps names that would be markup as text", async () => {
    const specification = confusionMatrixChart(
      [
        [3, 1],
        [0, 2],
      ],
      ["<b>&", 'a"b'],
      { href: () => "#x" },
    );
    const svg = await drawChart(specification);
    expect(svg).not.toContain("<b>");
    expect(svg).toContain("&lt;b&gt;&amp;");
    expect(svg).toContain(">&lt;b&gt;&amp; taken for a&quot;b: 1 (25.0%)</title>");
  });

  test("of a hundred classes stays small", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `class ${i}`);
    const matrix = names.map((_, i) => names.map((_, j) => (i === j ? 40 : Number((i * 7 + j * 13) % 11 === 0))));
    expect((await drawChart(confusionMatrixChart(matrix, names))).length).toBeLessThan(400_000);
  });

  test("refuses names that don't fit", () => {
    expect(() =>
      confusionMatrixChart(
        [
          [1, 0],
          [0, 1],
        ],
        ["a"],
      ),
    ).toThrow(/1 names for a matrix of 2 rows/);
  });
});

test("ROC and precision-recall curves name the areas of the metrics, of the hardest classes in their own order", () => {
  const { truth, probabilities } = trained.circle;
  const area = rocAuc(truth, probabilities).toFixed(3);
  expect(rocChart(truth, probabilities, { classNames: ["out", "in"] }).description).toContain(`: in: ${area}.`);
  const { description } = rocChart(trained.digits.truth, trained.digits.probabilities, { classNames: DIGITS });
  const drawn = [...description.matchAll(/(\d): (?:0\.\d{3}|1\.000)/g)].map(([, label]) => Number(label));
  const { perClass } = rocAucOneVsRest(trained.digits.truth, trained.digits.probabilities);
  const hardest = DIGITS.map((_, label) => label).sort((a, b) => perClass[a] - perClass[b] || a - b);
  expect(drawn).toEqual(hardest.slice(0, 6).sort((a, b) => a - b));
  expect(description).toContain("4 more");
  expect(() => rocChart([1, 1], [0.2, 0.7])).toThrow(/rocChart: needs rows of at least two classes/);
  expect(() => precisionRecallChart([0, 1], [0.1, 0.2, 0.3])).toThrow(/3 scores for 2 rows/);
});

test("thousands of rows are counted in squares", async () => {
  const truth = Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
  const specification = predictionChart(
    truth,
    truth.map((value, i) => value + 0.1 * Math.sin(i * i)),
  );
  const squares = rowsIn(specification).filter(({ rows }) => rows !== undefined);
  expect(squares.reduce((sum, { rows }) => sum + (rows as number), 0)).toBe(truth.length);
  expect((await drawChart(specification)).length).toBeLessThan(30_000);
});

test("bars start at 0; scores close to each other are dots on a narrower scale", () => {
  const marksOf = (...means: number[]) => {
    const specification = scoreBars(means.map((mean, i) => ({ name: `setting ${i}`, mean, deviation: 0.01 })));
    return (specification.layer as { mark: { type: string } }[])[0].mark.type;
  };
  expect(marksOf(0.2, 0.9)).toBe("bar");
  expect(marksOf(0.97, 0.98)).toBe("point");
  expect(() => scoreBars([])).toThrow(/there are no scores/);
  expect(() => scoreBars([{ name: "a", mean: Number.NaN }])).toThrow(/the mean of "a" is NaN/);
});

test("a heat map frames the best cell, whichever way is better, and leaves out what diverged", () => {
  const cells = [0.1, 0.5, Number.NaN].map((value, i) => ({ row: "adam", column: `rate ${i}`, value }));
  const best = (better: "higher" | "lower") => rowsIn(heatMap(cells, { better })).find(({ isBest }) => isBest)?.value;
  expect([best("higher"), best("lower")]).toEqual([0.5, 0.1]);
  expect(rowsIn(heatMap(cells))).toHaveLength(2);
  expect(() => heatMap([cells[2]])).toThrow(/no cell has a finite value/);
});

test("a decision surface takes classes, yes or no, and numbers, and refuses scores that don't fit its grid", () => {
  const [x, y] = ["a", "b"].map((name) => ({ name, values: [0, 1, 2] }));
  const threeClasses = Array.from({ length: 27 }, (_, i) => Number(i % 3 === Math.floor(i / 9)));
  const surface = decisionSurfaceChart({ x, y, scores: threeClasses, classNames: ["p", "q", "r"] });
  expect(rowsIn(surface).map(({ label }) => label)).toEqual([0, 1, 2]); // a row of the grid each
  expect(surface.description).toContain("p 33.3%, q 33.3%, r 33.3%");
  const numbers = decisionSurfaceChart({ x, y, scores: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
  expect(new Set(rowsIn(numbers).map(({ strength }) => strength)).size).toBe(6);
  expect(() => decisionSurfaceChart({ x, y, scores: [1, 2] })).toThrow(/2 scores for a grid of 3 x 3/);
});

test("a network's large layers are cut, its weights coloured by their sign", async () => {
  const weights = Float32Array.from({ length: 40 * 2 }, (_, i) => (i % 2 ? -i : i));
  const specification = networkDiagram([
    { name: "input", output: [40] },
    { name: "out", output: [2], weights },
  ]);
  const units = rowsIn(specification).filter(({ unit }) => unit !== undefined);
  expect(units).toHaveLength(8 + 2);
  const signs = rowsIn(specification).flatMap(({ sign }) => sign ?? []);
  expect(signs).toHaveLength(16);
  expect(new Set(signs)).toEqual(new Set(["positive weight", "negative weight"]));
  const images = [
    { name: "image", output: [28, 28, 1] },
    { name: "conv", output: [28, 28, 8] },
    { name: "out", output: [10] },
  ];
  expect(await drawChart(networkDiagram(images))).not.toMatch(/NaN|undefined/);
  expect(() => networkDiagram([images[0]])).toThrow(/at least one layer/);
  expect(() =>
    networkDiagram([
      { name: "a", output: [3] },
      { name: "b", output: [2], weights: [1] },
    ]),
  ).toThrow(/b has 1 weights, but 3 inputs and 2 units/);
});

test("pictures of a page don't share their clip paths, and are the same each time", async () => {
  const clipped = (y: number) => ({
    ...learningCurves({ epochs: [{ epoch: 1, loss: y } as never] }),
    layer: undefined,
    data: { values: [{ x: 1, y }] },
    mark: { type: "line", clip: true },
    encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
  });
  const ids = async (y: number) => (await drawChart(clipped(y))).match(/(?<=id=")[^"]+|(?<=url\(#)[^)]+/g)!;
  const [one, other] = [await ids(1), await ids(2)];
  expect(one).toHaveLength(2);
  expect(new Set([...one, ...other]).size).toBe(2);
  expect(await ids(1)).toEqual(one);
});

test("what can't be drawn is refused with what is missing", () => {
  expect(() => classFrequencyChart({ train: [0, 0] }, ["a", "b"])).toThrow(/there are no rows/);
  expect(() => activationChart([])).toThrow(/there are no curves/);
  expect(() => activationChart([{ name: "f", x: [1, 2], y: [1], derivative: [1, 2] }])).toThrow(/f has 2 x, 1 y/);
  expect(() => gradientNormChart({ epochs: [1], layers: { dense: [0] } })).toThrow(/no norm is above 0/);
});

test("a cell of a confusion matrix that leads nowhere is no link", async () => {
  const href = (truth: number, predicted: number) => (truth === 0 && predicted === 1 ? "#there" : undefined);
  const svg = await drawChart(
    confusionMatrixChart(
      [
        [5, 1],
        [2, 4],
      ],
      ["a", "b"],
      { href },
    ),
  );
  expect([...svg.matchAll(/<a href="([^"]*)"/g)].map(([, link]) => link)).toEqual(["#there"]);
});
