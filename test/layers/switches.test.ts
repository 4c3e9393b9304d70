import { expect, test } from "vitest";
import {
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  multiHeadAttention,
  separableConv2d,
  tiedDense,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/* Options that are on or off: a text such as "false" would be on. */

const off = "false" as never;

test.each<[string, () => unknown]>([
  ["dense: bias", () => dense(1, { bias: off })],
  ["conv1d: bias", () => conv1d(1, 2, { bias: off })],
  ["conv2d: bias", () => conv2d(1, 2, { bias: off })],
  ["conv2d: trainable", () => conv2d(1, 2, { trainable: off })],
  ["convTranspose1d: bias", () => convTranspose1d(1, 2, { bias: off })],
  ["convTranspose2d: bias", () => convTranspose2d(1, 2, { bias: off })],
  ["depthwiseConv2d: bias", () => depthwiseConv2d(2, { bias: off })],
  ["separableConv2d: bias", () => separableConv2d(1, 2, { bias: off })],
  ["averagePool2d: countPadding", () => averagePool2d(2, { countPadding: "no" as never })],
  ["tiedDense: bias", () => tiedDense("embedding", { bias: off })],
  ["multiHeadAttention: causal", () => multiHeadAttention({ heads: 1, causal: off })],
])("%s must be true or false", (option, make) => {
  expect(make).toThrow(`${option} must be true or false, got`);
});

test("and those of a device", async () => {
  await expect(openDevice({ backend: "cpu", guards: off })).rejects.toThrow("guards must be true or false");
});
