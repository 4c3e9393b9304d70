import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import type { Tensor } from "../../src/graph/tensor.js";
import {
  huber,
  type Loss,
  meanAbsoluteError,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from "../../src/losses/index.js";
import { batchMean } from "../../src/ops/batch.js";
import { add } from "../../src/ops/elementwise.js";
import { literal } from "../parity/data.js";
import { conditioningOf, runTensors, symbols, useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { flat, type Golden, readGolden } from "./read.js";

type Group = Record<string, Golden | { loss: Golden; dlogits: Golden }>;
const golden = readGolden<{ ordinary: Group; extreme: Group }>("losses");

/** The golden file's name of each loss, what it is called here, and which targets it takes. */
const CASES: [name: string, loss: Loss, targets: string][] = [
  ["softmaxCrossEntropy", softmaxCrossEntropy(), "labels"],
  ["softmaxCrossEntropySmoothing0.1", softmaxCrossEntropy({ labelSmoothing: 0.1 }), "labels"],
  ["softmaxCrossEntropySoftTargets", softmaxCrossEntropy(), "softTargets"],
  ["sigmoidCrossEntropy(mean over every element)", sigmoidCrossEntropy(), "binaryTargets"],
  ["meanSquaredError(mean over every element)", meanSquaredError(), "regressionTargets"],
  ["meanAbsoluteError(mean over every element)", meanAbsoluteError(), "regressionTargets"],
  ["huber(delta=1, mean over every element)", huber({ delta: 1 }), "regressionTargets"],
];

const devices = useGuardedDevices();
const BATCH = { first: 0, rows: 8 };

describe.each(["ordinary", "extreme"] as const)("7 losses and their gradients on %s logits, as in PyTorch", (group) => {
  test.each(CASES)("%s", async (name, loss, targetsName) => {
    const { loss: value, dlogits } = golden[group][name] as { loss: Golden; dlogits: Golden };
    const targets = flat(golden[group][targetsName] as Golden);
    const inputs = [
      literal(flat(golden[group].logits as Golden), 8, 5),
      targetsName === "labels" ? { shape: [8], values: Uint32Array.from(targets) } : literal(targets, 8, 5),
    ];
    const variables = symbols(inputs);
    const mean = batchMean(loss.perRow(variables[0], variables[1]));
    const [gradient] = gradients(mean, [variables[0]], add);
    for (const device of devices.all) {
      const [actual, actualGradient] = await runTensors(device, [mean, gradient], variables, inputs, [BATCH]);
      const conditioning = (tensor: Tensor) => conditioningOf(tensor, variables, inputs, BATCH);
      expectClose(actual, flat(value), { ...conditioning(mean), what: `loss on ${device.backend}` });
      expectClose(actualGradient, flat(dlogits), { ...conditioning(gradient), what: `dlogits on ${device.backend}` });
    }
  });

  test("are all that the golden file holds", () => {
    const stored = Object.keys(golden[group]).filter((name) => !Array.isArray(golden[group][name]));
    expect(CASES.map(([name]) => name)).toEqual(stored);
    expect(stored).toHaveLength(7);
  });
});
