import { lossFromConfig, lossNames, optimizerNames } from "../../index.js";
import { optimizerFromConfig } from "../../optimizers/index.js";

/*
 * The losses and optimizers that an option belongs to, read from their own configs.
 */

/** Things that one setting chooses by name and others give options to. */
export type Chosen = "loss" | "optimizer";

/** A loss or optimizer that takes an option. */
export interface Taker {
  name: string;
  /** The option's default. */
  default: unknown;
}

const registries: Record<Chosen, { names: readonly string[]; configOf(name: string): Record<string, unknown> }> = {
  loss: { names: lossNames, configOf: (loss) => lossFromConfig({ loss }).config },
  optimizer: { names: optimizerNames, configOf: (optimizer) => optimizerFromConfig({ optimizer }).config },
};

/** The losses or optimizers that take an option. */
export function takersOf(chosen: Chosen, option: string): Taker[] {
  const { names, configOf } = registries[chosen];
  return names.flatMap((name) => {
    const config = configOf(name);
    return option in config ? [{ name, default: config[option] }] : [];
  });
}

/** The takers' names in words; undefined if every loss or optimizer takes the option. */
export function belongings(chosen: Chosen, takers: readonly Taker[]): string | undefined {
  if (takers.length === registries[chosen].names.length) return undefined;
  return `for ${takers.map(({ name }) => name).join(", ")}`;
}

/** The takers' defaults in words, the commonest first: "0, 0.01 for adamw"; undefined where none has one. */
export function defaultsInWords(takers: readonly Taker[]): string | undefined {
  const names = new Map<unknown, string[]>();
  for (const { name, default: value } of takers) {
    if (value !== undefined) names.set(value, [...(names.get(value) ?? []), name]);
  }
  const byCount = [...names].sort(([, a], [, b]) => b.length - a.length);
  if (byCount.length === 0) return undefined;
  return byCount.map(([value, some], i) => (i === 0 ? `${value}` : `${value} for ${some.join(", ")}`)).join(", ");
}
