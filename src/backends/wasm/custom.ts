import type { CustomActivation } from "../../ops/activations.js";
import type { CustomCall } from "./engine.js";

/** Lets the engine call users' activations, which are JavaScript: a block of elements at a time. */
export class CustomActivations {
  /** The activations of the plan that runs. */
  current: readonly CustomActivation[] = [];

  constructor(private readonly memory: WebAssembly.Memory) {}

  readonly call: CustomCall = (index, count, y, a, stepA, b, stepB, c, stepC) => {
    const { forward, gradient } = this.current[index];
    const isGradient = c !== 0;
    const [result, first, second, third] = [y, a, b, c].map(
      // Addresses come as signed numbers.
      (address) => new Float32Array(this.memory.buffer, address >>> 0, count),
    );
    for (let i = 0; i < count; i++) {
      const own = first[stepA ? i : 0];
      result[i] = isGradient ? own * gradient(second[stepB ? i : 0], third[stepC ? i : 0]) : forward(own);
    }
  };
}
