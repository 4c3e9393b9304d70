import { type Mutant, mutantsOf } from "./mutant.js";

/** Guards that are left out: conditions of fusions, order and memory, limits of kernels, checks of what is given. */
export const guards: readonly Mutant[] = [
  ...mutantsOf(
    { file: "src/compile/hazards.ts", tests: ["compile/groups.test.ts", "compile/dependencies.test.ts"] },
    {
      "hazard: memory changed twice": ["if (changes.has(storage)) return true;", ""],
      "hazard: the root reads what is changed": ["if (root.inputs.some(", "if (false && root.inputs.some("],
      "hazard: read after the change": ["return i + 1 > change || ", "return "],
      "hazard: read at other elements": [" || input.size !== lengthOf(member);", ";"],
      "hazard: between two parts": [
        "return changed(a).some((storage) => inB.has(storage)) || changed(b).some((storage) => inA.has(storage));",
        "return changed(a).some((storage) => inB.has(storage));",
      ],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/fuse.ts", tests: ["compile/dependencies.test.ts", "compile/random-graphs.test.ts"] },
    {
      "fusion guard: what depends on the launch": ["this.dependencies.canJoin(group, chain) && this.fits", "this.fits"],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/fuse.ts", tests: ["compile/fusion.test.ts", "optimizers"] },
    {
      "fusion guard: hazards in a chain": ["this.fits(group) && !hasHazard(group);", "this.fits(group);"],
      "fusion guard: hazards in a launch": ["if (hasHazard(joined)) return false;", ""],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/fuse.ts", tests: ["compile/compile.test.ts"] },
    { "fusion guard: eight bindings": ["<= MAX_BINDINGS;", "<= 64;"] },
  ),
  ...mutantsOf(
    { file: "src/compile/pairs.ts", tests: ["compile/groups.test.ts"] },
    {
      "column sums guard: independent": ["!dependencies.areIndependent(first, second) || ", ""],
      "column sums guard: hazards": [" || hazardBetween(first, second)", ""],
      "column sums guard: bindings": ["if (fits({ ...first, second })) ", ""],
      "column sums guard: the same columns": ["return k === length && n === inner;", "return true;"],
    },
  ),
  ...mutantsOf(
    { file: "src/ops/traced-cell.ts", tests: ["layers/own-cells.test.ts"] },
    {
      "traced cell guard: functions of numbers": ["if (!tensor.op.scalar) return undefined;", ""],
      "traced cell guard: one number": ["values.every((value) => Object.is(value, values[0]))", "values"],
      "traced cell: slopes of a state that stands for two": [
        "sofar ? add(sofar, slopesAfter[i]) : slopesAfter[i]",
        "slopesAfter[i]",
      ],
      "traced cell: slopes of a gate's part and its sum": [
        "(slopeOf.get(part) ?? none) === (slopeOf.get(hidden[gate]) ?? none)",
        "part !== hidden[gate]",
      ],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/loss-fusion.ts", tests: ["compile/loss-fusion.test.ts"] },
    {
      "loss fusion guard: size": ["shape.length === 2 && size <= MOST_LOGITS", "shape.length === 2"],
      "loss fusion guard: whole batch": [
        "({ attributes, inputs }) => attributes.start === 0 && attributes.batch === inputs[0].shape[0],",
        "() => true,",
      ],
      "loss fusion guard: scale": [
        "madeBy(batchMeanGradientOp, literal(1),",
        'madeBy(batchMeanGradientOp, any("one"),',
      ],
      "loss fusion guard: smoothing": ["?.losses.attributes.smoothing === smoothing", " !== undefined"],
      "loss fusion guard: labels of the step's rows": [
        'all(any("labels"), madeBy(takeBatch, any("data"), any("order")))',
        'any("labels")',
      ],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/order.ts", tests: ["compile/order.test.ts"] },
    {
      "order: readers of the old value first": ["if (reader !== tensor && reader.inputs", "if (false && reader.inputs"],
      "order guard: old and new value": ["if (!done.has(input)) throw bothValues(tensor, input);", ""],
      "order guard: reads what it changes": ["if (isReadToo(tensor, written)) throw alsoRead(tensor, written);", ""],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/memory.ts", tests: ["compile/memory.test.ts"] },
    { "memory guard: needed until its last reader": ["to: lastUse.get(tensor) ?? from,", "to: from,"] },
  ),
  ...mutantsOf(
    { file: "src/backends/webgpu/glue.ts", tests: ["parity/parity.test.ts"], named: "exp" },
    { "kernel guard: elements past the end": ["if (i < UNITS) {", "if (true) {"] },
  ),
  ...mutantsOf(
    { file: "shaders/functions/elementwise.wgsl", tests: ["parity/parity.test.ts"], named: "sigmoid" },
    { "kernel guard: sigmoid's exponent stays negative": ["let decay = exp(-abs(x));", "let decay = exp(-x);"] },
  ),
  ...mutantsOf(
    { file: "src/backends/wasm/assembly/elementwise.ts", tests: ["ops/non-finite.test.ts"] },
    { "kernel guard: NaN in sign, WASM": ["return v128.bitselect(y, x, f32x4.eq(x, x));", "return y;"] },
  ),
  ...mutantsOf(
    { file: "src/backends/wasm/assembly/matmul.ts", tests: ["backends/zeros.test.ts"] },
    { "kernel guard: 0 times infinity, WASM": ["areFinite(to, p.k * COLUMNS)", "1"] },
  ),
  ...mutantsOf(
    { file: "src/backends/wasm/assembly/zeros.ts", tests: ["backends/zeros.test.ts"] },
    {
      "zeros of data are left out": ["to += i32(v128.any_true(i32x4.shl(any, 1))) * TERM_BYTES;", "to += TERM_BYTES;"],
      "zeros of data with a sign": ["i32x4.ne(i32x4.shl(v128.or(left, right), 1)", "i32x4.ne(v128.or(left, right)"],
    },
  ),
  ...mutantsOf(
    { file: "src/backends/buffers.ts", tests: ["backends/contract.test.ts", "parity/harness.test.ts"] },
    {
      "buffer guard: too large": ["if (length * 4 > this.maxBufferBytes) {", "if (false) {"],
      "buffer guard: values past the end": ["start + values.length > own.length", "false"],
      "buffer guard: another's": ["if (!this.#buffers.has(buffer as B)) {", "if (false) {"],
      "buffer guard: words around it": ["if (spoilt.length > 0) throw", "if (false) throw"],
      "buffer guard: a variable without memory": ["if (!buffer) throw", "if (false) throw"],
    },
  ),
  ...mutantsOf(
    { file: "src/backends/webgpu/commands.ts", tests: ["backends/contract.test.ts", "training/trainer.test.ts"] },
    { "queue guard: submitted before a write": ["if (this.#used.has(buffer)) this.submit();", ""] },
  ),
  ...mutantsOf(
    { file: "src/node/write-together.ts", tests: ["node/write-together.test.ts"] },
    {
      "saving guard: a save that was interrupted is finished": [
        "export async function finishWriting(directory: string): Promise<void> {",
        "export async function finishWriting(directory: string): Promise<void> {\n  if (directory) return;",
      ],
      "saving guard: what is at work is left alone": ["!(await isAbandoned(path))", "false"],
      "saving guard: nothing is left of what failed": [
        "await rm(partial, { recursive: true, force: true });\n    if",
        "if",
      ],
    },
  ),
  ...mutantsOf(
    { file: "src/node/atomic-write.ts", tests: ["node/atomic-write.test.ts"] },
    { "saving guard: on the disk first": ["    await file.sync();\n", ""] },
  ),
];
