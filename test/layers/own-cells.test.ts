// @module-tag slow
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { registry } from "../../src/graph/op.js";
import { Tensor, variable } from "../../src/graph/tensor.js";
import {
  apply,
  bidirectional,
  checkGradients,
  checkParity,
  decodeModel,
  dense,
  encodeModel,
  gru,
  input,
  type Layer,
  lstm,
  meanSquaredError,
  model,
  ops,
  type RecurrentCell,
  type RecurrentOptions,
  recurrent,
  registerLayer,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { traceCell } from "../../src/ops/traced-cell.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { sines } from "../fixtures.js";
import { inSteps, type OwnCell, ownCells } from "./own-cells.js";

/* Cells of the user's own, worked in one launch over time, held against the same cells in steps and against the layers' own. */

const device = useDevices();
type Backend = (typeof BACKENDS)[number];
const [ROWS, TIME, FEATURES, UNITS] = [6, 3, 2, 3];

const trainerOf = (made: ReturnType<typeof sequential>, backend: Backend) =>
  new Trainer(made, { device: device(backend), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.2 }) });

const dataOf = (outputs: number, time = TIME) =>
  Dataset.from({
    features: sines(ROWS * time * FEATURES),
    labels: sines(ROWS * outputs).map((value) => value / 2),
    shape: [time, FEATURES],
  });

/** Parameters after some steps, the last of a short batch, and the losses on the way. */
async function trained(layers: Layer[], backend: Backend): Promise<number[]> {
  const made = sequential({ input: [TIME, FEATURES], seed: 3 }, layers);
  const data = dataOf(made.output.reduce((size, axis) => size * axis, 1));
  using trainer = trainerOf(made, backend);
  const { stepLosses } = await trainer.fit(data, { epochs: 2, batchSize: 4, recordSteps: true, shuffle: false });
  return [...stepLosses!, ...[...made.parameters().values()].flatMap(({ values }) => [...values])];
}

function expectClose(actual: readonly number[], expected: readonly number[], digits = 5): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
}

const options: Record<string, RecurrentOptions> = {
  "the last state": {},
  "all states, from the end": { returnSequences: true, reverse: true },
  "all of the last place's states": { returnState: true },
  "dropout on the state": { recurrentDropout: 0.4 },
};

/** In steps, nothing trains the hidden weights of the other one, which looks at no hidden sum. */
const trainedInSteps = (Object.keys(ownCells) as OwnCell[]).filter((name) => name !== "light");

describe.each(BACKENDS)("trained on %s", (backend) => {
  test.each(trainedInSteps)("%s is what it is in steps", async (name) => {
    for (const each of Object.values(options)) {
      const of = (cell: RecurrentCell) => trained([recurrent(UNITS, cell, each)], backend);
      expectClose(await of(ownCells[name]), await of(inSteps(ownCells[name])));
    }
  });

  test.each([
    ["gru", gru],
    ["lstm", lstm],
  ] as const)("%s written by hand is the layer, stacked, in both directions and with dropout", async (name, known) => {
    const stack = (of: (options: RecurrentOptions) => Layer): Layer[] => [
      of({ returnSequences: true, recurrentDropout: 0.3 }),
      bidirectional(of({ returnSequences: true })),
      of({}),
    ];
    const own = await trained(
      stack((options) => recurrent(UNITS, ownCells[name], options)),
      backend,
    );
    expectClose(
      own,
      await trained(
        stack((options) => known(UNITS, options)),
        backend,
      ),
    );
  });

  test("a mask keeps all states, first states are taken, and their gradients go back", async () => {
    const of = async (cell: RecurrentCell, given: RecurrentOptions) => {
      const [x, mask] = [input([TIME, FEATURES], { name: "x" }), input([TIME], { name: "mask" })];
      const states = apply(recurrent(UNITS, cell, { masked: true, returnState: true }), x, mask);
      const read = apply(
        recurrent(UNITS, cell, { masked: true, initialState: true, reverse: true, ...given }),
        x,
        mask,
        states,
      );
      const made = model({ inputs: [x, mask], outputs: { y: apply(dense(2), read) }, seed: 5 });
      const data = Dataset.from({
        features: {
          x: sines(ROWS * TIME * FEATURES),
          mask: Float32Array.from({ length: ROWS * TIME }, (_, i) => Number(i % TIME < 1 + (i % 4))),
        },
        labels: sines(ROWS * 2),
        shape: { x: [TIME, FEATURES], mask: [TIME] },
      });
      using trainer = trainerOf(made, backend);
      await trainer.fit(data, { epochs: 3, batchSize: 4, shuffle: false });
      return [...made.parameters().values()].flatMap(({ values }) => [...values]);
    };
    for (const name of ["gru", "lstm", "chosen"] as const) {
      // With dropout besides, the gradient reads and writes more buffers than one launch may.
      for (const given of [{}, { recurrentDropout: 0.3 }]) {
        expectClose(await of(ownCells[name], given), await of(inSteps(ownCells[name]), given));
      }
    }
  });
});

