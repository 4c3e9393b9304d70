import { expect } from "vitest";
import type { Scope } from "../../src/layers/layer.js";

/** A scope in which a test traces a single layer: what it asks for is the test's to give. */
export const SCOPE: Scope = {
  name: "layer",
  training: true,
  parameter: (name) => expect.fail(`parameter ${name}`),
  borrow: (name) => expect.fail(`a loan of ${name}`),
  state: (name) => expect.fail(`state ${name}`),
  effect: () => expect.fail("an effect"),
  rowWeights: () => expect.fail("weights of rows"),
  firstRow: 0,
  randomSource: () => 0,
  call: (layer) => expect.fail(`a call of ${layer.config.layer}`),
  enter(_, work) {
    return work(this);
  },
};
