import { type Mutant, mutantsOf } from "./mutant.js";

const FUSION = ["compile/fusion.test.ts"];
const COUNTS = "^launches of a training step";

/** Fusions and rewrites that don't happen: the numbers stay right, only counts tell. */
export const fusions: readonly Mutant[] = [
  ...mutantsOf(
    { file: "src/compile/compile.ts", tests: FUSION, named: COUNTS },
    {
      "fusion: losses": ["passes?.loss ? fuseLosses(outputs) : outputs", "outputs"],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/walk.ts", tests: FUSION, named: COUNTS },
    {
      "fusion: batches": ["passes?.batches ? ancestors(outputs)", "passes === null ? ancestors(outputs)"],
      "fusion: stored transposes": ["if (tensor.op === matmul.op) return this.#sides(tensor, of);", ""],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/fuse.ts", tests: FUSION, named: COUNTS },
    {
      "fusion: column sums": ["passes.updates ? pairResults(fused, dependencies, fits) : fused", "fused"],
      "fusion: chains": ["const isElementwise = tensor.op.elementwise === true;", "const isElementwise = false;"],
      "fusion: epilogues": ["root.op.elementwise ? this.passes.chains : this.passes.epilogues", "root.op.elementwise"],
      "fusion: updates": ["if (!this.passes.updates && chain.some", "if (chain.some"],
      "fusion: deferred until their reader": [
        "readers.length === 1 && !tensor.op.writes",
        "false && !tensor.op.writes",
      ],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/loss-fusion.ts", tests: FUSION, named: COUNTS },
    {
      "fusion: correct rows with the loss": [
        "const correct = outputs.find((output) => CORRECT(output, { ...found, results: loss.inputs[0] }));",
        "const correct = undefined;",
      ],
    },
  ),
  ...mutantsOf(
    { file: "src/compile/memory.ts", tests: ["compile/memory.test.ts", "compile/compile.test.ts"] },
    { "memory: scratch is shared": ["to: lastUse.get(tensor) ?? from,", "to: Number.MAX_SAFE_INTEGER,"] },
  ),
];
