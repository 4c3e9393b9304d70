import { ArgumentError, type Backend, type SweepQueue } from "../../index.js";
import { checkUrl, shownUrl } from "../../node/queue/connect.js";
import { openQueue } from "../../node.js";
import type { SweepCall } from "../commands/sweep-settings.js";
import type { KeptCommand } from "../runs/sweep.js";
import type { Output } from "../text/output.js";
import { threadQueue } from "./embedded.js";
import { orderOf } from "./order.js";

/** @throws ArgumentError when options of threads and queues contradict each other */
export function checkMachines({ workers, queue, anyVariant }: SweepCall["values"]): void {
  if (queue !== undefined) checkUrl(queue);
  if (queue !== undefined && workers > 1) {
    throw new ArgumentError(
      "--workers are threads of this process; with --queue, workers are told by their own --concurrency.",
    );
  }
  if (anyVariant && queue === undefined) throw new ArgumentError("--any-variant is for --queue. Give that, too.");
}

/** The processes or threads that a sweep is trained by; none where it is this thread. */
export async function machinesFor(
  command: KeptCommand,
  { queue, workers, anyVariant, dataDir }: SweepCall["values"],
  { backend }: Backend,
  output: Output,
): Promise<{ queue: SweepQueue; description: string } | undefined> {
  if (queue === undefined) {
    if (workers === 1) return undefined;
    const order = { command, backend, ...(dataDir !== undefined && { dataDir }) };
    const description = `${workers} threads with a device each (${backend})`;
    return { queue: threadQueue(order, workers, backend === "webgpu"), description };
  }
  const where = shownUrl(checkUrl(queue));
  const opened = openQueue(queue, {
    anyVariant: anyVariant === true,
    details: { ...(await orderOf(command)) },
    onWaiting: () => output.note(`Waiting for workers at ${where}: neuromotor worker --queue ${where}`),
    onRefusal: (worker, reason) => output.note(`A worker won't take part (${worker}): ${reason}`),
  });
  return { queue: opened, description: `the workers at ${where}` };
}
