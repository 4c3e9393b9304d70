import fc from "fast-check";
import type { Backend } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import type { Passes } from "../../src/compile/fuse.js";
import { Dataset } from "../../src/data/index.js";
import {
  type ActivationName,
  activations,
  adam,
  clipByGlobalNorm,
  clipByValue,
  dense,
  dropout,
  focal,
  type GradientRule,
  huber,
  type Loss,
  l1Penalty,
  l2Penalty,
  meanSquaredError,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { sines } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

/* Networks of all kinds, trained with and without fusion. */

/** The same backend with other fusion: none, or some of the passes. */
export const withFusion = (backend: Backend, fused: false | Passes): Backend =>
  new Proxy(backend, {
    get(target, name) {
      if (name === "fused") return fused;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

const losses: Record<string, () => Loss> = {
  softmaxCrossEntropy,
  smoothed: () => softmaxCrossEntropy({ labelSmoothing: 0.1 }),
  weighted: () => softmaxCrossEntropy({ classWeights: [1, 2, 4] }),
  sigmoidCrossEntropy,
  meanSquaredError,
  huber,
  focal,
};

// Adam and RMSprop divide by the gradient's size: with their usual epsilon a gradient of nearly 0 decides by its
// rounding alone which way a parameter goes, so that nothing could be compared.
export const optimizers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.05 }),
  momentum: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  rmsprop: () => rmsprop({ learningRate: 0.01, epsilon: 0.1, centered: true, momentum: 0.5 }),
  adam: () => adam({ learningRate: 0.01, epsilon: 0.1 }),
  amsgrad: () => adam({ learningRate: 0.01, epsilon: 0.1, amsgrad: true, weightDecay: 0.01 }),
};

/** Gradient rules: chains that read the parameter that their end changes, and sums over all gradients. */
const rules: Record<string, () => GradientRule[]> = {
  none: () => [],
  penalties: () => [l1Penalty(0.01), l2Penalty(0.1)],
  clipped: () => [l2Penalty(0.1), clipByValue(0.05)],
  scaled: () => [clipByGlobalNorm(0.5)],
};

export interface Network {
  widths: number[];
  activation: ActivationName;
  /** Of the last layer. */
  outputs?: ActivationName;
  rate: number;
  loss: string;
  optimizer: string;
  batchSize: number;
  rules?: string;
}

const networks: fc.Arbitrary<Network> = fc.record({
  widths: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 70 }), fc.constant(300)), {
    maxLength: 4,
  }),
  activation: fc.constantFrom(...(Object.keys(activations) as ActivationName[])),
  outputs: fc.constantFrom("linear", "linear", "relu", "tanh"),
  rate: fc.constantFrom(0, 0, 0.3),
  loss: fc.constantFrom(...Object.keys(losses)),
  optimizer: fc.constantFrom(...Object.keys(optimizers)),
  batchSize: fc.constantFrom(1, 5, 16, 40),
  rules: fc.constantFrom("none", ...Object.keys(rules)),
});

const tameNetworks = networks.filter(({ batchSize, activation }) => batchSize >= 16 && activation !== "exponential");

const ROWS = 21;
export const CLASSES = 3;
export const data = Dataset.from({
  features: sines(ROWS * 6),
  labels: Uint32Array.from({ length: ROWS }, (_, row) => (row * row) % CLASSES),
});

/** Trains a network for one epoch. */
export async function train(backend: Backend, network: Network) {
  const hidden = network.widths.flatMap((width) => [
    dense(width, { activation: network.activation }),
    ...(network.rate ? [dropout(network.rate)] : []),
  ]);
  const model = sequential({ input: [6], seed: 4 }, [...hidden, dense(CLASSES, { activation: network.outputs })]);
  using trainer = new Trainer(model, {
    device: backend,
    loss: losses[network.loss](),
    optimizer: optimizers[network.optimizer](),
    metrics: ["accuracy"],
    gradients: rules[network.rules ?? "none"](),
  });
  const options = { epochs: 1, batchSize: network.batchSize, recordSteps: true, seed: 2 };
  const { stepLosses, epochs } = await trainer.fit(data, options);
  return { losses: stepLosses!, accuracy: epochs[0].accuracy!, parameters: model.parameters() };
}

// 40 steps at most, each of which may add its rounding to the last's.
export const ROUNDINGS = 40;

/**
 * Random networks train alike in fused plans and one op at a time.
 *
 * @param options.tame - leave out what makes much of a rounding: many steps, and exponentials of exponentials
 */
export async function expectNetworksAlike(
  device: Backend,
  numRuns: number,
  { seed, tame = false }: { seed?: number; tame?: boolean } = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(tame ? tameNetworks : networks, async (network) => {
      const fused = await train(device, network);
      const plain = await train(withFusion(device, false), network);
      await checkGuards(device);
      const terms = ROUNDINGS * Math.max(6, ...network.widths);
      expectClose(fused.losses, plain.losses, { terms, what: "losses" });
      for (const [name, { values }] of plain.parameters) {
        expectClose(fused.parameters.get(name)!.values, values, { terms, what: name });
      }
    }),
    { numRuns, seed },
  );
}
