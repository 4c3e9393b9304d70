import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  embedding,
  gru,
  type Layer,
  type LayerFunction,
  l1Penalty,
  l2Penalty,
  layerNorm,
  maxNorm,
  meanSquaredError,
  multiHeadAttention,
  type ParameterOptions,
  positionalEmbedding,
  separableConv2d,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { constant } from "../../src/initializers/index.js";
import { mul } from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { mean } from "../../src/ops/reduce.js";
import { useDevices } from "../devices/backends.js";

/* The limit of maxNorm is on each output unit's weights, as layers declare these: what is expected is worked out here. */

const LIMIT = 0.5;
const device = useDevices();

/** The unit of a weight's number, by its coordinates. */
type UnitOf = (at: readonly number[]) => string;
const last: UnitOf = (at) => `${at.at(-1)}`;
const first: UnitOf = (at) => `${at[0]}`;
const lastTwo: UnitOf = (at) => at.slice(-2).join();

interface Case {
  layers: (Layer | LayerFunction)[];
  input: number[];
  units: Record<string, UnitOf>;
}

const image = [3, 3, 4];
const sequence = [3, 4];
const cases: Record<string, Case> = {
  dense: { layers: [dense(3)], input: [4], units: { "dense.weight": last } },
  "conv2d in groups": { layers: [conv2d(6, 2, { groups: 2 })], input: image, units: { "conv2d.weight": last } },
  conv1d: { layers: [conv1d(3, 2)], input: sequence, units: { "conv1d.weight": last } },
  convTranspose2d: {
    layers: [convTranspose2d(3, 2)],
    input: image,
    units: { "convTranspose2d.weight": (at) => `${at[2]}` },
  },
  // Channels 0 and 1 are of the first group, 2 and 3 of the second, which have filters of their own.
  "convTranspose2d in groups": {
    layers: [convTranspose2d(6, 2, { groups: 2 })],
    input: image,
    units: { "convTranspose2d.weight": (at) => `${at[2]}, ${at[3] >> 1}` },
  },
  convTranspose1d: {
    layers: [convTranspose1d(2, 3)],
    input: sequence,
    units: { "convTranspose1d.weight": (at) => `${at[1]}` },
  },
  depthwiseConv2d: {
    layers: [depthwiseConv2d(2, { multiplier: 2 })],
    input: image,
    units: { "depthwiseConv2d.weight": lastTwo },
  },
  separableConv2d: {
    layers: [separableConv2d(3, 2, { multiplier: 2 })],
    input: image,
    units: { "separableConv2d.depthwiseWeight": lastTwo, "separableConv2d.pointwiseWeight": last },
  },
  embedding: {
    layers: [embedding(5, 4), positionalEmbedding(3)],
    input: [3],
    units: { "embedding.weight": first, "positionalEmbedding.weight": first },
  },
  gru: { layers: [gru(3)], input: sequence, units: { "gru.inputWeight": last, "gru.hiddenWeight": last } },
  attention: {
    layers: [multiHeadAttention({ heads: 2 })],
    input: sequence,
    units: { "multiHeadAttention.inWeight": last, "multiHeadAttention.outWeight": last },
  },
};

function modelOf({ layers, input }: Case) {
  const net = sequential({ input, seed: 4 }, layers);
  const drawn = [...net.parameters()].map(([name, { shape, values }]) => {
    const filled = values.map((_, i) => Math.sin(i * i + 1) * (name.endsWith("eight") ? 1 : 0.9));
    return [name, { shape, values: filled }] as const;
  });
  net.setParameters(new Map(drawn));
  return net;
}

function dataFor({ input }: Case, outputs: number, isIds: boolean) {
  const size = input.reduce((a, b) => a * b, 1);
  const features = Float32Array.from({ length: 2 * size }, (_, i) => (isIds ? i % 5 : Math.cos(i)));
  return Dataset.from({ features, labels: new Float32Array(2 * outputs), shape: input });
}

