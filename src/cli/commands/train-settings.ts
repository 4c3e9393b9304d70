import { folderName, text, wholeNumber } from "../settings/kinds.js";
import { commandLine, type Given } from "../settings/options.js";
import { group } from "../settings/setting.js";
import {
  commonSettings,
  earlyStoppingSettings,
  epochSettings,
  pageSettings,
  reportSettings,
  trainingSettings,
} from "../settings/table.js";
import type { Invocation } from "./command.js";

const folder = text("a folder's name");

/** Folder that `--run` puts runs in. */
export const RUNS = "runs";

export const trainSettings = {
  ...trainingSettings,
  ...epochSettings,
  ...earlyStoppingSettings,
  ...group("Output", {
    out: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "save the run there: model, configuration, history, metrics, predictions, and report.html",
    },
    run: { kind: folderName, goes: { to: "command" }, value: "name", help: `short for --out ${RUNS}/NAME` },
    checkpoint: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "write checkpoints there after every epoch",
    },
    keep: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "checkpoints to keep beside the best one",
      otherwise: "3",
    },
    resume: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "go on from the newest checkpoint there, with the settings it was begun with",
    },
  }),
  ...pageSettings,
  ...reportSettings,
  ...commonSettings,
};

/** Options that decide where and how results are written, not what is trained. */
const ASIDE = ["out", "run", "keep", "checkpoint", "language", "png", "digits", "json", "quiet"];

/** The command line that trains with the same settings. */
export function commandOf(data: string, given: Given<typeof trainSettings>): string {
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => !ASIDE.includes(name)));
  return commandLine("train", [data], trainSettings, own as typeof given);
}

export type TrainCall = Invocation<typeof trainSettings>;
