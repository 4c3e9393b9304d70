import type { Command } from "commander";
import { combinations } from "../settings/grid.js";
import { addOptions, type Given, givenOf } from "../settings/options.js";
import { type Asked, defaultsOf, type Table, type Values } from "../settings/setting.js";
import { Output, type Streams } from "../text/output.js";

/** Arguments and settings of one call of a command. */
export interface Invocation<S extends Table> {
  /** The arguments in order, with defaults for those left out. */
  args: string[];
  /** The settings on the command line; of a grid, the first combination. */
  asked: Asked<S>;
  /** Every combination of the values on the command line. */
  grid: Asked<S>[];
  /** The values on the command line, each in a list. */
  given: Given<S>;
  /** Value of every setting: from the command line, else its default. */
  values: Values<S>;
  output: Output;
}

/** A command of the program: arguments, settings, help and the function that runs it. */
export interface CommandSpec<S extends Table = Table> {
  name: string;
  description: string;
  arguments: readonly { name: string; help: string; default?: string; variadic?: boolean }[];
  settings: S;
  /** True if settings may have several values, which make a grid. */
  takesLists?: boolean;
  /** Further help, after the options. */
  notes?: string | (() => string);
  run(call: Invocation<S>): Promise<void>;
}

/** A command whose settings' types are known to its `run`. */
export const command = <S extends Table>(spec: CommandSpec<S>): CommandSpec => spec as unknown as CommandSpec;

/** Adds the command to the program. */
export function addCommand(program: Command, spec: CommandSpec, streams: Streams): void {
  const added = program
    .command(spec.name)
    .description(spec.description)
    .helpOption("-h, --help", "show this help")
    .configureHelp({ optionDescription: ({ description }) => description });
  for (const { name, help, default: value, variadic } of spec.arguments) {
    const dots = variadic ? "..." : "";
    if (value === undefined) added.argument(`<${name}${dots}>`, help);
    else added.argument(`[${name}${dots}]`, help, value);
  }
  addOptions(added, spec.settings, spec.takesLists ?? false);
  const { notes } = spec;
  if (notes !== undefined) added.addHelpText("after", () => `\n${typeof notes === "string" ? notes : notes()}`);
  added.action(() => {
    const given = givenOf(added, spec.settings);
    const grid = combinations<Asked<Table>>(given);
    const values = { ...defaultsOf(spec.settings), ...grid[0] } as Values<Table>;
    const output = new Output(streams, values as { json?: boolean; quiet?: boolean });
    return spec.run({ args: added.processedArgs.flat() as string[], asked: grid[0], grid, given, values, output });
  });
}
