import * as data from "../../src/data/index.js";
import * as library from "../../src/index.js";
import * as node from "../../src/node.js";
import type { Api } from "../bits/api.js";
import { firstDifference } from "../bits/compare.js";
import { train } from "../bits/train.js";
import type { Case } from "../bits/training.js";

const api = { ...library, ...data, ...node } as unknown as Api;

/** The first number in which a training whose plans run whole differs from one by launches, on the same kernel of products. */
export async function wholeDifference({ make }: Case): Promise<string | undefined> {
  const left = [];
  for (const whole of ["always", "never"] as const) {
    const training = make(api);
    const { maxBufferBytes } = training;
    const device = await node.openDevice({ backend: "webgpu", products: "naive", whole, maxBufferBytes });
    try {
      left.push(await train(training, api, device));
    } finally {
      device.dispose();
    }
  }
  return firstDifference(left[0], left[1]);
}
