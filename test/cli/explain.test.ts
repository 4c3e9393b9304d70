import { expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import golden from "../golden/xor.json" with { type: "json" };
import { cli, cliJson, expectFailure, table } from "./command-line.js";

const CPU = ["--backend", "cpu"];
const folder = useFolder();

interface Step {
  name: string;
  symbol: string;
  section: string;
  equation: string | null;
  shape: number[];
  values: number[];
  worked: string;
}
const valuesOf = ({ steps }: { steps: Step[] }, name: string) => steps.find((step) => step.name === name)!.values;

test("explain takes the notebook's XOR network, with its first weights, its loss and its rate", async () => {
  const explained = await cliJson("explain");
  expect(explained).toMatchObject({ data: "xor", backend: "cpu", epochs: 0, rows: 4, step: 1, learningRate: 0.5 });
  const { W1, b1, W2, b2 } = golden.initial;
  // The notebook's own lines: W += rate * input.T @ delta, with delta = error * a * (1 - a).
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const x = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const y = [0, 1, 1, 0];
  const a1 = x.map(([a, b]) => [0, 1].map((j) => sigmoid(a * W1[0][j] + b * W1[1][j] + b1[0][j])));
  const a2 = a1.map(([a, b]) => sigmoid(a * W2[0][0] + b * W2[1][0] + b2[0][0]));
  const delta2 = a2.map((a, i) => (y[i] - a) * a * (1 - a));
  const delta1 = a1.map((row, i) => row.map((a, j) => delta2[i] * W2[j][0] * a * (1 - a)));
  const newW2 = W2.map(([w], j) => w + golden.learningRate * a1.reduce((sum, row, i) => sum + row[j] * delta2[i], 0));
  const newW1 = W1.flatMap((row, k) =>
    row.map((w, j) => w + golden.learningRate * x.reduce((sum, features, i) => sum + features[k] * delta1[i][j], 0)),
  );
  const expectNear = (name: string, expected: readonly number[]) => {
    const actual = valuesOf(explained, name);
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] - value), `${name} ${i}`).toBeLessThan(3e-7);
  };
  expectNear("dense.weight", W1.flat());
  expectNear("dense_1.activation", a2);
  expectNear("loss", [a2.reduce((sum, a, i) => sum + (y[i] - a) ** 2 / 2, 0)]);
  expectNear(
    "dense_1.preactivation.gradient",
    delta2.map((d) => -d),
  );
  expectNear(
    "dense.preactivation.gradient",
    delta1.flat().map((d) => -d),
  );
  expectNear("dense_1.weight.next", newW2);
  expectNear("dense.weight.next", newW1);
  // Before any training the notebook prints this error.
  const error = valuesOf(explained, "dense_1.activation").reduce((sum, a, i) => sum + Math.abs(a - y[i]) / 4, 0);
  expect(error.toFixed(4)).toBe(golden.printed[0].toFixed(4));
});

test("after the notebook's epochs it explains the step that follows them", async () => {
  const explained = await cliJson("explain", "xor", "--epochs", String(golden.epochs - 1), "--lr", "0.5");
  expect(explained).toMatchObject({ epochs: golden.epochs - 1, step: golden.epochs });
  const outputs = valuesOf(explained, "dense_1.activation");
  golden.finalOutput.forEach(([expected], row) => {
    expect(Math.abs(outputs[row] - expected)).toBeLessThan(1e-4);
  });
});

test("the text of explain xor", async () => {
  const { code, stdout, stderr } = await cli("explain", "xor", ...CPU);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^xor, 2-2-1 sigmoid units: step 1, on 4 rows, sgd at rate 0\.5\n\n· matrix product/);
  expect(stdout).toContain("\nL = Σᵢ ℓ ");
  expect(stdout).toContain("\n  L = 0.281335 + 0.0255224 + 0.0233463 + 0.319113 = 0.649317\n");
  expect(stdout).toContain("\n  W1'[1,1] = 0.37454 - 0.000392876 = 0.374147\n");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const quiet = await cli("explain", "xor", ...CPU, "--quiet");
  expect(quiet.stdout).toBe(stdout.slice(stdout.indexOf("Given\n")));
});

test("explain neuron is the notebook's single neuron", async () => {
  const { dLda, newWeight } = golden.singleNeuron;
  const explained = await cliJson("explain", "neuron");
  expect(valuesOf(explained, "dense.activation.gradient")).toEqual([dLda]);
  expect(valuesOf(explained, "dense.weight.next")[0]).toBeCloseTo(newWeight, 7);
  const { stdout } = await cli("explain", "neuron", ...CPU);
  expect(stdout).toContain("  z[1,1] = 0.5 * 0.8 + 0.2 = 0.6\n");
  expect(stdout).toContain("  W'[1,1] = 0.8 + 0.0114392 = 0.811439\n");
});

test("other data and networks, as train takes them", async () => {
  const iris = await cliJson("explain", "iris", "--rows", "3", "--layers", "5", "--optimizer", "sgd", "--lr", "0.2");
  expect(iris).toMatchObject({ data: "iris", rows: 3, optimizer: "sgd", learningRate: 0.2 });
  const step = (iris.steps as Step[]).find(({ name }) => name === "dense.preactivation")!;
  expect(step).toMatchObject({ symbol: "z1", section: "forward", equation: "z1 = x · W1 + b1", shape: [3, 5] });
  expect(step.values).toHaveLength(15);
  expect(step.worked).toMatch(/^z1\[[123],\d\] = .* = -?\d/);

  const other = await cliJson("explain", "xor", "--layers", "3");
  expect((other.steps as Step[]).map(({ name }) => name)).toContain("dense_1.bias.m.next");

  const file = folder.write("numbers.csv", table(30, "number"));
  const csv = await cliJson("explain", file, "--target", "number", "--epochs", "2", "--batch-size", "8");
  expect(csv.step).toBeGreaterThan(4);
  expect(csv.rows).toBe(4);
});

test("a float32 is written with the digits it needs", async () => {
  expect(valuesOf(await cliJson("explain", "neuron"), "dense.weight")).toEqual([0.8]);
});

test.each([
  ["no rows", ["explain", "iris", "--rows", "0"], /--rows must be a whole number above 0/],
  ["unknown data", ["explain", "irises"], /no data set called "irises"/],
  ["a CSV without --target", ["explain", folder.write("t.csv", table(9, "class"))], /--target COLUMN/],
  [
    "another network for the neuron",
    ["explain", "neuron", "--layers", "3"],
    /explain neuron: its network, loss and data are/,
  ],
  ["a target for the neuron", ["explain", "neuron", "--target", "y"], /explain neuron: its network, loss and data are/],
  ["a target for xor", ["explain", "xor", "--target", "y"], /--target is for files/],
  [
    "momentum for adam",
    ["explain", "xor", "--optimizer", "adam", "--momentum", "0.5"],
    /--momentum is for --optimizer sgd or rmsprop, not adam/,
  ],
])("%s ends with 2", async (_, args, message) => {
  expectFailure(await cli(...args), 2, message);
});

test("a run that diverges ends with 1", async () => {
  const args = ["explain", "diabetes", "--optimizer", "sgd", "--lr", "1e30", "--epochs", "5", "--activation", "relu"];
  expectFailure(await cli(...args, ...CPU), 1, /diverged/);
});
