import { type Launch, resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import { linksOf, writeChain } from "./chain.js";
import { Kernel } from "./codes.js";
import type { ProgramWriter } from "./writer.js";

/** Writes a launch as instructions. */
export type WasmKernel = (launch: Launch, writer: ProgramWriter) => void;

/**
 * A kernel that writes its whole result to memory at `y`; what is chained to it is worked off there afterwards. Results
 * that nobody else needs go to scratch.
 */
export const withResult =
  (write: (launch: Launch, y: number, writer: ProgramWriter) => void): WasmKernel =>
  (launch, writer) => {
    const { output, results } = launch;
    if (output) return write(launch, writer.address(output), writer);
    const [result] = results!;
    const size = sizeOf(result.shape);
    const own = result.outputs.find(({ value }) => value === 0);
    const y = own ? writer.address(own.to) : writer.shared(size * 4);
    write(launch, y, writer);
    const outputs = result.outputs.filter((kept) => kept !== own);
    const chain = writeChain(writer, { given: true, links: linksOf(result), outputs });
    writer.instruction(Kernel.chain, [chain, y, size], size);
  };

/** An elementwise op, and what follows it, as a chain of their own. In-place ops are as long as what they are given. */
export const elementwiseKernel: WasmKernel = (launch, writer) => {
  const { op, attributes, numbers = [], inputs, writes, output, results } = launch;
  const shape = writes.length > 0 ? inputs[1].shape : resultShape(launch);
  const operands = [
    ...inputs.map((argument) => ({ argument, shape: argument.shape })),
    ...numbers.map((number) => ({ number })),
  ];
  const links = [{ op, attributes, operands, shape }, ...(results ? linksOf(results[0]) : [])];
  const outputs = results ? results[0].outputs : output ? [{ value: 0, to: output }] : [];
  const size = sizeOf(shape);
  const chain = writeChain(writer, { given: false, links, outputs });
  writer.instruction(Kernel.chain, [chain, 0, size], size);
};
