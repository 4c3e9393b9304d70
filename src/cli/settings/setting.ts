import type { Dataset } from "../../data/index.js";
import type { Callback } from "../../index.js";
import type { Kind } from "./kinds.js";

/**
 * The place where a setting's value takes effect. `option` is the value's name in the config of a layer, loss, optimizer
 * or rule, or in the options of `fit`.
 */
export type Destination<T = unknown> =
  /** The hidden layers themselves. */
  | { readonly to: "layers" }
  /** An option of every hidden dense layer. */
  | { readonly to: "dense"; readonly option: string }
  /** A layer before the first one, or after every hidden one; 0 adds none. */
  | { readonly to: "before" | "after"; readonly layer: string; readonly option: string }
  | { readonly to: "optimizer"; readonly option: string }
  /** An option of the loss; `from` makes it of the value and the training part. */
  | { readonly to: "loss"; readonly option: string; from?(value: T, train: Dataset): unknown }
  /** An optimizer put around the chosen one. */
  | { readonly to: "wrapper"; readonly optimizer: string; readonly option: string }
  | { readonly to: "gradients"; readonly rule: string; readonly option: string }
  /** The learning rate's schedule, made for the number of epochs. */
  | { readonly to: "schedule" }
  /** An option of `Trainer.fit`; `from` makes it of the value. */
  | { readonly to: "fit"; readonly option: string; from?(value: T): unknown }
  /** A callback of `Trainer.fit`, by this and other settings; 0 adds none. */
  | { readonly to: "callbacks"; callback(value: T, settings: Readonly<Record<string, unknown>>): Callback }
  /** The score that early stopping goes by. */
  | { readonly to: "monitor" }
  /** Number of rows that are used at all. */
  | { readonly to: "rows" }
  /** The fraction of the rows in a part. */
  | { readonly to: "split"; readonly part: "validation" | "test" }
  | { readonly to: "seed" }
  /** Reading and scaling of the data. */
  | { readonly to: "data" }
  /** The command itself. */
  | { readonly to: "command" };

/** Destinations of a recipe, all that makes a trainer: network, loss, optimizer and its rate; nothing of the data or of `fit`. */
export const RECIPE: readonly Destination["to"][] = [
  "layers",
  "dense",
  "before",
  "after",
  "loss",
  "optimizer",
  "wrapper",
  "gradients",
  "schedule",
];

/** An option of the command line; its name stands before it in the table, in camel case. */
export interface Setting<T = unknown> {
  readonly kind: Kind<T>;
  /** The place where the value takes effect. */
  readonly goes: Destination<T>;
  /** The value's name in help: "rate" in `--lr <rate>`. Absent for options without one. */
  readonly value?: string;
  readonly help: string;
  /** The value without the option; shown in help. */
  readonly default?: T;
  /** The default in words, if it depends on something else. */
  readonly otherwise?: string;
  /** A second, shorter name of the option. */
  readonly short?: string;
  /** A second name of the option that messages don't use: `--network cnn`. */
  readonly alias?: string;
  /** The value in settings that an older release saved under another name. */
  before?(saved: Readonly<Record<string, unknown>>): unknown;
  /** The heading it stands under in help. */
  readonly group?: string;
}

/** Settings by name. */
export type Table = Readonly<Record<string, Setting>>;

export type ValueOf<S> = S extends { readonly kind: Kind<infer T> } ? T : never;
type WithDefault<S extends Table> = { [Name in keyof S]: S[Name] extends { default: unknown } ? Name : never }[keyof S];

/** Values of a table's settings, undefined where there is neither a value nor a default. */
export type Values<S extends Table> = { [Name in WithDefault<S>]: ValueOf<S[Name]> } & {
  [Name in Exclude<keyof S, WithDefault<S>>]?: ValueOf<S[Name]>;
};

/** Values of those settings alone that were asked for. */
export type Asked<S extends Table> = { [Name in keyof S]?: ValueOf<S[Name]> };

/** Settings under a heading. */
export function group<S extends Table>(heading: string, settings: S): S {
  const rows = Object.entries(settings).map(([name, setting]) => [name, { ...setting, group: heading }]);
  return Object.fromEntries(rows) as S;
}

/** A table without some of its settings. */
export function without<S extends Table, Name extends keyof S>(table: S, ...names: Name[]): Omit<S, Name> {
  const rows = Object.entries(table).filter(([name]) => !names.includes(name as Name));
  return Object.fromEntries(rows) as Omit<S, Name>;
}

/** "--learning-rate" */
export const longFlag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** "--no-early-stopping" */
export const negatedFlag = (name: string): string => longFlag(name).replace("--", "--no-");

/** The option as messages name it: by the shorter name where it has one. */
export const flagOf = (table: Table, name: string): string => {
  const { short } = table[name];
  return short === undefined ? longFlag(name) : `--${short}`;
};

/** A value as tables show it. */
export const asText = ({ kind }: Setting, value: unknown): string =>
  value === kind.negated ? "none" : kind.format(value);

/** A table's defaults. */
export function defaultsOf<S extends Table>(table: S): Partial<Values<S>> {
  const rows = Object.entries(table).filter(([, setting]) => setting.default !== undefined);
  return Object.fromEntries(rows.map(([name, setting]) => [name, setting.default])) as Partial<Values<S>>;
}

type Going<To extends Destination["to"]> = Extract<Destination, { readonly to: To }>;

/** The settings that go to one place and have a value, in the table's order. */
export function goingTo<To extends Destination["to"]>(
  table: Table,
  values: Readonly<Record<string, unknown>>,
  to: To,
): { name: string; goes: Going<To>; value: unknown }[] {
  return Object.entries(table)
    .filter(([name, { goes }]) => goes.to === to && values[name] !== undefined)
    .map(([name, { goes }]) => ({ name, goes: goes as Going<To>, value: values[name] }));
}
