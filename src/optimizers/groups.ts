import { ArgumentError } from "../core/errors.js";
import { checkArgument } from "../core/options.js";
import { shown } from "../core/shown.js";
import { MAX_HYPERPARAMETERS } from "../ops/update.js";
import { checkOptimizer, type Optimizer } from "./optimizer.js";

/** Parameters with options of their own. */
export type ParameterGroup<Options> = Options & {
  /** A layer of the group, "dense_1"; or what names of its parameters end with: "bias", "dense_1.weight"; or several. */
  parameters: string | readonly string[];
  /** False keeps the group's parameters as they are, without state of the optimizer. Default true. */
  trainable?: boolean;
};

/** Whether a name in a group means a parameter: by its layer, by its end, or whole. */
const means = (word: string, parameter: string) =>
  parameter === word || parameter.endsWith(`.${word}`) || parameter.startsWith(`${word}.`);

/**
 * An optimizer with options by parameter, as PyTorch's parameter groups. A parameter belongs to the first group that
 * names it, else to the base. Example, no decay on biases:
 *
 *     parameterGroups(adamw, { weightDecay: 0.05 }, [{ parameters: "bias", weightDecay: 0 }])
 *
 * Or a layer that stays as it is, to be trained later by a Trainer with other groups:
 *
 *     parameterGroups(adam, { learningRate: 1e-3 }, [{ parameters: "dense", trainable: false }])
 *
 * A schedule moves all learning rates by the same factor. The optimizer's own rate is the base's, or where that is 0 the
 * first group's that isn't.
 *
 * @param build - sgd, adam, ...
 * @param base - options of the rest, and what groups don't change
 * @throws ArgumentError when groups differ in how much state they keep, or there are too many; from `new Trainer`, when a
 * group names no parameter of the model
 */
export function parameterGroups<Options extends object>(
  build: (options?: Options) => Optimizer,
  base: NoInfer<Options>,
  groups: readonly ParameterGroup<NoInfer<Options>>[],
): Optimizer {
  checkArgument(
    "parameterGroups",
    "a function that makes an optimizer, such as adam",
    build,
    typeof build === "function",
  );
  checkArgument("parameterGroups", "a list of groups", groups, Array.isArray(groups));
  for (const group of groups) {
    checkArgument(
      "parameterGroups",
      'groups such as { parameters: "bias" }',
      group,
      typeof group === "object" && !!group,
    );
  }
  const rest = build(base);
  checkOptimizer("parameterGroups", rest);
  const members = groups.map(({ parameters, trainable = true, ...options }) => ({
    words: [parameters].flat(),
    trainable,
    optimizer: build({ ...base, ...(options as unknown as Options) }),
  }));
  const trained = members.filter(({ trainable }) => trainable);
  const all = [...trained.map(({ optimizer }) => optimizer), rest];
  for (const { words } of members) {
    if (!words.length || words.some((word) => typeof word !== "string" || word === "")) {
      throw new ArgumentError(
        'parameterGroups: parameters must be a layer, such as "dense_1", the end of a name, such as "bias", or several.',
      );
    }
  }
  const flag = members.find(({ trainable }) => typeof trainable !== "boolean");
  if (flag) throw new ArgumentError(`parameterGroups: trainable must be true or false, got ${shown(flag.trainable)}.`);
  if (all.some(({ moments }) => moments !== rest.moments)) {
    throw new ArgumentError(
      "parameterGroups: all groups must keep the same state. Give all or none momentum, amsgrad.",
    );
  }
  // Schedules and the trainer change one rate above 0, of which each group's is a fixed multiple.
  const learningRate = [rest, ...all].map(({ config }) => config.learningRate).find((rate) => rate > 0) ?? 0;
  const numbers = all.map(({ hyperparameters }) => hyperparameters(1, learningRate).length);
  const starts = numbers.map((_, i) => numbers.slice(0, i).reduce((sum, length) => sum + length, 0));
  const needed = starts.at(-1)! + numbers.at(-1)!;
  if (needed > MAX_HYPERPARAMETERS) {
    throw new ArgumentError(
      `parameterGroups: ${all.length} groups need ${needed} numbers a step, ${MAX_HYPERPARAMETERS} fit.`,
    );
  }
  const memberOf = (name: string) => members.find(({ words }) => words.some((word) => means(word, name)));
  const groupOf = (name: string) => {
    const member = memberOf(name);
    return member ? trained.indexOf(member) : trained.length;
  };
  return {
    config: {
      ...rest.config,
      learningRate,
      ...(rest.config.learningRate !== learningRate && { base: { learningRate: rest.config.learningRate } }),
      optimizer: "parameterGroups",
      of: rest.config.optimizer,
      groups,
    },
    moments: rest.moments,
    ...(trained.length < members.length && { trains: (name) => memberOf(name)?.trainable ?? true }),
    checkParameters(names) {
      const word = members.flatMap(({ words }) => words).find((each) => !names.some((name) => means(each, name)));
      if (word === undefined) return;
      throw new ArgumentError(
        `parameterGroups: "${word}" is no parameter, layer or end of a name in the model, which has ${names.join(", ")}.`,
      );
    },
    hyperparameters: (t, rate) =>
      all.flatMap(({ config, hyperparameters }) =>
        hyperparameters(t, learningRate > 0 ? (rate * config.learningRate) / learningRate : rate),
      ),
    update: (parameter, gradient, state, first) => {
      const group = groupOf(parameter.label);
      return all[group].update(parameter, gradient, state, first + starts[group]);
    },
  };
}
