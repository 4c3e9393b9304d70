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
    const size = sizeOf(results![0].shape);
    const kept = keptOf(launch, writer);
    const y = kept.y || writer.shared(size * 4);
    write(launch, y, writer);
    writer.instruction(Kernel.chain, [kept.chain, y, size], size);
  };

/** Where a kernel's own value is kept, 0 where it isn't, and the chain that makes the others of it, 0 where there is none. */
export function keptOf({ output, results }: Launch, writer: ProgramWriter): { y: number; chain: number } {
  if (output) return { y: writer.address(output), chain: 0 };
  const [result] = results!;
  const own = result.outputs.find(({ value }) => value === 0);
  const outputs = result.outputs.filter((each) => each !== own);
  const chain = writeChain(writer, { given: true, links: linksOf(result), outputs });
  return { y: own ? writer.address(own.to) : 0, chain };
}

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
