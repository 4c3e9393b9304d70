import { printFunctions } from "../backends/wasm/print-functions.js";
import { printRules } from "../backends/wasm/print-rules.js";
import { registry } from "../graph/op.js";
import "../ops/index.js";
import { rules } from "../optimizers/index.js";

/** The modules of the WASM engine that are printed, by their files in assembly/, and the names of what is in them. */
export function printEngine() {
  const { text: functionsText, functions } = printFunctions(registry.values());
  const { text: rulesText, updates } = printRules(rules.values());
  return { modules: { "functions.ts": functionsText, "rules.ts": rulesText }, printed: { functions, updates } };
}
