import { Command, Option } from "commander";
import { ArgumentError } from "../../index.js";
import { type Kind, parseAs } from "./kinds.js";
import { isPreset } from "./presets.js";
import { type Asked, type Destination, flagOf, longFlag, negatedFlag, type Setting, type Table } from "./setting.js";
import { belongings, defaultsInWords, takersOf } from "./takers.js";

/*
 * A table of settings as options of a command.
 */

/** Values of the settings that were given, each in a list: more than one where a grid was asked for. */
export type Given<S extends Table> = { [Name in keyof Asked<S>]: NonNullable<Asked<S>[Name]>[] };

/** Places that can't have several values: data and files are one at a time. The last one given counts, or of lists all together. */
const SINGLE: readonly Destination["to"][] = ["data", "command"];

/**
 * Adds an option for each setting.
 *
 * @param takesLists - whether settings may be given several values, with commas between or by repeating the option
 */
export function addOptions(command: Command, table: Table, takesLists: boolean): void {
  for (const [name, setting] of Object.entries(table)) {
    const takes = SINGLE.includes(setting.goes.to) ? "last" : takesLists ? "list" : "one";
    for (const option of optionsOf(table, name, takes)) command.addOption(option.helpGroup(`${setting.group}:`));
  }
}

/** Values of the settings that stand on the command line. */
export function givenOf<S extends Table>(command: Command, table: S): Given<S> {
  const { ...options } = command.opts();
  return Object.fromEntries(
    Object.keys(table)
      .filter((name) => options[name] !== undefined)
      .map((name) => [name, options[name]]),
  ) as Given<S>;
}

/**
 * Values of the settings in a line of options, as they would stand on a command line: "--lr 0.1,0.01 --optimizer sgd".
 *
 * @throws CommanderError or ArgumentError when an option isn't of the table, or its text not of the kind
 */
export function readOptions<S extends Table>(table: S, line: string): Given<S> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addOptions(command, table, true);
  command.parse(line.split(" ").filter(Boolean), { from: "user" });
  return givenOf(command, table);
}

/**
 * The line of options that gives these values, in the table's order.
 *
 * @param quoted - each text as it stands in the line
 */
export const writeOptions = <S extends Table>(table: S, given: Given<S>, quoted = (text: string) => text): string =>
  Object.entries(table)
    .filter(([name]) => given[name] !== undefined)
    .flatMap(([name, { kind }]) => {
      const values: readonly unknown[] = given[name];
      if (values[0] === kind.negated) return [negatedFlag(name)];
      if (values[0] === kind.alone) return [flagOf(table, name)];
      const texts = values.map((value) => kind.format(value));
      return (kind.hasCommas ? texts : [texts.join()]).map((text) => `${flagOf(table, name)} ${quoted(text)}`);
    })
    .join(" ");

/** A text as shells take it for one word. */
export const inShell = (text: string): string =>
  /^[\w.,:=+/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Command line that runs a command again. */
export const commandLine = <S extends Table>(
  command: string,
  args: readonly string[],
  table: S,
  given: Given<S>,
): string => ["neuromotor", command, ...args.map(inShell), writeOptions(table, given, inShell)].join(" ").trim();

/** One value of each setting, as a command line gives them. */
export const givenAlone = <S extends Table>(asked: Asked<S>): Given<S> =>
  Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, [value]])) as Given<S>;

type Takes = "one" | "last" | "list";

function optionsOf(table: Table, name: string, takes: Takes): Option[] {
  const { kind } = table[name];
  const { flags, help } = describeOption(table, name);
  const option = new Option(flags, help);
  option.argParser(reader(kind, flagOf(table, name), takes));
  if (kind.alone !== undefined) option.preset(kind.format(kind.alone));
  if (kind.negated === undefined) return [option];
  return [option, new Option(negatedFlag(name), `without ${longFlag(name)}`).argParser(() => [kind.negated])];
}

/** An option as help and documentation show it: "--lr, --learning-rate <rate>", and what it does. */
export function describeOption(table: Table, name: string): { flags: string; help: string } {
  const setting = table[name];
  const { kind, short, alias = short, value, help } = setting;
  const names = [...(alias === undefined ? [] : [`--${alias}`]), longFlag(name)].join(", ");
  const word = value === undefined ? "" : kind.alone === undefined ? ` <${value}>` : ` [${value}]`;
  return { flags: names + word, help: help + notes(name, setting) };
}

/** Reads one option's text; commander hands in what was read of the same option before. */
function reader<T>(kind: Kind<T>, option: string, takes: Takes) {
  return (text: string, before: readonly T[] = []): T[] => {
    const texts = takes === "list" && !kind.hasCommas ? text.split(",") : [text];
    const values = texts.map((each) => parseAs(kind, option, each));
    const [first] = before;
    if (first === undefined) return unique(values, kind);
    if (takes === "list") return unique([...before, ...values], kind);
    if (kind.both) return [values.reduce((all, value) => kind.both!(all, value), first)];
    if (takes === "last") return unique(values, kind);
    throw new ArgumentError(`${option} was given twice. This command trains one model: give it one value.`);
  };
}

/** A value that was given twice is trained once. */
const unique = <T>(values: readonly T[], kind: Kind<T>): T[] => [
  ...new Map(values.map((value) => [kind.format(value), value])).values(),
];

/** End of an option's help: the losses or optimizers that take it, and its default. */
function notes(name: string, { kind, goes, value, default: own, otherwise }: Setting): string {
  const chosen = goes.to === "loss" || goes.to === "optimizer" ? goes : undefined;
  const takers = chosen && name !== chosen.to ? takersOf(chosen.to, chosen.option) : [];
  const usual = otherwise ?? (own === undefined || own === kind.negated ? defaultsInWords(takers) : kind.format(own));
  const all = [
    chosen && takers.length > 0 && belongings(chosen.to, takers),
    kind.alone !== undefined && value !== undefined && `${kind.format(kind.alone)} without a number`,
    isPreset(name) && goes.to !== "command"
      ? `default: the preset's${usual === undefined ? "" : `, else ${usual}`}`
      : usual && `default: ${usual}`,
  ].filter(Boolean);
  return all.length === 0 ? "" : ` (${all.join("; ")})`;
}
