import { describe, expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { gradientsOf } from "../../src/checks/weighted.js";
import type { Values } from "../../src/core/dtype.js";
import type { Shape } from "../../src/core/shape.js";
import { Dataset } from "../../src/data/index.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import {
  bidirectional,
  embedding,
  gru,
  type Layer,
  lstm,
  multiHeadAttention,
  ops,
  positionalEmbedding,
  rnn,
  type Scope,
  sequential,
  sgd,
  Trainer,
  tokenCrossEntropy,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { SCOPE } from "../layers/scope.js";
import { flat, type Golden, readGolden } from "./read.js";

/* Layers of sequences, and the loss of tokens, beside PyTorch's exact results and gradients, in fused plans. */

/** Of each array's largest magnitude: some roundings of float32. */
const RELATIVE_LIMIT = 5e-6;

/** A layer's parameters, inputs, result and gradients, by our names and in our layout; "x" is the input. */
interface Case {
  name: string;
  layer: Layer;
  inputs: Record<string, { values: number[]; shape: number[]; dtype?: "u32" }>;
  y: number[];
  dy: number[];
  gradients: Record<string, number[]>;
  /** Inputs after the first that nothing is differentiated by. */
  fixed?: { mask: { values: number[]; shape: number[] } };
  /** Whether results at places that are masked are 0. */
  zeroed?: boolean;
}

const shapeOf = (golden: Golden): number[] => (Array.isArray(golden) ? [golden.length, ...shapeOf(golden[0])] : []);
const array = (golden: Golden) => ({ values: flat(golden), shape: shapeOf(golden) });

interface EmbeddingCase {
  ids: Golden;
  table: Golden;
  y: Golden;
  dy: Golden;
  grads: { table: Golden };
}

const lookup = readGolden<Record<string, unknown>>("layers").embedding as EmbeddingCase;

const cases: Case[] = [
  {
    name: "embedding",
    layer: embedding(...(shapeOf(lookup.table) as [number, number])),
    inputs: { x: { ...array(lookup.ids), dtype: "u32" }, weight: array(lookup.table) },
    y: flat(lookup.y),
    dy: flat(lookup.dy),
    gradients: { weight: flat(lookup.grads.table) },
  },
];

const transposedOf = (golden: Golden) => {
  const [rows, columns] = shapeOf(golden);
  const values = flat(golden);
  return {
    values: Array.from({ length: values.length }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]),
    shape: [columns, rows],
  };
};

/** Parameters of PyTorch's recurrent layers by our names, of the first layer; "_reverse" is the other direction. */
const RECURRENT: Record<string, [string, (golden: Golden) => { values: number[]; shape: number[] }]> = {
  weight_ih_l0: ["inputWeight", transposedOf],
  weight_hh_l0: ["hiddenWeight", transposedOf],
  bias_ih_l0: ["inputBias", array],
  bias_hh_l0: ["hiddenBias", array],
};

type Convert = (golden: Golden) => { values: number[]; shape: number[] };

/** @param parts - whether its layers lie inside of another: directions, or those of a stack */
const ownName = (name: string, parts: "directions" | "stack" | undefined): [string, Convert] => {
  if (name === "x") return ["x", array];
  const [own, convert] = RECURRENT[name.replace("_reverse", "").replace("_l1", "_l0")];
  if (parts === "stack") return [`${name.includes("_l1") ? "second" : "first"}.${own}`, convert];
  return [parts ? `${name.endsWith("_reverse") ? "backward" : "forward"}.${own}` : own, convert];
};

/** Two layers of a kind, one after the other. */
function stack(of: (units: number, options: { returnSequences: boolean; name: string }) => Layer): Layer {
  const layers = ["first", "second"].map((name) => of(4, { returnSequences: true, name }));
  return {
    config: { layer: "stack" },
    forward: (x, scope) => layers.reduce((from, layer) => scope.call(layer, from), x),
  };
}

interface VariantCase {
  inputs: Record<string, Golden>;
  y: Golden;
  dy: Golden;
  gradients: Record<string, Golden>;
}

