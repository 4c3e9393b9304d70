import type { Backend } from "../backends/backend.js";
import { checkGuards } from "../backends/buffers.js";
import { compile } from "../compile/compile.js";
import { ModelStepTable, type StepFields } from "../compile/steps.js";
import { type Values, wordsOf } from "../core/dtype.js";
import { type Tensor, variable } from "../graph/tensor.js";
import { storageOf, writtenInputs } from "../graph/views.js";
import { collect } from "../ops/batch.js";
import { broadcastTo } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { ONE_STEP } from "./evaluator.js";

/** A sink that writes all of `x` to row `first` of a variable, whatever the steps' rows are. */
function capture(x: Tensor, name: string, steps: readonly StepFields[]): Tensor {
  const rows = Math.max(...steps.map((step) => step.rows));
  const places = Math.max(...steps.map((step) => step.first)) + rows;
  return collect(variable(name, [places, x.size]), broadcastTo(reshape(x, [1, x.size]), [rows, x.size]));
}

/** The variables that a tensor's op changes in place. */
const writtenBy = (tensor: Tensor) => writtenInputs(tensor).map((input) => storageOf(tensor.inputs[input]));

export interface RunOptions {
  steps?: readonly StepFields[];
  /** Whether a launch may compute several ops, as in training, if the device can; default false, as on the reference. */
  fused?: boolean;
}

/**
 * Compiles the graph of `outputs` and runs it on a device.
 *
 * @param outputs - f32; ops that write in place are their own sinks
 * @param values - of the variables; those not named begin with zeros
 * @returns for each output its values after the last step, then those of each variable that its op writes
 * @throws DeviceError when a kernel doesn't compile or memory is short
 */
export async function runTensors(
  device: Backend,
  outputs: readonly Tensor[],
  values: ReadonlyMap<Tensor, Values>,
  { steps = [ONE_STEP], fused = false }: RunOptions = {},
): Promise<Values[]> {
  const sinks = outputs.map((output, i) => (output.op.writes ? output : capture(output, `result ${i}`, steps)));
  const captured = new Set(sinks.filter((sink, i) => sink !== outputs[i]).map(storageOf));
  const written = outputs.flatMap((output, i) => [
    ...(sinks[i] === output ? [] : [storageOf(sinks[i])]),
    ...writtenBy(output),
  ]);
  const table = new ModelStepTable(steps.length);
  steps.forEach((step, i) => {
    table.set(i, step);
  });
  const leaves = [...new Set([...values.keys(), ...sinks.map(storageOf)])];
  const memory = new Map(
    leaves.map((leaf) => {
      const { dtype, length } = wordsOf(leaf.dtype, leaf.size);
      return [leaf.label, device.create(leaf.label, dtype, length, values.get(leaf))];
    }),
  );
  try {
    const plan = compile("check", sinks, { fused: fused && device.fused });
    const program = await device.load(plan, memory, steps.length);
    await program.run(table);
    const arrays = await device.read(written.map(({ label }) => memory.get(label)!));
    await checkGuards(device);
    program.dispose();
    const { first } = steps.at(-1)!;
    return arrays.map((array, i) => {
      const size = written[i].shape[1];
      return captured.has(written[i]) ? (array.subarray(first * size, (first + 1) * size) as Values) : array;
    });
  } finally {
    device.destroy([...memory.values()]);
  }
}
