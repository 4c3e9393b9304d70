import { type Launch, type Result, resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import { linksOf, writeChain } from "./chain.js";
import { Kernel } from "./codes.js";
import type { ProgramWriter } from "./writer.js";

/** Writes a launch as instructions. */
export type WasmKernel = (launch: Launch, writer: ProgramWriter) => void;

/**
 * A kernel that writes its whole result to memory at `y`, and a second one at `second` where that isn't 0; what is chained to
 * them is worked off there afterwards. Results that nobody else needs go to scratch.
 */
export const withResult =
  (write: (launch: Launch, y: number, writer: ProgramWriter, second: number) => void): WasmKernel =>
  (launch, writer) => {
    const { output, results = [] } = launch;
    if (output) return write(launch, writer.address(output), writer, 0);
    let room = 0;
    const made = results.map((result) => {
      const size = sizeOf(result.shape);
      const { y, chain } = keptIn(result, writer);
      if (y === 0) room += size * 4;
      return { y: y || writer.shared(room) + room - size * 4, chain, size, isChained: result.chain.length > 0 };
    });
    write(launch, made[0].y, writer, made[1]?.y ?? 0);
    for (const { y, chain, size, isChained } of made) {
      if (isChained) writer.instruction(Kernel.chain, [chain, y, size], size);
    }
  };

/** Where a kernel's own value is kept, 0 where it isn't, and the chain that makes the others of it, 0 where there is none. */
export const keptOf = ({ output, results }: Launch, writer: ProgramWriter): { y: number; chain: number } =>
  output ? { y: writer.address(output), chain: 0 } : keptIn(results![0], writer);

function keptIn(result: Result, writer: ProgramWriter): { y: number; chain: number } {
  const own = result.outputs.find(({ value }) => value === 0);
  const outputs = result.outputs.filter((each) => each !== own);
  const chain = result.chain.length > 0 ? writeChain(writer, { given: true, links: linksOf(result), outputs }) : 0;
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
