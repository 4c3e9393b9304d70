import type { Command } from "commander";
import { combinations } from "../settings/grid.js";
import { addOptions, givenOf } from "../settings/options.js";
import { type Asked, defaultsOf, type Table, type Values } from "../settings/setting.js";
import { Output, type Streams } from "../text/output.js";

/** What a command is called with. */
export interface Call<S extends Table> {
  /** Its arguments, in their order; those that were left out have their defaults. */
  args: string[];
  /** The settings that were asked for; the first combination where there are several. */
  asked: Asked<S>;
  /** Every combination of the values that were asked for. */
  grid: Asked<S>[];
  /** Every setting's value: as asked, else its default. */
  values: Values<S>;
  output: Output;
}

/** A command of the program, whole: what it takes, and what it does. */
export interface CommandSpec<S extends Table = Table> {
  name: string;
  description: string;
  arguments: readonly { name: string; help: string; default?: string; variadic?: boolean }[];
  settings: S;
  /** Whether settings may be given several values, which makes a grid. */
  takesLists?: boolean;
  /** Further help, after the options. */
  notes?: string | (() => string);
  run(call: Call<S>): Promise<void>;
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
    return spec.run({ args: added.processedArgs.flat() as string[], asked: grid[0], grid, values, output });
  });
}
