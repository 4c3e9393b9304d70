import type { Backend, DeviceBuffer } from "../../src/backends/backend.js";
import { iris } from "../../src/data/index.js";
import { adam, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { irisNetwork } from "../fixtures.js";

/** Objects alive on a device: buffers that weren't destroyed, and programs that weren't disposed. */
export interface Living {
  buffers: number;
  programs: number;
}

/** Counts what is made on a device and freed again. */
export function watch(device: Backend): Living {
  const living: Living = { buffers: 0, programs: 0 };
  const { create, destroy, load } = device;
  const alive = new Set<DeviceBuffer>(); // programs free buffers of their own in the same way
  device.create = (...given) => {
    const buffer = create.apply(device, given);
    living.buffers = alive.add(buffer).size;
    return buffer;
  };
  device.destroy = (buffers) => {
    for (const buffer of buffers) alive.delete(buffer);
    living.buffers = alive.size;
    destroy.call(device, buffers);
  };
  device.load = async (...given) => {
    const program = await load.apply(device, given);
    living.programs++;
    const { dispose } = program;
    program.dispose = () => {
      living.programs--;
      dispose.call(program);
    };
    return program;
  };
  return living;
}

/**
 * Trains and predicts again and again with one trainer: short fits with validation, callbacks and steps by themselves,
 * predictions of one row and of many.
 *
 * @param after - is told after each round
 */
export async function rounds(device: Backend, count: number, after: (round: number) => void): Promise<void> {
  const data = (await iris()).take(Array.from({ length: 30 }, (_, i) => 5 * i));
  const row = [Array.from(data.features.subarray(0, 4))];
  using trainer = new Trainer(irisNetwork(), {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    metrics: ["accuracy"],
  });
  for (let round = 0; round < count; round++) {
    await trainer.fit(data, { epochs: 1, batchSize: 16, validation: data, callbacks: [{ onStep() {} }] });
    await trainer.trainStep(data);
    await Promise.all([trainer.predict(row), trainer.predict(data), trainer.predict(data, { batchSize: 7 })]);
    after(round);
  }
}