test.each(Object.entries(ownCells))("%s: gradients and parity", async (_, cell) => {
  const layer = recurrent(UNITS, cell, { returnSequences: true });
  const report = await checkGradients(layer, { input: [3, 2] });
  expect(report.ok, String(report)).toBe(true);
  const parity = await checkParity(layer, { input: [3, 2], devices: [device("webgpu"), device("wasm")] });
  expect(parity.ok, String(parity)).toBe(true);
});

/** Names of the launches of a training step of three layers. */
async function launches(cell: RecurrentCell, time: number) {
  const layers = ["first", "second", "third"].map((name) => recurrent(UNITS, cell, { name, returnSequences: true }));
  using trainer = trainerOf(sequential({ input: [time, FEATURES], seed: 1 }, layers), "webgpu");
  return (await trainer.kernels(dataOf(time * UNITS, time), { batchSize: 4 })).map(({ label }) => label);
}

test.each(Object.entries(ownCells))("%s: a layer takes 6 launches for 10 places and for 500", async (_, cell) => {
  const [few, many] = [await launches(cell, 10), await launches(cell, 500)];
  expect(many).toEqual(few);
  expect(
    few.filter((label) => label.includes("second/")),
    few.join("\n"),
  ).toHaveLength(6);
  expect(
    few.filter((label) => label.includes("first/")),
    few.join("\n"),
  ).toHaveLength(5); // no gradient of the features
});

describe("a cell that is more than functions of numbers is worked in steps:", () => {
  const [z, h] = [0, 1].map((i) => variable(`given ${i}`, [4, UNITS]));
  const outside = variable("outside", [UNITS]);
  const tanhOf = (x: ReturnType<typeof ops.tanh>) => ops.tanh(x);
  const steps: Record<string, (sum: typeof z, h: typeof z) => typeof z> = {
    "a product": (sum) => tanhOf(ops.add(sum, ops.matmul(sum, ops.constant(sines(UNITS * UNITS), [UNITS, UNITS])))),
    "a mean over units": (sum) => tanhOf(ops.sub(sum, ops.mean(sum, -1, { keepAxes: true }))),
    "a constant of each unit": (sum) => tanhOf(ops.mul(sum, ops.constant(sines(UNITS), [UNITS]))),
    softmax: (sum) => ops.softmax(sum),
  };

  test.each(Object.entries(steps))("%s", async (_, step) => {
    const cell: RecurrentCell = { gates: 1, step: ([z], [sum], [state]) => [step(ops.add(z, sum), state)] };
    expect(traceCell({ ...cell, states: 1 }, [4, UNITS])).toBeUndefined();
    const report = await checkGradients(recurrent(UNITS, cell), { input: [3, 2] });
    expect(report.ok, String(report)).toBe(true);
    expect((await launches(cell, 6)).length).toBeGreaterThan((await launches(cell, 3)).length);
  });

  test("a tensor from elsewhere, dropout", () => {
    const of = (step: (sum: typeof z) => typeof z) =>
      traceCell({ gates: 1, states: 1, step: ([z], [sum]) => [step(ops.add(z, sum))] }, [4, UNITS]);
    expect(of((sum) => ops.mul(sum, outside))).toBeUndefined();
    expect(of((sum) => ops.mul(sum, h))).toBeUndefined();
    expect(of((sum) => ops.dropout(sum, 0.5, 1))).toBeUndefined();
    expect(of((sum) => ops.mul(sum, 2))).toBeDefined();
  });

  test("a parameter that trains", async () => {
    const scaled: Layer = {
      config: { layer: "scaled" },
      forward(x, scope) {
        const scale = scope.parameter("scale", [UNITS], {
          config: { initializer: "half" },
          values: () => sines(UNITS),
        });
        const step: RecurrentCell["step"] = ([z], [sum]) => [ops.tanh(ops.mul(scale, ops.add(z, sum)))];
        return scope.call(recurrent(UNITS, { gates: 1, step }), x);
      },
    };
    const before = [...sines(UNITS)];
    const made = sequential({ input: [TIME, FEATURES], seed: 3 }, [scaled]);
    using trainer = trainerOf(made, "cpu");
    await trainer.fit(dataOf(UNITS), { epochs: 1, batchSize: 6 });
    const after = [...made.parameters()].find(([name]) => name.endsWith("scale"))![1].values;
    after.forEach((value, i) => {
      expect(value).not.toBe(before[i]);
    });
  });
});

