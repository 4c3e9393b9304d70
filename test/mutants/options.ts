import { type Mutant, mutantsOf } from "./mutant.js";

/** Options of the command line that are read and forgotten: in the test of each option, that one. */
export const forgottenOption: Mutant = {
  name: "every option of the command line, one by one",
  file: "src/cli/settings/options.ts",
  edit: [
    ".filter((name) => options[name] !== undefined)",
    ".filter((name) => options[name] !== undefined && name !== (globalThis as { forgotten?: string }).forgotten)",
  ],
  tests: ["cli/settings.test.ts"],
  // Options that all commands have are tested in the first; a seed is of no use where nothing is random.
  named: "^train .* arrives$|^(?!.* (backend|json|quiet|seed) arrives$).* arrives$",
  config: "test/mutants/options.config.ts",
};

const optimizers = (name: string, edits: Readonly<Record<string, Mutant["edit"]>>) =>
  mutantsOf({ file: `src/optimizers/${name}.ts`, tests: ["golden/optimizers.test.ts"] }, edits);

/** Options of optimizers and gradient rules that do nothing. */
export const options: readonly Mutant[] = [
  ...optimizers("sgd", {
    "sgd: weightDecay": ["learningRate: rate,\n      weightDecay,", "learningRate: rate,\n      weightDecay: 0,"],
    "sgd: dampening": ["t === 1 ? 1 : 1 - dampening", "1"],
    "sgd: the first step takes the gradient whole": ["t === 1 ? 1 : 1 - dampening", "1 - dampening"],
    "sgd: nesterov": ["momentum: momentum > 0, nesterov }", "momentum: momentum > 0, nesterov: false }"],
  }),
  ...optimizers("adam", {
    "adam: weightDecay": ["weightDecay: decoupled ? 0 : weightDecay", "weightDecay: 0"],
    "adamw: weightDecay": ["decoupled ? 1 - rate * weightDecay : 1", "1"],
    "adam: correction of the mean": ["stepSize: rate / (1 - beta1 ** t)", "stepSize: rate"],
    "adam: correction of the mean square": ["biasCorrection: 1 / (1 - beta2 ** t)", "biasCorrection: 1"],
    "adam: epsilon": ["epsilon: epsilonInRoot ? 0 : epsilon,", "epsilon: 0,"],
  }),
  ...mutantsOf(
    { file: "src/optimizers/adam.ts", tests: ["optimizers/optimizers.test.ts"] },
    { "adam: amsgrad": ["flags: { amsgrad, decoupled }", "flags: { amsgrad: false, decoupled }"] },
  ),
  ...optimizers("rmsprop", {
    "rmsprop: alpha": ["      alpha,\n      oneMinusAlpha: 1 - alpha", "      alpha: 0.99,\n      oneMinusAlpha: 0.01"],
    "rmsprop: centered": ["flags: { centered, momentum", "flags: { centered: false, momentum"],
    "rmsprop: momentum": ["momentum: momentum > 0 },", "momentum: false },"],
  }),
  ...mutantsOf(
    { file: "src/optimizers/gradients.ts", tests: ["golden/clipping.test.ts", "optimizers/gradients.test.ts"] },
    {
      "clipByValue: limit": ["clamp(gradient, { low: -limit, high: limit })", "gradient"],
      "clipByGlobalNorm: limit": ["mul(gradient, factor));\n    },", "gradient);\n    },"],
      "penalties leave biases alone": ["unitsOf(parameter) ? add(", "true ? add("],
    },
  ),
  ...mutantsOf(
    { file: "src/optimizers/lion.ts", tests: ["optimizers"] },
    { "lion: weightDecay": ["oneMinusDecay: 1 - rate * weightDecay", "oneMinusDecay: 1"] },
  ),
];