const coordinates = (i: number, shape: readonly number[]) =>
  shape.map((size, axis) => Math.floor(i / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % size);

describe("maxNorm", () => {
  test.each(Object.entries(cases))("keeps the weights of each output unit short: %s", async (name, each) => {
    const net = modelOf(each);
    const before = net.parameters();
    // At a rate of next to nothing the step is the limit alone.
    const optimizer = maxNorm(sgd({ learningRate: 1e-12 }), LIMIT);
    using trainer = new Trainer(net, { device: device("cpu"), loss: meanSquaredError(), optimizer });
    const outputs = net.output.reduce((a, b) => a * b, 1);
    await trainer.trainStep(dataFor(each, outputs, name === "embedding"));
    for (const [parameter, { shape, values }] of net.parameters()) {
      const old = before.get(parameter)!.values;
      const unitOf: UnitOf | undefined = each.units[parameter];
      const squares = new Map<string, number>();
      const unit = (i: number) => unitOf!(coordinates(i, shape));
      if (unitOf !== undefined) {
        for (const [i, value] of old.entries()) squares.set(unit(i), (squares.get(unit(i)) ?? 0) + value ** 2);
      }
      values.forEach((value, i) => {
        const factor = unitOf !== undefined ? Math.min(1, LIMIT / Math.sqrt(squares.get(unit(i))!)) : 1;
        expect(Math.abs(value - old[i] * factor), `${parameter}, ${i}`).toBeLessThan(1e-6);
      });
    }
  });
});

describe("a parameter of a layer of the user's own", () => {
  /** With a scale of two axes, and a weight whose units come first. */
  const own =
    (scale?: ParameterOptions, weight?: ParameterOptions): LayerFunction =>
    (x, scope) => {
      const y = mul(x, scope.parameter("kind", [1, 4], constant(2), scale));
      const rows = scope.parameter("weight", [3, 4], constant(1), weight);
      return mean(mul(reshape(y, [x.shape[0], 1, 4]), rows), -1);
    };
  const stepped = async (layer: LayerFunction, rule?: ReturnType<typeof l2Penalty>) => {
    const net = sequential({ input: [4], seed: 1 }, [layer, layerNorm(), dense(1)]);
    const limit = rule ? sgd({ learningRate: 1 }) : maxNorm(sgd({ learningRate: 1e-12 }), LIMIT);
    const gradients = rule ? [rule] : [];
    using trainer = new Trainer(net, { device: device("cpu"), loss: meanSquaredError(), optimizer: limit, gradients });
    const features = new Float32Array(8); // of zeros, so that the loss pulls at no weight
    await trainer.trainStep(Dataset.from({ features, labels: new Float32Array(2), shape: [4] }));
    const parameters = [...net.parameters()].filter(([name]) => /kind$|^function.*weight$|^layer.*weight$/.test(name));
    return parameters.map(([, { values }]) => values[0]);
  };

  test("is a weight of the units that it declares, and none where it declares none", async () => {
    expect(await stepped(own({ units: [] }, { units: [0] }))).toEqual([2, expect.closeTo(LIMIT / 2, 5)]);
    expect(await stepped(own({ units: [] }, { units: [1] }))).toEqual([2, expect.closeTo(LIMIT / Math.sqrt(3), 5)]);
    expect(await stepped(own({ units: [] }), l2Penalty(0.25))).toEqual([2, 0.75]);
    expect(await stepped(own({ units: [] }), l1Penalty(0.25))).toEqual([2, 0.75]);
  });

  test("of two axes or more is a weight of units along the last by default, whatever its name", async () => {
    expect(await stepped(own())).toEqual([expect.closeTo(LIMIT, 5), expect.closeTo(LIMIT / Math.sqrt(3), 5)]);
    expect(await stepped(own(), l2Penalty(0.25))).toEqual([1.5, 0.75]);
  });

  test("with units along axes that it doesn't have is refused", async () => {
    for (const options of [{ units: [2] }, { units: [-1] }, { units: [0], as: [5] }]) {
      await expect(stepped(own(options))).rejects.toThrow("kind: units must be axes of");
    }
  });
});
