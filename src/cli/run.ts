import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { ArgumentError, DataError, FormatError, ShapeError } from "../index.js";
import { addCommand } from "./commands/command.js";
import { commands } from "./commands/index.js";
import { longFlag } from "./settings/setting.js";
import { inOptions } from "./text/in-options.js";
import type { Streams } from "./text/output.js";

export type { Streams } from "./text/output.js";

/** Exit codes: done; failed (training diverged, device lost); wrong arguments or data. */
export const EXIT = { done: 0, failed: 1, wrong: 2 } as const;

const WRONG = [ArgumentError, DataError, ShapeError, FormatError];

/**
 * Runs the command line.
 *
 * @param args - without node and the program: ["train", "iris", "--json"]
 * @returns the exit code; never throws for what a user can do wrong
 */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  const program = new Command("neuromotor")
    .description("Train neural networks on WebGPU or the CPU.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => {}, // printed below, in the same form as every other error
    })
    .addHelpText(
      "after",
      `
Examples:
  neuromotor train digits
  neuromotor train houses.csv --target price --layers 64,32 --out houses
  neuromotor predict houses new-houses.csv > priced.csv
  neuromotor device`,
    );
  for (const spec of commands) addCommand(program, spec, streams);
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed help and version itself; help for want of a command is an error of the arguments.
      if (error.exitCode === 0) return EXIT.done;
      if (error.code !== "commander.help") {
        const message = error.message.replace(/^error: /, "").replace(/[.\s]*$/, ".");
        printError(streams, `${message}${ownersOf(error)} See neuromotor${helpOf(args, program)} --help.`);
      }
      return EXIT.wrong;
    }
    printError(streams, inOptions((error as Error).message));
    return WRONG.some((kind) => error instanceof kind) ? EXIT.wrong : EXIT.failed;
  }
}

/** The commands that do have an option which this one lacks. */
function ownersOf({ code, message }: CommanderError): string {
  const flag = code === "commander.unknownOption" && message.match(/--[\w-]+/)?.[0];
  const owners = commands.filter(({ settings }) =>
    Object.entries(settings).some(([name, { short }]) => flag === longFlag(name) || flag === `--${short}`),
  );
  return owners.length === 0 ? "" : ` It is an option of ${owners.map(({ name }) => name).join(", ")}.`;
}

/** The command that was meant, for its help. */
function helpOf([name]: readonly string[], { commands }: Command): string {
  return commands.some((command) => command.name() === name) ? ` ${name}` : "";
}

/** An error as one line. */
function printError(streams: Streams, message: string): void {
  streams.stderr.write(`neuromotor: ${message.replace(/\s*\n\s*/g, " ")}\n`);
}
