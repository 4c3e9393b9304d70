import { kernels } from "../backends/cpu/kernels.js";
import { launchOrder } from "../compile/order.js";
import { type Argument, callOf } from "../compile/plan.js";
import { emptyStep, readStep } from "../compile/read-step.js";
import { lower, type Rewritten } from "../compile/rewrite.js";
import { ModelStepTable, type StepFields } from "../compile/steps.js";
import type { Values } from "../core/dtype.js";
import { ancestors, isConstant, type Tensor } from "../graph/tensor.js";
import { storageOf } from "../graph/views.js";

/** Arrays of numbers that the CPU kernels run on just as well as on float32. */
type Wide = Float64Array | Uint32Array;

type KernelCall = (step: ReturnType<typeof emptyStep>) => void;

/** A step for graphs that don't depend on it. */
export const ONE_STEP: StepFields = { first: 0, rows: 1 };

/**
 * A graph evaluated in float64: the CPU backend's own kernels over float64 memory, one array per tensor, nothing shared
 * and nothing fused.
 */
export class Evaluator {
  readonly #memory = new Map<Tensor, Wide>();
  readonly #calls: readonly (readonly [Tensor, KernelCall])[];
  readonly #lowered: Rewritten;

  constructor(outputs: readonly Tensor[]) {
    this.#lowered = lower(outputs);
    this.#calls = launchOrder(this.#lowered.outputs).map((tensor) => {
      const { op, label, inputs } = tensor;
      const argument = ({ shape, dtype }: Tensor): Argument => ({ buffer: 0, shape, dtype });
      const output = op.writes ? {} : { output: argument(tensor) };
      const launch = { ...callOf(tensor, argument), label, ...output, writes: [] };
      const call = kernels[op.name](
        launch,
        inputs.map((input) => this.of(input) as unknown as Values),
        this.of(tensor) as unknown as Values,
      );
      return [tensor, call];
    });
  }

  /** The array that holds a tensor. Write variables' before `run`, read results' after it. */
  of(tensor: Tensor): Wide {
    const owner = storageOf(this.#lowered.of(tensor));
    let array = this.#memory.get(owner);
    if (!array) {
      array = owner.dtype === "f32" ? new Float64Array(owner.size) : new Uint32Array(owner.size);
      if (isConstant(owner)) array.set(owner.attributes.values as Values);
      this.#memory.set(owner, array);
    }
    return array;
  }

  /** Writes variables. */
  set(values: ReadonlyMap<Tensor, ArrayLike<number>>): void {
    for (const [variable, array] of values) this.of(variable).set(array);
  }

  run(record: StepFields = ONE_STEP): void {
    this.#run(this.#calls, record);
  }

  /** A `run` of the tensors that depend on a variable, for when nothing else has changed. */
  runAfter(variable: Tensor, record: StepFields = ONE_STEP): () => void {
    const after = new Set([variable]);
    for (const tensor of ancestors(this.#lowered.outputs)) {
      if (tensor.inputs.some((input) => after.has(input))) after.add(tensor);
    }
    const calls = this.#calls.filter(([tensor]) => after.has(tensor));
    return () => this.#run(calls, record);
  }

  #run(calls: readonly (readonly [Tensor, KernelCall])[], record: StepFields): void {
    const table = new ModelStepTable(1);
    table.set(0, record);
    const step = emptyStep();
    readStep(table, 0, step);
    for (const [, call] of calls) call(step);
  }
}
