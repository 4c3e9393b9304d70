import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { ArgumentError, DataError, FormatError, ShapeError } from "../index.js";
import { compareCommand } from "./compare-command.js";
import { crossValidateCommand } from "./cross-validate-command.js";
import { deviceCommand } from "./device-command.js";
import { evaluateCommand } from "./evaluate-command.js";
import { explainCommand } from "./explain-command.js";
import { findRateCommand } from "./find-rate-command.js";
import type { Streams } from "./output.js";
import { predictCommand } from "./predict-command.js";
import { profileCommand } from "./profile-command.js";
import { trainCommand } from "./train-command.js";

export type { Streams } from "./output.js";

/** What a run ends with: done, the run failed (diverged, device lost), or its arguments or data are wrong. */
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
      outputError: () => {}, // told below, in the same words as every other error
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
  for (const addCommand of [
    trainCommand,
    predictCommand,
    evaluateCommand,
    deviceCommand,
    compareCommand,
    crossValidateCommand,
    findRateCommand,
    profileCommand,
    explainCommand,
  ]) {
    addCommand(program, streams);
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed help and version itself; help for want of a command is an error of the arguments.
      if (error.exitCode === 0) return EXIT.done;
      if (error.code !== "commander.help") {
        const message = error.message.replace(/^error: /, "").replace(/[.\s]*$/, ".");
        tell(streams, `${message} See neuromotor${helpOf(args, program)} --help.`);
      }
      return EXIT.wrong;
    }
    tell(streams, (error as Error).message);
    return WRONG.some((kind) => error instanceof kind) ? EXIT.wrong : EXIT.failed;
  }
}

/** The command that was meant, for its help. */
function helpOf([name]: readonly string[], { commands }: Command): string {
  return commands.some((command) => command.name() === name) ? ` ${name}` : "";
}

/** An error as one line. */
function tell(streams: Streams, message: string): void {
  streams.stderr.write(`neuromotor: ${message.replace(/\s*\n\s*/g, " ")}\n`);
}