function recurrentCase(name: string, layer: Layer, { inputs, y, dy, gradients }: VariantCase): Case {
  const parts = name.includes("bidirectional") ? "directions" : name.includes("two layers") ? "stack" : undefined;
  const own = (all: Record<string, Golden>) =>
    Object.fromEntries(
      Object.entries(all).map(([key, golden]) => {
        const [to, convert] = ownName(key, parts);
        return [to, convert(golden)];
      }),
    );
  const slopes = Object.entries(own(gradients)).map(([key, { values }]) => [key, values] as const);
  return { name, layer, inputs: own(inputs), y: flat(y), dy: flat(dy), gradients: Object.fromEntries(slopes) };
}

interface PlainCase {
  x: Golden;
  parameters: Record<string, Golden>;
  y: [Golden];
  dy: [Golden];
  grads: Record<string, Golden>;
}

const plain = readGolden<Record<string, PlainCase>>("layers");
const variants = readGolden<Record<string, VariantCase>>("layer-variants");
const all = { returnSequences: true };
for (const [name, layer] of [
  ["rnn tanh", rnn(4, all)],
  ["gru", gru(4, all)],
  ["lstm", lstm(4, all)],
] as const) {
  const { x, parameters, y, dy, grads } = plain[name];
  cases.push(recurrentCase(name, layer, { inputs: { x, ...parameters }, y: y[0], dy: dy[0], gradients: grads }));
}
for (const [name, layer] of [
  ["rnn relu", rnn(4, { ...all, activation: "relu" })],
  ["gru", gru(4, all)],
  ["gru bidirectional", bidirectional(gru(4, all))],
  ["lstm bidirectional", bidirectional(lstm(4, all))],
  ["lstm two layers", stack(lstm)],
] as const) {
  cases.push({ ...recurrentCase(name, layer, variants[name]), name: `${name}, 3 rows` });
}

const ATTENTION: Record<string, [string, (golden: Golden) => { values: number[]; shape: number[] }]> = {
  x: ["x", array],
  other: ["other", array],
  in_proj_weight: ["inWeight", transposedOf],
  in_proj_bias: ["inBias", array],
  "out_proj.weight": ["outWeight", transposedOf],
  "out_proj.bias": ["outBias", array],
};

function attentionCase(
  name: string,
  layer: Layer,
  { inputs, y, dy, gradients }: VariantCase,
  fixed?: Case["fixed"],
): Case {
  const own = (all: Record<string, Golden>) =>
    Object.fromEntries(Object.entries(all).map(([key, golden]) => [ATTENTION[key][0], ATTENTION[key][1](golden)]));
  const slopes = Object.entries(own(gradients)).map(([key, { values }]) => [key, values] as const);
  return { name, layer, inputs: own(inputs), fixed, y: flat(y), dy: flat(dy), gradients: Object.fromEntries(slopes) };
}

/** Sequences of 5, 3 and 1 of 5 places. */
const lengths = [5, 3, 1].flatMap((length) => Array.from({ length: 5 }, (_, t) => Number(t < length)));
const mask = { values: lengths, shape: [3, 5] };
for (const [name, causal] of [
  ["multiHeadAttention heads=2", false],
  ["multiHeadAttention heads=2 causal", true],
] as const) {
  const { x, parameters, y, dy, grads } = plain[name];
  const given = { inputs: { x, ...parameters }, y: y[0], dy: dy[0], gradients: grads };
  cases.push(attentionCase(name, multiHeadAttention({ heads: 2, causal }), given));
}
for (const [name, causal] of [
  ["attention 2 heads, keys past lengths 5, 3, 1 masked", false],
  ["attention 2 heads, causal and masked", true],
] as const) {
  cases.push(attentionCase(name, multiHeadAttention({ heads: 2, causal, masked: true }), variants[name], { mask }));
}
const across = "attention 2 heads, keys and values of another sequence";
cases.push(attentionCase(across, multiHeadAttention({ heads: 2 }), variants[across]));
for (const [name, make] of [
  ["gru", () => gru(4, { ...all, masked: true })],
  ["gru bidirectional", () => bidirectional(gru(4, { ...all, masked: true }))],
  ["lstm bidirectional", () => bidirectional(lstm(4, { ...all, masked: true }))],
] as const) {
  const known = `${name}, lengths 5, 3, 1`;
  cases.push({ ...recurrentCase(known, make(), variants[known]), fixed: { mask }, zeroed: true });
}