describe("a traced cell", () => {
  test("that looks at no hidden sum trains what it looks at, and predicts as in steps", async () => {
    const made = [ownCells.light, inSteps(ownCells.light)].map((cell) =>
      sequential({ input: [TIME, FEATURES], seed: 3 }, [recurrent(UNITS, cell), dense(2)]),
    );
    const before = made[0].parameters();
    using trainer = trainerOf(made[0], "wasm");
    await trainer.fit(dataOf(2), { epochs: 1 });
    const after = made[0].parameters();
    const same = [...after].filter(([name, { values }]) =>
      values.every((value, i) => value === before.get(name)!.values[i]),
    );
    expect(same.map(([name]) => name)).toEqual(["recurrent.hiddenWeight", "recurrent.hiddenBias"]);
    made[1].setParameters(after);
    using stepped = trainerOf(made[1], "wasm");
    const { features } = dataOf(2);
    expectClose([...(await trainer.predict(features)).values], [...(await stepped.predict(features)).values], 6);
  });

  test("is asked once for its step, and is plain data", () => {
    let calls = 0;
    const counted: RecurrentCell = {
      gates: 1,
      step(...given) {
        calls++;
        return [ops.tanh(ops.add(given[0][0], given[1][0]))];
      },
    };
    const cells = [3, 4].map(() => traceCell({ ...counted, states: 1 }, [4, UNITS])!);
    expect(calls).toBe(2);
    expect(cells[0]).toEqual(cells[1]);
    expect(JSON.parse(JSON.stringify(cells[0]))).toEqual(cells[0]);
    expect(cells[0].isAdded).toBe(true);
    expect(cells[0].step).toEqual({
      inputs: 3,
      calls: [
        { op: "add", operands: [{ value: 0 }, { value: 1 }] },
        { op: "tanh", operands: [{ value: 3 }] },
      ],
      outputs: [{ value: 4 }],
    });
  });

  test("of more units than a workgroup has memory for is refused on webgpu with a way out, and works on wasm", async () => {
    const units = 1100;
    const made = () => sequential({ input: [2, 1], seed: 1 }, [recurrent(units, ownCells.gru), dense(1)]);
    const data = Dataset.from({ features: sines(4), labels: sines(2), shape: [2, 1] });
    using refused = trainerOf(made(), "webgpu");
    await expect(refused.fit(data, { epochs: 1 })).rejects.toThrow(/1100 units .* at most 819 fit.*backend: "wasm"/);
    using works = trainerOf(made(), "wasm");
    using reference = trainerOf(made(), "cpu");
    const [own, expected] = [await works.fit(data, { epochs: 2 }), await reference.fit(data, { epochs: 2 })];
    expect(own.epochs[1].loss).toBeCloseTo(expected.epochs[1].loss, 5);
  });

  test("in a registered layer is saved and loaded", async () => {
    const layerOf = registerLayer({
      name: "minimalUnits",
      forward: (x, scope, { units = UNITS }: { units?: number }) => scope.call(recurrent(units, ownCells.minimal), x),
    });
    const made = sequential({ input: [TIME, FEATURES], seed: 2 }, [layerOf({ units: 4 }), dense(1)]);
    const outputs: Float32Array[] = [];
    for (const each of [made, decodeModel(encodeModel(made))]) {
      using trainer = trainerOf(each, "wasm");
      outputs.push((await trainer.predict(dataOf(1).features)).values);
    }
    expect(outputs[1]).toEqual(outputs[0]);
    expect(new Set(outputs[0]).size).toBe(ROWS);
  });
});

test("every function of numbers may stand in a cell", async () => {
  const known = [...registry.values()].flatMap((op) => (op.scalar ? [{ op, ...op.scalar }] : []));
  expect(known.length).toBeGreaterThan(25);
  const used = new Set<string>();
  const cell: RecurrentCell = {
    gates: 3,
    step(z, hidden) {
      // From 0.1 to 0.9, where all of them are defined.
      const given = z.map((part, gate) => ops.add(0.1, ops.mul(0.8, ops.sigmoid(ops.add(part, hidden[gate])))));
      const results = known.map(({ op, operands, numbers = [] }) => {
        used.add(op.name);
        const settings = { ...Object.fromEntries(numbers.map((name, i) => [name, 0.3 + i])), shape: given[0].shape };
        return new Tensor(op, given.slice(0, operands), settings, given[0].shape, "f32");
      });
      return [ops.tanh(results.reduce((sum, result) => ops.add(sum, ops.mul(0.1, result))))];
    },
  };
  const layer = recurrent(UNITS, cell);
  expect(traceCell({ ...cell, states: 1 }, [4, UNITS])).toBeDefined();
  expect(used.size).toBe(known.length);
  const parity = await checkParity(layer, { input: [3, 2], devices: [device("webgpu"), device("wasm")] });
  expect(parity.ok, String(parity)).toBe(true);
  const report = await checkGradients(layer, { input: [3, 2] });
  expect(report.ok, String(report)).toBe(true);
});
