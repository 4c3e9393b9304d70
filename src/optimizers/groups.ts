import { ArgumentError } from "../core/errors.js";
import { MAX_HYPERPARAMETERS } from "../ops/update.js";
import type { Optimizer } from "./optimizer.js";

/** Parameters with options of their own. */
export type ParameterGroup<Options> = Options & {
  /** What the names of the group's parameters end with: "bias", "dense_1.weight"; or several such ends. */
  parameters: string | readonly string[];
};

/**
 * An optimizer with options by parameter, as PyTorch's parameter groups. A parameter belongs to the first group that
 * names it, else to the base. Example, no decay on biases:
 *
 *     parameterGroups(adamw, { weightDecay: 0.05 }, [{ parameters: "bias", weightDecay: 0 }])
 *
 * A schedule moves all learning rates by the same factor.
 *
 * @param build - sgd, adam, ...
 * @param base - options of the rest, and what groups don't change
 * @throws ArgumentError when groups differ in how much state they keep, or there are too many
 */
export function parameterGroups<Options extends object>(
  build: (options?: Options) => Optimizer,
  base: NoInfer<Options>,
  groups: readonly ParameterGroup<NoInfer<Options>>[],
): Optimizer {
  const rest = build(base);
  const members = groups.map(({ parameters, ...options }) => ({
    ends: [parameters].flat(),
    optimizer: build({ ...base, ...(options as unknown as Options) }),
  }));
  const all = [...members.map(({ optimizer }) => optimizer), rest];
  for (const { ends } of members) {
    if (!ends.length || ends.some((end) => typeof end !== "string" || end === "")) {
      throw new ArgumentError('parameterGroups: parameters must be the end of a name, such as "bias", or several.');
    }
  }
  if (all.some(({ moments }) => moments !== rest.moments)) {
    throw new ArgumentError(
      "parameterGroups: all groups must keep the same state. Give all or none momentum, amsgrad.",
    );
  }
  const { learningRate } = rest.config;
  const numbers = all.map(({ hyperparameters }) => hyperparameters(1, learningRate).length);
  const starts = numbers.map((_, i) => numbers.slice(0, i).reduce((sum, length) => sum + length, 0));
  const needed = starts.at(-1)! + numbers.at(-1)!;
  if (needed > MAX_HYPERPARAMETERS) {
    throw new ArgumentError(
      `parameterGroups: ${all.length} groups need ${needed} numbers a step, ${MAX_HYPERPARAMETERS} fit.`,
    );
  }
  const groupOf = (name: string) => {
    const place = members.findIndex(({ ends }) => ends.some((end) => name === end || name.endsWith(`.${end}`)));
    return place < 0 ? members.length : place;
  };
  return {
    config: { ...rest.config, optimizer: "parameterGroups", of: rest.config.optimizer, groups },
    moments: rest.moments,
    hyperparameters: (t, rate) =>
      all.flatMap(({ config, hyperparameters }) => hyperparameters(t, (rate * config.learningRate) / learningRate)),
    update: (parameter, gradient, state, first) => {
      const group = groupOf(parameter.label);
      return all[group].update(parameter, gradient, state, first + starts[group]);
    },
  };
}
