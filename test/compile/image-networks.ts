import fc from "fast-check";
import type { Backend } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import { Dataset } from "../../src/data/index.js";
import {
  type ActivationName,
  add,
  apply,
  averagePool2d,
  batchNorm,
  concatenate,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  groupNorm,
  input,
  type Layer,
  type ModelNode,
  maxPool2d,
  meanSquaredError,
  model,
  residual,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { sines } from "../fixtures.js";
import { expectClose } from "../tolerance.js";
import { optimizers, ROUNDINGS, withFusion } from "./networks.js";

/* Graphs of layers on images, with one output or two, trained with and without fusion. */

const SIDE = 6;
const CHANNELS = 2;
const ROWS = 11;
const CLASSES = 3;

/** A part of a network: it follows another where its windows fit. */
interface Block {
  kind: "conv" | "transposed" | "depthwise" | "max" | "average" | "batchNorm" | "groupNorm" | "residual" | "branches";
  filters: number;
  kernel: number;
  stride: number;
  padding: "same" | 0 | 1;
  bias: boolean;
}

interface ImageNetwork {
  blocks: Block[];
  /** Smooth: beside a kink or between two equal pixels, a rounding would decide. */
  activation: ActivationName;
  rate: number;
  optimizer: string;
  batchSize: number;
  microBatchSize?: number;
  isTwofold: boolean;
}

const blocks: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom(
    ...(["conv", "conv", "transposed", "depthwise", "max", "average"] as const),
    ...(["batchNorm", "groupNorm", "residual", "branches"] as const),
  ),
  filters: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  padding: fc.constantFrom("same" as const, 0 as const, 1 as const),
  bias: fc.boolean(),
});

const imageNetworks: fc.Arbitrary<ImageNetwork> = fc.record({
  blocks: fc.array(blocks, { minLength: 1, maxLength: 4 }),
  activation: fc.constantFrom("tanh" as const, "sigmoid" as const, "silu" as const, "linear" as const),
  rate: fc.constantFrom(0, 0, 0.3),
  optimizer: fc.constantFrom(...Object.keys(optimizers)),
  batchSize: fc.constantFrom(4, 5, 11),
  microBatchSize: fc.constantFrom(undefined, undefined, 3),
  isTwofold: fc.boolean(),
});

/** Nodes of a block after another; a window that doesn't fit is left out. */
function follow({ blocks, activation, rate }: ImageNetwork, image: ModelNode): ModelNode {
  let [x, side, channels] = [image, SIDE, CHANNELS];
  const go = (layer: Layer, nextSide = side, nextChannels = channels) => {
    [x, side, channels] = [apply(layer, x), nextSide, nextChannels];
  };
  // A batch norm takes off what biases, and another one, add before it: their gradients would be nothing but roundings.
  const norm = blocks.findIndex(({ kind }) => kind === "batchNorm" || kind === "residual");
  const isCentred = norm >= 0;
  for (const [i, { kind, filters, kernel, stride, padding, ...block }] of blocks.entries()) {
    const bias = block.bias && !isCentred;
    const pads = padding === "same" ? 0 : padding;
    const slid = padding === "same" ? Math.ceil(side / stride) : Math.floor((side + 2 * pads - kernel) / stride) + 1;
    if (slid < 1 || pads >= kernel) continue;
    const window = { stride, padding, bias };
    if (kind === "conv") go(conv2d(filters, kernel, { ...window, activation }), slid, filters);
    else if (kind === "transposed" && side <= SIDE) {
      go(convTranspose2d(filters, kernel, { stride, bias }), (side - 1) * stride + kernel, filters);
    } else if (kind === "depthwise") go(depthwiseConv2d(kernel, window), slid);
    else if ((kind === "max" || kind === "average") && side >= 2) {
      go(kind === "max" ? maxPool2d(2) : averagePool2d(2), Math.floor((side - 2) / 2) + 1);
    } else if (kind === "batchNorm" && i === norm) go(batchNorm());
    // Its shift is taken off likewise by a batch norm that follows, as a bias before it is in a group of one channel.
    else if (kind === "groupNorm" && channels > 1 && (i > norm || blocks[norm].kind === "residual")) go(groupNorm(1));
    else if (kind === "residual" && i === norm)
      go(residual([conv2d(channels, 3, { padding: "same", bias }), batchNorm()]));
    else if (kind === "branches") {
      const [left, right] = [1, 3].map((size) =>
        apply(conv2d(channels, size, { padding: "same", bias, activation }), x),
      );
      [x, channels] =
        filters % 2 === 0 ? [apply(concatenate(), left, right), 2 * channels] : [apply(add(), left, right), channels];
    }
  }
  const flat = apply(flatten(), x);
  return rate > 0 ? apply(dropout(rate), flat) : flat;
}

const features = sines(ROWS * SIDE * SIDE * CHANNELS);
const digit = Uint32Array.from({ length: ROWS }, (_, row) => (row * row) % CLASSES);
const shape = [SIDE, SIDE, CHANNELS];
const single = Dataset.from({ features, labels: digit, shape });
const twofold = Dataset.from({ features, labels: { digit, place: Float32Array.from(sines(ROWS * 2)) }, shape });

async function train(device: Backend, network: ImageNetwork) {
  const image = input(shape);
  const h = follow(network, image);
  const outputs = { digit: apply(dense(CLASSES), h), place: apply(dense(2), h) };
  const made = model({ inputs: image, outputs: network.isTwofold ? outputs : outputs.digit, seed: 4 });
  const losses = { digit: softmaxCrossEntropy(), place: meanSquaredError() };
  using trainer = new Trainer(made, {
    device,
    loss: network.isTwofold ? losses : losses.digit,
    optimizer: optimizers[network.optimizer](),
    metrics: network.isTwofold ? { digit: ["accuracy"] } : ["accuracy"],
  });
  const { batchSize, microBatchSize } = network;
  const options = { epochs: 1, batchSize, recordSteps: true, seed: 2 };
  const data = network.isTwofold ? twofold : single;
  const { stepLosses } = await trainer.fit(data, microBatchSize ? { ...options, microBatchSize } : options);
  const { values } = await trainer.predict(features);
  return { losses: stepLosses!, parameters: made.parameters(), outputs: values };
}

/** The first layer's gradient is a transpose of a product whose rows are found by the order. */
const TRANSPOSED_FIRST: ImageNetwork = {
  blocks: [{ kind: "transposed", filters: 1, kernel: 2, stride: 1, padding: "same", bias: false }],
  ...{ activation: "tanh", rate: 0, optimizer: "sgd", batchSize: 4, isTwofold: false },
};

/** Random networks on images train alike in fused plans and one op at a time. */
export async function expectImageNetworksAlike(device: Backend, numRuns: number, seed?: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(imageNetworks, async (network) => {
      const fused = await train(device, network);
      const plain = await train(withFusion(device, false), network);
      await checkGuards(device);
      const terms = ROUNDINGS * SIDE * SIDE * 18;
      expectClose(fused.losses, plain.losses, { terms, what: "losses" });
      expectClose(fused.outputs, plain.outputs, { terms, what: "outputs" });
      for (const [name, { values }] of plain.parameters) {
        expectClose(fused.parameters.get(name)!.values, values, { terms, what: name });
      }
    }),
    { numRuns, seed, examples: [[TRANSPOSED_FIRST]] },
  );
}
