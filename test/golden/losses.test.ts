import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { batchMean } from "../../src/ops/batch.js";
import * as losses from "../../src/ops/cross-entropy.js";
import { add } from "../../src/ops/elementwise.js";
import { literal } from "../parity/data.js";
import { makingOf } from "../parity/making.js";
import { runTensors, symbols, useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { flat, type Golden, readGolden } from "./read.js";

type Group = Record<string, Golden | { loss: Golden; dlogits: Golden }>;
const golden = readGolden<{ ordinary: Group; extreme: Group }>("losses");

type Loss = (logits: Tensor, targets: Tensor) => Tensor;

/** The golden file's name of each loss, what it is called here, and which targets it takes. */
const CASES: [name: string, loss: Loss, targets: string][] = [
  ["softmaxCrossEntropy", (z, t) => losses.softmaxCrossEntropy(z, t), "labels"],
  ["softmaxCrossEntropySmoothing0.1", (z, t) => losses.softmaxCrossEntropy(z, t, 0.1), "labels"],
  ["softmaxCrossEntropySoftTargets", losses.softTargetCrossEntropy, "softTargets"],
  ["sigmoidCrossEntropy(mean over every element)", losses.sigmoidCrossEntropy, "binaryTargets"],
  ["meanSquaredError(mean over every element)", losses.meanSquaredError, "regressionTargets"],
];

const devices = useGuardedDevices();
const BATCH = { first: 0, rows: 8 };

describe.each(["ordinary", "extreme"] as const)("5 losses and their gradients on %s logits, as in PyTorch", (group) => {
  test.each(CASES)("%s", async (name, loss, targetsName) => {
    const { loss: value, dlogits } = golden[group][name] as { loss: Golden; dlogits: Golden };
    const targets = flat(golden[group][targetsName] as Golden);
    const inputs = [
      literal(flat(golden[group].logits as Golden), 8, 5),
      targetsName === "labels" ? { shape: [8], values: Uint32Array.from(targets) } : literal(targets, 8, 5),
    ];
    const variables = symbols(inputs);
    const mean = batchMean(loss(variables[0], variables[1]));
    const [gradient] = gradients(mean, [variables[0]], add);
    for (const device of devices.all) {
      const [actual, actualGradient] = await runTensors(device, [mean, gradient], variables, inputs, [BATCH]);
      const making = (tensor: Tensor) => makingOf(tensor, variables, inputs, BATCH);
      expectClose(actual, flat(value), { ...making(mean), what: `loss on ${device.backend}` });
      expectClose(actualGradient, flat(dlogits), { ...making(gradient), what: `dlogits on ${device.backend}` });
    }
  });

  test("are the golden file's, but for those of a later day", () => {
    const stored = Object.keys(golden[group]).filter((name) => !Array.isArray(golden[group][name]));
    const later = stored.filter((name) => !CASES.some(([here]) => here === name));
    expect(later.map((name) => name.split("(")[0])).toEqual(["meanAbsoluteError", "huber"]);
  });
});
