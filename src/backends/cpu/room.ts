import type { Plan } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";

/** Memory of this machine in bytes, where it says; in browsers an allocation fails when it is too large. */
function machineBytes(): number {
  type Node = { process?: { getBuiltinModule?(name: "os"): { totalmem(): number } } };
  return (globalThis as Node).process?.getBuiltinModule?.("os").totalmem() ?? Number.POSITIVE_INFINITY;
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;

/**
 * Looks at what a buffer needs beside those that there are.
 *
 * @param held - bytes in use
 * @param most - bytes that there are
 * @throws DeviceError where it is more than the machine has
 */
export function checkBuffer(label: string, bytes: number, held: number, most = machineBytes()): void {
  if (held + bytes <= most) return;
  throw new DeviceError(
    `${label}: ${mebibytes(bytes)} are needed beside the ${mebibytes(held)} in use, this machine has ${mebibytes(most)}. Use ` +
      "fewer rows or smaller layers; for large vocabularies an embedding of fewer ids or features.",
  );
}

/**
 * Looks at what a plan needs before any of it is taken.
 *
 * @param replicas - models that have its buffers for themselves
 * @param most - bytes that there are
 * @throws DeviceError that names the largest tensors, where it is more than the machine has
 */
export function checkRoom({ label, buffers, launches }: Plan, replicas: number, most = machineBytes()): void {
  const needed = buffers.reduce((sum, { kind, length }) => sum + (kind === "scratch" ? 4 * length * replicas : 0), 0);
  if (needed <= most) return;
  const largest = launches
    .flatMap((launch) => (launch.output ? [{ label: launch.label, bytes: 4 * sizeOf(launch.output.shape) }] : []))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  throw new DeviceError(
    `${label}: ${mebibytes(needed)} are needed, this machine has ${mebibytes(most)}. The largest tensors: ` +
      `${largest.map((tensor) => `${tensor.label} ${mebibytes(tensor.bytes)}`).join(", ")}. Use a smaller batchSize or smaller ` +
      "layers; for logits of many classes, sampledCrossEntropy().",
  );
}
