import { expect, test } from "vitest";
import { checkGradients, checkParity } from "../../src/checks/index.js";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  depthwiseConv2d,
  groupNorm,
  type Layer,
  layerNorm,
  maxPool2d,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/* The checks take layers on images, as users call them. */

const layers: [string, Layer][] = [
  ["a convolution", conv2d(3, 3, { padding: "same", stride: 2, activation: "tanh" })],
  ["a grouped one", conv2d(4, 2, { groups: 2 })],
  ["a transposed one", convTranspose2d(2, 3, { stride: 2 })],
  ["a depthwise one", depthwiseConv2d(3)],
  ["a pool", maxPool2d()],
  ["batch norm", batchNorm()],
  ["group norm", groupNorm(2)],
  ["layer norm", layerNorm()],
];

test.each(layers)("the gradients of %s agree with finite differences", async (_, layer) => {
  const report = await checkGradients(layer, { input: [5, 4, 4] });
  expect(report.ok, report.toString()).toBe(true);
});

test.each(layers)("%s agrees on wasm", async (_, layer) => {
  const device = await openDevice({ backend: "wasm" });
  const report = await checkParity(layer, { device, input: [5, 4, 4] });
  device.dispose();
  expect(report.ok, report.toString()).toBe(true);
});
