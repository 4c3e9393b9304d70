import type { OptimizerChoice, OptimizerNumber } from "./settings.js";

/** An optimizer's title, and the numbers it takes, with their defaults. */
interface OptimizerEntry {
  title: string;
  numbers: Readonly<Partial<Record<OptimizerNumber, number>>>;
}

const betas = { beta1: 0.9, beta2: 0.999, weightDecay: 0 };

/** Optimizers of the library, with the defaults it has for them (PyTorch's). */
export const optimizerEntries: Record<OptimizerChoice, OptimizerEntry> = {
  sgd: { title: "SGD", numbers: { momentum: 0, weightDecay: 0 } },
  rmsprop: { title: "RMSprop", numbers: { momentum: 0, weightDecay: 0 } },
  adagrad: { title: "Adagrad", numbers: { weightDecay: 0 } },
  adadelta: { title: "Adadelta", numbers: { weightDecay: 0 } },
  adam: { title: "Adam", numbers: betas },
  adamw: { title: "AdamW", numbers: { ...betas, weightDecay: 0.01 } },
  adamax: { title: "Adamax", numbers: betas },
  nadam: { title: "NAdam", numbers: betas },
  lion: { title: "Lion", numbers: { beta1: 0.9, beta2: 0.99, weightDecay: 0 } },
};

export const optimizerTitles = Object.fromEntries(
  Object.entries(optimizerEntries).map(([name, { title }]) => [name, title]),
) as Record<OptimizerChoice, string>;
