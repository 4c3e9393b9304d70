import { kernels } from "../../src/backends/cpu/kernels.js";
import { launchOrder, ownerOf } from "../../src/compile/order.js";
import type { Argument } from "../../src/compile/plan.js";
import { emptyStep, StepTable } from "../../src/compile/steps.js";
import type { Values } from "../../src/core/dtype.js";
import { isConstant, type Tensor } from "../../src/graph/tensor.js";
import type { StepRecord } from "./run.js";

/** Arrays of numbers that the CPU kernels run on just as well as on float32. */
type Wide = Float64Array | Uint32Array;

/**
 * A graph evaluated in float64: the CPU backend's own kernels over float64 memory, one array per tensor, nothing shared
 * and nothing rewritten.
 */
export class Evaluator {
  readonly #memory = new Map<Tensor, Wide>();
  readonly #calls: ((step: ReturnType<typeof emptyStep>) => void)[];

  constructor(outputs: readonly Tensor[]) {
    this.#calls = launchOrder(outputs).map((tensor) => {
      const { op, label, attributes, inputs } = tensor;
      const argument = ({ shape, dtype }: Tensor): Argument => ({ buffer: 0, shape, dtype });
      const output = op.writes ? {} : { output: argument(tensor) };
      const launch = { op: op.name, label, attributes, inputs: inputs.map(argument), ...output, writes: [] };
      return kernels[op.name](
        launch,
        inputs.map((input) => this.of(input) as unknown as Values),
        this.of(tensor) as unknown as Values,
      );
    });
  }

  /** The array that holds a tensor. Write variables' before `run`, read results' after it. */
  of(tensor: Tensor): Wide {
    const owner = ownerOf(tensor);
    let array = this.#memory.get(owner);
    if (!array) {
      array = owner.dtype === "f32" ? new Float64Array(owner.size) : new Uint32Array(owner.size);
      if (isConstant(owner)) array.set(owner.attributes.values as Values);
      this.#memory.set(owner, array);
    }
    return array;
  }

  run(record: StepRecord = { first: 0, rows: 1 }): void {
    const table = new StepTable(1);
    table.set(0, record);
    const step = emptyStep();
    table.get(0, step);
    for (const call of this.#calls) call(step);
  }
}
