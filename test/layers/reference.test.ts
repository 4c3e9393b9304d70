// @module-tag slow
import { describe, expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { gradientsOf } from "../../src/checks/weighted.js";
import type { Values } from "../../src/core/dtype.js";
import { RandomStream, Stream } from "../../src/core/random.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import {
  adaptiveAveragePool2d,
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  depthwiseConv2d,
  groupNorm,
  instanceNorm,
  type Layer,
  layerNorm,
  maxPool2d,
  rmsNorm,
  separableConv2d,
} from "../../src/index.js";
import type { Pair } from "../../src/ops/unfold.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import {
  conv,
  convTranspose,
  depthwise,
  differences,
  largest,
  meanInside,
  meanOfAll,
  type Numbers,
  normalised,
  numbers,
  pool,
  scaled,
  type Windows,
} from "./reference.js";
import { SCOPE } from "./scope.js";

/* Layers on images, forward and every gradient, beside float64 sums that share nothing with the engine. */

/** Of each array's largest magnitude: some roundings of float32. */
const RELATIVE_LIMIT = 5e-6;

interface Drawn {
  name: string;
  input: readonly number[];
  layer: Layer;
  /** The same in float64, by the parameters' names. */
  of(x: Numbers, parameters: Readonly<Record<string, Numbers>>): Numbers;
}

const random = new RandomStream(20261129, Stream.noise, 0);
const whole = (least: number, most: number) => least + Math.floor(random.nextUniform() * (most - least + 1));
const one = <T>(...choices: T[]): T => choices[whole(0, choices.length - 1)];

/** A kernel and what it does along both sides of images that it fits. */
function drawWindows(size: Pair): Windows {
  for (;;) {
    const pair = (least: number, most: number): Pair => [whole(least, most), whole(least, most)];
    const [kernel, stride, dilation] = [pair(1, 4), pair(1, 3), pair(1, 2)];
    const margins = [whole(0, 2), whole(0, 2), whole(0, 2), whole(0, 2)] as const;
    const room = (side: 0 | 1) =>
      size[side] + margins[2 * side] + margins[2 * side + 1] - dilation[side] * (kernel[side] - 1);
    if (room(0) >= 1 && room(1) >= 1) return { kernel, stride, dilation, margins };
  }
}

const optionsOf = ({ stride, dilation, margins }: Windows) => ({ stride, dilation, padding: margins });

const title = ({ kernel, stride, dilation, margins }: Windows) =>
  `kernel ${kernel}, stride ${stride}, dilation ${dilation}, padding ${margins}`;

const drawSize = (): Pair => [whole(3, 8), whole(3, 8)];
const drawGroups = () => one(1, 1, 2, 3);

function drawConv(): Drawn {
  const [size, groups] = [drawSize(), drawGroups()];
  const windows = drawWindows(size);
  const [channels, filters] = [groups * whole(1, 3), groups * whole(1, 3)];
  return {
    name: `conv2d ${size} × ${channels} to ${filters} in ${groups} groups, ${title(windows)}`,
    input: [whole(1, 3), ...size, channels],
    layer: conv2d(filters, windows.kernel, { ...optionsOf(windows), groups, bias: false }),
    of: (x, { weight }) => conv(x, weight, windows, groups),
  };
}

function drawTransposed(): Drawn {
  for (;;) {
    const size: Pair = [whole(1, 4), whole(1, 4)];
    const groups = drawGroups();
    const windows = drawWindows([4, 4]);
    const { kernel, stride, dilation, margins } = windows;
    const outputPadding = [0, 1].map((side) => whole(0, Math.max(stride[side], dilation[side]) - 1)) as [
      number,
      number,
    ];
    const target = [0, 1].map((side) => {
      const around = margins[2 * side] + margins[2 * side + 1];
      return (size[side] - 1) * stride[side] - around + dilation[side] * (kernel[side] - 1) + 1 + outputPadding[side];
    }) as [number, number];
    if (target.some((length) => length < 1)) continue;
    const [channels, filters] = [groups * whole(1, 3), groups * whole(1, 3)];
    return {
      name:
        `convTranspose2d ${size} × ${channels} to ${target} × ${filters} in ${groups} groups, ${title(windows)}, ` +
        `output padding ${outputPadding}`,
      input: [whole(1, 3), ...size, channels],
      layer: convTranspose2d(filters, kernel, { ...optionsOf(windows), groups, outputPadding, bias: false }),
      of: (x, { weight }) => convTranspose(x, weight, windows, groups, target),
    };
  }
}

