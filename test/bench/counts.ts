import { globals } from "webgpu";

/** Calls of WebGPU that are counted for a step. */
export const COUNTED = ["dispatches", "submits", "bindGroups", "writes", "buffers"] as const;
export type Counts = Record<(typeof COUNTED)[number], number>;

const CALLS: readonly [className: string, method: string, counts: keyof Counts][] = [
  ["GPUComputePassEncoder", "dispatchWorkgroups", "dispatches"],
  ["GPUComputePassEncoder", "dispatchWorkgroupsIndirect", "dispatches"],
  ["GPUQueue", "submit", "submits"],
  ["GPUQueue", "writeBuffer", "writes"],
  ["GPUDevice", "createBindGroup", "bindGroups"],
  ["GPUDevice", "createBuffer", "buffers"],
];

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Counts calls by any library while `work` runs. Timed runs go without. Submits of nothing, which only ask a queue whether
 * it is done, depend on the clock and aren't counted.
 *
 * @param classes - WebGPU's classes as the library has them
 */
export async function counting(
  work: () => Promise<unknown>,
  classes: Record<string, { prototype: object }> = globals as never,
): Promise<Counts> {
  const counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts;
  const restore = CALLS.map(([className, method, name]) => {
    const prototype = classes[className].prototype as Record<string, Method>;
    const original = prototype[method];
    prototype[method] = function (...args) {
      const isEmpty = name === "submits" && Array.from(args[0] as Iterable<unknown>).length === 0;
      if (!isEmpty) counts[name]++;
      return original.apply(this, args);
    };
    return () => {
      prototype[method] = original;
    };
  });
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return counts;
}
