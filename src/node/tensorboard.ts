import { hostname } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import type { Callback } from "../training/callbacks.js";
import { appendWhole } from "./append-whole.js";
import { makeFolder } from "./make-folder.js";
import { scalarEvent, startEvent, tfRecord, versionEvent } from "./tfevents.js";

/** Options of `tensorboard`. */
export interface TensorboardOptions {
  /**
   * Folder for event files: `train` and `validation` are made in it, two curves of each score in TensorBoard; `training`
   * for `trainingScores`.
   */
  directory: string;
  /** Also write the scores of every so many steps, as `steps/loss` and so on. */
  every?: number;
}

const now = () => Date.now() / 1000;

/** Files of one process that begin in the same second need names of their own. */
let files = 0;

/**
 * Writes loss, metrics and learning rate of each epoch as TensorBoard's event files: `tensorboard --logdir DIRECTORY`
 * shows them. A resumed run begins another file, and TensorBoard drops what the one before had of the same epochs.
 *
 * @throws ArgumentError when an option is out of range; before the first epoch, when the folder can't be written
 */
export function tensorboard(options: TensorboardOptions): Callback {
  const { directory, every } = optionsOf("tensorboard", options, { directory: undefined, every: undefined });
  if (typeof directory !== "string" || directory === "") {
    throw new ArgumentError('tensorboard: needs a directory, such as tensorboard({ directory: "logs/first" }).');
  }
  if (every !== undefined) checkCount("tensorboard: every", every);
  const opened = new Map<string, string>();
  let firstEpoch = 1;
  const write = async (part: string, step: number, scalars: Iterable<readonly [string, number]>) => {
    const file = opened.get(part) ?? (await begin(join(directory, part), firstEpoch));
    opened.set(part, file);
    await appendWhole(file, tfRecord(scalarEvent(now(), step, scalars)));
  };
  return {
    async onStart({ epoch, step }) {
      opened.clear();
      firstEpoch = epoch + 1;
      try {
        opened.set("train", await begin(join(directory, "train"), firstEpoch));
        // Steps count otherwise than epochs: among them, another file's end would be looked for in the wrong place.
        if (every) opened.set("steps", await begin(join(directory, "steps"), step + 1));
      } catch (cause) {
        const message = `tensorboard: ${directory} can't be written (${(cause as Error).message}).`;
        throw Object.assign(new ArgumentError(message), { cause });
      }
    },
    async onEpoch({ epoch, validation, training, learningRate, seconds, ...scores }) {
      await write("train", epoch, [...Object.entries(scores), ["learningRate", learningRate]]);
      if (validation) await write("validation", epoch, Object.entries(validation));
      if (training) await write("training", epoch, Object.entries(training));
    },
    ...(every && {
      every,
      onStep: ({ epoch, step, ...scores }) =>
        write(
          "steps",
          step,
          Object.entries(scores).map(([name, value]) => [`steps/${name}`, value] as const),
        ),
    }),
  };
}

/** Begins an event file; its name is how TensorBoard tells one, and the order of several. */
async function begin(folder: string, step: number): Promise<string> {
  await makeFolder(folder);
  const seconds = now();
  const second = String(Math.floor(seconds)).padStart(10, "0");
  const name = `events.out.tfevents.${second}.${hostname()}.${process.pid}.${String(files++).padStart(6, "0")}.v2`;
  const file = join(folder, name);
  await appendWhole(file, tfRecord(versionEvent(seconds)));
  if (step > 1) await appendWhole(file, tfRecord(startEvent(seconds, step)));
  return file;
}
