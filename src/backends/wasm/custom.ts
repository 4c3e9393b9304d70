import type { CustomActivation } from "../../ops/activations.js";
import type { CallCustom } from "./engine.js";

/** The fields of `CustomCall` in assembly/host.ts, in their order: addresses, and steps between operands' elements. */
const FIELDS = ["activation", "count", "y", "a", "stepA", "b", "stepB", "c", "stepC"] as const;

/** Lets the engine call users' activations, which are JavaScript: a block of elements at a time. */
export class CustomActivations {
  /** The activations of the plan that runs. */
  current: readonly CustomActivation[] = [];

  constructor(private readonly memory: WebAssembly.Memory) {}

  readonly call: CallCustom = (record) => {
    const call = this.#read(record);
    const { forward, gradient } = this.current[call.activation];
    const floats = (address: number) => new Float32Array(this.memory.buffer, address, call.count);
    const [y, a, b, c] = [call.y, call.a, call.b, call.c].map(floats);
    const isGradient = call.c !== 0;
    for (let i = 0; i < call.count; i++) {
      const own = a[call.stepA ? i : 0];
      y[i] = isGradient ? own * gradient(b[call.stepB ? i : 0], c[call.stepC ? i : 0]) : forward(own);
    }
  };

  #read(record: number): Record<(typeof FIELDS)[number], number> {
    const words = new Uint32Array(this.memory.buffer, record >>> 0, FIELDS.length); // addresses come as signed numbers
    return Object.fromEntries(FIELDS.map((name, i) => [name, words[i]])) as Record<(typeof FIELDS)[number], number>;
  }
}
