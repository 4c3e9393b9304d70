import { flag, names, oneOf, searched, serverUrl, text, wholeNumber } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import {
  commonSettings,
  earlyStoppingSettings,
  epochSettings,
  pageSettings,
  trainingSettings,
} from "../settings/table.js";
import { methods, prunings } from "../training/sweep.js";
import type { Invocation } from "./command.js";

export const sweepSettings = {
  ...group("Sweep", {
    search: {
      kind: searched,
      goes: { to: "command" },
      value: "ranges",
      help:
        'options with ranges, such as "lr=1e-4..0.1:log dropout=0..0.5" (:log is even in the logarithm, :integer takes ' +
        "whole numbers), or with choices between upright bars",
      otherwise: "lr, dropout and layers, but for those that are given",
    },
    method: {
      kind: oneOf(methods),
      goes: { to: "command" },
      value: "name",
      help: "tpe (trials follow from those before), random, sobol (evenly spread)",
      default: "tpe" as (typeof methods)[number],
    },
    trials: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "trials in all, those of before included",
      default: 32,
    },
    group: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "trials that are suggested at a time, and trained side by side",
      default: 8,
    },
    pruning: {
      kind: oneOf(prunings),
      goes: { to: "command" },
      value: "name",
      help: "end trials that promise nothing: median (worse than the median of earlier ones), halving, none",
      default: "none" as (typeof prunings)[number],
    },
    objective: {
      kind: names("the names of scores, such as accuracy,parameters"),
      goes: { to: "command" },
      value: "names",
      help:
        "scores that trials are ranked by, of the validation part; of several (parameters, the size of the model, and " +
        "seconds are others), those come first that none beats in all",
      default: ["loss"] as readonly string[],
    },
    repeats: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "trainings of each trial, with seeds of their own, whose mean counts",
      default: 1,
    },
  }),
  ...group("Machines", {
    workers: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "threads of this process that train, each on a device of its own",
      default: 1,
    },
    queue: {
      kind: serverUrl,
      goes: { to: "command" },
      value: "url",
      help:
        "have neuromotor worker --queue URL train on any number of machines: redis://[:password@]host[:port][/database], " +
        "rediss:// for TLS",
    },
    anyVariant: {
      kind: flag,
      goes: { to: "command" },
      help: "with --queue: take workers whose engine has other last bits; each row names its own",
    },
  }),
  ...trainingSettings,
  ...epochSettings,
  ...earlyStoppingSettings,
  ...group("Output", {
    out: {
      kind: text("a folder's name"),
      goes: { to: "command" },
      value: "folder",
      help: "keep the trials there, to go on with, and report.html; with best: the model",
    },
    report: {
      kind: flag,
      goes: { to: "command" },
      help: "with status: write report.html of the trials so far into the sweep's folder",
    },
  }),
  ...pageSettings,
  ...commonSettings,
};

export type SweepCall = Invocation<typeof sweepSettings>;