const device = useDevices();

function expectNear(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(actual, what).toHaveLength(expected.length);
  const worst = Math.max(...expected.map((value, i) => Math.abs(actual[i] - value)));
  expect(worst, what).toBeLessThanOrEqual(RELATIVE_LIMIT * scale);
}

describe.each(BACKENDS)("layers of sequences as PyTorch computes them, on %s", (backend) => {
  test.each(cases)("$name", async ({ layer, inputs, y, dy, gradients, fixed, zeroed }) => {
    const variables = new Map<string, Tensor>();
    const input = (name: string, shape: Shape) => {
      const given = inputs[name];
      expect(shape, name).toEqual(given.shape);
      variables.set(name, variable(name, shape, given.dtype));
      return variables.get(name)!;
    };
    const inside = (prefix: string): Scope => ({
      ...SCOPE,
      parameter: (local, shape) => input(`${prefix}${local}`, shape),
      call: (inner, x, ...further) => inner.forward(x, inside(`${inner.config.name}.`), ...further),
    });
    const x = input("x", inputs.x.shape);
    const other = inputs.other ? [input("other", inputs.other.shape)] : [];
    const masks = fixed ? [constant(Float32Array.from(fixed.mask.values), fixed.mask.shape)] : [];
    const made = layer.forward(x, inside(""), ...other, ...masks);
    const result = zeroed ? ops.mul(made, ops.reshape(masks[0], [...masks[0].shape, 1])) : made;
    const names = Object.keys(gradients);
    const by = names.map((name) => variables.get(name)!);
    const outputs = [result, ...gradientsOf({ y: result, weights: Float32Array.from(dy) }, by)];
    const values = new Map<Tensor, Values>(
      [...variables].map(([name, tensor]) => {
        const own = inputs[name].values;
        return [tensor, tensor.dtype === "u32" ? Uint32Array.from(own) : Float32Array.from(own)];
      }),
    );
    const actual = await runTensors(device(backend), outputs, values, { fused: true });
    [y, ...names.map((name) => gradients[name])].forEach((expected, i) => {
      expectNear(actual[i], expected, i === 0 ? "y" : names[i - 1]);
    });
  });

  test("token cross-entropy, -100 ignored: the loss and its gradient, by a step of SGD", async () => {
    const golden = readGolden<Record<string, unknown>>("layer-variants")["token cross-entropy, -100 ignored"] as {
      logits: Golden;
      labels: number[][];
      loss: number;
      dlogits: Golden;
    };
    const [rows, time, classes] = shapeOf(golden.logits);
    // The logits are a table of positions, one row of the data after the other.
    const model = sequential({ input: [rows * time, classes] }, [positionalEmbedding(rows * time)]);
    model.setParameters(new Map([["positionalEmbedding.weight", { values: flat(golden.logits) }]]));
    const data = Dataset.from({
      features: new Float32Array(rows * time * classes),
      labels: [golden.labels.flat()],
      shape: [rows * time, classes],
    });
    const loss = tokenCrossEntropy({ ignore: -100 });
    using trainer = new Trainer(model, { device: device(backend), loss, optimizer: sgd({ learningRate: 1 }) });
    const { stepLosses } = await trainer.fit(data, { epochs: 1, batchSize: 1, recordSteps: true });
    expectNear(stepLosses!, [golden.loss], "loss");
    const after = model.parameters().get("positionalEmbedding.weight")!.values;
    const gradient = flat(golden.logits).map((before, i) => Math.fround(before) - after[i]);
    // A weight's change in a step is known to the weight's own precision.
    const worst = Math.max(...flat(golden.dlogits).map((value, i) => Math.abs(gradient[i] - value)));
    expect(worst).toBeLessThanOrEqual(RELATIVE_LIMIT * Math.max(...flat(golden.logits).map(Math.abs)));
  });
});
