import type { Op, ScalarFunction } from "../../graph/op.js";

/*
 * Loops over elementwise ops that are functions of numbers, as AssemblyScript: one for each op, its operands and numbers
 * as its descriptor in src/ops lists them. When the engine is built, src/vite.config.ts gives the text to its compiler as
 * assembly/functions.ts; nothing of this runs in a page.
 */

const OPERANDS = ["a", "b", "c"];
const TYPED = ["y: usize", ...OPERANDS.map((name) => `${name}: usize, ${name}Step: usize`), "end: usize"].join(", ");
const PARAMETERS = ["y", ...OPERANDS.map((name) => `${name}, ${name}Step`), "end"].join(", ");

/**
 * The module's text, and the names of its ops by their numbers. The function of op x on four elements is `op_x` of
 * assembly/elementwise.ts; the engine's compiler names one that is missing.
 *
 * @throws Error when an op takes more operands and numbers than a chain has places for
 */
export function printFunctions(ops: Iterable<Op>): { text: string; functions: string[] } {
  const scalars = [...ops].flatMap(({ name, scalar }) => (scalar ? [{ name, scalar }] : []));
  const functions = scalars.map(({ name }) => name);
  const text = [
    "// functions.ts: loops over elementwise ops, printed from the descriptors in src/ops.\n",
    `import { ${functions.map((name) => `op_${name}`).join(", ")} } from "./elementwise";\n`,
    ...scalars.map(({ name, scalar }) => printLoop(name, scalar)),
    "/**",
    " * y[i] = f(a[i], b[i], c[i]) from y to `end`, in whole vectors; steps are 16, or 0 where four times the same number is",
    " * held. Functions of fewer operands do not look at the others.",
    " */",
    `export function runFunction(f: i32, ${TYPED}): void {`,
    "  switch (f) {",
    ...functions.map((name, i) => `    case ${i}: return each_${name}(${PARAMETERS});`),
    "    default: unreachable();",
    "  }",
    "}\n",
  ];
  return { text: text.join("\n"), functions };
}

function printLoop(name: string, { operands, numbers = [] }: ScalarFunction): string {
  const count = operands + numbers.length;
  if (count > OPERANDS.length) {
    throw new Error(`${name}: takes ${count} operands and numbers; a chain of the WASM engine has places for three.`);
  }
  const taken = OPERANDS.slice(0, count);
  return [
    `function each_${name}(${TYPED}): void {`,
    "  while (y < end) {",
    `    v128.store(y, op_${name}(${taken.map((operand) => `v128.load(${operand})`).join(", ")}));`,
    "    y += 16;",
    ...taken.map((operand) => `    ${operand} += ${operand}Step;`),
    "  }",
    "}\n",
  ].join("\n");
}