function drawDepthwise(): Drawn {
  const [size, channels, multiplier] = [drawSize(), whole(1, 4), whole(1, 3)];
  const windows = drawWindows(size);
  const isSeparable = one(true, false);
  const options = { ...optionsOf(windows), multiplier, bias: false };
  const point: Windows = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], margins: [0, 0, 0, 0] };
  return {
    name: `${isSeparable ? "separable" : "depthwise"}Conv2d ${size} × ${channels} by ${multiplier}, ${title(windows)}`,
    input: [whole(1, 3), ...size, channels],
    layer: isSeparable ? separableConv2d(3, windows.kernel, options) : depthwiseConv2d(windows.kernel, options),
    of: (x, { weight, depthwiseWeight, pointwiseWeight }) =>
      isSeparable
        ? conv(depthwise(x, depthwiseWeight, windows), pointwiseWeight, point, 1)
        : depthwise(x, weight, windows),
  };
}

function drawPool(): Drawn {
  const [size, channels] = [drawSize(), whole(1, 5)];
  const drawn = { ...drawWindows(size), dilation: [1, 1] as const };
  const margins = drawn.margins.map((margin, i) =>
    Math.min(margin, drawn.kernel[i >> 1] - 1),
  ) as unknown as Windows["margins"];
  const windows = { ...drawn, margins };
  const [layer, of] = one(
    [maxPool2d, largest] as const,
    [averagePool2d, meanInside] as const,
    [(size: Pair, options: object) => averagePool2d(size, { ...options, countPadding: true }), meanOfAll] as const,
  );
  const { stride, margins: padding } = windows;
  return {
    name: `${of.name} of ${size} × ${channels}, ${title(windows)}`,
    input: [whole(1, 3), ...size, channels],
    layer: layer(windows.kernel, { stride, padding }),
    of: (x) => pool(x, windows, of),
  };
}

function drawNorm(): Drawn {
  const [height, width] = drawSize();
  const groups = whole(1, 3);
  const channels = groups * whole(1, 4) + (groups === 1 ? 1 : 0);
  const own = channels / groups;
  const [name, layer, groupOf, epsilon, isCentred] = one<[string, Layer, (p: number[]) => string, number, boolean]>(
    ["layerNorm", layerNorm(), ([n, y, x]) => `${n} ${y} ${x}`, 1e-5, true],
    ["rmsNorm", rmsNorm(), ([n, y, x]) => `${n} ${y} ${x}`, 1e-6, false],
    ["instanceNorm", instanceNorm({ epsilon: 1e-3 }), ([n, , , c]) => `${n} ${c}`, 1e-3, true],
    [`groupNorm by ${groups}`, groupNorm(groups), ([n, , , c]) => `${n} ${Math.floor(c / own)}`, 1e-5, true],
  );
  return {
    name: `${name} of ${height} × ${width} × ${channels}`,
    input: [whole(1, 3), height, width, channels],
    layer,
    of: (x, { gamma, beta }) => scaled(normalised(x, epsilon, groupOf, isCentred), gamma, beta),
  };
}

const along = (kernel: number, stride: number, dilation: number, before: number, after: number): Windows => ({
  kernel: [1, kernel],
  stride: [1, stride],
  dilation: [1, dilation],
  margins: [0, 0, before, after],
});

/** A view of the same elements with an axis of one row, or without it. */
const asImages = ({ shape: [n, ...rest], values }: Numbers): Numbers => ({ shape: [n, 1, ...rest], values });
const asKernel = ({ shape, values }: Numbers): Numbers => ({ shape: [1, ...shape], values });
const asSequences = ({ shape: [n, , ...rest], values }: Numbers): Numbers => ({ shape: [n, ...rest], values });

