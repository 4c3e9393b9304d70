import { folderName, text, wholeNumber } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import {
  augmentationSettings,
  commonSettings,
  earlyStoppingSettings,
  reportSettings,
  trainingSettings,
} from "../settings/table.js";
import type { Call } from "./command.js";

const folder = text("a folder's name");

/** Folder that `--run` puts runs in. */
export const RUNS = "runs";

export const trainSettings = {
  ...trainingSettings,
  ...augmentationSettings,
  ...earlyStoppingSettings,
  ...group("Output", {
    out: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "save the run there: model, configuration, history, metrics, predictions",
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
  ...reportSettings,
  ...commonSettings,
};

export type TrainCall = Call<typeof trainSettings>;
