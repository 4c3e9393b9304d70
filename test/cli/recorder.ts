import { existsSync } from "node:fs";
import { afterEach, expect, vi } from "vitest";
import type { CommandSpec } from "../../src/cli/commands/command.js";
import { longFlag } from "../../src/cli/settings/setting.js";
import { takersOf } from "../../src/cli/settings/takers.js";
import type { Dataset } from "../../src/data/index.js";
import { lossNames, type Model, optimizerNames, Trainer } from "../../src/index.js";
import type { SavedTraining } from "../../src/model/model.js";
import { useFolder } from "../fixtures.js";
import { reviewsCsv } from "../reviews.js";
import { cli, cliJson, table, writeImages } from "./command-line.js";

/* Trainings as commands of the program set them up, recorded before they begin. */

/** A trainer as a command made it, and the first call that would have trained. */
export interface Recorded {
  model: Model;
  training: SavedTraining;
  data: Dataset;
  options: Record<string, unknown>;
}

/** Runs a command up to its first training. */
export async function record(...args: string[]): Promise<Recorded | { stderr: string }> {
  let recorded: Recorded | undefined;
  for (const method of ["fit", "profile", "findLearningRate", "explainStep"] as const) {
    vi.spyOn(Trainer.prototype, method).mockImplementation(async function (this: Trainer, data: Dataset, options = {}) {
      const training = await this.training(false);
      recorded ??= { model: this.model, training, data, options: options as Record<string, unknown> };
      throw new Error("recorded");
    });
  }
  const { stderr } = await cli(...args, "--backend", "cpu");
  vi.restoreAllMocks();
  return recorded ?? { stderr };
}

export const configs = ({ model }: Pick<Recorded, "model">) => model.layers.map(({ layer }) => layer.config);
export const hidden = (recorded: Recorded) =>
  configs(recorded)
    .filter(({ layer }) => layer === "dense")
    .slice(0, -1);

/** Options without which a command doesn't show another. */
export const SHOWING: Record<string, string[]> = { explain: ["--epochs", "1"] };

/** Files for the tests of settings, and ways to use them. */
export function useRecorder() {
  const folder = useFolder();
  const images = writeImages(folder, "images");
  const csv = {
    class: folder.write("class.csv", table(100, "class")),
    number: folder.write("number.csv", table(100, "number")),
  };
  const texts = folder.write("texts.csv", reviewsCsv(60));
  const text = folder.write("text.txt", "ab ba ab ab ba\n".repeat(40).replaceAll("\n", " "));
  afterEach(() => vi.restoreAllMocks());

  /** Data that an option can be given with. */
  const dataFor = (name: string) => (name === "augment" ? [images] : ["iris", "diabetes"]);

  /** Runs a command with a value of a setting, on data and with a loss and optimizer that take it. */
  async function recordWith(command: CommandSpec, name: string, text: string): Promise<Recorded> {
    const { goes, value } = command.settings[name];
    const given = value === undefined ? [] : [text];
    const chosen = goes.to === "loss" || goes.to === "optimizer" ? goes : undefined;
    const all = chosen && chosen.to !== name ? takersOf(chosen.to, chosen.option) : [];
    const isForSome = all.length > 0 && all.length < (chosen!.to === "loss" ? lossNames : optimizerNames).length;
    const takers = isForSome ? all : [{ name: undefined }];
    let last = "";
    for (const taker of takers) {
      for (const data of dataFor(name)) {
        const choice = taker.name === undefined ? [] : [longFlag(chosen!.to), taker.name];
        const showing = name === "epochs" ? [] : (SHOWING[command.name] ?? []);
        const result = await record(command.name, data, longFlag(name), ...given, ...choice, ...showing);
        if ("model" in result) return result;
        last = result.stderr;
      }
    }
    throw new Error(`${command.name} ${longFlag(name)} ${text} trains nothing: ${last}`);
  }

  /** Trains on a table of classes. @returns the folder of the model */
  async function trainedTable(): Promise<string> {
    const model = folder.path("table");
    await cliJson("train", csv.class, "--target", "class", "--epochs", "2", "--out", model);
    return model;
  }

  /** Trains on a text. @returns the folder of the model */
  async function trainedText(): Promise<string> {
    const model = folder.path("text");
    if (existsSync(model)) return model;
    const size = ["--context", "8", "--layers", "gru 4"];
    await cliJson("train", text, ...size, "--epochs", "1", "--out", model);
    return model;
  }

  /** Has a command write its page. @returns the folder of it */
  async function pageFolder({ name }: CommandSpec, ...options: string[]): Promise<string> {
    const out = folder.next();
    const model = await trainedTable();
    const args: Record<string, string[]> = {
      train: [csv.class, "--target", "class", "--epochs", "1"],
      sweep: [csv.class, "--target", "class", "--epochs", "1", "--trials", "2"],
      report: [model],
      compare: [model],
      reproduce: ["D1"],
    };
    expect(await cli(name, ...args[name], "--out", out, ...options)).toMatchObject({ code: 0 });
    return out;
  }

  return { folder, csv, images, text, texts, dataFor, recordWith, trainedTable, trainedText, pageFolder };
}

export type Recorder = ReturnType<typeof useRecorder>;

/** Tests of options by `command.option`, or by `option` for all commands that have it. */
export type SettingTests = Record<string, (command: CommandSpec) => Promise<unknown>>;