const chosen: Drawn[] = [
  {
    name: "conv1d of 11 × 4 in 2 groups, kernel 3, stride 2, dilation 2, padding 3 and 1",
    input: [2, 11, 4],
    layer: conv1d(6, 3, { stride: 2, dilation: 2, padding: [3, 1], groups: 2, bias: false }),
    of: (x, { weight }) => asSequences(conv(asImages(x), asKernel(weight), along(3, 2, 2, 3, 1), 2)),
  },
  {
    name: "convTranspose1d of 5 × 4 in 2 groups, kernel 4, stride 3, padding 1, output padding 2",
    input: [2, 5, 4],
    layer: convTranspose1d(6, 4, { stride: 3, padding: 1, outputPadding: 2, groups: 2, bias: false }),
    of: (x, { weight }) => asSequences(convTranspose(asImages(x), asKernel(weight), along(4, 3, 1, 1, 1), 2, [1, 16])),
  },
  {
    name: "conv2d with a bias and tanh",
    input: [2, 4, 5, 1],
    layer: conv2d(3, 1, { activation: "tanh" }),
    of(x, { weight, bias }) {
      const y = conv(x, weight, { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], margins: [0, 0, 0, 0] }, 1);
      return numbers(y.shape, (i) => Math.tanh(y.values[i] + bias.values[i % 3]));
    },
  },
  {
    name: "conv2d of more channels and filters than a tile has",
    input: [1, 5, 7, 11],
    layer: conv2d(19, 3, { padding: "same", bias: false }),
    of: (x, { weight }) =>
      conv(x, weight, { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], margins: [1, 1, 1, 1] }, 1),
  },
  {
    name: "adaptiveAveragePool2d to 2 × 3",
    input: [2, 5, 7, 3],
    layer: adaptiveAveragePool2d([2, 3]),
    of(x) {
      const [n, height, width, channels] = x.shape;
      const ends = (size: number, count: number, i: number) => [
        Math.floor((i * size) / count),
        Math.ceil(((i + 1) * size) / count),
      ];
      return numbers([n, 2, 3, channels], (i) => {
        const [c, ox, oy] = [i % channels, Math.floor(i / channels) % 3, Math.floor(i / channels / 3) % 2];
        const image = Math.floor(i / channels / 6) * height;
        const [[top, bottom], [left, right]] = [ends(height, 2, oy), ends(width, 3, ox)];
        let sum = 0;
        for (let y = top; y < bottom; y++) {
          for (let at = left; at < right; at++) sum += x.values[((image + y) * width + at) * channels + c];
        }
        return sum / (bottom - top) / (right - left);
      });
    },
  },
];

const drawn: Drawn[] = [
  ...chosen,
  ...[drawConv, drawTransposed].flatMap((draw) => Array.from({ length: 12 }, draw)),
  ...[drawDepthwise, drawPool, drawNorm].flatMap((draw) => Array.from({ length: 6 }, draw)),
];

const normal = () => random.nextNormal();
/** Numbers that float32 holds exactly, as both sides must begin from the same. */
const draw = (shape: readonly number[]) => numbers(shape, () => Math.fround(normal()));

const device = useDevices();

describe.each(BACKENDS)(`${drawn.length} layers drawn at random beside float64 sums, on %s`, (backend) => {
  test.each(drawn.map((each, i) => [`${i}: ${each.name}`, each] as const))("%s", async (_, { input, layer, of }) => {
    const given = new Map<Tensor, Numbers>();
    const parameters: Record<string, Numbers> = {};
    const x = variable("x", input);
    given.set(x, draw(input));
    const result = layer.forward(x, {
      ...SCOPE,
      parameter(name, shape) {
        const tensor = variable(name, shape);
        parameters[name] = draw(shape);
        given.set(tensor, parameters[name]);
        return tensor;
      },
    });
    const evaluate = () => of(given.get(x)!, parameters);
    const y = evaluate();
    expect(result.shape).toEqual(y.shape);
    const weights = draw(y.shape).values;
    const leaves = [...given.keys()];
    const outputs = [result, ...gradientsOf({ y: result, weights: Float32Array.from(weights) }, leaves)];
    const values = new Map<Tensor, Values>(
      [...given].map(([tensor, { values }]) => [tensor, Float32Array.from(values)]),
    );
    const actual = await runTensors(device(backend), outputs, values, { fused: true });
    const expected = [
      new Map(y.values.entries()),
      ...leaves.map((leaf) => differences(evaluate, weights, given.get(leaf)!, 1e-4)),
    ];
    for (const [i, own] of expected.entries()) {
      const scale = Math.max(1e-3, ...actual[i].map(Math.abs));
      const worst = Math.max(...[...own].map(([place, value]) => Math.abs(actual[i][place] - value)));
      expect(actual[i]).toHaveLength(i === 0 ? y.values.length : leaves[i - 1].size);
      expect(worst, i === 0 ? "y" : `gradient of ${leaves[i - 1].label}`).toBeLessThanOrEqual(RELATIVE_LIMIT * scale);
    }
  });
});
